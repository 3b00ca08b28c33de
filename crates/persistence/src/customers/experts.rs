//! Who looks after a customer. Index `{company_id, experts, _id}`, partial: the field is absent where nobody does.

use std::collections::BTreeMap;

use bson::{Bson, Document, doc};
use kale_domain::{
    customer::Customer,
    id::{CustomerId, UserId},
};

use super::{
    record::{Kinds, customer, records},
    view::{one, reached},
};
use crate::{
    error::Result,
    scoped::within,
    store::Store,
    tenant::{Reach, Tenant},
    tx::Tx,
    value,
};

/// Puts a customer into the hands of these; `None` where nothing matches that version within reach.
pub async fn set_experts(
    store: &Store,
    tx: &mut Tx,
    reach: Reach,
    (id, version): (CustomerId, u64),
    experts: &[UserId],
    kinds: &Kinds,
) -> Result<Option<Customer>> {
    let mut filter = one(reach, id);
    filter.insert("version", value::signed(version));
    let updated = records(store)
        .update_in(tx, filter, change(tx.now(), experts))
        .await?;
    updated.map(|record| customer(record, kinds)).transpose()
}

/// The same for many, each by itself, acknowledged by one server; who is in their hands already is not written. Answers
/// how many were.
pub async fn assign(store: &Store, reach: Reach, ids: &[CustomerId], experts: &[UserId]) -> Result<u64> {
    let ids: Vec<Bson> = ids.iter().map(|id| value::uuid(id.uuid()).into()).collect();
    let already = match users(experts) {
        none if none.is_empty() => Bson::Null,
        all => Bson::Array(all),
    };
    let theirs = doc! { "$and": [{ "_id": { "$in": ids } }, { "experts": { "$ne": already } }] };
    let filter = within(reach.tenant(), reached(reach, theirs));
    let assigned = records(store)
        .raw()
        .update_many(filter, change(store.now(), experts))
        .await?;
    Ok(assigned.modified_count)
}

/// How many customers each of these looks after.
pub async fn loads(store: &Store, tenant: Tenant, experts: &[UserId]) -> Result<BTreeMap<UserId, u64>> {
    let mut loads = BTreeMap::new();
    for expert in experts {
        let theirs = within(tenant, doc! { "experts": value::uuid(expert.uuid()) });
        let counted = records(store).raw().count_documents(theirs).await?;
        loads.insert(*expert, counted);
    }
    Ok(loads)
}

fn change(now: jiff::Timestamp, experts: &[UserId]) -> Document {
    let mut set = doc! { "updated_at": value::date(now) };
    let mut change = doc! { "$inc": { "version": 1_i64 } };
    if experts.is_empty() {
        change.insert("$unset", doc! { "experts": "" });
    } else {
        set.insert("experts", users(experts));
    }
    change.insert("$set", set);
    change
}

fn users(ids: &[UserId]) -> Vec<Bson> {
    ids.iter().map(|id| value::uuid(id.uuid()).into()).collect()
}

/// Takes a user from every customer they looked after.
pub async fn release(store: &Store, tx: &mut Tx, expert: UserId) -> Result<()> {
    let expert = value::uuid(expert.uuid());
    let theirs = within(tx.tenant(), doc! { "experts": expert });
    let left = doc! { "$setDifference": ["$experts", [expert]] };
    let change = vec![
        doc! { "$set": { "experts": left, "updated_at": value::date(tx.now()), "version": { "$add": ["$version", 1_i64] } } },
        nobody_is_absent(),
    ];
    let released = records(store)
        .raw()
        .update_many(theirs, change)
        .session(tx.session())
        .await;
    tx.note(released).map(drop)
}

/// The step of an update that leaves no empty list behind.
fn nobody_is_absent() -> Document {
    doc! { "$set": { "experts": { "$cond": [{ "$eq": ["$experts", []] }, "$$REMOVE", "$experts"] } } }
}
