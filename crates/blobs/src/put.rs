//! Writing: counted, hashed, whole or not at all.

use std::pin::{Pin, pin};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload};
use sha2::{Digest, Sha256};

use crate::{BlobKey, StoreError};

/// How much is gathered before it is written: few writes, and a hundred uploads at once stay below 100 MB.
const PART_BYTES: usize = 1 << 20;

/// A blob that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256 in lower-case hex.
    pub sha256: String,
}

/// Why nothing was stored. `E` is the error of the stream.
#[derive(Debug, thiserror::Error)]
pub enum PutError<E: std::error::Error + 'static> {
    /// It is longer than allowed; reading stopped there.
    #[error("the file is larger than the allowed {max_bytes} bytes")]
    TooLarge {
        /// The limit it passed.
        max_bytes: u64,
    },
    /// The stream broke off.
    #[error("reading what is to be stored failed: {0}")]
    Source(#[source] E),
    /// The place of the blobs failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) async fn bytes(
    store: &dyn ObjectStore,
    key: &BlobKey,
    bytes: Bytes,
) -> Result<Stored, StoreError> {
    let mut tally = Tally::default();
    tally.add(&bytes);
    store
        .put(&key.path(), PutPayload::from_bytes(bytes))
        .await
        .map_err(|error| StoreError::new(format!("writing {key}"), error))?;
    Ok(tally.stored())
}

pub(crate) async fn stream<S, E>(
    store: &dyn ObjectStore,
    key: &BlobKey,
    stream: S,
    max_bytes: u64,
) -> Result<Stored, PutError<E>>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: std::error::Error + 'static,
{
    let mut upload = store.put_multipart(&key.path()).await.map_err(failed(key))?;
    // Kept until all is over: whoever sends bytes to nobody sends them as fast as the network takes them.
    let mut stream = pin!(stream);
    // Dropping the upload, as a cancelled request does, removes its temporary file as well.
    match fill(upload.as_mut(), key, stream.as_mut(), max_bytes).await {
        Ok(tally) => {
            upload.complete().await.map_err(failed(key))?;
            Ok(tally.stored())
        }
        Err(error) => {
            if let Err(left) = upload.abort().await {
                // The first error is the one to act on; a temporary file is never read.
                tracing::warn!(%key, error = %left, "an aborted blob could not be cleared");
            }
            Err(error)
        }
    }
}

async fn fill<S, E>(
    upload: &mut dyn MultipartUpload,
    key: &BlobKey,
    mut stream: Pin<&mut S>,
    max_bytes: u64,
) -> Result<Tally, PutError<E>>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: std::error::Error + 'static,
{
    let mut tally = Tally::default();
    let mut part: Vec<Bytes> = Vec::new();
    let mut part_bytes = 0;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(PutError::Source)?;
        tally.add(&chunk);
        if tally.bytes > max_bytes {
            return Err(PutError::TooLarge { max_bytes });
        }
        part_bytes += chunk.len();
        part.push(chunk);
        if part_bytes >= PART_BYTES {
            let full: PutPayload = part.drain(..).collect();
            upload.put_part(full).await.map_err(failed(key))?;
            part_bytes = 0;
        }
    }
    if part_bytes > 0 {
        upload
            .put_part(PutPayload::from_iter(part))
            .await
            .map_err(failed(key))?;
    }
    Ok(tally)
}

fn failed(key: &BlobKey) -> impl FnOnce(object_store::Error) -> StoreError {
    move |error| StoreError::new(format!("writing {key}"), error)
}

#[derive(Default)]
struct Tally {
    bytes: u64,
    hash: Sha256,
}

impl Tally {
    fn add(&mut self, chunk: &Bytes) {
        // A chunk in memory is never as long as a u64 counts.
        self.bytes = self
            .bytes
            .saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        self.hash.update(chunk);
    }

    fn stored(self) -> Stored {
        Stored {
            bytes: self.bytes,
            sha256: hex::encode(self.hash.finalize()),
        }
    }
}
