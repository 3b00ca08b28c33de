//! The audit log as a file, streamed.

use std::{collections::BTreeMap, pin::Pin};

use bytes::Bytes;
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use kale_domain::audit::{AuditAction, AuditEntry};
use kale_persistence::{StoreError, Tenant, audit};
use kale_tabular::CsvWriter;

use super::{AuditFilter, AuditLog};
use crate::access::Caller;

/// How many entries one chunk of the stream holds.
const CHUNK: usize = 500;

const FIELDS: [&str; 11] = [
    "id",
    "at",
    "actor_kind",
    "actor",
    "action",
    "target",
    "before",
    "after",
    "request_id",
    "ip",
    "user_agent",
];

/// A file in pieces.
pub type ExportStream = Pin<Box<dyn Stream<Item = Result<Bytes, StoreError>> + Send>>;

impl AuditLog {
    /// Every entry of a filter as CSV, newest first, in flat memory. That it was taken out is written down first, so
    /// that the file says so too where the filter has room for it.
    pub async fn export(
        &self,
        tenant: Tenant,
        caller: &Caller,
        filter: &AuditFilter,
    ) -> Result<ExportStream, StoreError> {
        self.store
            .transaction::<_, StoreError>(tenant, async |tx| {
                let mut entry = caller.entry(tx, AuditAction::AuditExported, "audit");
                entry.after = said(filter);
                tx.audit(entry).await
            })
            .await?;
        let entries = audit::export(&self.store, tenant, filter).await?;
        let chunks = entries.try_chunks(CHUNK).map_err(|error| error.1);
        let mut head = CsvWriter::default();
        head.record(FIELDS);
        let head = Bytes::from(head.take());
        let body = chunks.map_ok(|entries| rows(&entries));
        Ok(Box::pin(
            futures::stream::once(async move { Ok(head) }).chain(body),
        ))
    }
}

/// What the filter asked for, for the entry.
fn said(filter: &AuditFilter) -> BTreeMap<String, String> {
    let actor = filter.actor.as_ref();
    [
        ("action", filter.action.map(AuditAction::name)),
        (
            "actor",
            actor.map(|actor| actor.id().unwrap_or_else(|| actor.kind().to_owned())),
        ),
        ("target", filter.target.clone()),
        ("from", filter.from.map(|at| at.to_string())),
        ("until", filter.until.map(|at| at.to_string())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}

fn rows(entries: &[AuditEntry]) -> Bytes {
    let mut writer = CsvWriter::default();
    for entry in entries {
        writer.record([
            entry.id.to_string(),
            entry.at.to_string(),
            entry.actor.kind().to_owned(),
            entry.actor.id().unwrap_or_default(),
            entry.action.name(),
            entry.target.clone(),
            object(&entry.before),
            object(&entry.after),
            entry.request_id.clone().unwrap_or_default(),
            entry.ip.clone().unwrap_or_default(),
            entry.user_agent.clone().unwrap_or_default(),
        ]);
    }
    Bytes::from(writer.take())
}

/// As JSON; nothing for nothing.
fn object(fields: &BTreeMap<String, String>) -> String {
    if fields.is_empty() {
        String::new()
    } else {
        serde_json::json!(fields).to_string()
    }
}
