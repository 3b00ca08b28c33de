//! Moving many customers, without a transaction.
//!
//! In a transaction MongoDB 6.0 reads the catalogue entry of the collection anew for every index of every update, which
//! is two thirds of such an update. So each customer is moved by itself, compare and set on the state that was read; the
//! entry of the state that ends is copied into the history before (see [`super::persona`]). Whoever is interrupted finds
//! each customer either moved, with its entry, or not.

use std::collections::HashMap;

use bson::{Binary, Bson, RawArrayBuf, RawDocument, RawDocumentBuf, doc, rawdoc};
use futures::TryStreamExt as _;
use kale_domain::{id::CustomerId, persona::PersonaState};
use mongodb::options::ReadConcern;

use super::{
    judged::Judged,
    persona::{HistoryRecord, PersonaMove, entries, moved, standing_entry},
    record::{PersonaRecord, records},
};
use crate::{
    error::{Result, StoreError},
    scoped::within,
    store::{Store, check_bulk, insert_absent},
    tenant::Tenant,
    value,
};

/// How many customers are moved by one command.
const MOVED_AT_ONCE: usize = 2_500;
/// How often others may be faster.
const TRIES: u32 = 8;

/// Moves customers, each together with its entry in the history. A rule moves nobody whom a person locked in between;
/// who is there already is not written, so that doing it again is the same.
///
/// Acknowledged by a majority. [`StoreError::Stale`] where others keep on moving the same customers.
pub async fn move_all(store: &Store, tenant: Tenant, moves: &[PersonaMove]) -> Result<()> {
    for part in moves.chunks(MOVED_AT_ONCE) {
        let mut tries = 0;
        while !move_read(store, tenant, part).await? {
            tries += 1;
            if tries == TRIES {
                return Err(StoreError::Stale);
            }
        }
    }
    Ok(())
}

/// The same for customers who were read just now, which saves reading them again.
pub async fn move_judged(store: &Store, tenant: Tenant, moves: &[(&Judged, PersonaState)]) -> Result<()> {
    for part in moves.chunks(MOVED_AT_ONCE) {
        let mut planned = Planned::default();
        for (customer, to) in part {
            planned.add(store, tenant, customer.id, customer.standing()?, to)?;
        }
        if !planned.write(store, tenant).await? {
            let moves: Vec<PersonaMove> = part
                .iter()
                .map(|(customer, to)| PersonaMove {
                    customer: customer.id,
                    from: customer.persona,
                    to: to.clone(),
                })
                .collect();
            move_all(store, tenant, &moves).await?;
        }
    }
    Ok(())
}

/// Answers whether all are where they have to be.
async fn move_read(store: &Store, tenant: Tenant, moves: &[PersonaMove]) -> Result<bool> {
    let there = personas_of(store, tenant, moves).await?;
    let mut planned = Planned::default();
    for change in moves {
        if let Some(read) = there.get(&change.customer) {
            let before = read.get_document("persona").map_err(corrupt)?;
            planned.add(store, tenant, change.customer, before, &change.to)?;
        }
    }
    planned.write(store, tenant).await
}

/// What is about to be written.
#[derive(Default)]
struct Planned {
    /// Entries of the states that end.
    ended: Vec<HistoryRecord>,
    updates: RawArrayBuf,
    count: i64,
}

impl Planned {
    /// Moves a customer who is in the state `read`, if it has to be moved.
    fn add(
        &mut self,
        store: &Store,
        tenant: Tenant,
        id: CustomerId,
        read: &RawDocument,
        to: &PersonaState,
    ) -> Result<()> {
        let record: PersonaRecord = bson::deserialize_from_slice(read.as_bytes())?;
        let before = PersonaState::from(record.clone());
        let after = PersonaRecord::from(to);
        // As the store keeps it: instants have milliseconds there.
        if before == PersonaState::from(after.clone()) || (before.is_locked() && !to.is_locked()) {
            return Ok(());
        }
        let after = if before.persona == to.persona {
            after
        } else {
            moved(store, &record, to)
        };
        self.ended.extend(standing_entry(tenant, id, &record));
        self.updates.push(rawdoc! {
            "q": {
                "_id": Binary::from_uuid(value::uuid(id.uuid())),
                "company_id": Binary::from_uuid(value::uuid(tenant.company().uuid())),
                "persona": read.to_owned(),
            },
            "u": {
                "$set": {
                    "persona": bson::serialize_to_raw_document_buf(&after)?,
                    "updated_at": value::date(to.since),
                },
                "$inc": { "version": 1_i64 },
            },
            // Every index begins with the company: without a word they would all be tried.
            "hint": { "_id": 1 },
        });
        self.count += 1;
        Ok(())
    }

    /// Answers whether everybody was still in the state that was read.
    async fn write(self, store: &Store, tenant: Tenant) -> Result<bool> {
        if self.count == 0 {
            return Ok(true);
        }
        keep(store, &self.ended).await?;
        let command = rawdoc! {
            "update": records(store).name(),
            "updates": self.updates,
            "ordered": false,
            // What came before on the same server, the history, is acknowledged with it.
            "writeConcern": { "w": "majority", "wtimeout": 8_000 },
        };
        let reply = store.database().run_raw_command(command).await;
        // However it ended: some may have moved.
        store.memories().tallies.forget(tenant);
        let reply = reply?;
        check_bulk(&reply)?;
        let matched = match reply.get("n") {
            Some(Bson::Int32(n)) => i64::from(*n),
            Some(Bson::Int64(n)) => *n,
            _ => 0,
        };
        Ok(matched == self.count)
    }
}

/// Copies entries into the history, where they may be already.
async fn keep(store: &Store, ended: &[HistoryRecord]) -> Result<()> {
    if ended.is_empty() {
        return Ok(());
    }
    let mut documents = RawArrayBuf::new();
    for entry in ended {
        documents.push(bson::serialize_to_raw_document_buf(entry)?);
    }
    insert_absent(store, entries(store).name(), documents).await
}

/// Where these customers are now, also as far as no majority has it yet: what is compared has to be the newest.
async fn personas_of(
    store: &Store,
    tenant: Tenant,
    moves: &[PersonaMove],
) -> Result<HashMap<CustomerId, RawDocumentBuf>> {
    let ids: Vec<bson::Uuid> = moves
        .iter()
        .map(|change| value::uuid(change.customer.uuid()))
        .collect();
    let found: Vec<RawDocumentBuf> = records(store)
        .typed::<RawDocumentBuf>()
        .raw()
        .find(within(tenant, doc! { "_id": { "$in": ids } }))
        .projection(doc! { "persona": 1 })
        .read_concern(ReadConcern::local())
        .await?
        .try_collect()
        .await?;
    found
        .into_iter()
        .map(|read| {
            let id = read.get_binary("_id").map_err(corrupt)?;
            let id = uuid::Uuid::from_slice(id.bytes).map_err(corrupt)?;
            Ok((CustomerId::from_uuid(id), read))
        })
        .collect()
}

fn corrupt(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::corrupt("customer", error)
}
