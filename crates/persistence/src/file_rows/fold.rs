//! Before and after a batch: one version a row to begin with, and nothing left of a writer who lost its right.

use bson::{Document, doc};
use kale_domain::upload::UploadKind;

use super::{
    pointer::{self, Right},
    record::records,
};
use crate::{
    error::{Result, StoreError},
    scoped::within,
    store::Store,
    tenant::Tenant,
    value,
};

/// Begins the import `keep`: takes the right to write it, and brings every row back to one version: what an undone or
/// unfinished batch wrote goes away, what the live batch replaced is forgotten. What `keep` has by now stays. Can be done
/// again. [`StoreError::Stale`] where `live` is no longer the live batch, or `keep` is not newer than it.
/// Cost: the rows of the live batch and of what is above it.
pub async fn fold(store: &Store, tenant: Tenant, kind: UploadKind, live: u64, keep: u64) -> Result<()> {
    let (live, keep) = (value::signed(live), value::signed(keep));
    pointer::begin(store, tenant, kind, live, keep).await?;
    let rows = records(store);
    take_back(store, tenant, &doc! { "cur.b": { "$gt": live, "$ne": keep } }).await?;
    let removed = within(tenant, doc! { "cur.b": live, "cur.v": null });
    rows.raw().delete_many(removed).await?;
    let replaced = within(tenant, doc! { "cur.b": live, "prev": { "$exists": true } });
    rows.raw()
        .update_many(replaced, doc! { "$unset": { "prev": "" } })
        .await?;
    Ok(())
}

/// Makes rows say what they said before the batch that wrote them last.
async fn take_back(store: &Store, tenant: Tenant, which: &Document) -> Result<()> {
    let rows = records(store);
    let mut new = within(tenant, which.clone());
    new.insert("prev", doc! { "$exists": false });
    rows.raw().delete_many(new).await?;
    let mut changed = within(tenant, which.clone());
    changed.insert("prev", doc! { "$exists": true });
    let back = vec![doc! { "$set": { "cur": "$prev" } }, doc! { "$unset": "prev" }];
    rows.raw().update_many(changed, back).await?;
    Ok(())
}

/// Answers whether what was just written under a batch may stay, and takes it away where it may not.
pub(super) async fn kept(
    store: &Store,
    tenant: Tenant,
    kind: UploadKind,
    batch: i64,
    mut which: Document,
) -> Result<()> {
    if pointer::right(store, tenant, kind, batch).await? != Right::Lost {
        return Ok(());
    }
    which.insert("cur.b", batch);
    take_back(store, tenant, &which).await?;
    Err(StoreError::Stale)
}
