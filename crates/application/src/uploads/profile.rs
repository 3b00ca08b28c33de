//! Looking at the bytes of a file.

use kale_blobs::Blobs;
use kale_domain::{id::UploadId, upload::Upload};
use kale_jobs::{JobError, Lease};
use kale_persistence::{Store, companies};
use kale_tabular::{Limits, suggest};

use super::{
    jobs::{StepError, awaits, change, finish, upload},
    receive::file_key,
};

pub(super) async fn run(store: &Store, blobs: &Blobs, id: UploadId, lease: &Lease) -> Result<(), StepError> {
    let tenant = lease.tenant()?;
    change(store, id, lease, |upload| {
        // A second try finds the state of the first one.
        let state = if upload.state.job() == Some(lease.id()) {
            upload.state
        } else {
            upload.state.profile(lease.id())?
        };
        Ok(Upload { state, ..upload })
    })
    .await?;
    let Some(upload) = upload(store, id, lease).await? else {
        return Ok(());
    };
    if !awaits(&upload, lease)? {
        return Ok(());
    }
    lease.progress(0, Some(upload.file.bytes), "Looking at the file")?;
    let reader = blobs
        .read(&file_key(tenant, id).map_err(JobError::fail)?)
        .await
        .map_err(JobError::retry)?;
    let profile = kale_tabular::profile(reader, &Limits::default()).await?;
    let company = companies::get(store, tenant).await?;
    let existing = companies::attributes(store, tenant).await?;
    let suggestion = suggest(&profile, &existing, company.currency);
    finish(store, id, lease, |upload| {
        Ok(Upload {
            state: upload.state.profiled()?,
            profile: Some(profile.clone()),
            suggestion: Some(suggestion.clone()),
            ..upload
        })
    })
    .await?;
    Ok(lease.progress(
        upload.file.bytes,
        Some(upload.file.bytes),
        "The file was looked at",
    )?)
}
