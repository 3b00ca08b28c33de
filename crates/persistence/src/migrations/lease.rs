//! The right to migrate: held by one process at a time, in the database's time.

use std::time::Duration;

use bson::{Bson, DateTime, Document, doc};
use mongodb::Collection;

use super::MigrationError;
use crate::{
    error::{Result, StoreError},
    store::Store,
    value,
};

/// Its document in the collection `installation`.
const ID: &str = "migration_lease";

/// A lease that this process holds until it gives it back or stops renewing it.
pub(super) struct Lease {
    documents: Collection<Document>,
    owner: bson::Uuid,
    length: Duration,
}

impl Lease {
    /// Takes the lease; `None` while another process holds it.
    pub(super) async fn take(store: &Store, length: Duration) -> Result<Option<Self>> {
        let documents: Collection<Document> = store.database().collection("installation");
        // Created first: the server allows no `$expr` in an upsert.
        let free = doc! { "_id": ID, "until": DateTime::from_millis(0) };
        match documents.insert_one(free).await.map_err(StoreError::from) {
            Ok(_) | Err(StoreError::Duplicate) => {}
            Err(error) => return Err(error),
        }
        let lease = Self {
            documents,
            owner: value::uuid(store.fresh_id()),
            length,
        };
        let over = doc! { "_id": ID, "$expr": { "$lte": ["$until", "$$NOW"] } };
        Ok(lease.extend(over).await?.then_some(lease))
    }

    /// Renews the lease for as long as it is polled; comes back only when it is lost or can't be renewed.
    pub(super) async fn keep(&self) -> MigrationError {
        loop {
            tokio::time::sleep(self.length / 3).await;
            match self.extend(self.held()).await {
                Ok(true) => {}
                Ok(false) => return MigrationError::LeaseLost,
                Err(error) => return MigrationError::Store(error),
            }
        }
    }

    /// Gives the lease back.
    pub(super) async fn release(self) -> Result<()> {
        let free = doc! { "$set": { "until": DateTime::from_millis(0) } };
        self.documents.update_one(self.held(), free).await?;
        Ok(())
    }

    fn held(&self) -> Document {
        doc! { "_id": ID, "owner": self.owner }
    }

    async fn extend(&self, filter: Document) -> Result<bool> {
        let millis = i64::try_from(self.length.as_millis()).unwrap_or(i64::MAX);
        let set = doc! { "$set": {
            "owner": self.owner,
            "until": { "$add": ["$$NOW", Bson::Int64(millis)] },
        } };
        Ok(self.documents.update_one(filter, vec![set]).await?.matched_count == 1)
    }
}
