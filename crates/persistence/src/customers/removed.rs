//! Customers that no source record speaks of any more, and those who come back.
//!
//! What people set on a customer (tags, a locked persona, the experts, its history) stands in no source record. So who is
//! taken out is kept in `removed_customers` for as long as an import can be undone, and whoever comes back by then is the
//! one that went. A TTL index ends it; the entries of the history go with it.

use bson::{Bson, Document, RawArrayBuf, RawDocumentBuf, doc};
use futures::TryStreamExt as _;
use kale_domain::id::CustomerId;
use mongodb::{
    Collection,
    options::{Acknowledgment, WriteConcern},
};

use super::record::records;
use crate::{
    error::Result,
    scoped::{Scoped, within},
    store::{Store, insert_absent},
    tenant::Tenant,
    value,
};

const COLLECTION: &str = "removed_customers";

fn kept(store: &Store) -> Scoped<RawDocumentBuf> {
    Scoped::new(store.database(), COLLECTION)
}

fn history(store: &Store) -> Collection<Document> {
    store.database().collection("persona_history")
}

fn keys(ids: &[CustomerId]) -> Vec<bson::Uuid> {
    ids.iter().map(|id| value::uuid(id.uuid())).collect()
}

/// Takes customers out and keeps them for a while. Doing it again changes nothing.
pub async fn remove(store: &Store, tenant: Tenant, ids: &[CustomerId]) -> Result<u64> {
    if ids.is_empty() {
        return Ok(0);
    }
    let keys = keys(ids);
    let these = within(tenant, doc! { "_id": { "$in": &keys } });
    records(store)
        .raw()
        .aggregate([
            doc! { "$match": these.clone() },
            doc! { "$set": { "removed_at": "$$NOW" } },
            doc! { "$merge": { "into": COLLECTION, "whenMatched": "replace" } },
        ])
        .await?;
    history(store)
        .update_many(
            within(tenant, doc! { "customer_id": { "$in": &keys } }),
            vec![doc! { "$set": { "removed_at": "$$NOW" } }],
        )
        .await?;
    Ok(records(store).raw().delete_many(these).await?.deleted_count)
}

/// Puts those of these customers back who were taken out, as they were then; answers whether there were any.
pub async fn bring_back(store: &Store, tenant: Tenant, ids: &[CustomerId]) -> Result<bool> {
    if ids.is_empty() {
        return Ok(false);
    }
    let these = within(tenant, doc! { "_id": { "$in": keys(ids) } });
    let found: Vec<RawDocumentBuf> = kept(store)
        .raw()
        .aggregate([doc! { "$match": these }, doc! { "$unset": "removed_at" }])
        .with_type::<RawDocumentBuf>()
        .await?
        .try_collect()
        .await?;
    if found.is_empty() {
        return Ok(false);
    }
    let back: Vec<Bson> = found
        .iter()
        .filter_map(|document| document.get("_id").ok().flatten()?.try_into().ok())
        .collect();
    let documents: RawArrayBuf = found.into_iter().collect();
    insert_absent(store, records(store).name(), documents).await?;
    history(store)
        .update_many(
            within(tenant, doc! { "customer_id": { "$in": &back } }),
            doc! { "$unset": { "removed_at": "" } },
        )
        .await?;
    // Last, and by a majority, which then has what came before as well: an interrupted return is made again.
    kept(store)
        .raw()
        .delete_many(within(tenant, doc! { "_id": { "$in": back } }))
        .write_concern(WriteConcern::builder().w(Acknowledgment::Majority).build())
        .await?;
    Ok(true)
}
