//! Reading, piece by piece.

use std::{
    fmt, io,
    pin::Pin,
    task::{Context, Poll},
};

use futures::TryStreamExt;
use object_store::{GetOptions, GetRange, ObjectStore};
use tokio::io::{AsyncRead, ReadBuf};
use tokio_util::io::StreamReader;

use crate::{BlobKey, StoreError};

/// Why a blob can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The key holds no blob.
    #[error("there is no blob {0}")]
    NotFound(BlobKey),
    /// The place of the blobs failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An open blob. A blob that is replaced or deleted meanwhile is still read to its end.
pub struct BlobReader {
    total_bytes: u64,
    bytes: Pin<Box<dyn AsyncRead + Send>>,
}

impl BlobReader {
    /// The length of the whole blob, also where reading began later.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        self.total_bytes
    }
}

impl fmt::Debug for BlobReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlobReader")
            .field("total_bytes", &self.total_bytes)
            .finish_non_exhaustive()
    }
}

impl AsyncRead for BlobReader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.bytes.as_mut().poll_read(context, buffer)
    }
}

pub(crate) async fn open(
    store: &dyn ObjectStore,
    key: &BlobKey,
    offset: u64,
) -> Result<BlobReader, ReadError> {
    let path = key.path();
    let failed = |error| match error {
        object_store::Error::NotFound { .. } => ReadError::NotFound(key.clone()),
        error => StoreError::new(format!("reading {key}"), error).into(),
    };
    let mut options = GetOptions::default();
    if offset > 0 {
        // Asked first: a range past the end is an error of the store, and not of the caller that has read it all.
        let head = store
            .get_opts(&path, GetOptions::default().with_head(true))
            .await
            .map_err(failed)?;
        if offset >= head.meta.size {
            return Ok(BlobReader {
                total_bytes: head.meta.size,
                bytes: Box::pin(tokio::io::empty()),
            });
        }
        options = options.with_range(Some(GetRange::Offset(offset)));
    }
    let found = store.get_opts(&path, options).await.map_err(failed)?;
    Ok(BlobReader {
        total_bytes: found.meta.size,
        bytes: Box::pin(StreamReader::new(found.into_stream().map_err(io::Error::from))),
    })
}
