//! What whoever gave a file is told when its import has ended.

use kale_domain::{
    id::NotificationId,
    notification::{Notification, NotificationKind, Severity},
    upload::{Upload, UploadState},
};
use kale_persistence::{StoreError, Tx};

/// Tells who gave the file that it was imported or failed; nobody in any other state, nobody where a program gave it.
pub(super) async fn ended(tx: &mut Tx, upload: &Upload) -> Result<(), StoreError> {
    let Some(user) = upload.by else { return Ok(()) };
    let name = &upload.file.name;
    let (severity, title, body) = match &upload.state {
        UploadState::Imported { summary, .. } => (
            Severity::Info,
            format!("{name} is imported"),
            format!(
                "{} added, {} changed, {} unchanged, {} skipped, {} removed",
                summary.added, summary.changed, summary.unchanged, summary.skipped, summary.removed
            ),
        ),
        UploadState::Failed { why } => (
            Severity::Warning,
            format!("{name} could not be imported"),
            why.message.clone(),
        ),
        _ => return Ok(()),
    };
    let notification = Notification {
        id: NotificationId::from_uuid(tx.fresh_id()),
        user,
        kind: NotificationKind::UploadFinished,
        severity,
        title,
        body,
        link: format!("/data/uploads/{}", upload.id),
        dedupe_key: NotificationKind::UploadFinished.once_of(upload.id),
        created_at: tx.now(),
        read_at: None,
    };
    tx.notify(notification).await
}
