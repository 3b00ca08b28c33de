//! Companies (`companies`, key `_id`, unique `slug_key` through its own natural key in `company_slugs`).

mod purge;
mod sorting;

use std::{collections::BTreeMap, sync::Arc};

use bson::{DateTime, doc};
use futures::TryStreamExt as _;
use kale_domain::{
    attribute::{AttributeDefinition, AttributeKey, AttributeType},
    company::{Company, CompanyStatus, Industry, Slug},
    id::CompanyId,
    money::Currency,
    sign_in::SignInLimits,
};
use mongodb::{Collection, options::ReturnDocument};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Result, StoreError},
    store::Store,
    tenant::{Installation, Tenant},
    tx::Tx,
    value,
};

pub use self::purge::{Purged, has_work, purge, remove};
pub use self::sorting::{Sorting, slots_filled, sorting, sorting_in};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    #[serde(rename = "_id")]
    pub(crate) id: bson::Uuid,
    name: String,
    slug: Slug,
    industry: Industry,
    status: Standing,
    /// When all that it owns is purged; absent unless it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    purge_at: Option<DateTime>,
    time_zone: String,
    currency: Currency,
    #[serde(default)]
    sortable_attributes: Vec<AttributeKey>,
    /// What the sort slots of every customer hold, by slot; absent where that is `sortable_attributes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sort_slots: Option<Vec<Option<AttributeKey>>>,
    /// Grows by one whenever `sortable_attributes` changes.
    #[serde(default)]
    sort_change: i64,
    #[serde(default)]
    attributes: Vec<AttributeDefinition>,
    /// Absent in what was written before companies had any: the widest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sign_in_limits: Option<LimitsRecord>,
    created_at: DateTime,
    updated_at: DateTime,
    version: i64,
}

/// A [`CompanyStatus`] without its day.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Standing {
    Active,
    Suspended,
    Deleted,
}

impl From<CompanyStatus> for Standing {
    fn from(status: CompanyStatus) -> Self {
        match status {
            CompanyStatus::Active => Self::Active,
            CompanyStatus::Suspended => Self::Suspended,
            CompanyStatus::Deleted { .. } => Self::Deleted,
        }
    }
}

fn status(standing: Standing, purge_at: Option<DateTime>) -> Result<CompanyStatus> {
    match (standing, purge_at) {
        (Standing::Active, _) => Ok(CompanyStatus::Active),
        (Standing::Suspended, _) => Ok(CompanyStatus::Suspended),
        (Standing::Deleted, Some(at)) => Ok(CompanyStatus::Deleted {
            purge_at: value::timestamp(at),
        }),
        (Standing::Deleted, None) => Err(StoreError::corrupt("company", "deleted without a day")),
    }
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct LimitsRecord {
    idle_hours: u32,
    absolute_hours: u32,
}

impl From<SignInLimits> for LimitsRecord {
    fn from(limits: SignInLimits) -> Self {
        Self {
            idle_hours: limits.idle_hours(),
            absolute_hours: limits.absolute_hours(),
        }
    }
}

fn limits(record: Option<LimitsRecord>) -> Result<SignInLimits> {
    let Some(record) = record else {
        return Ok(SignInLimits::WIDEST);
    };
    SignInLimits::new(record.idle_hours, record.absolute_hours)
        .map_err(|wrong| StoreError::corrupt("company", format!("sign-in limits out of range: {wrong:?}")))
}

fn records(store: &Store) -> Collection<Record> {
    store.database().collection("companies")
}

/// A company of the given values.
pub async fn insert(store: &Store, tx: &mut Tx, _: Installation, company: &Company) -> Result<()> {
    // The slug is claimed by its own document: its key is the uniqueness, without an index that has no company.
    let claim = doc! { "_id": company.slug.as_str(), "company_id": value::uuid(company.id.uuid()) };
    let claimed = store
        .database()
        .collection::<bson::Document>("company_slugs")
        .insert_one(claim)
        .session(tx.session())
        .await;
    tx.note(claimed)?;
    let inserted = records(store)
        .insert_one(Record::from(company))
        .session(tx.session())
        .await;
    tx.note(inserted).map(drop)
}

/// Changes a company's status; [`StoreError::Stale`] where somebody else did in between.
pub async fn set_status(
    store: &Store,
    tx: &mut Tx,
    _: Installation,
    company: &Company,
    status: CompanyStatus,
) -> Result<Company> {
    let filter = doc! { "_id": value::uuid(company.id.uuid()), "version": value::signed(company.version) };
    let purge_at = status
        .purge_at()
        .map_or_else(|| "$$REMOVE".into(), |at| bson::Bson::from(value::date(at)));
    let set = doc! {
        "status": status.name(),
        "purge_at": purge_at,
        "updated_at": value::date(tx.now()),
        "version": { "$add": ["$version", 1_i64] },
    };
    let change = vec![doc! { "$set": set }];
    let updated = records(store)
        .find_one_and_update(filter, change)
        .return_document(ReturnDocument::After)
        .session(tx.session())
        .await;
    tx.note(updated)?
        .ok_or(StoreError::Stale)
        .and_then(Company::try_from)
}

/// All companies, by name.
pub async fn list(store: &Store, _: Installation) -> Result<Vec<Company>> {
    let found: Vec<Record> = records(store)
        .find(doc! {})
        .sort(doc! { "name": 1 })
        .await?
        .try_collect()
        .await?;
    found.into_iter().map(Company::try_from).collect()
}

/// The tenant of that company, for whoever runs the installation.
pub async fn enter(store: &Store, _: Installation, id: CompanyId) -> Result<Option<(Tenant, Company)>> {
    let found = records(store)
        .find_one(doc! { "_id": value::uuid(id.uuid()) })
        .await?;
    found
        .map(|record| Ok((Tenant::new(id), Company::try_from(record)?)))
        .transpose()
}

/// The company of that slug, for the command line and the demo.
pub async fn by_slug(store: &Store, _: Installation, slug: &Slug) -> Result<Option<(Tenant, Company)>> {
    #[derive(Deserialize)]
    struct Claim {
        company_id: bson::Uuid,
    }
    let claims = store.database().collection::<Claim>("company_slugs");
    let Some(claim) = claims.find_one(doc! { "_id": slug.as_str() }).await? else {
        return Ok(None);
    };
    let company = read(store, CompanyId::from_uuid(value::from_uuid(claim.company_id))).await?;
    Ok(company.map(|company| (Tenant::new(company.id), company)))
}

/// The tenant's own company.
pub async fn get(store: &Store, tenant: Tenant) -> Result<Company> {
    read(store, tenant.company())
        .await?
        .ok_or_else(|| StoreError::corrupt("company", "missing"))
}

pub(crate) async fn read(store: &Store, id: CompanyId) -> Result<Option<Company>> {
    let found = records(store)
        .find_one(doc! { "_id": value::uuid(id.uuid()) })
        .await?;
    found.map(Company::try_from).transpose()
}

/// A company as this process knows it: at most two seconds behind what another process wrote. That there is none is
/// never remembered.
pub(crate) async fn known(store: &Store, tenant: Tenant) -> Result<Arc<Option<Company>>> {
    let read = async || read(store, tenant.company()).await;
    let memory = &store.memories().definitions;
    memory.recall(tenant, b"", read, Option::is_some).await
}

/// Changes what its owners may change; [`StoreError::Stale`] where it is no longer at `company.version`.
pub async fn update(store: &Store, tx: &mut Tx, company: &Company) -> Result<Company> {
    tx.defines();
    let filter =
        doc! { "_id": value::uuid(tx.tenant().company().uuid()), "version": value::signed(company.version) };
    let mut set = doc! {
        "name": &company.name,
        "industry": bson::serialize_to_bson(&company.industry)?,
        "time_zone": &company.time_zone,
        "currency": company.currency.code(),
        "sortable_attributes": bson::serialize_to_bson(&company.sortable_attributes)?,
        "sign_in_limits": bson::serialize_to_bson(&LimitsRecord::from(company.sign_in_limits))?,
        "updated_at": value::date(tx.now()),
    };
    set.extend(sorting::changed(store, tx, &filter, company).await?);
    let updated = records(store)
        .find_one_and_update(filter, doc! { "$set": set, "$inc": { "version": 1_i64 } })
        .return_document(ReturnDocument::After)
        .session(tx.session())
        .await;
    tx.note(updated)?
        .ok_or(StoreError::Stale)
        .and_then(Company::try_from)
}

/// Makes every other transaction that calls this wait or begin anew, so that what is counted of the company's people
/// holds until this one commits.
pub async fn hold_people(store: &Store, tx: &mut Tx) -> Result<()> {
    let filter = doc! { "_id": value::uuid(tx.tenant().company().uuid()) };
    let held = records(store)
        .update_one(filter, doc! { "$inc": { "people_change": 1_i64 } })
        .session(tx.session())
        .await;
    tx.note(held).map(drop)
}

/// The attributes of a company, and their kinds apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes {
    /// In the order they came.
    pub definitions: Arc<Vec<AttributeDefinition>>,
    /// For reading texts as what they are.
    pub kinds: BTreeMap<AttributeKey, AttributeType>,
}

impl From<Vec<AttributeDefinition>> for Attributes {
    fn from(definitions: Vec<AttributeDefinition>) -> Self {
        Self {
            kinds: definitions
                .iter()
                .map(|definition| (definition.key.clone(), definition.kind))
                .collect(),
            definitions: Arc::new(definitions),
        }
    }
}

/// The attributes the company's customers have, as this process knows them: at most two seconds behind another process.
/// For reading; what is written is checked against [`attributes`].
pub async fn known_attributes(store: &Store, tenant: Tenant) -> Result<Arc<Attributes>> {
    let read = async || attributes(store, tenant).await.map(Attributes::from);
    store
        .memories()
        .definitions
        .recall(tenant, b"", read, |_| true)
        .await
}

/// The attributes the company's customers have, as they are now.
pub async fn attributes(store: &Store, tenant: Tenant) -> Result<Vec<AttributeDefinition>> {
    #[derive(Deserialize)]
    struct Projection {
        #[serde(default)]
        attributes: Vec<AttributeDefinition>,
    }
    let found = records(store)
        .clone_with_type::<Projection>()
        .find_one(doc! { "_id": value::uuid(tenant.company().uuid()) })
        .projection(doc! { "attributes": 1 })
        .await?;
    Ok(found.map(|projection| projection.attributes).unwrap_or_default())
}

/// Adds attributes that are not defined yet. A definition that exists stays as it is.
pub async fn define_attributes(store: &Store, tx: &mut Tx, new: &[AttributeDefinition]) -> Result<()> {
    if !new.is_empty() {
        tx.defines();
    }
    for definition in new {
        let filter = doc! {
            "_id": value::uuid(tx.tenant().company().uuid()),
            "attributes.key": { "$ne": definition.key.as_str() },
        };
        let change = doc! { "$push": { "attributes": bson::serialize_to_bson(definition)? } };
        let updated = records(store)
            .update_one(filter, change)
            .session(tx.session())
            .await;
        tx.note(updated)?;
    }
    Ok(())
}

impl From<&Company> for Record {
    fn from(company: &Company) -> Self {
        Self {
            id: value::uuid(company.id.uuid()),
            name: company.name.clone(),
            slug: company.slug.clone(),
            industry: company.industry,
            status: company.status.into(),
            purge_at: company.status.purge_at().map(value::date),
            time_zone: company.time_zone.clone(),
            currency: company.currency,
            sortable_attributes: company.sortable_attributes.clone(),
            sort_slots: None,
            sort_change: 0,
            attributes: Vec::new(),
            sign_in_limits: Some(company.sign_in_limits.into()),
            created_at: value::date(company.created_at),
            updated_at: value::date(company.updated_at),
            version: value::signed(company.version),
        }
    }
}

impl TryFrom<Record> for Company {
    type Error = StoreError;

    fn try_from(record: Record) -> Result<Self> {
        Ok(Self {
            id: CompanyId::from_uuid(value::from_uuid(record.id)),
            name: record.name,
            slug: record.slug,
            industry: record.industry,
            status: status(record.status, record.purge_at)?,
            time_zone: record.time_zone,
            currency: record.currency,
            sortable_attributes: record.sortable_attributes,
            sign_in_limits: limits(record.sign_in_limits)?,
            created_at: value::timestamp(record.created_at),
            updated_at: value::timestamp(record.updated_at),
            version: value::unsigned(record.version, "company")?,
        })
    }
}
