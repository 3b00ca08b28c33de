//! The place where blobs lie.

use std::{path::Path as Folder, sync::Arc};

use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt};
use kale_domain::id::CompanyId;
use object_store::{
    ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, local::LocalFileSystem, path::Path,
};
use uuid::Uuid;

use crate::{BlobKey, BlobReader, PutError, ReadError, Stored, put, read};

/// Beside the companies' folders; no company id looks like it.
const IDENTITY: &str = "kale-blobs-identity";

/// The place of the blobs refused or failed. Trying again later may help.
#[derive(Debug, thiserror::Error)]
#[error("the server's store of files failed at {what}; its log says why, and trying again later may help")]
pub struct StoreError {
    what: String,
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl StoreError {
    pub(crate) fn new(
        what: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            what: what.into(),
            source: source.into(),
        }
    }
}

/// All blobs of an installation. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
}

impl Blobs {
    /// Keeps blobs in a local folder, made when missing. A write is on the disk when it returns.
    pub fn local(folder: &Folder) -> Result<Self, StoreError> {
        let shown = folder.display();
        std::fs::create_dir_all(folder).map_err(|error| StoreError::new(format!("making {shown}"), error))?;
        let store = LocalFileSystem::new_with_prefix(folder)
            .map_err(|error| StoreError::new(format!("opening {shown}"), error))?
            .with_fsync(true);
        Ok(Self {
            store: Arc::new(store),
        })
    }

    /// Stores a stream, replacing what the key held. More than `max_bytes`, an error of the stream or a dropped future
    /// leaves the key as it was.
    pub async fn put_stream<S, E>(
        &self,
        key: &BlobKey,
        stream: S,
        max_bytes: u64,
    ) -> Result<Stored, PutError<E>>
    where
        S: Stream<Item = Result<Bytes, E>>,
        E: std::error::Error + 'static,
    {
        put::stream(self.store.as_ref(), key, stream, max_bytes).await
    }

    /// Stores bytes that are in memory already, replacing what the key held.
    pub async fn put_bytes(&self, key: &BlobKey, bytes: Bytes) -> Result<Stored, StoreError> {
        put::bytes(self.store.as_ref(), key, bytes).await
    }

    /// Opens a blob for reading from its start.
    pub async fn read(&self, key: &BlobKey) -> Result<BlobReader, ReadError> {
        read::open(self.store.as_ref(), key, 0).await
    }

    /// Opens a blob for reading from this byte on, as a job does that resumes. An offset at or past its end reads
    /// nothing.
    pub async fn read_from(&self, key: &BlobKey, offset: u64) -> Result<BlobReader, ReadError> {
        read::open(self.store.as_ref(), key, offset).await
    }

    /// Whether the key holds a blob.
    pub async fn exists(&self, key: &BlobKey) -> Result<bool, StoreError> {
        match self.store.head(&key.path()).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(StoreError::new(format!("looking for {key}"), error)),
        }
    }

    /// Deletes a blob; deleting one that is not there is fine.
    pub async fn delete(&self, key: &BlobKey) -> Result<(), StoreError> {
        match self.store.delete(&key.path()).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(StoreError::new(format!("deleting {key}"), error)),
        }
    }

    /// The keys and sizes in bytes of all blobs, or of one company's, in no order.
    pub fn list(
        &self,
        company: Option<CompanyId>,
    ) -> impl Stream<Item = Result<(BlobKey, u64), StoreError>> + Send {
        let prefix = company.map(|company| Path::from(company.to_string()));
        self.store
            .list(prefix.as_ref())
            .map_err(|error| StoreError::new("listing", error))
            .try_filter_map(|meta| {
                // The identity and whatever else is not ours has no key.
                let found = meta.location.as_ref().parse().ok().map(|key| (key, meta.size));
                std::future::ready(Ok(found))
            })
            .boxed()
    }

    /// The id of this place: `fresh` if it has none yet, else the one it was given first. Of two servers that ask at
    /// once, both get the same.
    pub async fn identity(&self, fresh: Uuid) -> Result<Uuid, StoreError> {
        let path = Path::from(IDENTITY);
        let payload = PutPayload::from(format!("{fresh}\n").into_bytes());
        let failed = |error| StoreError::new("reading its identity", error);
        match self
            .store
            .put_opts(&path, payload, PutOptions::from(PutMode::Create))
            .await
        {
            Ok(_) => return Ok(fresh),
            Err(object_store::Error::AlreadyExists { .. }) => {}
            Err(error) => return Err(StoreError::new("writing its identity", error)),
        }
        let found = self.store.get(&path).await.map_err(failed)?;
        let bytes = found.bytes().await.map_err(failed)?;
        let text = String::from_utf8_lossy(&bytes);
        text.trim().parse().map_err(|error: uuid::Error| {
            StoreError::new(format!("reading its identity from {IDENTITY}"), error)
        })
    }
}
