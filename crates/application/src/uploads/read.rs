//! Reading what belongs to an upload: its profile, the file of rejected rows, the file to start from.

use std::pin::Pin;

use bytes::Bytes;
use futures::Stream;
use kale_domain::{
    id::UploadId,
    upload::{Profile, TransitionError, Upload, UploadKind},
};
use kale_persistence::Tenant;
use tokio_util::io::ReaderStream;

use super::{describe::Uploads, error::UploadError};

/// How much of a file is read at a time, in bytes.
const PIECE: usize = 64 * 1024;

/// A file that is read piece by piece.
pub struct FileStream {
    /// How many bytes it has.
    pub total_bytes: u64,
    /// The bytes.
    pub bytes: Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send>>,
}

impl std::fmt::Debug for FileStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileStream")
            .field("total_bytes", &self.total_bytes)
            .finish_non_exhaustive()
    }
}

impl Uploads {
    /// What the file is like; refused with where the upload stands as long as nobody has looked at it.
    pub async fn profiled(&self, tenant: Tenant, id: UploadId) -> Result<(Upload, Profile), UploadError> {
        let upload = self.get(tenant, id).await?;
        match upload.profile.clone() {
            Some(profile) => Ok((upload, profile)),
            None => {
                let needs = "profiled, which takes a moment; a file that could not be read never is";
                Err(TransitionError::NotNow {
                    is: upload.state.name(),
                    needs,
                }
                .into())
            }
        }
    }

    /// The rejected rows as a file, piece by piece; `None` where there are none.
    pub async fn rejected_file(
        &self,
        tenant: Tenant,
        id: UploadId,
    ) -> Result<Option<FileStream>, UploadError> {
        let reader = self.rejected_rows(tenant, id).await?;
        Ok(reader.map(|reader| FileStream {
            total_bytes: reader.total_bytes(),
            bytes: Box::pin(ReaderStream::with_capacity(reader, PIECE)),
        }))
    }

    /// A CSV file to start from.
    #[must_use]
    pub const fn template(kind: UploadKind) -> &'static str {
        kale_tabular::template(kind)
    }
}
