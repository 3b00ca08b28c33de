//! The background work of uploads.

use kale_blobs::Blobs;
use kale_domain::{
    id::UploadId,
    job::JobStatus,
    upload::{ImportSummary, Rejected, Unreadable, Upload, UploadKind, UploadState},
};
use kale_jobs::{Job, JobError, Lease};
use kale_persistence::{Store, StoreError, Tenant, Tx, companies, file_rows::Which, uploads};
use serde::{Deserialize, Serialize};

use super::{check, import, notice, profile, refresh, turn::Turn};

/// Looks at the bytes of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProfileUpload {
    /// Which.
    pub upload: UploadId,
}

impl Job for ProfileUpload {
    const KIND: &'static str = "profile_upload";
}

/// Checks every row of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ValidateUpload {
    /// Which.
    pub upload: UploadId,
}

impl Job for ValidateUpload {
    const KIND: &'static str = "validate_upload";
}

/// Imports the rows of a file and brings the customers up to date.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportUpload {
    /// Which.
    pub upload: UploadId,
    /// What to do with rejected rows.
    pub rejected: Rejected,
}

impl Job for ImportUpload {
    const KIND: &'static str = "import_upload";
}

/// Brings customers up to their source records.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RefreshCustomers {
    /// Only those of the rows this batch wrote; all where it is absent.
    #[serde(default)]
    pub batch: Option<u64>,
}

impl Job for RefreshCustomers {
    const KIND: &'static str = "refresh_customers";
}

/// Runs [`ProfileUpload`].
pub async fn run_profile(
    store: &Store,
    blobs: &Blobs,
    job: ProfileUpload,
    lease: &Lease,
) -> Result<(), JobError> {
    let end = profile::run(store, blobs, job.upload, lease).await;
    settle(store, job.upload, lease, end).await
}

/// Runs [`ValidateUpload`].
pub async fn run_validation(
    store: &Store,
    blobs: &Blobs,
    job: ValidateUpload,
    lease: &Lease,
) -> Result<(), JobError> {
    let end = check::run(store, blobs, job.upload, lease).await;
    settle(store, job.upload, lease, end).await
}

/// Runs [`ImportUpload`].
pub async fn run_import(
    store: &Store,
    blobs: &Blobs,
    job: ImportUpload,
    lease: &Lease,
) -> Result<(), JobError> {
    let end = import::run(store, blobs, job.upload, lease).await;
    settle(store, job.upload, lease, end).await
}

/// Runs [`RefreshCustomers`].
pub async fn run_refresh(store: &Store, job: RefreshCustomers, lease: &Lease) -> Result<(), JobError> {
    let (tenant, kind) = (lease.tenant()?, UploadKind::CustomerData);
    let mut turn = Turn::take(store, tenant, kind, lease).await?;
    let end = match job.batch {
        Some(batch) => match refresh::batch(store, tenant, kind, batch, &mut turn, lease).await {
            Ok(done) => refresh::updated(done, lease),
            Err(error) => Err(error),
        },
        None => refresh_all(store, tenant, &mut turn, lease).await,
    };
    turn.give_back().await;
    end
}

async fn refresh_all(store: &Store, tenant: Tenant, turn: &mut Turn, lease: &Lease) -> Result<(), JobError> {
    let sorting = companies::sorting(store, tenant).await?;
    let of_files = refresh::files(store, tenant, Which::All, turn, lease).await?;
    let of_programs = refresh::api(store, tenant, turn, lease).await?;
    turn.make_sure(store).await?;
    // Every customer has its values in the slots that lists are sorted by.
    companies::slots_filled(store, tenant, &sorting).await?;
    refresh::updated(of_files + of_programs, lease)
}

/// How a step of an upload ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum StepError {
    /// The file can't be read: trying again is no use.
    #[error("{}", .0.message)]
    Unreadable(Unreadable),
    /// Anything else.
    #[error(transparent)]
    Job(#[from] JobError),
}

impl From<StoreError> for StepError {
    fn from(error: StoreError) -> Self {
        Self::Job(error.into())
    }
}

impl From<kale_tabular::TabularError> for StepError {
    fn from(error: kale_tabular::TabularError) -> Self {
        match error {
            kale_tabular::TabularError::Unreadable(why) => Self::Unreadable(why),
            kale_tabular::TabularError::Io(error) => Self::Job(JobError::retry(error)),
        }
    }
}

/// Writes a failure down where people look for it: at the upload.
async fn settle(
    store: &Store,
    id: UploadId,
    lease: &Lease,
    end: Result<(), StepError>,
) -> Result<(), JobError> {
    let (why, error) = match end {
        Ok(()) => return Ok(()),
        Err(StepError::Unreadable(why)) => {
            let message = why.message.clone();
            (why, JobError::fail(message))
        }
        Err(StepError::Job(error @ JobError::Fail(_))) => (gave_up(&error), error),
        Err(StepError::Job(error @ (JobError::Retry(_) | JobError::RetryAfter { .. })))
            if lease.is_last_attempt() =>
        {
            (gave_up(&error), error)
        }
        Err(StepError::Job(error)) => return Err(error),
    };
    change(store, id, lease, |upload| {
        Ok(Upload {
            state: upload.state.failed(why.clone()),
            ..upload
        })
    })
    .await?;
    Err(error)
}

fn gave_up(error: &JobError) -> Unreadable {
    Unreadable {
        code: "internal".to_owned(),
        line: None,
        message: format!("we gave up: {error}"),
    }
}

/// Cancels the upload with the job it waits for: a job that is cancelled while it waits never tells anybody.
pub(crate) async fn job_cancelled(
    store: &Store,
    tx: &mut Tx,
    tenant: Tenant,
    job: &JobStatus,
) -> Result<(), StoreError> {
    let Some(upload) = about(store, tenant, job).await? else {
        return Ok(());
    };
    let waits = matches!(upload.state, UploadState::Received) || upload.state.job() == Some(job.id);
    if waits && let Ok(state) = upload.state.clone().cancelled(tx.now()) {
        uploads::update(store, tx, &Upload { state, ..upload }).await?;
    }
    Ok(())
}

/// What is needed instead where stopping a job half-way would leave customers that do not match their files.
pub(crate) async fn has_to_end(
    store: &Store,
    tenant: Tenant,
    job: &JobStatus,
) -> Result<Option<&'static str>, StoreError> {
    if job.kind == RefreshCustomers::KIND {
        return Ok(Some("it has to end, so that customers match their files"));
    }
    if job.kind != ImportUpload::KIND {
        return Ok(None);
    }
    let upload = about(store, tenant, job).await?;
    let live = upload.is_some_and(|upload| matches!(upload.state, UploadState::Imported { .. }));
    Ok(live.then_some("its rows are live already; undo the upload instead"))
}

/// The upload a job is about.
async fn about(store: &Store, tenant: Tenant, job: &JobStatus) -> Result<Option<Upload>, StoreError> {
    match job.subject.as_deref().map(str::parse::<UploadId>) {
        Some(Ok(id)) => uploads::get(store, tenant, id).await,
        _ => Ok(None),
    }
}

/// Changes an upload while the job is ours; `None` where it is gone or the change does not apply any more.
pub(super) async fn change(
    store: &Store,
    id: UploadId,
    lease: &Lease,
    how: impl Fn(Upload) -> Result<Upload, kale_domain::upload::TransitionError>,
) -> Result<Option<Upload>, JobError> {
    let tenant = lease.tenant()?;
    let changed = store
        .transaction::<_, StoreError>(tenant, async |tx| {
            lease.hold(tx).await?;
            let Some(upload) = uploads::get(store, tenant, id).await? else {
                return Ok(None);
            };
            // Cancelled or moved on by a person: the job has nothing to say any more.
            let Ok(upload) = how(upload) else { return Ok(None) };
            notice::ended(tx, &upload).await?;
            uploads::update(store, tx, &upload).await.map(Some)
        })
        .await?;
    Ok(changed)
}

/// Ends a step with its result. A person who cancelled the upload meanwhile has cancelled the job.
pub(super) async fn finish(
    store: &Store,
    id: UploadId,
    lease: &Lease,
    how: impl Fn(Upload) -> Result<Upload, kale_domain::upload::TransitionError>,
) -> Result<(), JobError> {
    let changed = change(store, id, lease, how).await?;
    changed.map(drop).ok_or(JobError::Cancelled)
}

/// Whether the upload waits for this job; [`JobError::Cancelled`] where a person has cancelled it.
pub(super) fn awaits(upload: &Upload, lease: &Lease) -> Result<bool, JobError> {
    if matches!(upload.state, UploadState::Cancelled { .. }) {
        return Err(JobError::Cancelled);
    }
    Ok(upload.state.job() == Some(lease.id()))
}

/// The upload a job works on; a job whose upload is gone has nothing to do.
pub(super) async fn upload(store: &Store, id: UploadId, lease: &Lease) -> Result<Option<Upload>, JobError> {
    Ok(uploads::get(store, lease.tenant()?, id).await?)
}

/// What an import did, for the list of jobs.
pub(super) fn imported(summary: &ImportSummary) -> String {
    let parts = [
        (summary.added, "added"),
        (summary.changed, "updated"),
        (summary.removed, "removed"),
    ];
    let mut parts = parts.into_iter().filter(|(number, _)| *number > 0);
    let Some((number, what)) = parts.next() else {
        return "no customer changed".to_owned();
    };
    let customers = if number == 1 { "customer" } else { "customers" };
    let first = format!("{number} {customers} {what}");
    parts.fold(first, |told, (number, what)| format!("{told}, {number} {what}"))
}
