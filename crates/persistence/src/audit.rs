//! The audit log (`audit`, index `{company_id, _id: -1}`): append-only, written inside the transaction it tells of.
//!
//! Each entry gets a link in its company's chain (`audit_chain`, key `company ‖ number`) a little later: see [`seal`].

mod chain;
mod erasing;
mod export;
mod sealing;
mod verifying;

use std::collections::BTreeMap;

use bson::{Binary, DateTime, Document, doc, spec::BinarySubtype};
use futures::TryStreamExt as _;
use jiff::{SignedDuration, Timestamp};
use kale_domain::{
    audit::{Actor, AuditAction, AuditEntry, chain::Salt},
    id::{AuditEntryId, CompanyId},
};
use mongodb::options::FindOptions;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::{
    chain::{ChainOf, SealedHead, head},
    erasing::erase,
    export::{Export, export},
    sealing::{is_waiting, seal},
    verifying::{Verified, verify},
};
use crate::{
    error::Result,
    scoped::Scoped,
    store::{INTERACTIVE, Store},
    tenant::Tenant,
    token,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ip: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    at: DateTime,
    /// Of the commitment. Absent where a release wrote it that had no chain, until it is sealed, and where the entry
    /// was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<Binary>,
    /// The number of its link; absent before it is sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seq: Option<i64>,
    /// The entry that tells of the erasure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    erased_by: Option<bson::Uuid>,
}

const COLLECTION: &str = "audit";
/// How far the time in an id may be from the time of its entry.
const SLACK: SignedDuration = SignedDuration::from_hours(1);

/// Adds an entry to the log of that company (`None`: of the installation).
pub(crate) async fn insert(
    store: &Store,
    tx: &mut Tx,
    company: Option<CompanyId>,
    entry: &AuditEntry,
) -> Result<()> {
    let record = Record {
        id: value::uuid(entry.id.uuid()),
        company_id: company.map(|company| value::uuid(company.uuid())),
        actor: entry.actor.clone(),
        action: entry.action,
        target: safe(&entry.target),
        before: all_safe(&entry.before),
        after: all_safe(&entry.after),
        request_id: entry.request_id.as_deref().map(safe),
        ip: entry.ip.clone(),
        user_agent: entry.user_agent.as_deref().map(safe),
        at: value::date(entry.at),
        salt: Some(binary(&fresh_salt())),
        seq: None,
        erased_by: None,
    };
    let entries = Scoped::<Record>::new(store.database(), COLLECTION);
    entries.insert(tx, &record).await
}

/// A text without a credential: use cases put none in, and clients may.
fn safe(text: &str) -> String {
    if token::is_in(text) {
        "[redacted]".to_owned()
    } else {
        text.to_owned()
    }
}

fn all_safe(fields: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let safe = |(name, value): (&String, &String)| (safe(name), safe(value));
    fields.iter().map(safe).collect()
}

fn fresh_salt() -> Salt {
    rand::random()
}

fn binary(bytes: &[u8]) -> Binary {
    Binary {
        subtype: BinarySubtype::Generic,
        bytes: bytes.to_vec(),
    }
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
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
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
        let mut at = Document::new();
        let mut ids = Document::new();
        if let Some(from) = self.from {
            at.insert("$gte", value::date(from));
            ids.insert(
                "$gte",
                first_id(from.saturating_sub(SLACK).unwrap_or(Timestamp::MIN)),
            );
        }
        if let Some(until) = self.until {
            at.insert("$lt", value::date(until));
            ids.insert(
                "$lt",
                first_id(until.saturating_add(SLACK).unwrap_or(Timestamp::MAX)),
            );
        }
        if !at.is_empty() {
            filter.insert("at", at);
            // Ids begin with their time, so that a range of time is one of the index.
            filter.insert("_id", ids);
        }
        Ok(filter)
    }
}

/// Before every id of that instant and after it, and after every one before it.
fn first_id(at: Timestamp) -> bson::Uuid {
    let millis = u128::try_from(at.as_millisecond()).unwrap_or_default();
    value::uuid(Uuid::from_u128((millis & 0xffff_ffff_ffff) << 80))
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
    find(
        store,
        ChainOf::Company(tenant),
        &AuditFilter::default(),
        limit,
        before,
    )
    .await
}

/// As [`list`], only the entries of a filter, of a company or of the installation.
pub async fn find(
    store: &Store,
    of: ChainOf,
    filter: &AuditFilter,
    limit: u32,
    before: Option<AuditEntryId>,
) -> Result<Vec<AuditEntry>> {
    let entries = Scoped::<Record>::new(store.database(), COLLECTION);
    let mut filter = filter.document()?;
    if let Some(id) = before {
        let already = filter.remove("_id").map(|range| doc! { "_id": range });
        let mut ranges = vec![doc! { "_id": { "$lt": value::uuid(id.uuid()) } }];
        ranges.extend(already);
        filter.insert("$and", ranges);
    }
    // Rare entries of a long log may take a walk; the index gives their order.
    let options = FindOptions::builder()
        .sort(doc! { "company_id": 1, "_id": -1 })
        .limit(i64::from(limit))
        .max_time(INTERACTIVE)
        .build();
    let records: Vec<Record> = match of {
        ChainOf::Company(tenant) => entries.find(tenant, filter, options).await?,
        ChainOf::Installation(_) => {
            filter.insert("company_id", bson::Bson::Null);
            let found = entries.raw().find(filter).with_options(options).await?;
            found.try_collect().await?
        }
    };
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
            ip: record.ip,
            user_agent: record.user_agent,
            at: value::timestamp(record.at),
        }
    }
}

#[cfg(test)]
mod tests;
