//! Users (`users`, unique `{company_id, email_key}`, index `{email_key}` for signing in).

use bson::{DateTime, doc};
use kale_domain::{
    access::Role,
    email::Email,
    fold::fold,
    id::{CompanyId, UserId},
    user::{Theme, User, UserStatus},
};
use mongodb::options::FindOptions;
use serde::{Deserialize, Serialize};

use crate::{
    error::{Result, StoreError},
    scoped::Scoped,
    store::Store,
    tenant::{Installation, Tenant},
    tx::Tx,
    value,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    #[serde(rename = "_id")]
    pub(crate) id: bson::Uuid,
    pub(crate) company_id: Option<bson::Uuid>,
    email: Email,
    pub(crate) email_key: String,
    name: String,
    role: Role,
    status: UserStatus,
    #[serde(default)]
    theme: Theme,
    created_at: DateTime,
    version: i64,
}

fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "users")
}

/// A new user of the transaction's company.
pub async fn insert(store: &Store, tx: &mut Tx, user: &User) -> Result<()> {
    records(store).insert(tx, &Record::from(user)).await
}

/// A new user who belongs to no company: a Kale admin.
pub async fn insert_admin(store: &Store, tx: &mut Tx, _: Installation, user: &User) -> Result<()> {
    records(store)
        .insert(
            tx,
            &Record {
                company_id: None,
                ..Record::from(user)
            },
        )
        .await
}

/// Everybody of a company, by name.
pub async fn list(store: &Store, tenant: Tenant) -> Result<Vec<User>> {
    let options = FindOptions::builder()
        .sort(doc! { "name": 1 })
        .limit(1_000)
        .build();
    let found = records(store).find(tenant, doc! {}, options).await?;
    found.into_iter().map(User::try_from).collect()
}

/// One user of a company.
pub async fn get(store: &Store, tenant: Tenant, id: UserId) -> Result<Option<User>> {
    let found = records(store)
        .find_one(tenant, doc! { "_id": value::uuid(id.uuid()) })
        .await?;
    found.map(User::try_from).transpose()
}

impl From<&User> for Record {
    fn from(user: &User) -> Self {
        Self {
            id: value::uuid(user.id.uuid()),
            company_id: user.company.map(|company| value::uuid(company.uuid())),
            email: user.email.clone(),
            email_key: fold(user.email.as_str()),
            name: user.name.clone(),
            role: user.role,
            status: user.status,
            theme: user.theme,
            created_at: value::date(user.created_at),
            version: value::signed(user.version),
        }
    }
}

impl TryFrom<Record> for User {
    type Error = StoreError;

    fn try_from(record: Record) -> Result<Self> {
        Ok(Self {
            id: UserId::from_uuid(value::from_uuid(record.id)),
            company: record
                .company_id
                .map(|company| CompanyId::from_uuid(value::from_uuid(company))),
            email: record.email,
            name: record.name,
            role: record.role,
            status: record.status,
            theme: record.theme,
            created_at: value::timestamp(record.created_at),
            version: value::unsigned(record.version, "user")?,
        })
    }
}
