//! How far the provider's events were read (`installation`, key `identity_events`).

use bson::{Document, doc};

use crate::{error::Result, store::Store, tenant::Installation, tx::Tx};

/// The key of the document.
const ID: &str = "identity_events";

/// The last event that was read; `None` before the first.
pub async fn cursor(store: &Store, _: Installation) -> Result<Option<String>> {
    let kept = store
        .database()
        .collection::<Document>("installation")
        .find_one(doc! { "_id": ID })
        .await?;
    Ok(kept.and_then(|kept| kept.get_str("after").ok().map(ToOwned::to_owned)))
}

/// Says that everything up to that event was heeded. The transaction holds the job.
pub async fn advance(store: &Store, tx: &mut Tx, _: Installation, after: &str) -> Result<()> {
    let written = store
        .database()
        .collection::<Document>("installation")
        .update_one(doc! { "_id": ID }, doc! { "$set": { "after": after } })
        .upsert(true)
        .session(tx.session())
        .await;
    tx.note(written).map(drop)
}
