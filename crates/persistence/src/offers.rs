//! Offers (`offers`, index `{company_id, _id: -1}`).

use bson::doc;
use kale_domain::{error::FieldError, id::OfferId};
use kale_flow::offer::{Offer, OfferKind, OfferTerms};
use mongodb::options::FindOptions;
use serde::{Deserialize, Serialize};

use crate::{
    error::{Result, StoreError},
    scoped::Scoped,
    store::Store,
    tenant::Tenant,
    tx::Tx,
    value,
};

/// How many are read at most; fewer may be made.
const MOST: i64 = 1_000;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    company_id: bson::Uuid,
    name: String,
    kind: OfferKind,
    // As text: what the parameters of a kind are is known to `flow` alone.
    params: String,
    archived: bool,
    version: i64,
}

fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "offers")
}

/// All of a company, archived ones too, newest first.
pub async fn list(store: &Store, tenant: Tenant) -> Result<Vec<Offer>> {
    let found = records(store).find(tenant, doc! {}, all()).await?;
    found.into_iter().map(Offer::try_from).collect()
}

/// The same as a transaction sees it.
pub async fn list_in(store: &Store, tx: &mut Tx) -> Result<Vec<Offer>> {
    let found = records(store).find_in(tx, doc! {}, all()).await?;
    found.into_iter().map(Offer::try_from).collect()
}

fn all() -> FindOptions {
    FindOptions::builder()
        .sort(doc! { "company_id": 1, "_id": -1 })
        .limit(MOST)
        .build()
}

/// One offer.
pub async fn get(store: &Store, tenant: Tenant, id: OfferId) -> Result<Option<Offer>> {
    let found = records(store)
        .find_one(tenant, doc! { "_id": value::uuid(id.uuid()) })
        .await?;
    found.map(Offer::try_from).transpose()
}

/// A new offer.
pub async fn insert(store: &Store, tx: &mut Tx, offer: &Offer) -> Result<()> {
    let record = Record {
        id: value::uuid(offer.id.uuid()),
        company_id: value::uuid(tx.tenant().company().uuid()),
        name: offer.name.clone(),
        kind: offer.terms.kind(),
        params: params(offer)?,
        archived: offer.archived,
        version: value::signed(offer.version),
    };
    records(store).insert(tx, &record).await
}

/// Writes an offer as it is now, but for its kind; [`StoreError::Stale`] where it is no longer at `offer.version`.
pub async fn update(store: &Store, tx: &mut Tx, offer: &Offer) -> Result<Offer> {
    let filter = doc! {
        "_id": value::uuid(offer.id.uuid()),
        "version": value::signed(offer.version),
    };
    let change = doc! {
        "$set": { "name": &offer.name, "params": params(offer)?, "archived": offer.archived },
        "$inc": { "version": 1_i64 },
    };
    let updated = records(store).update_in(tx, filter, change).await?;
    updated.ok_or(StoreError::Stale).and_then(Offer::try_from)
}

fn params(offer: &Offer) -> Result<String> {
    let params = offer.terms.params();
    let text = params.and_then(|params| serde_json::to_string(&params));
    text.map_err(|error| StoreError::corrupt("offer", error))
}

impl TryFrom<Record> for Offer {
    type Error = StoreError;

    fn try_from(record: Record) -> Result<Self> {
        let params = serde_json::from_str(&record.params);
        let params = params.map_err(|error| StoreError::corrupt("offer", error))?;
        let terms = OfferTerms::parse(record.kind, &params, "#");
        let wrong = |errors: Vec<FieldError>| StoreError::corrupt("offer", format!("{errors:?}"));
        Ok(Self {
            id: OfferId::from_uuid(value::from_uuid(record.id)),
            name: record.name,
            terms: terms.map_err(wrong)?,
            archived: record.archived,
            version: value::unsigned(record.version, "offer")?,
        })
    }
}
