//! Compares a chain with the entries it stands for, in flat memory: along the links first, then along the entries.

use std::collections::{HashMap, HashSet};

use bson::{Document, doc};
use futures::{StreamExt as _, TryStreamExt as _};
use jiff::{SignedDuration, Timestamp};
use kale_domain::{
    audit::{
        AuditAction, AuditEntry,
        chain::{Flaw, Head, Link, Walk, commitment},
    },
    id::{AuditEntryId, CompanyId},
};
use mongodb::options::FindOptions;

use super::{
    Record,
    chain::{ChainOf, LinkRecord, all, entries, links, of},
    sealing::salt_of,
};
use crate::{error::Result, store::Store, value};

/// How many links or entries are looked at together.
const AT_ONCE: usize = 1_000;
/// How many flaws are named; of the others only the number is told.
const NAMED: usize = 100;
/// How long an entry may wait for its link. A sealer comes every few seconds.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// How many links there are.
    pub links: u64,
    /// How many of their entries were erased.
    pub erased: u64,
    /// How many entries wait for their link, not too long.
    pub waiting: u64,
    /// Where the chain ends.
    pub head: Option<Head>,
    /// What is wrong: the first hundred.
    pub flaws: Vec<Flaw>,
    /// How many flaws there are.
    pub wrong: u64,
}

impl Verified {
    fn add(&mut self, flaw: Flaw) {
        self.wrong += 1;
        if self.flaws.len() < NAMED {
            self.flaws.push(flaw);
        }
    }
}

/// Verifies a chain; `expected` is a head that was noted once.
pub async fn verify(store: &Store, chain: ChainOf, expected: Option<Head>) -> Result<Verified> {
    let company = chain.company();
    let mut verified = Verified::default();
    let mut walk = Walk::new(company, expected);
    let kept = links::<Document>(store)
        .find(all(company))
        .sort(doc! { "_id": 1 })
        .await?;
    let mut batches = kept.try_chunks(AT_ONCE);
    while let Some(batch) = batches.next().await {
        let batch = batch.map_err(|error| error.1)?;
        let batch: Vec<Link> = batch.into_iter().filter_map(read_link).collect();
        let mut there = entries_of(store, company, &batch).await?;
        for link in &batch {
            walk.step(link).into_iter().for_each(|flaw| verified.add(flaw));
            verified.links += 1;
            compare(store, company, link, there.remove(&link.entry), &mut verified).await?;
        }
    }
    walk.end().into_iter().for_each(|flaw| verified.add(flaw));
    verified.head = walk.head();
    look_for_unknown(store, company, &mut verified).await?;
    Ok(verified)
}

/// A link that can't be read is as good as none: its place is a gap, its entry unknown.
fn read_link(document: Document) -> Option<Link> {
    let record: LinkRecord = bson::deserialize_from_document(document).ok()?;
    record.link().ok()
}

async fn entries_of(
    store: &Store,
    company: Option<CompanyId>,
    batch: &[Link],
) -> Result<HashMap<AuditEntryId, Document>> {
    let ids: Vec<bson::Uuid> = batch.iter().map(|link| value::uuid(link.entry.uuid())).collect();
    let found = entries::<Document>(store)
        .find(of(company, doc! { "_id": { "$in": ids } }))
        .await?;
    let found = found.try_filter_map(async |entry| Ok(id_of(&entry).map(|id| (id, entry))));
    Ok(found.try_collect().await?)
}

fn id_of(entry: &Document) -> Option<AuditEntryId> {
    let id: bson::Uuid = bson::deserialize_from_bson(entry.get("_id")?.clone()).ok()?;
    Some(AuditEntryId::from_uuid(value::from_uuid(id)))
}

/// One entry with its link.
async fn compare(
    store: &Store,
    company: Option<CompanyId>,
    link: &Link,
    found: Option<Document>,
    verified: &mut Verified,
) -> Result<()> {
    let (seq, entry) = (link.seq, link.entry);
    let Some(found) = found else {
        verified.add(Flaw::Missing { seq, entry });
        return Ok(());
    };
    let Ok(record) = bson::deserialize_from_document::<Record>(found) else {
        verified.add(Flaw::Changed { seq, entry });
        return Ok(());
    };
    let numbered = record.seq == Some(value::signed(seq));
    match (&record.salt, record.erased_by) {
        (None, Some(told_by)) if numbered => {
            verified.erased += 1;
            if !is_told(store, company, entry, told_by).await? {
                verified.add(Flaw::Untold { seq, entry });
            }
        }
        (Some(salt), None) if numbered => {
            let salt = salt_of(salt);
            let kept = salt.map(|salt| commitment(&salt, company, &AuditEntry::from(record)));
            if !kept.is_ok_and(|kept| kept == link.commitment) {
                verified.add(Flaw::Changed { seq, entry });
            }
        }
        _ => verified.add(Flaw::Changed { seq, entry }),
    }
    Ok(())
}

/// Whether an entry tells of an erasure. Erased ones are few, so they are asked for one by one.
async fn is_told(
    store: &Store,
    company: Option<CompanyId>,
    erased: AuditEntryId,
    told_by: bson::Uuid,
) -> Result<bool> {
    let telling = of(
        company,
        doc! {
            "_id": told_by,
            "action": bson::serialize_to_bson(&AuditAction::AuditErased)?,
            "target": erased.to_string(),
        },
    );
    Ok(entries::<Document>(store).find_one(telling).await?.is_some())
}

/// Entries that no link stands for. Index `{company_id, _id: -1}`.
async fn look_for_unknown(store: &Store, company: Option<CompanyId>, verified: &mut Verified) -> Result<()> {
    let options = FindOptions::builder()
        .sort(doc! { "company_id": 1, "_id": -1 })
        .projection(doc! { "seq": 1, "at": 1 })
        .build();
    let kept = entries::<Document>(store)
        .find(of(company, doc! {}))
        .with_options(options)
        .await?;
    let mut batches = kept.try_chunks(AT_ONCE);
    while let Some(batch) = batches.next().await {
        let batch = batch.map_err(|error| error.1)?;
        let linked = linked(store, company, &batch).await?;
        for document in batch {
            let Some(entry) = id_of(&document) else { continue };
            if linked.contains(&entry) {
                continue;
            }
            let since = document.get_datetime("at").map(|at| value::timestamp(*at));
            let is_new = since.is_ok_and(|since| is_recent(store.now(), since));
            match document.get("seq") {
                None | Some(bson::Bson::Null) if is_new => verified.waiting += 1,
                None | Some(bson::Bson::Null) => verified.add(Flaw::Unsealed { entry }),
                Some(_) => verified.add(Flaw::Unknown { entry }),
            }
        }
    }
    Ok(())
}

fn is_recent(now: Timestamp, since: Timestamp) -> bool {
    now.duration_since(since) < PATIENCE
}

/// Which of the entries have a link.
async fn linked(
    store: &Store,
    company: Option<CompanyId>,
    batch: &[Document],
) -> Result<HashSet<AuditEntryId>> {
    let ids: Vec<bson::Bson> = batch
        .iter()
        .filter_map(|entry| entry.get("_id").cloned())
        .collect();
    let found = links::<Document>(store)
        .find(of(company, doc! { "entry": { "$in": ids } }))
        .await?;
    let read = found.try_filter_map(async |link| Ok(read_link(link).map(|link| link.entry)));
    Ok(read.try_collect().await?)
}
