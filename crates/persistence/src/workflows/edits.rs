//! What was done to drafts (`workflow_edits`, key `company ‖ workflow ‖ revision`): each edit with its inverse.

use std::collections::BTreeSet;

use bson::{Bson, DateTime, Document, doc};
use kale_domain::{
    audit::Actor,
    id::{CardId, WorkflowId},
};
use kale_flow::{
    edit::Op,
    history::{EditMark, How},
};
use mongodb::options::FindOptions;
use serde::{Deserialize, Serialize};

use crate::{
    error::{Result, StoreError},
    scoped::Scoped,
    store::Store,
    tenant::Tenant,
    tx::Tx,
    value,
};

/// How many of a workflow's last edits are kept.
pub const KEPT: u64 = 500;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    id: Bson,
    company_id: bson::Uuid,
    revision: i64,
    by: Actor,
    at: DateTime,
    how: How,
    taken_back: bool,
    /// What was done, by name.
    op: String,
    touches: Vec<CardId>,
    // As text, as the tree is. Absent where it was not asked.
    #[serde(default)]
    inverse: Option<String>,
}

/// One edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Who made it and how.
    pub mark: EditMark,
    /// What was done, by name: `update_card`.
    pub op: String,
    /// The cards it is about.
    pub touches: BTreeSet<CardId>,
}

fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "workflow_edits")
}

fn id(tenant: Tenant, workflow: WorkflowId, revision: u64) -> Bson {
    let mut tail = workflow.uuid().as_bytes().to_vec();
    tail.extend_from_slice(&revision.to_be_bytes());
    value::key(tenant.company().uuid(), &tail)
}

/// Adds an edit; [`StoreError::Duplicate`] where that revision was made already. The oldest one beyond [`KEPT`] goes.
pub async fn add(store: &Store, tx: &mut Tx, workflow: WorkflowId, edit: &Edit, inverse: &Op) -> Result<()> {
    let tenant = tx.tenant();
    let revision = edit.mark.revision;
    let inverse = serde_json::to_string(inverse).map_err(|error| StoreError::corrupt("edit", error))?;
    let record = Record {
        id: id(tenant, workflow, revision),
        company_id: value::uuid(tenant.company().uuid()),
        revision: value::signed(revision),
        by: edit.mark.by.clone(),
        at: value::date(edit.mark.at),
        how: edit.mark.how,
        taken_back: edit.mark.taken_back,
        op: edit.op.clone(),
        touches: edit.touches.iter().copied().collect(),
        inverse: Some(inverse),
    };
    records(store).insert(tx, &record).await?;
    if let Some(old) = revision.checked_sub(KEPT) {
        let filter = doc! { "_id": id(tenant, workflow, old) };
        records(store).delete_in(tx, filter).await?;
    }
    Ok(())
}

/// Notes that an edit was taken back; [`StoreError::Stale`] where it was already.
pub async fn take_back(store: &Store, tx: &mut Tx, workflow: WorkflowId, revision: u64) -> Result<()> {
    let filter = doc! { "_id": id(tx.tenant(), workflow, revision), "taken_back": false };
    let change = doc! { "$set": { "taken_back": true } };
    let updated = records(store).update_in(tx, filter, change).await?;
    updated.map(drop).ok_or(StoreError::Stale)
}

/// The edits after a revision, newest first, at most so many.
pub async fn since(
    store: &Store,
    tenant: Tenant,
    workflow: WorkflowId,
    revision: u64,
    limit: u64,
) -> Result<Vec<Edit>> {
    let (first, last) = (
        id(tenant, workflow, revision.saturating_add(1)),
        id(tenant, workflow, u64::MAX),
    );
    let options = FindOptions::builder()
        .sort(doc! { "_id": -1 })
        .limit(value::signed(limit))
        .projection(doc! { "inverse": 0 })
        .build();
    let filter: Document = doc! { "_id": { "$gte": first, "$lte": last } };
    let found = records(store).find(tenant, filter, options).await?;
    found.into_iter().map(Edit::try_from).collect()
}

/// What takes an edit back.
pub async fn inverse(
    store: &Store,
    tenant: Tenant,
    workflow: WorkflowId,
    revision: u64,
) -> Result<Option<Op>> {
    let filter = doc! { "_id": id(tenant, workflow, revision) };
    let found = records(store).find_one(tenant, filter).await?;
    let text = found.and_then(|record| record.inverse);
    text.map(|text| serde_json::from_str(&text).map_err(|error| StoreError::corrupt("edit", error)))
        .transpose()
}

impl TryFrom<Record> for Edit {
    type Error = StoreError;

    fn try_from(record: Record) -> Result<Self> {
        Ok(Self {
            mark: EditMark {
                revision: value::unsigned(record.revision, "revision of an edit")?,
                by: record.by,
                at: value::timestamp(record.at),
                how: record.how,
                taken_back: record.taken_back,
            },
            op: record.op,
            touches: record.touches.into_iter().collect(),
        })
    }
}
