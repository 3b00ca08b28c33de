//! The sealer: gives entries that have none yet their links.
//!
//! Entries get their ids before their transactions commit, so that one may show itself after a later one was sealed: a
//! chain is in the order of sealing, which need not be that of the ids. Links and the numbers in their entries are
//! written in one transaction; of two sealers at the same time one finds its numbers taken and begins again. A process
//! that is killed leaves both or neither.

use std::collections::BTreeMap;

use bson::{Document, RawArrayBuf, doc, rawdoc, serialize_to_raw_document_buf};
use futures::TryStreamExt as _;
use kale_domain::{
    audit::{
        AuditEntry,
        chain::{Head, Link, Salt, commitment, link},
    },
    id::CompanyId,
};
use mongodb::options::{FindOptions, Hint};
use serde::Deserialize;

use super::{
    Record, binary,
    chain::{LinkRecord, all, entries, links, of},
    fresh_salt,
};
use crate::{
    error::{Result, StoreError},
    store::{Store, check_bulk},
    tenant::Installation,
    tx::Tx,
    value,
};

/// How many entries are sealed at once.
const BATCH: i64 = 500;

#[derive(Debug, Deserialize)]
struct Waiting {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    company_id: Option<bson::Uuid>,
}

/// Whether an entry waits for its link. Index `unsealed`, of which only those are part.
pub async fn is_waiting(store: &Store, _: Installation) -> Result<bool> {
    let found = entries::<Document>(store)
        .find_one(doc! { "seq": null })
        .projection(doc! { "_id": 1 })
        .hint(Hint::Name("unsealed".to_owned()))
        .await?;
    Ok(found.is_some())
}

/// Gives the next entries their links, at most 500; answers how many got one. None: nothing waits, or what waits can't
/// be read by this release.
pub async fn seal(store: &Store, installation: Installation) -> Result<u64> {
    let options = FindOptions::builder()
        .sort(doc! { "seq": 1, "_id": 1 })
        .limit(BATCH)
        .projection(doc! { "company_id": 1 })
        .hint(Hint::Name("unsealed".to_owned()))
        .build();
    let waiting = entries::<Waiting>(store)
        .find(doc! { "seq": null })
        .with_options(options)
        .await?;
    let waiting: Vec<Waiting> = waiting.try_collect().await?;
    let mut of_companies: BTreeMap<Option<CompanyId>, Vec<bson::Uuid>> = BTreeMap::new();
    for one in waiting {
        let company = one.company_id.map(value::from_uuid).map(CompanyId::from_uuid);
        of_companies.entry(company).or_default().push(one.id);
    }
    let mut sealed = 0;
    for (company, ids) in of_companies {
        let done = store
            .installation_transaction(installation, async |tx| seal_some(store, tx, company, &ids).await)
            .await;
        match done {
            Ok(done) => sealed += done,
            // Another sealer was faster.
            Err(StoreError::Duplicate) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(sealed)
}

async fn seal_some(
    store: &Store,
    tx: &mut Tx,
    company: Option<CompanyId>,
    ids: &[bson::Uuid],
) -> Result<u64> {
    let mut head = last(store, tx, company).await?;
    let mut made = Vec::new();
    let mut numbered = RawArrayBuf::new();
    for record in unsealed(store, tx, company, ids).await? {
        let salt = match &record.salt {
            Some(salt) => salt_of(salt)?,
            // A release wrote it that had no chain.
            None => fresh_salt(),
        };
        let id = record.id;
        let entry = AuditEntry::from(record);
        let next = link(company, head, entry.id, commitment(&salt, company, &entry));
        head = Some(Head {
            seq: next.seq,
            hash: next.hash,
        });
        let set = doc! { "seq": value::signed(next.seq), "salt": binary(&salt) };
        let update = doc! { "q": { "_id": id, "seq": null }, "u": { "$set": set } };
        numbered.push(serialize_to_raw_document_buf(&update)?);
        made.push(LinkRecord::new(company, &next, store.now()));
    }
    if made.is_empty() {
        return Ok(0);
    }
    let inserted = links::<LinkRecord>(store)
        .insert_many(&made)
        .session(tx.session())
        .await;
    tx.note(inserted)?;
    let command = rawdoc! { "update": super::COLLECTION, "updates": numbered };
    let reply = store
        .database()
        .run_raw_command(command)
        .session(tx.session())
        .await;
    check_bulk(&tx.note(reply)?)?;
    Ok(u64::try_from(made.len()).unwrap_or(u64::MAX))
}

/// The last link as the transaction sees it.
async fn last(store: &Store, tx: &mut Tx, company: Option<CompanyId>) -> Result<Option<Head>> {
    let found = links::<LinkRecord>(store)
        .find_one(all(company))
        .sort(doc! { "_id": -1 })
        .session(tx.session())
        .await;
    let Some(last) = tx.note(found)? else {
        return Ok(None);
    };
    let Link { seq, hash, .. } = last.link()?;
    Ok(Some(Head { seq, hash }))
}

/// Those of the entries that still have no link, in the order of their ids.
async fn unsealed(
    store: &Store,
    tx: &mut Tx,
    company: Option<CompanyId>,
    ids: &[bson::Uuid],
) -> Result<Vec<Record>> {
    let filter = of(company, doc! { "_id": { "$in": ids }, "seq": null });
    let cursor = entries::<Document>(store)
        .find(filter)
        .sort(doc! { "_id": 1 })
        .session(tx.session())
        .await;
    let mut cursor = tx.note(cursor)?;
    let found: std::result::Result<Vec<Document>, _> = cursor.stream(tx.session()).try_collect().await;
    let read = tx.note(found)?.into_iter().filter_map(|document| {
        let id = document.get("_id").cloned();
        bson::deserialize_from_document(document)
            .inspect_err(|error| {
                // A newer release may know it. Until then it waits, and whoever verifies is told.
                tracing::error!(audit.entry = ?id, %error, "an entry can't be read and was not sealed");
            })
            .ok()
    });
    Ok(read.collect())
}

pub(super) fn salt_of(salt: &bson::Binary) -> Result<Salt> {
    let bytes = salt.bytes.as_slice().try_into();
    bytes.map_err(|error| StoreError::corrupt("audit salt", error))
}
