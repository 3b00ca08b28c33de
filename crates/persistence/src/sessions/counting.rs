//! Sessions as the roll-ups see them: what has changed since it was counted, and what it was counted for.

use std::collections::{BTreeMap, BTreeSet};

use bson::{Bson, Document, RawArrayBuf, RawDocumentBuf, doc, rawdoc, serialize_to_raw_document_buf};
use futures::TryStreamExt as _;
use kale_domain::id::{CompanyId, CustomerId, SessionId};
use kale_flow::{outcome::Outcome, session::Session};
use kale_measures::{
    cell::{Counted, Place},
    window::{Finished, takes_part},
};
use mongodb::{
    ClientSession, Collection,
    options::{FindOptions, Hint},
};
use serde::{Deserialize, Serialize};

use super::{
    record::{CountedRecord, Record},
    records,
};
use crate::{
    error::{Result, StoreError},
    scoped::within,
    store::{Store, check_bulk},
    tenant::{Installation, Tenant},
    tx::Tx,
    value,
};

/// A live session, and what it was counted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Countable {
    /// The session.
    pub session: Session,
    /// Whether it has changed since.
    pub dirty: bool,
    /// In which epoch, whether as one that decides, and as what.
    pub counted: Option<(u32, bool, Counted)>,
}

impl Countable {
    /// When it ended, where it takes part in the save window.
    #[must_use]
    pub fn finished(&self) -> Option<Finished> {
        let outcome = self.session.walk.outcome().filter(|outcome| takes_part(*outcome));
        outcome.and(self.session.ended_at).map(|at| Finished {
            at,
            id: self.session.id,
        })
    }

    /// Of whose subscriptions it is one: sessions of the same one follow each other in the save window.
    #[must_use]
    pub fn family(&self) -> (CustomerId, Option<&str>) {
        (self.session.customer, self.session.subscription.as_deref())
    }
}

impl TryFrom<Record> for Countable {
    type Error = StoreError;

    fn try_from(mut record: Record) -> Result<Self> {
        let dirty = record.dirty.is_some();
        let counted = record.counted.take();
        let session = Session::try_from(record)?;
        let counted = counted
            .map(|counted| read_counted(&session, counted))
            .transpose()?;
        Ok(Self {
            session,
            dirty,
            counted,
        })
    }
}

fn read_counted(session: &Session, counted: CountedRecord) -> Result<(u32, bool, Counted)> {
    let place = Place {
        workflow: session.workflow,
        version: session.walk.version,
        persona: session.persona,
        channel: session.channel,
        day: value::from_day(counted.day),
    };
    let epoch = u32::try_from(counted.epoch).map_err(|error| StoreError::corrupt("session", error))?;
    let once = counted.cells.into_iter().map(|cell| (cell, 1));
    let cells: BTreeMap<_, _> = once.chain(counted.sums).collect();
    Ok((epoch, counted.decides, Counted { place, cells }))
}

/// The sessions of a company that have changed since they were counted. Index `{company_id, dirty, _id}`.
pub async fn dirty(store: &Store, tenant: Tenant, limit: u32) -> Result<Vec<Countable>> {
    let options = FindOptions::builder()
        .sort(doc! { "company_id": 1, "dirty": 1, "_id": 1 })
        .limit(i64::from(limit))
        .build();
    let found = records(store)
        .find(tenant, doc! { "dirty": true }, options)
        .await?;
    found.into_iter().map(Countable::try_from).collect()
}

/// The companies that have such sessions. A seek in the index
/// `{company_id, dirty, _id}` per company.
pub async fn dirty_companies(store: &Store, _: Installation) -> Result<Vec<CompanyId>> {
    companies(records(store).raw()).await
}

/// The companies that have something dirty in a collection with that index.
pub(crate) async fn companies<T: Send + Sync>(of: &Collection<T>) -> Result<Vec<CompanyId>> {
    #[derive(Deserialize)]
    struct Company {
        #[serde(rename = "_id")]
        id: bson::Uuid,
    }
    // Not `distinct`, which would read the whole collection; and with a bound for the company, or each document is read.
    let any = value::uuid(uuid::Uuid::nil());
    let stages = [
        doc! { "$match": { "company_id": { "$gte": any }, "dirty": true } },
        doc! { "$group": { "_id": "$company_id" } },
    ];
    let found = of
        .aggregate(stages)
        .hint(Hint::Name("company_dirty".to_owned()))
        .with_type::<Company>()
        .await?;
    let found: Vec<Company> = found.try_collect().await?;
    let ids = found.into_iter().map(|company| value::from_uuid(company.id));
    Ok(ids.map(CompanyId::from_uuid).collect())
}

/// A finished session, as others of its subscription see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kin {
    /// When it ended, and which it is.
    pub finished: Finished,
    /// Of whom.
    pub customer: CustomerId,
    /// Of which subscription.
    pub subscription: Option<String>,
    /// Whether it has changed since it was counted.
    pub dirty: bool,
    /// In which epoch it was counted, and whether as one that decides.
    pub counted: Option<(i64, bool)>,
}

/// The finished live sessions of these customers that take part in the save window. Index
/// `{company_id, customer_id, _id}`.
pub async fn kin(store: &Store, tenant: Tenant, customers: &BTreeSet<CustomerId>) -> Result<Vec<Kin>> {
    #[derive(Serialize, Deserialize)]
    struct Was {
        epoch: i64,
        decides: bool,
    }
    #[derive(Serialize, Deserialize)]
    struct Row {
        #[serde(rename = "_id")]
        id: bson::Uuid,
        customer_id: bson::Uuid,
        subscription: Option<String>,
        outcome: Outcome,
        ended_at: bson::DateTime,
        #[serde(default)]
        dirty: Option<bool>,
        #[serde(default)]
        counted: Option<Was>,
    }
    if customers.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Bson> = customers.iter().map(|id| value::uuid(id.uuid()).into()).collect();
    let options = FindOptions::builder()
        .projection(doc! {
            "customer_id": 1, "subscription": 1, "outcome": 1, "ended_at": 1, "dirty": 1, "counted.epoch": 1,
            "counted.decides": 1,
        })
        .hint(Hint::Name("company_customer_newest".to_owned()))
        .build();
    let filter = doc! { "customer_id": { "$in": ids }, "mode": "live", "state": "completed" };
    let found = records(store).typed::<Row>();
    let found = found.find(tenant, filter, options).await?;
    let kin = found
        .into_iter()
        .filter(|row| takes_part(row.outcome))
        .map(|row| Kin {
            finished: Finished {
                at: value::timestamp(row.ended_at),
                id: SessionId::from_uuid(value::from_uuid(row.id)),
            },
            customer: CustomerId::from_uuid(value::from_uuid(row.customer_id)),
            subscription: row.subscription,
            dirty: row.dirty.is_some(),
            counted: row.counted.map(|was| (was.epoch, was.decides)),
        });
    Ok(kin.collect())
}

/// These sessions.
pub async fn these(store: &Store, tenant: Tenant, ids: &[SessionId]) -> Result<Vec<Countable>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Bson> = ids.iter().map(|id| value::uuid(id.uuid()).into()).collect();
    let filter = doc! { "_id": { "$in": ids }, "mode": "live" };
    let found = records(store)
        .find(tenant, filter, FindOptions::default())
        .await?;
    found.into_iter().map(Countable::try_from).collect()
}

/// The live sessions of the customers behind that one, whole families of them, about `limit`; at one moment where `at` is given.
/// Index `{company_id, customer_id, _id}`.
pub(crate) async fn slice(
    store: &Store,
    tenant: Tenant,
    after: Option<CustomerId>,
    limit: u32,
    mut at: Option<&mut ClientSession>,
) -> Result<Vec<Countable>> {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut filter = doc! { "mode": "live" };
    if let Some(customer) = after {
        filter.insert("customer_id", doc! { "$gt": value::uuid(customer.uuid()) });
    }
    let mut found = read(store, tenant, filter, Some(limit), at.as_deref_mut()).await?;
    if found.len() < wanted {
        return found.into_iter().map(Countable::try_from).collect();
    }
    // The last customer's may go on behind the end.
    let last = found.last().map(Record::customer);
    let whole = found
        .iter()
        .take_while(|record| Some(record.customer()) != last)
        .count();
    if whole > 0 {
        found.truncate(whole);
    } else if let Some(customer) = last {
        let filter = doc! { "mode": "live", "customer_id": value::uuid(customer.uuid()) };
        found = read(store, tenant, filter, None, at).await?;
    }
    found.into_iter().map(Countable::try_from).collect()
}

async fn read(
    store: &Store,
    tenant: Tenant,
    filter: Document,
    limit: Option<u32>,
    at: Option<&mut ClientSession>,
) -> Result<Vec<Record>> {
    let options = FindOptions::builder()
        .sort(doc! { "company_id": 1, "customer_id": 1, "_id": -1 })
        .limit(limit.map(i64::from))
        .build();
    let records = records(store);
    let find = records.raw().find(within(tenant, filter)).with_options(options);
    match at {
        None => Ok(find.await?.try_collect().await?),
        Some(session) => {
            let mut cursor = find.session(&mut *session).await?;
            Ok(cursor.stream(session).try_collect().await?)
        }
    }
}

/// A session that was counted anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recounted {
    /// Which.
    pub id: SessionId,
    /// At which revision.
    pub revision: u64,
    /// Whether it decides.
    pub decides: bool,
    /// As what.
    pub counted: Counted,
}

/// Writes down what sessions were counted for; [`StoreError::Stale`] where one of them has changed.
pub(crate) async fn write_counted(
    store: &Store,
    tx: &mut Tx,
    epoch: u32,
    sessions: &[Recounted],
) -> Result<()> {
    if sessions.is_empty() {
        return Ok(());
    }
    let company = value::uuid(tx.tenant().company().uuid());
    let mut updates = RawArrayBuf::new();
    for one in sessions {
        updates.push(update(company, epoch, one)?);
    }
    let command = rawdoc! { "update": records(store).name(), "updates": updates, "ordered": true };
    let reply = store
        .database()
        .run_raw_command(command)
        .session(tx.session())
        .await;
    let reply = tx.note(reply)?;
    check_bulk(&reply)?;
    let written = reply.get_i32("n").ok().and_then(|n| usize::try_from(n).ok());
    if written == Some(sessions.len()) {
        Ok(())
    } else {
        Err(StoreError::Stale)
    }
}

fn update(company: bson::Uuid, epoch: u32, one: &Recounted) -> Result<RawDocumentBuf> {
    let (once, sums): (Vec<_>, Vec<_>) = one.counted.cells.iter().partition(|(_, number)| **number == 1);
    let counted = CountedRecord {
        epoch: epoch.into(),
        day: value::day(one.counted.place.day),
        decides: one.decides,
        cells: once.into_iter().map(|(cell, _)| cell.clone()).collect(),
        sums: sums
            .into_iter()
            .map(|(cell, number)| (cell.clone(), *number))
            .collect(),
    };
    Ok(rawdoc! {
        "q": {
            "_id": bson::Binary::from(value::uuid(one.id.uuid())), "company_id": bson::Binary::from(company),
            "revision": value::signed(one.revision),
        },
        "u": { "$set": { "counted": serialize_to_raw_document_buf(&counted)? }, "$unset": { "dirty": "" } },
    })
}
