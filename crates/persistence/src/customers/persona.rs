//! Moving customers between personas: by hand, by rules in bulk, and the history of both.

use bson::{DateTime, Document, doc};
use futures::TryStreamExt as _;
use kale_domain::{
    customer::Customer,
    id::{CustomerId, PersonaId},
    persona::{PersonaChange, PersonaState},
};
use mongodb::options::FindOptions;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

use super::{
    record::{Kinds, PersonaRecord, by_id, customer, persona_bson, records},
    view::one,
};
use crate::{
    error::{Result, StoreError},
    scoped::{Scoped, within},
    store::{Store, check_bulk},
    tenant::{Reach, Tenant},
    tx::Tx,
    value,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct HistoryRecord {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    company_id: bson::Uuid,
    customer_id: bson::Uuid,
    from: Option<bson::Uuid>,
    to: PersonaRecord,
    at: DateTime,
}

fn entries(store: &Store) -> Scoped<HistoryRecord> {
    Scoped::new(store.database(), "persona_history")
}

/// A customer who goes from one persona to another.
#[derive(Debug, Clone)]
pub struct PersonaMove {
    /// Who.
    pub customer: CustomerId,
    /// Where it was when that was decided; the history says where it was when it moved.
    pub from: Option<PersonaId>,
    /// Where it goes, and why.
    pub to: PersonaState,
}

fn entry(store: &Store, tenant: Tenant, change: &PersonaMove) -> HistoryRecord {
    HistoryRecord {
        id: value::uuid(store.fresh_id()),
        company_id: value::uuid(tenant.company().uuid()),
        customer_id: value::uuid(change.customer.uuid()),
        from: change.from.map(|id| value::uuid(id.uuid())),
        to: PersonaRecord::from(&change.to),
        at: value::date(change.to.since),
    }
}

/// The changes of a customer's persona, newest first. Index `{company_id, customer_id, _id: -1}`.
pub async fn history(
    store: &Store,
    tenant: Tenant,
    id: CustomerId,
    limit: u32,
) -> Result<Vec<PersonaChange>> {
    let order = doc! { "company_id": 1, "customer_id": 1, "_id": -1 };
    let options = FindOptions::builder().sort(order).limit(i64::from(limit)).build();
    let found = entries(store)
        .find(tenant, doc! { "customer_id": value::uuid(id.uuid()) }, options)
        .await?;
    found
        .into_iter()
        .map(|record| {
            let state = PersonaState::from(record.to);
            let by = state
                .by
                .ok_or_else(|| StoreError::corrupt("persona history", "nobody moved it"))?;
            let from = record.from.map(|id| PersonaId::from_uuid(value::from_uuid(id)));
            Ok(PersonaChange {
                from,
                to: state.persona,
                by,
                at: value::timestamp(record.at),
            })
        })
        .collect()
}

/// Puts one customer where a person (or, after unlocking, a rule) says; `None` where none is within reach.
pub async fn set_persona(
    store: &Store,
    tx: &mut Tx,
    reach: Reach,
    id: CustomerId,
    to: &PersonaState,
    kinds: &Kinds,
) -> Result<Option<Customer>> {
    let before = records(store)
        .raw()
        .find_one(one(reach, id))
        .session(tx.session())
        .await;
    let Some(before) = tx.note(before)? else {
        return Ok(None);
    };
    let from = PersonaState::from(before.persona).persona;
    let change = doc! {
        "$set": { "persona": persona_bson(to)?, "updated_at": value::date(tx.now()) },
        "$inc": { "version": 1_i64 },
    };
    let updated = records(store)
        .update_in(tx, doc! { "_id": value::uuid(id.uuid()) }, change)
        .await?;
    let moved = PersonaMove {
        customer: id,
        from,
        to: to.clone(),
    };
    entries(store)
        .insert(tx, &entry(store, reach.tenant(), &moved))
        .await?;
    updated.map(|record| customer(record, kinds)).transpose()
}

/// How many customers are moved in one transaction.
const MOVED_AT_ONCE: usize = 1_000;

/// Moves customers in bulk, each together with its entry in the history. A rule moves nobody whom a person locked in
/// between; who is there already is not written, so that doing it again is the same.
pub async fn move_all(store: &Store, tenant: Tenant, moves: &[PersonaMove]) -> Result<()> {
    for part in moves.chunks(MOVED_AT_ONCE) {
        store
            .transaction(tenant, async |tx| move_some(store, tx, part).await)
            .await?;
    }
    Ok(())
}

async fn move_some(store: &Store, tx: &mut Tx, moves: &[PersonaMove]) -> Result<()> {
    let tenant = tx.tenant();
    let there = personas_of(store, tx, moves).await?;
    let mut updates = Vec::with_capacity(moves.len());
    let mut history = Vec::with_capacity(moves.len());
    for change in moves {
        let Some(before) = there.get(&change.customer) else {
            continue;
        };
        // As the store keeps it: instants have milliseconds there.
        let to = PersonaState::from(PersonaRecord::from(&change.to));
        if *before == to || (before.is_locked() && !change.to.is_locked()) {
            continue;
        }
        updates.push(doc! {
            "q": within(tenant, by_id(change.customer)),
            "u": {
                "$set": { "persona": persona_bson(&change.to)?, "updated_at": value::date(change.to.since) },
                "$inc": { "version": 1_i64 },
            },
        });
        if before.persona != change.to.persona {
            let moved = PersonaMove {
                from: before.persona,
                ..change.clone()
            };
            history.push(bson::serialize_to_bson(&entry(store, tenant, &moved))?);
        }
    }
    if !updates.is_empty() {
        let command = doc! { "update": records(store).name(), "updates": updates, "ordered": false };
        bulk(store, tx, command).await?;
    }
    if !history.is_empty() {
        let command = doc! { "insert": entries(store).name(), "documents": history, "ordered": false };
        bulk(store, tx, command).await?;
    }
    Ok(())
}

async fn bulk(store: &Store, tx: &mut Tx, command: Document) -> Result<()> {
    let reply = store.database().run_command(command).session(tx.session()).await;
    check_bulk(&tx.note(reply)?)
}

/// Where these customers are now, as the transaction sees it.
async fn personas_of(
    store: &Store,
    tx: &mut Tx,
    moves: &[PersonaMove],
) -> Result<HashMap<CustomerId, PersonaState>> {
    #[derive(Deserialize)]
    struct Projection {
        #[serde(rename = "_id")]
        id: bson::Uuid,
        persona: PersonaRecord,
    }
    let ids: Vec<bson::Uuid> = moves
        .iter()
        .map(|change| value::uuid(change.customer.uuid()))
        .collect();
    let found = records(store)
        .typed::<Projection>()
        .raw()
        .find(within(tx.tenant(), doc! { "_id": { "$in": ids } }))
        .projection(doc! { "persona": 1 })
        .session(tx.session())
        .await;
    let mut cursor = tx.note(found)?;
    let rows: std::result::Result<Vec<Projection>, _> = cursor.stream(tx.session()).try_collect().await;
    let rows = tx.note(rows)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            (
                CustomerId::from_uuid(value::from_uuid(row.id)),
                row.persona.into(),
            )
        })
        .collect())
}
