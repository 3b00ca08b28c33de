//! Saved views (`saved_views`, index `{company_id, owner}`).

use bson::{DateTime, doc};
use kale_domain::{
    id::{SavedViewId, UserId},
    saved_view::SavedView,
};
use mongodb::options::FindOptions;
use serde::{Deserialize, Serialize};

use crate::{
    error::{Result, StoreError},
    scoped::{Scoped, within},
    store::Store,
    tenant::Tenant,
    tx::Tx,
    value,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    company_id: bson::Uuid,
    owner: bson::Uuid,
    shared: bool,
    name: String,
    query: String,
    columns: Vec<String>,
    created_at: DateTime,
    version: i64,
}

fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "saved_views")
}

/// The views that user sees: their own and the shared ones, oldest first.
pub async fn list(store: &Store, tenant: Tenant, user: UserId) -> Result<Vec<SavedView>> {
    let filter = doc! { "$or": [{ "owner": value::uuid(user.uuid()) }, { "shared": true }] };
    let options = FindOptions::builder().sort(doc! { "_id": 1 }).limit(200).build();
    let found = records(store).find(tenant, filter, options).await?;
    found.into_iter().map(SavedView::try_from).collect()
}

/// A new view.
pub async fn insert(store: &Store, tx: &mut Tx, view: &SavedView) -> Result<()> {
    let record = Record {
        id: value::uuid(view.id.uuid()),
        company_id: value::uuid(tx.tenant().company().uuid()),
        owner: value::uuid(view.owner.uuid()),
        shared: view.shared,
        name: view.name.clone(),
        query: view.query.clone(),
        columns: view.columns.clone(),
        created_at: value::date(view.created_at),
        version: value::signed(view.version),
    };
    records(store).insert(tx, &record).await
}

/// Changes a view of that user; `None` where they have none of that identity at that version.
pub async fn update(store: &Store, tx: &mut Tx, view: &SavedView) -> Result<Option<SavedView>> {
    let filter = doc! {
        "_id": value::uuid(view.id.uuid()),
        "owner": value::uuid(view.owner.uuid()),
        "version": value::signed(view.version),
    };
    let change = doc! {
        "$set": { "shared": view.shared, "name": &view.name, "query": &view.query, "columns": view.columns.clone() },
        "$inc": { "version": 1_i64 },
    };
    records(store)
        .update_in(tx, filter, change)
        .await?
        .map(SavedView::try_from)
        .transpose()
}

/// One view of that user.
pub async fn get(store: &Store, tenant: Tenant, user: UserId, id: SavedViewId) -> Result<Option<SavedView>> {
    let filter = doc! { "_id": value::uuid(id.uuid()), "owner": value::uuid(user.uuid()) };
    records(store)
        .find_one(tenant, filter)
        .await?
        .map(SavedView::try_from)
        .transpose()
}

/// Removes a view of that user; `false` where they have none of that identity.
pub async fn delete(store: &Store, tx: &mut Tx, user: UserId, id: SavedViewId) -> Result<bool> {
    let filter = doc! { "_id": value::uuid(id.uuid()), "owner": value::uuid(user.uuid()) };
    records(store).delete_in(tx, filter).await
}

/// Removes the views that user kept to themselves; those they shared are `heir`'s from now on, or go with them.
pub async fn hand_over(store: &Store, tx: &mut Tx, user: UserId, heir: Option<UserId>) -> Result<()> {
    let owned = doc! { "owner": value::uuid(user.uuid()) };
    if let Some(heir) = heir {
        let mut shared = within(tx.tenant(), owned.clone());
        shared.insert("shared", true);
        let change = doc! { "$set": { "owner": value::uuid(heir.uuid()) }, "$inc": { "version": 1_i64 } };
        let handed = records(store)
            .raw()
            .update_many(shared, change)
            .session(tx.session())
            .await;
        tx.note(handed)?;
    }
    let left = within(tx.tenant(), owned);
    let gone = records(store).raw().delete_many(left).session(tx.session()).await;
    tx.note(gone).map(drop)
}

impl TryFrom<Record> for SavedView {
    type Error = StoreError;

    fn try_from(record: Record) -> Result<Self> {
        Ok(Self {
            id: SavedViewId::from_uuid(value::from_uuid(record.id)),
            owner: UserId::from_uuid(value::from_uuid(record.owner)),
            shared: record.shared,
            name: record.name,
            query: record.query,
            columns: record.columns,
            created_at: value::timestamp(record.created_at),
            version: value::unsigned(record.version, "saved view")?,
        })
    }
}
