//! Taking a file in: streamed into the blob store, refused at once where its beginning shows that it can't be read.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use kale_blobs::{BlobKey, PutError};
use kale_domain::{
    audit::AuditAction,
    id::UploadId,
    upload::{MAX_BYTES, Unreadable, Upload, UploadKind, UploadState, UploadedFile},
};
use kale_jobs::Job as _;
use kale_persistence::{StoreError, Tenant, uploads};
use kale_tabular::{Limits, TabularError};

use super::{describe::Uploads, error::UploadError, jobs::ProfileUpload};
use crate::access::Caller;

/// How much of a file is looked at while it arrives.
const HEAD: usize = 2 * 1024 * 1024;

/// Where the bytes of an upload lie.
pub(super) fn file_key(tenant: Tenant, id: UploadId) -> Result<BlobKey, kale_blobs::InvalidKey> {
    BlobKey::new(tenant.company(), "uploads", &id.to_string())
}

/// Where the file of its rejected rows lies.
pub(super) fn errors_key(tenant: Tenant, id: UploadId) -> Result<BlobKey, kale_blobs::InvalidKey> {
    BlobKey::new(tenant.company(), "upload-errors", &id.to_string())
}

/// Where the lines lie whose rows can be read but not taken.
pub(super) fn refused_key(tenant: Tenant, id: UploadId) -> Result<BlobKey, kale_blobs::InvalidKey> {
    BlobKey::new(tenant.company(), "upload-refused", &id.to_string())
}

/// Why the stream ended early.
#[derive(Debug, thiserror::Error)]
enum Cut {
    #[error("{0}")]
    Source(String),
    #[error("{}", .0.message)]
    Unreadable(Unreadable),
}

impl Uploads {
    /// Takes a file in. A job looks at it next.
    pub async fn receive<E: std::fmt::Display>(
        &self,
        tenant: Tenant,
        caller: &Caller,
        kind: UploadKind,
        name: &str,
        bytes: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<Upload, UploadError> {
        let id = UploadId::from_uuid(self.store.fresh_id());
        let key = file_key(tenant, id).map_err(UploadError::blobs)?;
        let head = Arc::new(Mutex::new(Vec::new()));
        let stored = self
            .blobs
            .put_stream(&key, watched(bytes, Arc::clone(&head)), MAX_BYTES)
            .await
            .map_err(refusal)?;
        let head = std::mem::take(&mut *head.lock().unwrap_or_else(PoisonError::into_inner));
        if head.len() < HEAD
            && let Some(why) = wrong(&head, true).await
        {
            self.blobs.delete(&key).await.map_err(UploadError::blobs)?;
            return Err(UploadError::Unreadable(why));
        }
        let now = self.store.now();
        let upload = Upload {
            id,
            kind,
            file: UploadedFile {
                name: file_name(name),
                bytes: stored.bytes,
                sha256: stored.sha256,
            },
            state: UploadState::Received,
            profile: None,
            suggestion: None,
            mapping: None,
            by: caller.user(),
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let recorded = self.record(tenant, caller, &upload).await;
        if recorded.is_err() {
            self.blobs.delete(&key).await.map_err(UploadError::blobs)?;
        }
        recorded?;
        Ok(upload)
    }

    async fn record(&self, tenant: Tenant, caller: &Caller, upload: &Upload) -> Result<(), StoreError> {
        self.store
            .transaction(tenant, async |tx| {
                uploads::insert(&self.store, tx, upload).await?;
                let mut entry = caller.entry(tx, AuditAction::UploadReceived, upload.id);
                entry.after.insert("file".to_owned(), upload.file.name.clone());
                entry
                    .after
                    .insert("sha256".to_owned(), upload.file.sha256.clone());
                tx.audit(entry).await?;
                let mut job = ProfileUpload { upload: upload.id }
                    .of(tenant.company())?
                    .about(upload.id.to_string());
                job.started_by = caller.user();
                tx.enqueue(job).await.map(drop)
            })
            .await
    }
}

/// The bytes as they come; ends early where the first ones show that the file can't be read.
fn watched<E: std::fmt::Display>(
    bytes: impl Stream<Item = Result<Bytes, E>> + Unpin,
    head: Arc<Mutex<Vec<u8>>>,
) -> impl Stream<Item = Result<Bytes, Cut>> + Unpin {
    let stream = bytes.then(move |chunk| {
        let head = Arc::clone(&head);
        async move {
            let chunk = chunk.map_err(|error| Cut::Source(error.to_string()))?;
            let full = {
                let mut head = head.lock().unwrap_or_else(PoisonError::into_inner);
                let room = HEAD.saturating_sub(head.len());
                let was_full = room == 0;
                head.extend_from_slice(chunk.get(..room.min(chunk.len())).unwrap_or_default());
                (!was_full && head.len() == HEAD).then(|| head.clone())
            };
            if let Some(head) = full
                && let Some(why) = wrong(&head, false).await
            {
                return Err(Cut::Unreadable(why));
            }
            Ok(chunk)
        }
    });
    Box::pin(stream)
}

/// What the beginning of a file shows to be wrong. Where it is not the whole file, what its cut end may have caused
/// does not count.
async fn wrong(head: &[u8], whole: bool) -> Option<Unreadable> {
    let limits = Limits {
        profile_rows: if whole { 2_000 } else { 200 },
        ..Limits::default()
    };
    match kale_tabular::profile(head, &limits).await {
        Err(TabularError::Unreadable(why)) => {
            let by_cut = matches!(
                why.code.as_str(),
                "unterminated-quote" | "broken-encoding" | "no-rows"
            );
            (whole || !by_cut).then_some(why)
        }
        _ => None,
    }
}

fn refusal(error: PutError<Cut>) -> UploadError {
    match error {
        PutError::TooLarge { .. } => UploadError::TooLarge,
        PutError::Source(Cut::Source(reason)) => UploadError::Interrupted(reason),
        PutError::Source(Cut::Unreadable(why)) => UploadError::Unreadable(why),
        PutError::Store(error) => UploadError::blobs(error),
    }
}

/// The last part of what the sender calls it, without control characters, shortened.
fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let clean: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    if clean.trim().is_empty() {
        "file.csv".to_owned()
    } else {
        clean
    }
}
