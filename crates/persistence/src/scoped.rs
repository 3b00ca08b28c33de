//! A collection that can only be asked about one company at a time.

use bson::{Document, doc};
use futures::TryStreamExt as _;
use mongodb::{
    Collection, Database,
    options::{FindOneAndUpdateOptions, FindOptions, ReturnDocument},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{error::Result, tenant::Tenant, tx::Tx, value};

/// The name of the field that holds the company in every tenant-owned document.
pub(crate) const COMPANY: &str = "company_id";

/// A collection of tenant-owned records. There is no way to a record without a [`Tenant`].
#[derive(Debug)]
pub(crate) struct Scoped<T: Send + Sync> {
    inner: Collection<T>,
}

impl<T: Send + Sync> Clone for Scoped<T> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
        }
    }
}

/// `filter`, for this company whatever else it says.
pub(crate) fn within(tenant: Tenant, filter: Document) -> Document {
    let mut scoped = doc! { COMPANY: value::uuid(tenant.company().uuid()) };
    scoped.extend(filter.into_iter().filter(|(name, _)| name != COMPANY));
    scoped
}

impl<T: Serialize + DeserializeOwned + Send + Sync + Unpin> Scoped<T> {
    pub(crate) fn new(database: &Database, name: &str) -> Self {
        Self {
            inner: database.collection(name),
        }
    }

    /// The collection's name, for raw bulk commands (which carry the company in their keys).
    pub(crate) fn name(&self) -> &str {
        self.inner.name()
    }

    pub(crate) async fn find_one(&self, tenant: Tenant, filter: Document) -> Result<Option<T>> {
        Ok(self.inner.find_one(within(tenant, filter)).await?)
    }

    pub(crate) async fn find_one_in(&self, tx: &mut Tx, filter: Document) -> Result<Option<T>> {
        let filter = within(tx.tenant(), filter);
        let found = self.inner.find_one(filter).session(tx.session()).await;
        tx.note(found)
    }

    pub(crate) async fn find(
        &self,
        tenant: Tenant,
        filter: Document,
        options: FindOptions,
    ) -> Result<Vec<T>> {
        let cursor = self
            .inner
            .find(within(tenant, filter))
            .with_options(options)
            .await?;
        Ok(cursor.try_collect().await?)
    }

    /// Inserts a record, which has to carry the tenant's company itself.
    /// The same as a transaction sees it.
    pub(crate) async fn find_in(
        &self,
        tx: &mut Tx,
        filter: Document,
        options: FindOptions,
    ) -> Result<Vec<T>> {
        let filter = within(tx.tenant(), filter);
        let cursor = self
            .inner
            .find(filter)
            .with_options(options)
            .session(tx.session())
            .await;
        let mut cursor = tx.note(cursor)?;
        let found = cursor.stream(tx.session()).try_collect().await;
        tx.note(found)
    }

    pub(crate) async fn insert(&self, tx: &mut Tx, record: &T) -> Result<()> {
        let inserted = self.inner.insert_one(record).session(tx.session()).await;
        tx.note(inserted).map(drop)
    }

    /// Changes one record in a transaction; answers it as it is now, `None` where the filter matches none.
    pub(crate) async fn update_in(
        &self,
        tx: &mut Tx,
        filter: Document,
        update: Document,
    ) -> Result<Option<T>> {
        let filter = within(tx.tenant(), filter);
        let updated = self
            .inner
            .find_one_and_update(filter, update)
            .with_options(after())
            .session(tx.session())
            .await;
        tx.note(updated)
    }

    /// Changes one record by itself (compare and set); answers it as it is now.
    pub(crate) async fn update(
        &self,
        tenant: Tenant,
        filter: Document,
        update: Document,
    ) -> Result<Option<T>> {
        let filter = within(tenant, filter);
        Ok(self
            .inner
            .find_one_and_update(filter, update)
            .with_options(after())
            .await?)
    }

    pub(crate) async fn delete_in(&self, tx: &mut Tx, filter: Document) -> Result<bool> {
        let filter = within(tx.tenant(), filter);
        let deleted = self.inner.delete_one(filter).session(tx.session()).await;
        tx.note(deleted).map(|result| result.deleted_count == 1)
    }

    /// Runs a pipeline over this company's records only.
    pub(crate) async fn aggregate<R: DeserializeOwned + Send + Sync + Unpin>(
        &self,
        tenant: Tenant,
        filter: Document,
        mut stages: Vec<Document>,
        max_time: std::time::Duration,
    ) -> Result<Vec<R>> {
        stages.insert(0, doc! { "$match": within(tenant, filter) });
        let cursor = self
            .inner
            .aggregate(stages)
            .max_time(max_time)
            .allow_disk_use(false)
            .with_type::<R>()
            .await?;
        Ok(cursor.try_collect().await?)
    }

    /// The same in a transaction: it sees what the transaction's other commands see and change.
    pub(crate) async fn aggregate_in<R: DeserializeOwned + Send + Sync + Unpin>(
        &self,
        tx: &mut Tx,
        filter: Document,
        mut stages: Vec<Document>,
    ) -> Result<Vec<R>> {
        stages.insert(0, doc! { "$match": within(tx.tenant(), filter) });
        let asked = self.inner.aggregate(stages).with_type::<R>();
        let asked = asked.session(tx.session()).await;
        let mut cursor = tx.note(asked)?;
        let found = cursor.stream(tx.session()).try_collect().await;
        tx.note(found)
    }

    /// The collection with another record type, for a projection.
    pub(crate) fn typed<R: Send + Sync>(&self) -> Scoped<R> {
        Scoped {
            inner: self.inner.clone_with_type(),
        }
    }
}

impl<T: Send + Sync> Scoped<T> {
    /// The driver's collection, for the few shapes that need more than the methods above.
    ///
    /// Every use has to pass its filter through [`within`].
    pub(crate) fn raw(&self) -> &Collection<T> {
        &self.inner
    }
}

fn after() -> FindOneAndUpdateOptions {
    FindOneAndUpdateOptions::builder()
        .return_document(ReturnDocument::After)
        .build()
}

#[cfg(test)]
mod tests;
