//! How a company's subscribers see their flow (`viewer_settings`; index `origins`, of every company).

use bson::doc;
use kale_flow::{
    text::Locale,
    viewer::{Colour, ViewerSettings},
};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Result, StoreError},
    scoped::Scoped,
    store::{INTERACTIVE, Store},
    tenant::Tenant,
    tx::Tx,
    value,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    company_id: bson::Uuid,
    brand_colour: Colour,
    return_urls: Vec<String>,
    #[serde(default)]
    origins: Vec<String>,
    locale: Locale,
    version: i64,
}

fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "viewer_settings")
}

/// A company's settings; those everybody begins with while it has set none.
pub async fn get(store: &Store, tenant: Tenant) -> Result<ViewerSettings> {
    let id = value::uuid(tenant.company().uuid());
    let found = records(store).find_one(tenant, doc! { "_id": id }).await?;
    found.map_or_else(|| Ok(ViewerSettings::default()), ViewerSettings::try_from)
}

/// The settings as this process knows them: at most two seconds behind another process. For showing.
pub async fn known(store: &Store, tenant: Tenant) -> Result<std::sync::Arc<ViewerSettings>> {
    let read = async || get(store, tenant).await;
    let memory = &store.memories().definitions;
    memory.recall(tenant, b"", read, |_| true).await
}

/// Whether any company lists that origin: read by [`access`](crate::access) alone.
pub(crate) async fn lists_origin(store: &Store, origin: &str) -> Result<bool> {
    let listed = records(store).raw().clone_with_type::<bson::Document>();
    let found = listed
        .find_one(doc! { "origins": origin })
        .projection(doc! { "_id": 1 })
        .max_time(INTERACTIVE)
        .await?;
    Ok(found.is_some())
}

/// Writes the settings; [`StoreError::Stale`] where they are no longer at `settings.version`.
pub async fn put(store: &Store, tx: &mut Tx, settings: &ViewerSettings) -> Result<ViewerSettings> {
    tx.defines();
    let company = value::uuid(tx.tenant().company().uuid());
    if settings.version == 0 {
        let record = Record {
            id: company,
            company_id: company,
            brand_colour: settings.brand_colour,
            return_urls: settings.return_urls.clone(),
            origins: settings.origins.clone(),
            locale: settings.locale.clone(),
            version: 1,
        };
        let inserted = records(store).insert(tx, &record).await;
        inserted.map_err(|error| match error {
            StoreError::Duplicate => StoreError::Stale,
            other => other,
        })?;
        return ViewerSettings::try_from(record);
    }
    let filter = doc! { "_id": company, "version": value::signed(settings.version) };
    let change = doc! {
        "$set": {
            "brand_colour": settings.brand_colour.to_string(),
            "return_urls": &settings.return_urls,
            "origins": &settings.origins,
            "locale": settings.locale.as_str(),
        },
        "$inc": { "version": 1_i64 },
    };
    let updated = records(store).update_in(tx, filter, change).await?;
    updated
        .ok_or(StoreError::Stale)
        .and_then(ViewerSettings::try_from)
}

impl TryFrom<Record> for ViewerSettings {
    type Error = StoreError;

    fn try_from(record: Record) -> Result<Self> {
        Ok(Self {
            brand_colour: record.brand_colour,
            return_urls: record.return_urls,
            origins: record.origins,
            locale: record.locale,
            version: value::unsigned(record.version, "viewer settings")?,
        })
    }
}
