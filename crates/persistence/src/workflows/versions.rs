//! What was published (`workflow_versions`, key `company ‖ workflow ‖ number`). There is no way to change one.

use bson::{Bson, DateTime, Document, doc};
use kale_domain::{audit::Actor, id::WorkflowId};
use kale_flow::workflow::{Demands, Published};
use mongodb::options::FindOptions;
use serde::{Deserialize, Serialize};

use super::{number, text, tree};
use crate::{
    error::{Result, StoreError},
    scoped::Scoped,
    store::Store,
    tenant::Tenant,
    tx::Tx,
    value,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    id: Bson,
    company_id: bson::Uuid,
    workflow_id: bson::Uuid,
    number: i64,
    // Absent where it was not asked.
    #[serde(default)]
    tree: Option<String>,
    revision: i64,
    demands: Demands,
    offers_allowed: i64,
    by: Actor,
    note: Option<String>,
    again: Option<i64>,
    at: DateTime,
}

/// A version without its cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionHead {
    /// Its number.
    pub number: u32,
    /// The revision of the draft it was made from, or of the version whose cards it has again.
    pub revision: u64,
    /// Who published it.
    pub by: Actor,
    /// Why, in their words.
    pub note: Option<String>,
    /// The older version whose cards it has again.
    pub again: Option<u32>,
    /// When.
    pub at: jiff::Timestamp,
}

fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "workflow_versions")
}

fn id(tenant: Tenant, workflow: WorkflowId, number: u32) -> Bson {
    let mut tail = workflow.uuid().as_bytes().to_vec();
    tail.extend_from_slice(&number.to_be_bytes());
    value::key(tenant.company().uuid(), &tail)
}

/// Adds a version; [`StoreError::Stale`] where somebody published that number in between.
pub async fn add(store: &Store, tx: &mut Tx, version: &Published) -> Result<()> {
    tx.defines();
    let tenant = tx.tenant();
    let record = Record {
        id: id(tenant, version.workflow, version.number),
        company_id: value::uuid(tenant.company().uuid()),
        workflow_id: value::uuid(version.workflow.uuid()),
        number: version.number.into(),
        tree: Some(text(&version.tree)?),
        revision: value::signed(version.tree.revision()),
        demands: version.demands.clone(),
        offers_allowed: i64::try_from(version.offers_allowed).unwrap_or(i64::MAX),
        by: version.by.clone(),
        note: version.note.clone(),
        again: version.again.map(i64::from),
        at: value::date(version.at),
    };
    let inserted = records(store).insert(tx, &record).await;
    inserted.map_err(|error| match error {
        StoreError::Duplicate => StoreError::Stale,
        other => other,
    })
}

/// The versions of a workflow, newest first; `before` continues after the last one of a page.
pub async fn list(
    store: &Store,
    tenant: Tenant,
    workflow: WorkflowId,
    limit: u32,
    before: Option<u32>,
) -> Result<Vec<VersionHead>> {
    let first = id(tenant, workflow, 0);
    let last = id(
        tenant,
        workflow,
        before.map_or(u32::MAX, |number| number.saturating_sub(1)),
    );
    let options = FindOptions::builder()
        .sort(doc! { "_id": -1 })
        .limit(i64::from(limit))
        .projection(doc! { "tree": 0 })
        .build();
    let filter: Document = doc! { "_id": { "$gte": first, "$lte": last } };
    let found = records(store).find(tenant, filter, options).await?;
    found.into_iter().map(VersionHead::try_from).collect()
}

/// One version with its cards.
pub async fn get(
    store: &Store,
    tenant: Tenant,
    workflow: WorkflowId,
    number: u32,
) -> Result<Option<Published>> {
    let filter = doc! { "_id": id(tenant, workflow, number) };
    let found = records(store).find_one(tenant, filter).await?;
    found.map(Published::try_from).transpose()
}

/// What `make` makes of a version, as this process knows it. The version never changes; what else `make` read may be two
/// seconds old.
pub async fn known<T, E>(
    store: &Store,
    tenant: Tenant,
    workflow: WorkflowId,
    number: u32,
    make: impl AsyncFnOnce(Option<Published>) -> std::result::Result<T, E>,
) -> std::result::Result<std::sync::Arc<T>, E>
where
    T: Send + Sync + 'static,
    E: From<StoreError>,
{
    let mut about = workflow.uuid().as_bytes().to_vec();
    about.extend_from_slice(&number.to_be_bytes());
    let read = async || make(get(store, tenant, workflow, number).await?).await;
    store
        .memories()
        .definitions
        .recall(tenant, &about, read, |_| true)
        .await
}

impl TryFrom<Record> for VersionHead {
    type Error = StoreError;

    fn try_from(record: Record) -> Result<Self> {
        Ok(Self {
            number: number(record.number)?,
            revision: value::unsigned(record.revision, "revision of a version")?,
            by: record.by,
            note: record.note,
            again: record.again.map(number).transpose()?,
            at: value::timestamp(record.at),
        })
    }
}

impl TryFrom<Record> for Published {
    type Error = StoreError;

    fn try_from(record: Record) -> Result<Self> {
        let text = record
            .tree
            .ok_or_else(|| StoreError::corrupt("version", "it has no tree"))?;
        let allowed = usize::try_from(record.offers_allowed);
        Ok(Self {
            workflow: WorkflowId::from_uuid(value::from_uuid(record.workflow_id)),
            number: number(record.number)?,
            tree: tree(&text)?,
            demands: record.demands,
            offers_allowed: allowed.map_err(|error| StoreError::corrupt("version", error))?,
            by: record.by,
            note: record.note,
            again: record.again.map(number).transpose()?,
            at: value::timestamp(record.at),
        })
    }
}
