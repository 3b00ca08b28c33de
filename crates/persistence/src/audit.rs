//! The audit log (`audit`, index `{company_id, _id: -1}`): append-only, written inside the transaction it tells of.

use std::collections::BTreeMap;

use bson::{DateTime, Document, doc};
use kale_domain::{
    audit::{Actor, AuditAction, AuditEntry},
    id::AuditEntryId,
};
use mongodb::options::FindOptions;
use serde::{Deserialize, Serialize};

use crate::{
    error::Result,
    scoped::Scoped,
    store::{INTERACTIVE, Store},
    tenant::Tenant,
    tx::Tx,
    value,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    company_id: Option<bson::Uuid>,
    actor: Actor,
    action: AuditAction,
    target: String,
    #[serde(default)]
    before: BTreeMap<String, String>,
    #[serde(default)]
    after: BTreeMap<String, String>,
    #[serde(default)]
    request_id: Option<String>,
    at: DateTime,
}

const COLLECTION: &str = "audit";

/// Adds an entry to the log of the transaction's company (or of the installation).
pub(crate) async fn insert(store: &Store, tx: &mut Tx, entry: &AuditEntry) -> Result<()> {
    let record = Record {
        id: value::uuid(entry.id.uuid()),
        company_id: tx.company().map(|company| value::uuid(company.uuid())),
        actor: entry.actor.clone(),
        action: entry.action,
        target: entry.target.clone(),
        before: entry.before.clone(),
        after: entry.after.clone(),
        request_id: entry.request_id.clone(),
        at: value::date(entry.at),
    };
    let entries = Scoped::<Record>::new(store.database(), COLLECTION);
    entries.insert(tx, &record).await
}

/// Which entries to read; what is absent does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Where this was done.
    pub action: Option<AuditAction>,
    /// By whom.
    pub actor: Option<Actor>,
    /// To the thing of this id.
    pub target: Option<String>,
}

impl AuditFilter {
    fn document(&self) -> Result<Document> {
        let mut filter = Document::new();
        if let Some(action) = self.action {
            filter.insert("action", written(&action)?);
        }
        if let Some(actor) = &self.actor {
            filter.insert("actor", written(actor)?);
        }
        if let Some(target) = &self.target {
            filter.insert("target", target);
        }
        Ok(filter)
    }
}

/// As a record holds it.
fn written(value: &impl Serialize) -> Result<bson::Bson> {
    Ok(bson::serialize_to_bson(value)?)
}

/// The latest entries of a company, newest first; `before` continues after the last one of a page.
pub async fn list(
    store: &Store,
    tenant: Tenant,
    limit: u32,
    before: Option<AuditEntryId>,
) -> Result<Vec<AuditEntry>> {
    find(store, tenant, &AuditFilter::default(), limit, before).await
}

/// As [`list`], only the entries of a filter.
pub async fn find(
    store: &Store,
    tenant: Tenant,
    filter: &AuditFilter,
    limit: u32,
    before: Option<AuditEntryId>,
) -> Result<Vec<AuditEntry>> {
    let entries = Scoped::<Record>::new(store.database(), COLLECTION);
    let mut filter = filter.document()?;
    if let Some(id) = before {
        filter.insert("_id", doc! { "$lt": value::uuid(id.uuid()) });
    }
    // Rare entries of a long log may take a walk; the index gives their order.
    let options = FindOptions::builder()
        .sort(doc! { "company_id": 1, "_id": -1 })
        .limit(i64::from(limit))
        .max_time(INTERACTIVE)
        .build();
    let records = entries.find(tenant, filter, options).await?;
    Ok(records.into_iter().map(AuditEntry::from).collect())
}

impl From<Record> for AuditEntry {
    fn from(record: Record) -> Self {
        Self {
            id: AuditEntryId::from_uuid(value::from_uuid(record.id)),
            actor: record.actor,
            action: record.action,
            target: record.target,
            before: record.before,
            after: record.after,
            request_id: record.request_id,
            at: value::timestamp(record.at),
        }
    }
}
