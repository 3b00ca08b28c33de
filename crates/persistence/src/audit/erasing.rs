//! What an entry said can be erased; that it was there, and that it was erased, stays.

use bson::{Document, doc, serialize_to_bson};
use kale_domain::{
    audit::{Actor, AuditAction},
    id::AuditEntryId,
};

use super::chain::{entries, of};
use crate::{error::Result, store::Store, tx::Tx, value};

/// Erases what an entry of the transaction's company (or of the installation) said: its id, action and time stay.
/// `told_by` is the entry of the same transaction that tells of it; such an entry can't be erased itself.
///
/// `false` where there is no such entry, it was erased already, or it has no link yet: what was never sealed could not be
/// told from what was never written.
pub async fn erase(store: &Store, tx: &mut Tx, entry: AuditEntryId, told_by: AuditEntryId) -> Result<bool> {
    let filter = doc! {
        "_id": value::uuid(entry.uuid()),
        "seq": { "$gt": 0_i64 },
        "erased_by": null,
        "action": { "$ne": serialize_to_bson(&AuditAction::AuditErased)? },
    };
    let update = doc! {
        "$set": {
            "actor": serialize_to_bson(&Actor::Erased)?,
            "target": "",
            "erased_by": value::uuid(told_by.uuid()),
        },
        "$unset": { "salt": "", "before": "", "after": "", "request_id": "", "ip": "", "user_agent": "" },
    };
    let erased = entries::<Document>(store)
        .update_one(of(tx.company(), filter), update)
        .session(tx.session())
        .await;
    Ok(tx.note(erased)?.matched_count == 1)
}
