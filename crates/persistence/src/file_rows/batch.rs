//! Writing a batch that nobody sees yet.
//!
//! Every writer asks for its right before and after: a number below the live one would be seen at once.

use std::collections::{BTreeSet, HashMap, HashSet};

use bson::{Binary, Bson, Document, RawArrayBuf, doc, rawdoc, spec::BinarySubtype};
use futures::TryStreamExt as _;
use kale_domain::{
    attribute::AttributeKey,
    upload::{ImportMode, UploadKind},
};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::{
    fold::kept,
    pointer::{self, Right},
    record::{Record, RowValues, Version, key, records, visible},
};
use crate::{
    error::{Result, StoreError},
    scoped::within,
    store::{Store, check_bulk},
    tenant::Tenant,
    value,
};

/// A row of a file, checked and typed.
#[derive(Debug, Clone)]
pub struct IncomingRow {
    /// Its key.
    pub external_id: String,
    /// The hash of its values.
    pub hash: [u8; 16],
    /// Its values.
    pub values: RowValues,
}

/// The columns a file has: what an `upsert` may change in a row that exists.
#[derive(Debug, Clone, Default)]
pub struct MappedColumns {
    /// Fields of [`RowValues`], by name.
    pub fields: BTreeSet<&'static str>,
    /// Attributes.
    pub attributes: BTreeSet<AttributeKey>,
}

/// How rows are written.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Its number, newer than the live one.
    pub number: u64,
    /// What the file is about.
    pub kind: UploadKind,
    /// What to do with rows that exist.
    pub mode: ImportMode,
    /// The columns the file has.
    pub mapped: MappedColumns,
}

/// What one call of [`write_batch`] met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BatchOutcome {
    /// Rows that were not there before.
    pub added: u64,
    /// Rows that changed.
    pub changed: u64,
    /// Rows that were the same and not written.
    pub unchanged: u64,
    /// Rows left out because their key exists (`append`).
    pub refused: u64,
}

/// Which keys of a list a reader sees already.
pub type Existing = HashSet<String>;

/// What is there under the key of an incoming row.
#[derive(Debug, Deserialize)]
struct Peek {
    #[serde(rename = "_id")]
    id: Binary,
    cur: Version,
    #[serde(default)]
    prev: Option<PeekBatch>,
}

#[derive(Debug, Deserialize)]
struct PeekBatch {
    #[expect(dead_code, reason = "its presence is what counts")]
    b: i64,
}

/// The external ids that a reader of the live batch sees, out of `external_ids`: what `append` refuses.
pub async fn existing_keys(
    store: &Store,
    tenant: Tenant,
    kind: UploadKind,
    live: u64,
    external_ids: &[String],
) -> Result<Existing> {
    let keys: Vec<Bson> = external_ids
        .iter()
        .map(|id| Bson::Binary(key(tenant, kind, id)))
        .collect();
    let found: Vec<Record> = records(store)
        .raw()
        .find(within(tenant, doc! { "_id": { "$in": keys } }))
        .await?
        .try_collect()
        .await?;
    let live = value::signed(live);
    Ok(found
        .into_iter()
        .filter(|record| visible(record, live).is_some())
        .map(|record| record.ext)
        .collect())
}

/// How many rows a reader of the live batch sees: what `replace` begins with.
pub async fn count_live(store: &Store, tenant: Tenant, live: u64) -> Result<u64> {
    let live = value::signed(live);
    let seen = doc! { "$or": [
        { "cur.b": { "$lte": live }, "cur.v": { "$ne": null } },
        { "cur.b": { "$gt": live }, "prev.v": { "$ne": null } },
    ] };
    Ok(records(store).raw().count_documents(within(tenant, seen)).await?)
}

/// Writes rows under `batch`, which is newer than the live one. Rows that say what is there already are not written;
/// the same call again changes nothing more and counts the same. [`StoreError::Stale`] where another import took the
/// right to write: then nothing of these rows stays. A file has each key once.
///
/// Written `w: 1`: the job that calls this publishes the batch with a majority write, which can't be acknowledged
/// before everything older is.
pub async fn write_batch(
    store: &Store,
    tenant: Tenant,
    batch: &Batch,
    rows: Vec<IncomingRow>,
) -> Result<BatchOutcome> {
    if rows.is_empty() {
        return Ok(BatchOutcome::default());
    }
    let number = value::signed(batch.number);
    let keys: Vec<Binary> = rows
        .iter()
        .map(|row| key(tenant, batch.kind, &row.external_id))
        .collect();
    let ids: Vec<Bson> = keys.iter().cloned().map(Bson::Binary).collect();
    let right = pointer::right(store, tenant, batch.kind, number);
    let (right, there) = futures::future::join(right, peek(store, tenant, &keys)).await;
    if right? != Right::Writing {
        return Err(StoreError::Stale);
    }
    let mut there = there?;
    let mut outcome = BatchOutcome::default();
    let mut inserts = Vec::new();
    let mut updates = Vec::new();
    for (row, id) in rows.into_iter().zip(keys) {
        match there.remove(&id.bytes) {
            None => {
                outcome.added += 1;
                inserts.push(new_record(tenant, id, number, row));
            }
            Some(found) => updates.extend(update(&mut outcome, batch, found, &row)),
        }
    }
    insert(store, inserts).await?;
    write(store, updates).await?;
    // Whoever slept between the question above and the writes learns it here.
    kept(store, tenant, batch.kind, number, doc! { "_id": { "$in": ids } }).await?;
    Ok(outcome)
}

async fn peek(store: &Store, tenant: Tenant, keys: &[Binary]) -> Result<HashMap<Vec<u8>, Peek>> {
    let ids: Vec<Bson> = keys.iter().cloned().map(Bson::Binary).collect();
    let found: Vec<Peek> = records(store)
        .typed::<Peek>()
        .raw()
        .find(within(tenant, doc! { "_id": { "$in": ids } }))
        .projection(doc! { "cur": 1, "prev.b": 1 })
        .await?
        .try_collect()
        .await?;
    Ok(found.into_iter().map(|row| (row.id.bytes.clone(), row)).collect())
}

fn update(outcome: &mut BatchOutcome, batch: &Batch, found: Peek, row: &IncomingRow) -> Option<Document> {
    let number = value::signed(batch.number);
    if found.cur.b == number {
        // This job was here before it was interrupted.
        if found.prev.is_some() {
            outcome.changed += 1;
        } else {
            outcome.added += 1;
        }
        return None;
    }
    if batch.mode == ImportMode::Append {
        outcome.refused += 1;
        return None;
    }
    if found.cur.h.bytes == row.hash {
        outcome.unchanged += 1;
        return None;
    }
    let new = row.values.to_document();
    let (values, hashed) = match (batch.mode, &found.cur.v) {
        (ImportMode::Upsert, Some(old)) => {
            let values = merged(old.clone(), new.clone(), &batch.mapped);
            // A row that keeps something the file does not say is not told by the file's hash alone.
            let hashed = if values == new {
                row.hash
            } else {
                mixed(&found.cur.h, row.hash)
            };
            (values, hashed)
        }
        _ => (new, row.hash),
    };
    if found.cur.v.as_ref() == Some(&values) {
        outcome.unchanged += 1;
        return None;
    }
    outcome.changed += 1;
    let version = doc! { "b": number, "h": hash(hashed), "v": values };
    Some(doc! {
        "q": { "_id": found.id, "cur.b": { "$lt": number } },
        "u": [{ "$set": { "prev": "$cur", "cur": { "$literal": version } } }],
    })
}

/// The old values with what the file says in its columns: a column the file does not have stays as it was, an empty
/// cell of one it has takes the value away.
fn merged(mut old: Document, mut new: Document, mapped: &MappedColumns) -> Document {
    for field in &mapped.fields {
        old.remove(field);
    }
    for part in ["a", "s"] {
        let Ok(said) = new.get_document_mut(part).map(std::mem::take) else {
            forget(&mut old, part, mapped);
            continue;
        };
        forget(&mut old, part, mapped);
        new.remove(part);
        match old.get_document_mut(part) {
            Ok(kept) => kept.extend(said),
            Err(_) => {
                old.insert(part, said);
            }
        }
    }
    old.extend(new);
    if old.get_document("s").is_ok_and(Document::is_empty) {
        old.remove("s");
    }
    old
}

fn forget(old: &mut Document, part: &str, mapped: &MappedColumns) {
    if let Ok(kept) = old.get_document_mut(part) {
        for key in &mapped.attributes {
            kept.remove(key.as_str());
        }
    }
}

/// The hash of what a row becomes when a file changes some of its columns.
fn mixed(before: &Binary, said: [u8; 16]) -> [u8; 16] {
    let digest = Sha256::new()
        .chain_update(&before.bytes)
        .chain_update(said)
        .finalize();
    digest.first_chunk().copied().unwrap_or(said)
}

fn hash(bytes: [u8; 16]) -> Binary {
    Binary {
        subtype: BinarySubtype::Generic,
        bytes: bytes.to_vec(),
    }
}

fn new_record(tenant: Tenant, id: Binary, batch: i64, row: IncomingRow) -> Record {
    Record {
        id,
        company_id: value::uuid(tenant.company().uuid()),
        ext: row.external_id,
        cur: Version {
            b: batch,
            h: hash(row.hash),
            v: Some(row.values.to_document()),
        },
        prev: None,
    }
}

async fn insert(store: &Store, new: Vec<Record>) -> Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    let mut documents = RawArrayBuf::new();
    for record in &new {
        documents.push(bson::serialize_to_raw_document_buf(record)?);
    }
    let command = rawdoc! {
        "insert": records(store).name(),
        "documents": documents,
        "ordered": false,
        "writeConcern": { "w": 1 },
    };
    check_bulk(&store.database().run_raw_command(command).await?)
}

async fn write(store: &Store, updates: Vec<Document>) -> Result<()> {
    if updates.is_empty() {
        return Ok(());
    }
    let command = doc! {
        "update": records(store).name(),
        "updates": updates,
        "ordered": false,
        "writeConcern": { "w": 1 },
    };
    check_bulk(&store.database().run_command(command).await?)
}

/// Takes out, under `batch`, the rows whose key the file no longer has (`replace`); answers how many there are, also
/// where it is done again. [`StoreError::Stale`] as for [`write_batch`].
///
/// `has` answers whether the file has a key. Cost: a read of every live row's key.
pub async fn remove_absent(
    store: &Store,
    tenant: Tenant,
    batch: &Batch,
    has: impl Fn(&str) -> bool,
) -> Result<u64> {
    #[derive(Deserialize)]
    struct Key {
        #[serde(rename = "_id")]
        id: Binary,
        ext: String,
    }
    let (kind, batch) = (batch.kind, value::signed(batch.number));
    if pointer::right(store, tenant, kind, batch).await? != Right::Writing {
        return Err(StoreError::Stale);
    }
    let filter = within(
        tenant,
        doc! { "cur.b": { "$lt": batch }, "cur.v": { "$ne": null } },
    );
    let mut rows = records(store)
        .typed::<Key>()
        .raw()
        .find(filter)
        .projection(doc! { "ext": 1 })
        .await?;
    let mut updates = Vec::new();
    while let Some(row) = rows.try_next().await? {
        if has(&row.ext) {
            continue;
        }
        let gone = doc! { "b": batch, "h": hash([0; 16]), "v": Bson::Null };
        updates.push(doc! {
            "q": { "_id": row.id, "cur.b": { "$lt": batch } },
            "u": [{ "$set": { "prev": "$cur", "cur": { "$literal": gone } } }],
        });
        if updates.len() == 1_000 {
            write(store, std::mem::take(&mut updates)).await?;
        }
    }
    write(store, updates).await?;
    kept(store, tenant, kind, batch, doc! { "cur.v": null }).await?;
    // The writes above are `w: 1`, and readers see only what a majority has.
    store.settle().await?;
    let removed = within(tenant, doc! { "cur.b": batch, "cur.v": null });
    Ok(records(store).raw().count_documents(removed).await?)
}
