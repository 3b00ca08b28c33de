//! Who is who: organizations of the provider are companies here (`identity_organizations`), people there are users of
//! them (`identity_people`).

use bson::{Bson, doc};
use futures::TryStreamExt as _;
use kale_domain::id::{CompanyId, UserId};
use mongodb::Collection;
use serde::{Deserialize, Serialize};

use crate::{
    error::Result,
    scoped::Scoped,
    store::Store,
    tenant::{Installation, Tenant},
    tx::Tx,
    value,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Organization {
    #[serde(rename = "_id")]
    id: String,
    company_id: bson::Uuid,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct PersonLink {
    #[serde(rename = "_id")]
    id: Bson,
    company_id: bson::Uuid,
    person: String,
    user_id: bson::Uuid,
    /// Whether the provider said that they no longer belong to the company.
    #[serde(default)]
    left: bool,
}

/// Somebody at the provider who is a user here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Which.
    pub user: UserId,
    /// Whether the provider said that they no longer belong to the company: then it may also say that they do again.
    pub left: bool,
}

fn organizations(store: &Store) -> Collection<Organization> {
    store.database().collection("identity_organizations")
}

fn people(store: &Store) -> Scoped<PersonLink> {
    Scoped::new(store.database(), "identity_people")
}

/// The company that an organization is.
pub(crate) async fn company_of(store: &Store, organization: &str) -> Result<Option<CompanyId>> {
    let found = organizations(store)
        .find_one(doc! { "_id": organization })
        .await?;
    Ok(found.map(|link| CompanyId::from_uuid(value::from_uuid(link.company_id))))
}

/// The organization that a company is; `None` where it is none.
pub async fn organization_of(store: &Store, tenant: Tenant) -> Result<Option<String>> {
    let filter = doc! { "company_id": value::uuid(tenant.company().uuid()) };
    let found = organizations(store).find_one(filter).await?;
    Ok(found.map(|link| link.id))
}

/// The organization that the transaction's company is; `None` where it is none.
pub async fn organization_in(store: &Store, tx: &mut Tx) -> Result<Option<String>> {
    let filter = doc! { "company_id": value::uuid(tx.tenant().company().uuid()) };
    let found = organizations(store).find_one(filter).session(tx.session()).await;
    Ok(tx.note(found)?.map(|link| link.id))
}

/// Says that the organization is the transaction's company;
/// [`Duplicate`](crate::StoreError::Duplicate) where either is linked already.
pub async fn link(store: &Store, tx: &mut Tx, organization: &str) -> Result<()> {
    let record = Organization {
        id: organization.to_owned(),
        company_id: value::uuid(tx.tenant().company().uuid()),
    };
    let inserted = organizations(store)
        .insert_one(record)
        .session(tx.session())
        .await;
    tx.note(inserted).map(drop)
}

fn key(tenant: Tenant, person: &str) -> Bson {
    value::key(tenant.company().uuid(), person.as_bytes())
}

/// Which user of the company somebody at the provider is.
pub async fn user_of(store: &Store, tx: &mut Tx, person: &str) -> Result<Option<Known>> {
    let filter = doc! { "_id": key(tx.tenant(), person) };
    let found = people(store).find_one_in(tx, filter).await?;
    Ok(found.map(|link| Known {
        user: UserId::from_uuid(value::from_uuid(link.user_id)),
        left: link.left,
    }))
}

/// Says that somebody at the provider is that user of the transaction's company, and nobody else is.
pub async fn know(store: &Store, tx: &mut Tx, person: &str, user: UserId) -> Result<()> {
    let record = PersonLink {
        id: key(tx.tenant(), person),
        company_id: value::uuid(tx.tenant().company().uuid()),
        person: person.to_owned(),
        user_id: value::uuid(user.uuid()),
        left: false,
    };
    // Whoever was this user before, and whoever this one was: both are over.
    let filter = doc! { "_id": record.id.clone() };
    people(store).delete_in(tx, filter).await?;
    people(store)
        .delete_in(tx, doc! { "user_id": record.user_id })
        .await?;
    people(store).insert(tx, &record).await
}

/// Notes that the provider says somebody no longer belongs to the company.
pub async fn leave(store: &Store, tx: &mut Tx, person: &str) -> Result<()> {
    let filter = doc! { "_id": key(tx.tenant(), person) };
    let change = doc! { "$set": { "left": true } };
    people(store).update_in(tx, filter, change).await.map(drop)
}

/// The companies that somebody at the provider is in.
pub async fn companies_of(store: &Store, _: Installation, person: &str) -> Result<Vec<Tenant>> {
    let people: Collection<PersonLink> = store.database().collection("identity_people");
    let found: Vec<PersonLink> = people
        .find(doc! { "person": person })
        .limit(1_000)
        .await?
        .try_collect()
        .await?;
    let tenant = |link: PersonLink| Tenant::new(CompanyId::from_uuid(value::from_uuid(link.company_id)));
    Ok(found.into_iter().map(tenant).collect())
}
