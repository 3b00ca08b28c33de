//! The history of a customer's personas, and moving one customer by hand.
//!
//! The newest entry stands in the customer, in one write with the state it tells of; `persona_history` keeps the older
//! ones. Whoever ends a state copies its entry there first, under the identity it has: made twice, the copy is the same,
//! and a copy of a state that did not end after all tells nothing new. So a move needs no transaction.

use bson::{DateTime, Document, doc};
use kale_domain::{
    customer::Customer,
    id::{CustomerId, PersonaId},
    persona::{PersonaChange, PersonaState},
};
use mongodb::options::FindOptions;
use serde::{Deserialize, Serialize};

use super::{
    record::{EntryRecord, Kinds, PersonaRecord, by_id, customer, records},
    view::one,
};
use crate::{
    error::{Result, StoreError},
    scoped::{Scoped, within},
    store::Store,
    tenant::{Reach, Tenant},
    tx::Tx,
    value,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct HistoryRecord {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    company_id: bson::Uuid,
    customer_id: bson::Uuid,
    from: Option<bson::Uuid>,
    to: PersonaRecord,
    at: DateTime,
}

pub(super) fn entries(store: &Store) -> Scoped<HistoryRecord> {
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

/// The entry that stands in a customer; `None` where the history has it already, or where there is none.
pub(super) fn standing_entry(
    tenant: Tenant,
    customer: CustomerId,
    persona: &PersonaRecord,
) -> Option<HistoryRecord> {
    let entry = persona.entry?;
    Some(HistoryRecord {
        id: entry.id,
        company_id: value::uuid(tenant.company().uuid()),
        customer_id: value::uuid(customer.uuid()),
        from: entry.from,
        to: PersonaRecord {
            entry: None,
            ..persona.clone()
        },
        at: persona.since,
    })
}

/// The state after a move, with the entry that tells of it.
pub(super) fn moved(store: &Store, before: &PersonaRecord, to: &PersonaState) -> PersonaRecord {
    PersonaRecord {
        entry: Some(EntryRecord {
            id: value::uuid(store.fresh_id()),
            from: before.id,
        }),
        ..PersonaRecord::from(to)
    }
}

/// The changes of a customer's persona, newest first. Index `{company_id, customer_id, _id: -1}`; the newest is read
/// from the customer, by `_id`.
pub async fn history(
    store: &Store,
    tenant: Tenant,
    id: CustomerId,
    limit: u32,
) -> Result<Vec<PersonaChange>> {
    #[derive(Deserialize)]
    struct Projection {
        persona: PersonaRecord,
    }
    // The customer first: an entry that moves in between is found twice, and not never.
    let newest = records(store)
        .typed::<Projection>()
        .raw()
        .find_one(within(tenant, by_id(id)))
        .projection(doc! { "persona": 1 })
        .await?
        .and_then(|found| standing_entry(tenant, id, &found.persona));
    let order = doc! { "company_id": 1, "customer_id": 1, "_id": -1 };
    let options = FindOptions::builder().sort(order).limit(i64::from(limit)).build();
    let found = entries(store)
        .find(tenant, doc! { "customer_id": value::uuid(id.uuid()) }, options)
        .await?;
    let copy = newest.as_ref().map(|entry| entry.id);
    let older = found.into_iter().filter(|entry| Some(entry.id) != copy);
    newest
        .into_iter()
        .chain(older)
        .take(usize::try_from(limit).unwrap_or(usize::MAX))
        .map(change)
        .collect()
}

fn change(record: HistoryRecord) -> Result<PersonaChange> {
    let state: PersonaState = record.to.into();
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
    if let Some(entry) = standing_entry(reach.tenant(), id, &before.persona) {
        keep(store, tx, &entry).await?;
    }
    let persona = bson::serialize_to_bson(&moved(store, &before.persona, to))?;
    let change = doc! {
        "$set": { "persona": persona, "updated_at": value::date(tx.now()) },
        "$inc": { "version": 1_i64 },
    };
    let updated = records(store)
        .update_in(tx, doc! { "_id": value::uuid(id.uuid()) }, change)
        .await?;
    updated.map(|record| customer(record, kinds)).transpose()
}

/// Copies an entry into the history, where it may be already.
async fn keep(store: &Store, tx: &mut Tx, entry: &HistoryRecord) -> Result<()> {
    let filter = within(tx.tenant(), doc! { "_id": entry.id });
    let mut set: Document = bson::serialize_to_document(entry)?;
    set.remove("_id");
    let kept = entries(store)
        .raw()
        .update_one(filter, doc! { "$setOnInsert": set })
        .upsert(true)
        .session(tx.session())
        .await;
    tx.note(kept).map(drop)
}
