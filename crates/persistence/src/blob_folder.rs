//! Which folder of blobs this installation uses (`installation`, key `blob_folder`).
//!
//! Two servers that each keep blobs in a folder of their own would each find half of the files.

use bson::{Document, doc};
use mongodb::options::ReturnDocument;
use uuid::Uuid;

use crate::{
    error::{Result, StoreError},
    store::Store,
    value,
};

/// Whether the installation's folder is the one of that identity; the first one asked about becomes it.
pub async fn is_ours(store: &Store, identity: Uuid) -> Result<bool> {
    let kept = store
        .database()
        .collection::<Document>("installation")
        .find_one_and_update(
            doc! { "_id": "blob_folder" },
            doc! { "$setOnInsert": { "identity": value::uuid(identity) } },
        )
        .upsert(true)
        .return_document(ReturnDocument::After)
        .await?
        .ok_or_else(|| StoreError::corrupt("blob folder", "missing"))?;
    let kept = kept.get("identity").cloned().unwrap_or(bson::Bson::Null);
    Ok(kept == bson::Bson::from(value::uuid(identity)))
}
