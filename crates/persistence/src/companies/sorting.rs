//! What the customers of a company can be sorted by just now.
//!
//! A company marks attributes sortable; a job then writes their values into the sort slots of every customer. Until it
//! has ended a slot holds the old values of some customers and the new ones of others, and a list sorted by it would be
//! in no order at all. So what the slots hold is kept apart from what was wished for.

use bson::{Document, doc};
use kale_domain::{
    attribute::AttributeKey,
    company::{Company, SORTABLE_ATTRIBUTES},
};

use super::{Record, records};
use crate::{
    error::{Result, StoreError},
    scoped::within,
    store::Store,
    tenant::Tenant,
    tx::Tx,
    value,
};

/// What was wished for, and what there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sorting {
    wished: Vec<AttributeKey>,
    held: Vec<Option<AttributeKey>>,
    change: i64,
}

impl Sorting {
    /// The attributes the company marked sortable, by slot.
    #[must_use]
    pub fn wished(&self) -> &[AttributeKey] {
        &self.wished
    }

    /// The slot that every customer's value of that attribute stands in; `None` while that is not so.
    #[must_use]
    pub fn slot(&self, key: &AttributeKey) -> Option<usize> {
        let slot = self.wished.iter().position(|wished| wished == key)?;
        let held = self.held.get(slot)?.as_ref();
        held.filter(|held| *held == key).map(|_| slot)
    }

    /// Whether every attribute that was wished for is there.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.wished.iter().all(|key| self.slot(key).is_some())
    }
}

impl From<Record> for Sorting {
    fn from(record: Record) -> Self {
        let held = record
            .sort_slots
            .unwrap_or_else(|| record.sortable_attributes.iter().cloned().map(Some).collect());
        Self {
            wished: record.sortable_attributes,
            held,
            change: record.sort_change,
        }
    }
}

/// What the customers of a company can be sorted by.
pub async fn sorting(store: &Store, tenant: Tenant) -> Result<Sorting> {
    let found = records(store)
        .find_one(doc! { "_id": value::uuid(tenant.company().uuid()) })
        .await?;
    found
        .map(Sorting::from)
        .ok_or_else(|| StoreError::corrupt("company", "missing"))
}

/// The same as a transaction sees it.
pub async fn sorting_in(store: &Store, tx: &mut Tx) -> Result<Sorting> {
    let own = doc! { "_id": value::uuid(tx.tenant().company().uuid()) };
    let found = records(store).find_one(own).session(tx.session()).await;
    tx.note(found)?
        .map(Sorting::from)
        .ok_or_else(|| StoreError::corrupt("company", "missing"))
}

/// Notes that every customer was brought up to what was wished for in `sorting`; nothing where that changed since.
pub async fn slots_filled(store: &Store, tenant: Tenant, sorting: &Sorting) -> Result<()> {
    if sorting.is_complete() {
        return Ok(());
    }
    let filter = doc! { "_id": value::uuid(tenant.company().uuid()), "sort_change": sorting.change };
    records(store)
        .update_one(filter, doc! { "$unset": { "sort_slots": "" } })
        .await?;
    Ok(())
}

/// What a change of the sortable attributes changes beside them: the slots that keep their attribute stay as they are,
/// the others hold nothing yet. A company without customers has nothing to wait for.
pub(super) async fn changed(
    store: &Store,
    tx: &mut Tx,
    filter: &Document,
    company: &Company,
) -> Result<Document> {
    let found = records(store)
        .find_one(filter.clone())
        .session(tx.session())
        .await;
    let Some(before) = tx.note(found)? else {
        return Err(StoreError::Stale);
    };
    if before.sortable_attributes == company.sortable_attributes {
        return Ok(Document::new());
    }
    let before = Sorting::from(before);
    let customers = store.database().collection::<Document>("customers");
    let anybody = within(tx.tenant(), doc! {});
    let found = customers
        .find_one(anybody)
        .projection(doc! { "_id": 1 })
        .session(tx.session())
        .await;
    let nobody = tx.note(found)?.is_none();
    let held: Vec<Option<&AttributeKey>> = company
        .sortable_attributes
        .iter()
        .take(SORTABLE_ATTRIBUTES)
        .enumerate()
        .map(|(slot, key)| {
            let same = before.held.get(slot).and_then(Option::as_ref) == Some(key);
            (nobody || same).then_some(key)
        })
        .collect();
    Ok(doc! { "sort_slots": bson::serialize_to_bson(&held)?, "sort_change": before.change + 1 })
}

#[cfg(test)]
mod tests;
