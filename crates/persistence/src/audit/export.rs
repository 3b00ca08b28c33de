//! Every entry of a filter, for a file.

use std::{pin::Pin, time::Duration};

use bson::doc;
use futures::{Stream, TryStreamExt as _};
use kale_domain::audit::AuditEntry;
use mongodb::options::FindOptions;

use super::{AuditFilter, COLLECTION, Record};
use crate::{
    error::{Result, StoreError},
    scoped::{Scoped, within},
    store::Store,
    tenant::Tenant,
};

/// A stream of entries, newest first.
pub type Export = Pin<Box<dyn Stream<Item = Result<AuditEntry>> + Send>>;

/// Every entry of a filter, newest first, in flat memory. Index `{company_id, _id: -1}`.
pub async fn export(store: &Store, tenant: Tenant, filter: &AuditFilter) -> Result<Export> {
    let options = FindOptions::builder()
        .sort(doc! { "company_id": 1, "_id": -1 })
        .max_time(Duration::from_mins(10))
        .build();
    let found = Scoped::<Record>::new(store.database(), COLLECTION)
        .raw()
        .find(within(tenant, filter.document()?))
        .with_options(options)
        .await?;
    Ok(Box::pin(found.map_ok(AuditEntry::from).map_err(StoreError::from)))
}
