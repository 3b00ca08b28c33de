//! Events that others tell, in batches: one round trip, whatever of them is there already.
//!
//! The key is what tells twice from once, so nothing is looked for before. An event that counts as use of the product is
//! written `dirty` by the same insert; who counts it takes that away in one transaction with the count.

use bson::{Document, RawArrayBuf, rawdoc, serialize_to_raw_document_buf};
use jiff::civil::Date;
use kale_flow::event::UserEvent;

use super::{COLLECTION, Record};
use crate::{
    error::Result,
    store::{Store, check_bulk, without_duplicates},
    tenant::Tenant,
    value,
};

/// What came of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// New ones.
    pub accepted: u64,
    /// Those that were there, or stand in the batch twice.
    pub duplicates: u64,
}

/// Adds events; those of a day count as use of the product on that day. Acknowledged when a majority has all of them in
/// its journal, the ones that were there among them.
pub async fn tell(store: &Store, tenant: Tenant, events: &[(UserEvent, Option<Date>)]) -> Result<Told> {
    if events.is_empty() {
        return Ok(Told::default());
    }
    let mut documents = RawArrayBuf::new();
    for (event, day) in events {
        let record = Record {
            day: day.map(value::day),
            dirty: day.map(|_counts| true),
            ..Record::new(tenant, event)?
        };
        documents.push(serialize_to_raw_document_buf(&record)?);
    }
    // The driver adds no write concern to a raw command.
    let command = rawdoc! {
        "insert": COLLECTION, "documents": documents, "ordered": false,
        "writeConcern": { "w": "majority", "j": true, "wtimeout": 8_000 },
    };
    let mut reply: Document = store.database().run_raw_command(command).await?;
    let duplicates = without_duplicates(&mut reply);
    check_bulk(&reply)?;
    let sent = u64::try_from(events.len()).unwrap_or(u64::MAX);
    Ok(Told {
        accepted: sent.saturating_sub(duplicates),
        duplicates,
    })
}
