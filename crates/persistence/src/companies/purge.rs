//! Removing all that a company owns.

use std::collections::BTreeMap;

use bson::{Bson, Document, doc};
use futures::TryStreamExt as _;
use kale_domain::id::CompanyId;
use mongodb::Collection;

use super::Record;
use crate::{
    error::{Result, StoreError},
    store::Store,
    tenant::Installation,
    tx::Tx,
    value,
};

/// How many documents go at once.
const BATCH: i64 = 2_000;
/// What people of a company have beside what carries its id: by the id of the person.
const OF_PEOPLE: [&str; 3] = ["sign_ins", "sign_in_links", "identity_sessions"];

/// What [`purge`] does not sweep with the rest: people go last, and the claim on the short name with the company. The
/// server's own collections are none of ours.
const STAYS: [&str; 4] = ["users", "company_slugs", "system.profile", "system.views"];

/// What was removed: how many documents of each collection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Purged {
    /// By the name of the collection; those where nothing was are left out.
    pub documents: BTreeMap<String, u64>,
}

impl Purged {
    /// How many in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.documents.values().sum()
    }

    fn count(&mut self, collection: &str, documents: u64) {
        if documents > 0 {
            *self.documents.entry(collection.to_owned()).or_default() += documents;
        }
    }
}

/// Whether a worker holds a job of that company: what it writes would come after the purge.
pub async fn has_work(store: &Store, _: Installation, company: CompanyId) -> Result<bool> {
    let leased = doc! { "company_id": value::uuid(company.uuid()), "state": "leased" };
    let jobs = store.database().collection::<Document>("jobs");
    Ok(jobs.find_one(leased).await?.is_some())
}

/// Removes whatever carries the company's id in whatever collection there is, and what its people have; the company
/// itself stays until [`remove`]. In batches: `progress` is told how many went, and where it fails, the purge ends and
/// can be begun again.
pub async fn purge<E: From<StoreError>>(
    store: &Store,
    _: Installation,
    company: CompanyId,
    mut progress: impl FnMut(u64) -> Result<(), E>,
) -> Result<Purged, E> {
    let mut purged = Purged::default();
    let owned = doc! { "company_id": value::uuid(company.uuid()) };
    // Mails that wait belong to their jobs, and go before them.
    let jobs = ids(&collection(store, "jobs"), &owned, None).await?;
    let theirs = doc! { "_id": { "$in": jobs } };
    sweep(store, "outbox", &theirs, &mut purged, &mut progress).await?;
    let names = store.database().list_collection_names().await;
    let names = names.map_err(StoreError::from)?;
    // People last, so that a purge that is begun again still finds what is theirs.
    for name in names.iter().filter(|name| !STAYS.contains(&name.as_str())) {
        sweep(store, name, &owned, &mut purged, &mut progress).await?;
    }
    let users = ids(&collection(store, "users"), &owned, None).await?;
    for name in OF_PEOPLE {
        let theirs = doc! { "user_id": { "$in": users.clone() } };
        sweep(store, name, &theirs, &mut purged, &mut progress).await?;
    }
    sweep(store, "users", &owned, &mut purged, &mut progress).await?;
    Ok(purged)
}

/// Removes the company itself and its claim on a short name. The transaction is one of the installation.
pub async fn remove(store: &Store, tx: &mut Tx, _: Installation, company: CompanyId) -> Result<()> {
    let claim = doc! { "company_id": value::uuid(company.uuid()) };
    let claims = collection(store, "company_slugs");
    let removed = claims.delete_many(claim).session(tx.session()).await;
    tx.note(removed)?;
    let companies: Collection<Record> = store.database().collection("companies");
    let one = doc! { "_id": value::uuid(company.uuid()), "status": "deleted" };
    let removed = companies.delete_one(one).session(tx.session()).await;
    match tx.note(removed)?.deleted_count {
        0 => Err(StoreError::Stale),
        _ => Ok(()),
    }
}

async fn sweep<E: From<StoreError>>(
    store: &Store,
    name: &str,
    filter: &Document,
    purged: &mut Purged,
    progress: &mut impl FnMut(u64) -> Result<(), E>,
) -> Result<(), E> {
    let collection = collection(store, name);
    loop {
        let batch = ids(&collection, filter, Some(BATCH)).await?;
        if batch.is_empty() {
            return Ok(());
        }
        let removed = collection.delete_many(doc! { "_id": { "$in": batch } }).await;
        let removed = removed.map_err(StoreError::from)?;
        purged.count(name, removed.deleted_count);
        progress(purged.total())?;
    }
}

async fn ids(collection: &Collection<Document>, filter: &Document, most: Option<i64>) -> Result<Vec<Bson>> {
    let found = collection
        .find(filter.clone())
        .projection(doc! { "_id": 1 })
        // Zero is no limit.
        .limit(most.unwrap_or(0));
    let found: Vec<Document> = found.await?.try_collect().await?;
    Ok(found
        .into_iter()
        .filter_map(|mut document| document.remove("_id"))
        .collect())
}

fn collection(store: &Store, name: &str) -> Collection<Document> {
    store.database().collection(name)
}
