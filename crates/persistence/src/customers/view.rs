//! One customer, and where its values come from.

use bson::doc;
use kale_domain::{
    customer::{Customer, CustomerSource},
    fold::fold,
    id::CustomerId,
};
use mongodb::options::FindOptions;
use std::collections::{BTreeMap, BTreeSet};

use super::record::{Kinds, LinkRecord, Record, by_id, customer, records};
use crate::{
    error::Result,
    scoped::within,
    store::Store,
    tenant::{Reach, Tenant},
    tx::Tx,
    value,
};

pub(super) fn reached(reach: Reach, mut filter: bson::Document) -> bson::Document {
    if let Some(expert) = reach.expert() {
        filter.insert("experts", value::uuid(expert.uuid()));
    }
    filter
}

/// One customer; `None` where there is none of that identity within reach.
pub async fn get(store: &Store, reach: Reach, id: CustomerId, kinds: &Kinds) -> Result<Option<Customer>> {
    let found = records(store)
        .find_one(reach.tenant(), reached(reach, by_id(id)))
        .await?;
    found.map(|record| customer(record, kinds)).transpose()
}

/// What to call these customers, those of them within reach.
pub async fn labels(store: &Store, reach: Reach, ids: &[CustomerId]) -> Result<BTreeMap<CustomerId, String>> {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Called {
        #[serde(rename = "_id")]
        id: bson::Uuid,
        name: Option<String>,
        email: Option<String>,
        external_ids: Vec<String>,
    }
    let wanted: Vec<bson::Uuid> = ids.iter().map(|id| value::uuid(id.uuid())).collect();
    let filter = reached(reach, doc! { "_id": { "$in": wanted } });
    let options = FindOptions::builder()
        .projection(doc! { "name": 1, "email": 1, "external_ids": 1 })
        .build();
    let found = records(store).typed::<Called>();
    let found = found.find(reach.tenant(), filter, options).await?;
    let called = found.into_iter().map(|one| {
        let first = one.external_ids.into_iter().next();
        let label = one.name.or(one.email).or(first);
        let id = CustomerId::from_uuid(value::from_uuid(one.id));
        (id, label.unwrap_or_else(|| Customer::UNNAMED.to_owned()))
    });
    Ok(called.collect())
}

/// How many of these external ids belong to customers. Index `{company_id, external_ids}`.
pub async fn count_known(store: &Store, tenant: Tenant, external_ids: &[String]) -> Result<u64> {
    let filter = within(tenant, doc! { "external_ids": { "$in": external_ids } });
    Ok(records(store).raw().count_documents(filter).await?)
}

/// The customer that the company's systems call so. Index `{company_id, external_ids}`.
pub async fn by_external_id(
    store: &Store,
    reach: Reach,
    external_id: &str,
    kinds: &Kinds,
) -> Result<Option<Customer>> {
    let filter = reached(reach, doc! { "external_ids": external_id });
    let found = records(store).find_one(reach.tenant(), filter).await?;
    found.map(|record| customer(record, kinds)).transpose()
}

/// The source records of a customer, and why they belong to it.
pub async fn sources(store: &Store, reach: Reach, id: CustomerId) -> Result<Option<Vec<CustomerSource>>> {
    let found = records(store)
        .find_one(reach.tenant(), reached(reach, by_id(id)))
        .await?;
    Ok(found.map(|record: Record| record.links.into_iter().map(CustomerSource::from).collect()))
}

/// Replaces the words people put on a customer; [`None`] where nothing matches that version within reach.
pub async fn update_tags(
    store: &Store,
    tx: &mut Tx,
    reach: Reach,
    id: CustomerId,
    version: u64,
    tags: &[String],
    kinds: &Kinds,
) -> Result<Option<Customer>> {
    let folded: Vec<String> = tags.iter().map(|tag| fold(tag)).collect();
    let mut filter = reached(reach, by_id(id));
    filter.insert("version", value::signed(version));
    let change = doc! {
        "$set": { "tags": tags, "facts.t": folded, "updated_at": value::date(tx.now()) },
        "$inc": { "version": 1_i64 },
    };
    let updated = records(store).update_in(tx, filter, change).await?;
    updated.map(|record| customer(record, kinds)).transpose()
}

impl From<LinkRecord> for CustomerSource {
    fn from(link: LinkRecord) -> Self {
        Self {
            connection: link.connection,
            kind: link.kind,
            external_id: link.ext,
            reason: link.reason,
            linked_at: value::timestamp(link.at),
            fields: BTreeMap::new(),
        }
    }
}

/// Those of these ids that are customers of the company.
pub async fn known(
    store: &Store,
    tenant: Tenant,
    ids: &BTreeSet<CustomerId>,
) -> Result<BTreeSet<CustomerId>> {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Only {
        #[serde(rename = "_id")]
        id: bson::Uuid,
    }
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let ids: Vec<bson::Bson> = ids.iter().map(|id| value::uuid(id.uuid()).into()).collect();
    let options = FindOptions::builder().projection(doc! { "_id": 1 }).build();
    let filter = doc! { "_id": { "$in": ids } };
    let found = records(store).typed::<Only>();
    let found = found.find(tenant, filter, options).await?;
    let ids = found.into_iter().map(|only| value::from_uuid(only.id));
    Ok(ids.map(CustomerId::from_uuid).collect())
}

/// The customers within an expert's reach, up to `limit` of them; `None` where the reach is everybody.
pub async fn assigned(store: &Store, reach: Reach, limit: u32) -> Result<Option<Vec<CustomerId>>> {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Only {
        #[serde(rename = "_id")]
        id: bson::Uuid,
    }
    if reach.expert().is_none() {
        return Ok(None);
    }
    let options = FindOptions::builder()
        .projection(doc! { "_id": 1 })
        .limit(i64::from(limit))
        .build();
    let filter = reached(reach, bson::Document::new());
    let found = records(store).typed::<Only>();
    let found = found.find(reach.tenant(), filter, options).await?;
    let ids = found.into_iter().map(|only| value::from_uuid(only.id));
    Ok(Some(ids.map(CustomerId::from_uuid).collect()))
}

/// The filter of one customer within reach, for other files of this module.
pub(super) fn one(reach: Reach, id: CustomerId) -> bson::Document {
    within(reach.tenant(), reached(reach, by_id(id)))
}
