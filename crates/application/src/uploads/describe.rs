//! Looking at uploads and moving them on.

use kale_blobs::{BlobReader, Blobs, ReadError};
use kale_domain::{
    audit::AuditAction,
    id::{JobId, UploadId},
    upload::{Mapping, Rejected, Upload},
};
use kale_jobs::Job as _;
use kale_persistence::{Store, StoreError, Tenant, companies, file_rows, uploads};

use super::{
    error::UploadError,
    jobs::{ImportUpload, RefreshCustomers, ValidateUpload},
    receive::errors_key,
};
use crate::access::Caller;

/// Everything people do with uploads.
#[derive(Debug, Clone)]
pub struct Uploads {
    pub(super) store: Store,
    pub(super) blobs: Blobs,
}

impl Uploads {
    /// Over that store, with the bytes in those blobs.
    #[must_use]
    pub const fn new(store: Store, blobs: Blobs) -> Self {
        Self { store, blobs }
    }

    /// One upload.
    pub async fn get(&self, tenant: Tenant, id: UploadId) -> Result<Upload, UploadError> {
        uploads::get(&self.store, tenant, id)
            .await?
            .ok_or(UploadError::NotFound)
    }

    /// The latest uploads, newest first; `before` continues after the last one of a page.
    pub async fn list(
        &self,
        tenant: Tenant,
        limit: u32,
        before: Option<UploadId>,
    ) -> Result<Vec<Upload>, StoreError> {
        uploads::list(&self.store, tenant, limit, before).await
    }

    /// Whether this upload is the one that undo would take back.
    pub async fn can_be_undone(&self, tenant: Tenant, upload: &Upload) -> Result<bool, StoreError> {
        let live = file_rows::live(&self.store, tenant, upload.kind).await?;
        let newest = live.upload == Some(upload.id) && live.previous.is_some();
        Ok(newest && upload.state.clone().undone(self.store.now()).is_ok())
    }

    /// Confirms how the file is read.
    pub async fn map(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: UploadId,
        version: Option<u64>,
        mapping: Mapping,
    ) -> Result<Upload, UploadError> {
        let upload = self.at(tenant, id, version).await?;
        let state = upload.state.clone().map()?;
        let profile = upload.profile.as_ref().ok_or(UploadError::NotMapped)?;
        let existing = companies::attributes(&self.store, tenant).await?;
        kale_tabular::check_mapping(&mapping, profile, &existing).map_err(UploadError::Invalid)?;
        let mapped = Upload {
            state,
            mapping: Some(mapping),
            ..upload
        };
        self.write(tenant, caller, AuditAction::UploadMapped, mapped)
            .await
    }

    /// Has every row checked, in the background.
    pub async fn validate(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: UploadId,
    ) -> Result<(Upload, JobId), UploadError> {
        self.store
            .retried(UploadError::is_lost_race, async || {
                self.try_validate(tenant, caller, id).await
            })
            .await
    }

    async fn try_validate(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: UploadId,
    ) -> Result<(Upload, JobId), UploadError> {
        let upload = self.at(tenant, id, None).await?;
        // From elsewhere the state says so; without a mapping it could be checked, but by what?
        upload.state.clone().map()?;
        if upload.mapping.is_none() {
            return Err(UploadError::NotMapped);
        }
        let moved = self
            .store
            .transaction::<_, UploadError>(tenant, async |tx| {
                let mut job = ValidateUpload { upload: id }
                    .of(tenant.company())?
                    .about(id.to_string());
                job.started_by = caller.user();
                let job = tx.enqueue(job).await?.id();
                let moved = Upload {
                    state: upload.state.clone().validate(job)?,
                    ..upload.clone()
                };
                Ok((uploads::update(&self.store, tx, &moved).await?, job))
            })
            .await?;
        Ok(moved)
    }

    /// Imports the rows, in the background. Readers see all of them at once or none.
    pub async fn import(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: UploadId,
        rejected: Rejected,
    ) -> Result<(Upload, JobId), UploadError> {
        self.store
            .retried(UploadError::is_lost_race, async || {
                self.try_import(tenant, caller, id, rejected).await
            })
            .await
    }

    async fn try_import(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: UploadId,
        rejected: Rejected,
    ) -> Result<(Upload, JobId), UploadError> {
        let upload = self.at(tenant, id, None).await?;
        let moved = self
            .store
            .transaction::<_, UploadError>(tenant, async |tx| {
                let batch = file_rows::allocate(&self.store, tx, upload.kind).await?;
                let mut job = ImportUpload { upload: id, rejected }
                    .of(tenant.company())?
                    .about(id.to_string());
                job.started_by = caller.user();
                let job = tx.enqueue(job).await?.id();
                let moved = Upload {
                    state: upload.state.clone().import(job, batch, rejected)?,
                    ..upload.clone()
                };
                let moved = uploads::update(&self.store, tx, &moved).await?;
                tx.audit(caller.entry(tx, AuditAction::UploadImported, id))
                    .await?;
                Ok((moved, job))
            })
            .await?;
        Ok(moved)
    }

    /// Takes the last import back at once; the customers follow in the background.
    pub async fn undo(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: UploadId,
    ) -> Result<(Upload, JobId), UploadError> {
        self.store
            .retried(UploadError::is_lost_race, async || {
                self.try_undo(tenant, caller, id).await
            })
            .await
    }

    async fn try_undo(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: UploadId,
    ) -> Result<(Upload, JobId), UploadError> {
        let upload = self.at(tenant, id, None).await?;
        let undone = upload.state.clone().undone(self.store.now())?;
        let kale_domain::upload::UploadState::Imported { batch, .. } = upload.state else {
            return Err(UploadError::Superseded);
        };
        let moved = self
            .store
            .transaction::<_, UploadError>(tenant, async |tx| {
                file_rows::unpublish(&self.store, tx, upload.kind, batch)
                    .await
                    .map_err(|error| match error {
                        StoreError::Stale => UploadError::Superseded,
                        other => other.into(),
                    })?;
                let job = RefreshCustomers { batch: Some(batch) }.of(tenant.company())?;
                let mut job = job.about(id.to_string());
                job.started_by = caller.user();
                let job = tx.enqueue(job).await?.id();
                let moved = Upload {
                    state: undone.clone(),
                    ..upload.clone()
                };
                let moved = uploads::update(&self.store, tx, &moved).await?;
                tx.audit(caller.entry(tx, AuditAction::UploadUndone, id)).await?;
                Ok((moved, job))
            })
            .await?;
        Ok(moved)
    }

    /// Stops an upload that is not live yet, and the job that works on it.
    pub async fn cancel(&self, tenant: Tenant, caller: &Caller, id: UploadId) -> Result<Upload, UploadError> {
        self.store
            .retried(UploadError::is_lost_race, async || {
                self.try_cancel(tenant, caller, id).await
            })
            .await
    }

    async fn try_cancel(&self, tenant: Tenant, caller: &Caller, id: UploadId) -> Result<Upload, UploadError> {
        let upload = self.at(tenant, id, None).await?;
        let state = upload.state.clone().cancelled(self.store.now())?;
        let running = upload.state.job();
        let cancelled = Upload { state, ..upload };
        self.store
            .transaction(tenant, async |tx| {
                if let Some(job) = running {
                    self.store.jobs().cancel(tx, job).await?;
                }
                let moved = uploads::update(&self.store, tx, &cancelled).await?;
                tx.audit(caller.entry(tx, AuditAction::UploadCancelled, id))
                    .await?;
                Ok(moved)
            })
            .await
    }

    /// The rejected rows as a file; `None` where there are none.
    pub async fn rejected_rows(
        &self,
        tenant: Tenant,
        id: UploadId,
    ) -> Result<Option<BlobReader>, UploadError> {
        self.get(tenant, id).await?;
        let key = errors_key(tenant, id).map_err(UploadError::blobs)?;
        match self.blobs.read(&key).await {
            Ok(reader) => Ok(Some(reader)),
            Err(ReadError::NotFound(_)) => Ok(None),
            Err(error) => Err(UploadError::blobs(error)),
        }
    }

    async fn at(&self, tenant: Tenant, id: UploadId, version: Option<u64>) -> Result<Upload, UploadError> {
        let upload = self.get(tenant, id).await?;
        if version.is_some_and(|version| version != upload.version) {
            return Err(StoreError::Stale.into());
        }
        Ok(upload)
    }

    async fn write(
        &self,
        tenant: Tenant,
        caller: &Caller,
        action: AuditAction,
        upload: Upload,
    ) -> Result<Upload, UploadError> {
        self.store
            .transaction(tenant, async |tx| {
                let moved = uploads::update(&self.store, tx, &upload).await?;
                tx.audit(caller.entry(tx, action, upload.id)).await?;
                Ok(moved)
            })
            .await
    }
}
