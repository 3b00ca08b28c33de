//! Workflows (`workflows`, index `{company_id, _id: -1}`). The draft moves by compare-and-set on `revision`, everything
//! else by compare-and-set on `version`.

pub mod edits;
pub mod versions;

use std::collections::BTreeMap;

use bson::{DateTime, Document, doc};
use kale_domain::{
    audit::Actor,
    id::{CardId, WorkflowId},
};
use kale_flow::{
    tree::CardTree,
    workflow::{Demands, Draft, LastEdit, Source, Trigger, Workflow, WorkflowState},
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

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    company_id: bson::Uuid,
    name: String,
    trigger: Trigger,
    state: WorkflowState,
    demands: Demands,
    origin: Option<Source>,
    revision: i64,
    edited: Option<Edited>,
    latest: i64,
    published_at: Option<DateTime>,
    created_at: DateTime,
    updated_at: DateTime,
    version: i64,
    // As text: a condition's numbers are exact decimals, which BSON's are only sometimes. Absent where it was not asked.
    #[serde(default)]
    tree: Option<String>,
    #[serde(default)]
    origins: BTreeMap<CardId, CardId>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Edited {
    by: Actor,
    at: DateTime,
}

fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "workflows")
}

/// What the heads are read with.
fn without_cards() -> Document {
    doc! { "tree": 0, "origins": 0 }
}

/// The workflows of a company, newest first; `before` continues after the last one of a page.
pub async fn list(
    store: &Store,
    tenant: Tenant,
    state: Option<&str>,
    limit: u32,
    before: Option<WorkflowId>,
) -> Result<Vec<Workflow>> {
    let mut filter = Document::new();
    if let Some(id) = before {
        filter.insert("_id", doc! { "$lt": value::uuid(id.uuid()) });
    }
    if let Some(state) = state {
        filter.insert("state.kind", state);
    }
    let options = FindOptions::builder()
        .sort(doc! { "company_id": 1, "_id": -1 })
        .limit(i64::from(limit))
        .projection(without_cards())
        .build();
    let found = records(store).find(tenant, filter, options).await?;
    found.into_iter().map(Workflow::try_from).collect()
}

/// One workflow, without its cards.
pub async fn get(store: &Store, tenant: Tenant, id: WorkflowId) -> Result<Option<Workflow>> {
    let options = FindOptions::builder()
        .limit(1)
        .projection(without_cards())
        .build();
    let filter = doc! { "_id": value::uuid(id.uuid()) };
    let found = records(store).find(tenant, filter, options).await?.pop();
    found.map(Workflow::try_from).transpose()
}

/// One workflow with its cards.
pub async fn draft(store: &Store, tenant: Tenant, id: WorkflowId) -> Result<Option<Draft>> {
    let filter = doc! { "_id": value::uuid(id.uuid()) };
    let found = records(store).find_one(tenant, filter).await?;
    found.map(Draft::try_from).transpose()
}

/// The live workflow of a trigger: of several, the one that was published last.
pub async fn live(store: &Store, tenant: Tenant, trigger: Trigger) -> Result<Option<Workflow>> {
    let filter = doc! { "state.kind": "live", "trigger": trigger.name() };
    let options = FindOptions::builder()
        .sort(doc! { "company_id": 1, "trigger": 1, "published_at": -1, "_id": -1 })
        .limit(1)
        .projection(without_cards())
        .build();
    let found = records(store).find(tenant, filter, options).await?.pop();
    found.map(Workflow::try_from).transpose()
}

/// A new workflow.
pub async fn insert(store: &Store, tx: &mut Tx, draft: &Draft) -> Result<()> {
    let workflow = &draft.workflow;
    let record = Record {
        id: value::uuid(workflow.id.uuid()),
        company_id: value::uuid(tx.tenant().company().uuid()),
        name: workflow.name.clone(),
        trigger: workflow.trigger,
        state: workflow.state,
        demands: workflow.demands.clone(),
        origin: workflow.origin.clone(),
        revision: value::signed(workflow.revision),
        edited: None,
        latest: workflow.latest.into(),
        published_at: None,
        created_at: value::date(workflow.created_at),
        updated_at: value::date(workflow.updated_at),
        version: value::signed(workflow.version),
        tree: Some(text(&draft.tree)?),
        origins: draft.origins.clone(),
    };
    records(store).insert(tx, &record).await
}

/// Puts an edited tree in the place of the one before it; [`StoreError::Stale`] where the draft is not at the revision
/// before the tree's, or was archived.
pub async fn edit(
    store: &Store,
    tx: &mut Tx,
    id: WorkflowId,
    tree: &CardTree,
    edit: &LastEdit,
) -> Result<Workflow> {
    let before = tree.revision().saturating_sub(1);
    let filter = doc! {
        "_id": value::uuid(id.uuid()),
        "revision": value::signed(before),
        "state.kind": { "$ne": "archived" },
    };
    let edited = Edited {
        by: edit.by.clone(),
        at: value::date(edit.at),
    };
    let change = doc! { "$set": {
        "tree": text(tree)?,
        "revision": value::signed(tree.revision()),
        "edited": bson::serialize_to_bson(&edited)?,
        "updated_at": value::date(edit.at),
    } };
    let updated = records(store).update_in(tx, filter, change).await?;
    updated.ok_or(StoreError::Stale).and_then(Workflow::try_from)
}

/// Writes everything but the draft as it is now; [`StoreError::Stale`] where it is no longer at `workflow.version`.
pub async fn update(store: &Store, tx: &mut Tx, workflow: &Workflow) -> Result<Workflow> {
    let filter = doc! {
        "_id": value::uuid(workflow.id.uuid()),
        "version": value::signed(workflow.version),
    };
    let change = doc! { "$set": settings(tx, workflow)?, "$inc": { "version": 1_i64 } };
    let updated = records(store).update_in(tx, filter, change).await?;
    updated.ok_or(StoreError::Stale).and_then(Workflow::try_from)
}

/// As [`update`], and notes that its newest version was published now.
pub async fn publish(store: &Store, tx: &mut Tx, workflow: &Workflow) -> Result<Workflow> {
    let filter = doc! {
        "_id": value::uuid(workflow.id.uuid()),
        "version": value::signed(workflow.version),
    };
    let mut set = settings(tx, workflow)?;
    set.insert("published_at", value::date(tx.now()));
    let change = doc! { "$set": set, "$inc": { "version": 1_i64 } };
    let updated = records(store).update_in(tx, filter, change).await?;
    updated.ok_or(StoreError::Stale).and_then(Workflow::try_from)
}

fn settings(tx: &Tx, workflow: &Workflow) -> Result<Document> {
    Ok(doc! {
        "name": &workflow.name,
        "trigger": workflow.trigger.name(),
        "state": bson::serialize_to_bson(&workflow.state)?,
        "demands": bson::serialize_to_bson(&workflow.demands)?,
        "latest": i64::from(workflow.latest),
        "updated_at": value::date(tx.now()),
    })
}

fn text(tree: &CardTree) -> Result<String> {
    serde_json::to_string(tree).map_err(|error| StoreError::corrupt("tree of a workflow", error))
}

fn tree(text: &str) -> Result<CardTree> {
    serde_json::from_str(text).map_err(|error| StoreError::corrupt("tree of a workflow", error))
}

fn number(number: i64) -> Result<u32> {
    u32::try_from(number).map_err(|error| StoreError::corrupt("number of a version", error))
}

impl TryFrom<Record> for Workflow {
    type Error = StoreError;

    fn try_from(record: Record) -> Result<Self> {
        Ok(Self {
            id: WorkflowId::from_uuid(value::from_uuid(record.id)),
            name: record.name,
            trigger: record.trigger,
            state: record.state,
            demands: record.demands,
            origin: record.origin,
            revision: value::unsigned(record.revision, "revision of a workflow")?,
            edited: record.edited.map(|edited| LastEdit {
                by: edited.by,
                at: value::timestamp(edited.at),
            }),
            latest: number(record.latest)?,
            created_at: value::timestamp(record.created_at),
            updated_at: value::timestamp(record.updated_at),
            version: value::unsigned(record.version, "workflow")?,
        })
    }
}

impl TryFrom<Record> for Draft {
    type Error = StoreError;

    fn try_from(mut record: Record) -> Result<Self> {
        let text = record.tree.take();
        let text = text.ok_or_else(|| StoreError::corrupt("workflow", "it has no tree"))?;
        let origins = std::mem::take(&mut record.origins);
        Ok(Self {
            tree: tree(&text)?,
            origins,
            workflow: record.try_into()?,
        })
    }
}
