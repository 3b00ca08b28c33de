//! Rotating keys: whatever is sealed with another key than the ring's current one is sealed anew.

use std::collections::BTreeMap;

use bson::{Bson, Document, doc};
use futures::TryStreamExt as _;
use kale_domain::id::CompanyId;
use mongodb::Collection;

use super::{Field, Fingerprint, KeyRing, SealError, Sealed, forget_key, keys_in_use};
use crate::{
    error::{Result as Stored, StoreError},
    store::Store,
    tenant::Installation,
    value,
};

/// What a rotation came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resealed {
    /// How many values were sealed anew.
    pub values: u64,
    /// The keys that are needed no more, by their ids.
    pub forgotten: Vec<String>,
}

/// Seals anew what another key than the ring's current one sealed, and forgets the keys that nothing needs any more.
/// `progress` is told how many values are done; where it fails, the rotation ends and can be begun again.
///
/// A value that changes meanwhile is left to whoever changes it, and looked at again. A process that still runs with
/// the former key in front may seal something afterwards: restart all of them first.
pub async fn reseal<E: From<SealError>>(
    store: &Store,
    _: Installation,
    ring: &KeyRing,
    mut progress: impl FnMut(u64) -> Result<(), E>,
) -> Result<Resealed, E> {
    let mut done = Resealed::default();
    for field in Field::ALL {
        while pass(store, ring, field, &mut done.values, &mut progress).await? {}
    }
    for key in keys_in_use(store).await? {
        let former = key != *ring.current();
        if former && forget_key(store, ring, key.id()).await? {
            done.forgotten.push(key.id().to_owned());
        }
    }
    Ok(done)
}

/// One walk over a field; answers whether it met any value of another key.
async fn pass<E: From<SealError>>(
    store: &Store,
    ring: &KeyRing,
    field: Field,
    values: &mut u64,
    progress: &mut impl FnMut(u64) -> Result<(), E>,
) -> Result<bool, E> {
    let documents = documents(store, field);
    let shape = doc! { "company_id": 1, field.name(): 1 };
    let found = documents
        .find(sealed_otherwise(field, ring.current()))
        .projection(shape)
        .await;
    let mut found = found.map_err(unsealed)?;
    let mut met = false;
    while let Some(document) = found.try_next().await.map_err(unsealed)? {
        met = true;
        if anew(&documents, ring, field, &document).await? {
            *values += 1;
            progress(*values)?;
        }
    }
    Ok(met)
}

/// Seals one value anew; `false` where it was changed or removed in between.
async fn anew(
    documents: &Collection<Document>,
    ring: &KeyRing,
    field: Field,
    document: &Document,
) -> Result<bool, SealError> {
    let id = document.get("_id").cloned().unwrap_or(Bson::Null);
    let text = document.get_str(field.name()).unwrap_or_default();
    let sealed: Sealed = text.parse()?;
    let bytes = match &id {
        Bson::String(name) => name.as_bytes().to_vec(),
        Bson::Binary(binary) => binary.bytes.clone(),
        _ => return Err(StoreError::corrupt("sealed document", "its id is neither text nor a UUID").into()),
    };
    let place = match company(document)? {
        Some(company) => field.of(company, &bytes),
        None => field.of_installation(&bytes),
    };
    let Some(anew) = ring.reseal(place, &sealed)? else {
        return Ok(false);
    };
    let as_read = doc! { "_id": id, field.name(): text };
    let change = doc! { "$set": { field.name(): String::from(anew) } };
    let changed = documents.update_one(as_read, change).await;
    Ok(changed.map_err(StoreError::from)?.modified_count == 1)
}

/// How many values are sealed with each key that is not the ring's current one.
pub async fn old_seals(
    store: &Store,
    _: Installation,
    ring: &KeyRing,
) -> Result<BTreeMap<String, u64>, SealError> {
    let mut keys = BTreeMap::new();
    for field in Field::ALL {
        let stages = [
            doc! { "$match": sealed_otherwise(field, ring.current()) },
            doc! { "$group": {
                "_id": { "$arrayElemAt": [{ "$split": [format!("${}", field.name()), "."] }, 1] },
                "count": { "$sum": 1_i64 },
            } },
        ];
        let found = documents(store, field).aggregate(stages).await;
        let mut found = found.map_err(StoreError::from)?;
        while let Some(row) = found.try_next().await.map_err(StoreError::from)? {
            let key = row.get_str("_id").unwrap_or_default().to_owned();
            *keys.entry(key).or_default() += count(&row)?;
        }
    }
    Ok(keys)
}

fn count(row: &Document) -> Stored<u64> {
    let count = row
        .get_i64("count")
        .map_err(|error| StoreError::corrupt("count of seals", error))?;
    value::unsigned(count, "count of seals")
}

fn documents(store: &Store, field: Field) -> Collection<Document> {
    store.database().collection(field.collection())
}

/// Key ids are letters and digits: nothing in them means anything to a pattern but the dots beside them.
fn sealed_otherwise(field: Field, current: &Fingerprint) -> Document {
    let current = format!(r"^v1\.{}\.", current.id());
    doc! { field.name(): { "$exists": true, "$not": { "$regex": current } } }
}

fn company(document: &Document) -> Stored<Option<CompanyId>> {
    let Some(stored) = document.get("company_id") else {
        return Ok(None);
    };
    let Bson::Binary(binary) = stored else {
        return Err(StoreError::corrupt("sealed document", "its company is no id"));
    };
    let id = binary
        .to_uuid()
        .map_err(|error| StoreError::corrupt("sealed document", error))?;
    Ok(Some(CompanyId::from_uuid(value::from_uuid(id))))
}

fn unsealed(error: mongodb::error::Error) -> SealError {
    StoreError::from(error).into()
}

#[cfg(test)]
mod tests;
