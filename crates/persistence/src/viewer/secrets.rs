//! Secrets that sign tokens: sealed at rest, because checking a signature takes the secret itself.
//!
//! One of them is the installation's own: it signs what is minted through the API, is never shown, and has the
//! company's id as key.

use std::sync::Arc;

use bson::{DateTime, doc};
use futures::TryStreamExt as _;
use kale_domain::{
    id::{CompanyId, UserId, ViewerSecretId},
    secret::Token,
    viewer_secret::{MOST_LIVE, ViewerSecret},
};
use mongodb::options::FindOptions;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    error::{Result, StoreError},
    scoped::{Scoped, within},
    seal::{Field, Fingerprint, KeyRing, SealError, Sealed},
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
    /// Whether it is the installation's own.
    own: bool,
    name: String,
    hint: String,
    secret: Sealed,
    created_by: Option<bson::Uuid>,
    created_at: DateTime,
    revoked_at: Option<DateTime>,
}

fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "viewer_secrets")
}

/// A fresh secret for that document of the transaction's company.
fn fresh(tx: &Tx, ring: &KeyRing, id: Uuid) -> Result<(Record, Token), SealError> {
    let (secret, _hash) = token::mint(Kind::ViewerSecret, id);
    let company = tx.tenant().company();
    let text = secret.reveal();
    let sealed = ring.seal(Field::ViewerSecret.of(company, id.as_bytes()), text.as_bytes())?;
    let record = Record {
        id: value::uuid(id),
        company_id: value::uuid(company.uuid()),
        own: false,
        name: String::new(),
        hint: text
            .get(text.len().saturating_sub(4)..)
            .unwrap_or_default()
            .to_owned(),
        secret: sealed,
        created_by: None,
        created_at: value::date(tx.now()),
        revoked_at: None,
    };
    Ok((record, secret))
}

/// Makes a secret of the transaction's company. It is answered this once.
pub async fn create(
    store: &Store,
    tx: &mut Tx,
    ring: &KeyRing,
    name: &str,
    by: Option<UserId>,
) -> Result<(ViewerSecret, Token), SealError> {
    tx.defines();
    let (mut record, secret) = fresh(tx, ring, tx.fresh_id())?;
    name.clone_into(&mut record.name);
    record.created_by = by.map(|user| value::uuid(user.uuid()));
    records(store).insert(tx, &record).await?;
    Ok((record.into(), secret))
}

/// The secrets of a company, newest first, revoked ones too.
pub async fn list(store: &Store, tenant: Tenant) -> Result<Vec<ViewerSecret>> {
    let options = FindOptions::builder()
        .sort(doc! { "company_id": -1, "_id": -1 })
        .limit(500)
        .build();
    let found = records(store)
        .find(tenant, doc! { "own": false }, options)
        .await?;
    Ok(found.into_iter().map(ViewerSecret::from).collect())
}

/// Revokes a secret; `None` where the company has none of that identity. Again is the same.
pub async fn revoke(store: &Store, tx: &mut Tx, id: ViewerSecretId) -> Result<Option<ViewerSecret>> {
    tx.defines();
    let one = doc! { "_id": value::uuid(id.uuid()), "own": false };
    let mut live = one.clone();
    live.insert("revoked_at", bson::Bson::Null);
    let change = doc! { "$set": { "revoked_at": value::date(tx.now()) } };
    if let Some(record) = records(store).update_in(tx, live, change).await? {
        return Ok(Some(record.into()));
    }
    let found = records(store).find_one_in(tx, one).await?;
    Ok(found.map(ViewerSecret::from))
}

/// The installation's own secret of a company, made at the first call.
pub async fn own(store: &Store, tenant: Tenant, ring: &KeyRing) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let id = tenant.company().uuid();
    let one = || doc! { "_id": value::uuid(id), "own": true };
    if let Some(record) = records(store).find_one(tenant, one()).await? {
        return open(ring, &record);
    }
    let made = store
        .transaction::<_, SealError>(tenant, async |tx| {
            tx.defines();
            let (mut record, _) = fresh(tx, ring, id)?;
            record.own = true;
            Ok(records(store).insert(tx, &record).await?)
        })
        .await;
    match made {
        // Another process was first.
        Ok(()) | Err(SealError::Store(StoreError::Duplicate)) => {}
        Err(error) => return Err(error),
    }
    let found = records(store).find_one(tenant, one()).await?;
    let record = found.ok_or_else(|| StoreError::corrupt("viewer secret", "it is gone at once"))?;
    open(ring, &record)
}

/// What the live secrets of a company are, the installation's own too. For checking a signature, which takes no tenant:
/// only [`crate::access`] asks.
pub(crate) async fn live(store: &Store, company: CompanyId, ring: &KeyRing) -> Result<Live, SealError> {
    let options = FindOptions::builder()
        .limit(i64::try_from(MOST_LIVE * 5).unwrap_or(i64::MAX))
        .build();
    let filter = within(Tenant::new(company), doc! { "revoked_at": null });
    let records = records(store);
    let found = records.raw().find(filter).with_options(options).await;
    let found = found.map_err(StoreError::from)?.try_collect().await;
    let found: Vec<Record> = found.map_err(StoreError::from)?;
    let opened = found.iter().map(|record| {
        let id = ViewerSecretId::from_uuid(value::from_uuid(record.id));
        Ok((id, open(ring, record)?))
    });
    opened.collect::<Result<_, _>>().map(Live)
}

/// The live secrets of a company, opened.
#[derive(Debug)]
pub(crate) struct Live(Vec<(ViewerSecretId, Zeroizing<Vec<u8>>)>);

impl Live {
    /// Which, and what they are.
    pub(crate) fn each(&self) -> impl Iterator<Item = (ViewerSecretId, &[u8])> {
        self.0.iter().map(|(id, secret)| (*id, secret.as_slice()))
    }

    /// Whether there is none.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The same as this process knows them: at most two seconds behind what another process wrote. That there are none is
/// never remembered.
pub(crate) async fn known_live(
    store: &Store,
    company: CompanyId,
    ring: &KeyRing,
) -> Result<Arc<Live>, SealError> {
    let read = async || live(store, company, ring).await;
    // What one ring opens is remembered for that ring.
    let ids: Vec<&str> = ring.fingerprints().map(Fingerprint::id).collect();
    let memory = &store.memories().definitions;
    let tenant = Tenant::new(company);
    memory
        .recall(tenant, ids.concat().as_bytes(), read, |live| !live.is_empty())
        .await
}

/// Whether a secret of that company still signs. As [`live`], for [`crate::access`] alone.
pub(crate) async fn is_live(store: &Store, company: CompanyId, id: ViewerSecretId) -> Result<bool> {
    let filter = doc! { "_id": value::uuid(id.uuid()), "revoked_at": null };
    let found = records(store).find_one(Tenant::new(company), filter).await?;
    Ok(found.is_some())
}

fn open(ring: &KeyRing, record: &Record) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let company = CompanyId::from_uuid(value::from_uuid(record.company_id));
    let id = value::from_uuid(record.id);
    ring.open(Field::ViewerSecret.of(company, id.as_bytes()), &record.secret)
}

impl From<Record> for ViewerSecret {
    fn from(record: Record) -> Self {
        Self {
            id: ViewerSecretId::from_uuid(value::from_uuid(record.id)),
            name: record.name,
            hint: record.hint,
            created_by: record
                .created_by
                .map(|user| UserId::from_uuid(value::from_uuid(user))),
            created_at: value::timestamp(record.created_at),
            revoked_at: record.revoked_at.map(value::timestamp),
        }
    }
}
