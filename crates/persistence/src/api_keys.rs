//! API keys (`api_keys`, index `{company_id, _id}`): found by the id inside the token, checked by the hash.

use std::collections::BTreeSet;

use bson::{Binary, DateTime, doc, spec::BinarySubtype};
use jiff::Timestamp;
use kale_domain::{
    access::Permission,
    api_key::ApiKey,
    id::{ApiKeyId, CompanyId, UserId},
    secret::Token,
};
use mongodb::options::FindOptions;
use serde::{Deserialize, Serialize};

use crate::{
    error::Result,
    scoped::Scoped,
    store::Store,
    tenant::Tenant,
    token::{self, Kind},
    tx::Tx,
    value,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    company_id: bson::Uuid,
    hash: Binary,
    name: String,
    permissions: BTreeSet<Permission>,
    hint: String,
    created_by: Option<bson::Uuid>,
    created_at: DateTime,
    last_used_at: Option<DateTime>,
    expires_at: Option<DateTime>,
    revoked_at: Option<DateTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaced_by: Option<bson::Uuid>,
}

fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "api_keys")
}

/// Makes a key of the transaction's company. The token is answered this once.
pub async fn create(
    store: &Store,
    tx: &mut Tx,
    name: &str,
    permissions: BTreeSet<Permission>,
    by: Option<UserId>,
    expires_at: Option<Timestamp>,
) -> Result<(ApiKey, Token)> {
    let id = tx.fresh_id();
    let (token, hash) = token::mint(Kind::ApiKey, id);
    let text = token.reveal();
    let record = Record {
        id: value::uuid(id),
        company_id: value::uuid(tx.tenant().company().uuid()),
        hash: Binary {
            subtype: BinarySubtype::Generic,
            bytes: hash.to_vec(),
        },
        name: name.to_owned(),
        permissions,
        hint: text
            .get(text.len().saturating_sub(4)..)
            .unwrap_or_default()
            .to_owned(),
        created_by: by.map(|user| value::uuid(user.uuid())),
        created_at: value::date(tx.now()),
        last_used_at: None,
        expires_at: expires_at.map(value::date),
        revoked_at: None,
        replaced_by: None,
    };
    records(store).insert(tx, &record).await?;
    Ok((ApiKey::from(record), token))
}

/// The keys of a company, newest first.
pub async fn list(store: &Store, tenant: Tenant) -> Result<Vec<ApiKey>> {
    let options = FindOptions::builder()
        .sort(doc! { "company_id": -1, "_id": -1 })
        .limit(500)
        .build();
    let found = records(store).find(tenant, doc! {}, options).await?;
    Ok(found.into_iter().map(ApiKey::from).collect())
}

/// Revokes a key; `None` where the company has none of that identity.
pub async fn revoke(store: &Store, tx: &mut Tx, id: ApiKeyId) -> Result<Option<ApiKey>> {
    let now = value::date(tx.now());
    let live = doc! { "_id": value::uuid(id.uuid()), "revoked_at": null };
    if let Some(record) = records(store)
        .update_in(tx, live, doc! { "$set": { "revoked_at": now } })
        .await?
    {
        return Ok(Some(record.into()));
    }
    // Revoked before: the same answer.
    let found = records(store)
        .find_one_in(tx, doc! { "_id": value::uuid(id.uuid()) })
        .await?;
    Ok(found.map(ApiKey::from))
}

/// One key of the transaction's company.
pub async fn get_in(store: &Store, tx: &mut Tx, id: ApiKeyId) -> Result<Option<ApiKey>> {
    let found = records(store)
        .find_one_in(tx, doc! { "_id": value::uuid(id.uuid()) })
        .await?;
    Ok(found.map(ApiKey::from))
}

/// Has a key end at `until` because another takes its place; `None` where it was revoked or replaced before.
pub async fn replace(
    store: &Store,
    tx: &mut Tx,
    id: ApiKeyId,
    next: ApiKeyId,
    until: Timestamp,
) -> Result<Option<ApiKey>> {
    let filter = doc! { "_id": value::uuid(id.uuid()), "revoked_at": null, "replaced_by": null };
    let change = doc! { "$set": {
        "replaced_by": value::uuid(next.uuid()), "expires_at": value::date(until),
    } };
    let replaced = records(store).update_in(tx, filter, change).await?;
    Ok(replaced.map(ApiKey::from))
}

/// The live key of that token and its company.
pub(crate) async fn by_token(store: &Store, text: &str) -> Result<Option<(CompanyId, ApiKey)>> {
    let Some((id, hash)) = token::read(Kind::ApiKey, text) else {
        return Ok(None);
    };
    let found = records(store)
        .raw()
        .find_one(doc! { "_id": value::uuid(id) })
        .await?;
    let now = store.now();
    Ok(found
        .filter(|record| token::same(&record.hash.bytes, &hash))
        .map(|record| {
            (
                CompanyId::from_uuid(value::from_uuid(record.company_id)),
                ApiKey::from(record),
            )
        })
        .filter(|(_, key)| key.is_live(now)))
}

/// Stamps the last use; called at most once a minute.
pub async fn used(store: &Store, tenant: Tenant, id: ApiKeyId, at: Timestamp) -> Result<()> {
    let change = doc! { "$set": { "last_used_at": value::date(at) } };
    records(store)
        .update(tenant, doc! { "_id": value::uuid(id.uuid()) }, change)
        .await?;
    Ok(())
}

impl From<Record> for ApiKey {
    fn from(record: Record) -> Self {
        Self {
            id: ApiKeyId::from_uuid(value::from_uuid(record.id)),
            name: record.name,
            permissions: record.permissions,
            hint: record.hint,
            created_by: record
                .created_by
                .map(|user| UserId::from_uuid(value::from_uuid(user))),
            created_at: value::timestamp(record.created_at),
            last_used_at: record.last_used_at.map(value::timestamp),
            expires_at: record.expires_at.map(value::timestamp),
            revoked_at: record.revoked_at.map(value::timestamp),
            replaced_by: record
                .replaced_by
                .map(|next| ApiKeyId::from_uuid(value::from_uuid(next))),
        }
    }
}
