//! Checking every row of a file: what can be taken, and of the rest what is wrong.

use std::{collections::HashSet, sync::Arc};

use bytes::Bytes;
use kale_blobs::{BlobReader, Blobs};
use kale_domain::{
    id::UploadId,
    upload::{ImportMode, REPORTED_ERRORS, Report, RowError, Upload},
};
use kale_jobs::{JobError, Lease};
use kale_persistence::{Store, Tenant, companies, file_rows};
use kale_tabular::{DuplicateKeys, Limits, ReadPlan, RejectedFile, Row, check_mapping};

use super::{
    effect::Effect,
    jobs::{StepError, awaits, finish, upload},
    receive::{errors_key, file_key, refused_key},
};

/// How many rows are looked at between two words of progress.
const BATCH: usize = 1_000;
/// The most bytes of rejected rows that are kept.
const ERRORS_BYTES: u64 = 1024 * 1024 * 1024;

/// A file that is being read.
pub(super) struct Opened {
    pub(super) tenant: Tenant,
    pub(super) upload: Upload,
    pub(super) plan: ReadPlan,
}

/// The upload with its mapping, as this company's attributes are now.
pub(super) async fn open(store: &Store, id: UploadId, lease: &Lease) -> Result<Option<Opened>, StepError> {
    let tenant = lease.tenant()?;
    let Some(upload) = upload(store, id, lease).await? else {
        return Ok(None);
    };
    let (Some(mapping), Some(profile)) = (&upload.mapping, &upload.profile) else {
        return Ok(None);
    };
    let existing = companies::attributes(store, tenant).await?;
    let plan = check_mapping(mapping, profile, &existing).map_err(|wrong| {
        let first = wrong
            .first()
            .map_or_else(String::new, |error| error.message.clone());
        JobError::fail(format!("the mapping does not fit any more: {first}"))
    })?;
    Ok(Some(Opened { tenant, upload, plan }))
}

pub(super) async fn bytes(blobs: &Blobs, tenant: Tenant, id: UploadId) -> Result<BlobReader, JobError> {
    let key = file_key(tenant, id).map_err(JobError::fail)?;
    blobs.read(&key).await.map_err(JobError::retry)
}

pub(super) async fn run(store: &Store, blobs: &Blobs, id: UploadId, lease: &Lease) -> Result<(), StepError> {
    let Some(opened) = open(store, id, lease).await? else {
        return Ok(());
    };
    if !awaits(&opened.upload, lease)? {
        return Ok(());
    }
    let refused = Arc::new(refused_lines(store, blobs, &opened, lease).await?);
    keep_refused(blobs, opened.tenant, id, &refused).await?;
    let effect = Effect::new(store, &opened).await?;
    let report = report(blobs, &opened, Arc::clone(&refused), effect, lease).await?;
    let (rows, rejected) = (report.rows, report.rejected);
    finish(store, id, lease, |upload| {
        Ok(Upload {
            state: upload.state.validated(report.clone())?,
            ..upload
        })
    })
    .await?;
    Ok(lease.progress(rows, Some(rows), &format!("{rejected} rows can't be taken"))?)
}

/// Lines whose rows can be read, but whose key came before in the file or, for `append`, exists.
pub(super) type Refused = HashSet<u64>;

async fn refused_lines(
    store: &Store,
    blobs: &Blobs,
    opened: &Opened,
    lease: &Lease,
) -> Result<Refused, StepError> {
    let mapping = opened.upload.mapping.as_ref();
    let append = mapping.is_some_and(|mapping| mapping.mode == ImportMode::Append);
    let numbered = mapping.is_some_and(|mapping| mapping.row_number_as.is_some());
    if numbered && !append {
        return Ok(Refused::new());
    }
    let mut refused = Refused::new();
    let live = file_rows::live(store, opened.tenant, opened.upload.kind)
        .await?
        .live;
    let folder = tempfile::tempdir().map_err(JobError::retry)?;
    let mut keys = DuplicateKeys::new(folder.path());
    let reader = bytes(blobs, opened.tenant, opened.upload.id).await?;
    let mut rows = opened.plan.rows(reader, &Limits::default()).await?;
    while let Some(batch) = rows.next_batch(BATCH).await? {
        for row in &batch.rows {
            keys.add(row.key(), row.line).await.map_err(JobError::retry)?;
        }
        if append {
            let ids: Vec<String> = batch.rows.iter().map(|row| row.external_id.clone()).collect();
            let there =
                file_rows::existing_keys(store, opened.tenant, opened.upload.kind, live, &ids).await?;
            refused.extend(
                batch
                    .rows
                    .iter()
                    .filter(|row| there.contains(&row.external_id))
                    .map(|row| row.line),
            );
        }
        lease.progress(rows.read(), None, "Comparing keys")?;
    }
    refused.extend(keys.finish().await.map_err(JobError::retry)?.lines());
    Ok(refused)
}

async fn keep_refused(
    blobs: &Blobs,
    tenant: Tenant,
    id: UploadId,
    refused: &Refused,
) -> Result<(), StepError> {
    let lines: Vec<u8> = refused.iter().flat_map(|line| line.to_le_bytes()).collect();
    let key = refused_key(tenant, id).map_err(JobError::fail)?;
    blobs
        .put_bytes(&key, Bytes::from(lines))
        .await
        .map_err(JobError::retry)?;
    Ok(())
}

/// The lines that checking refused.
pub(super) async fn kept_refused(blobs: &Blobs, tenant: Tenant, id: UploadId) -> Result<Refused, StepError> {
    use tokio::io::AsyncReadExt as _;
    let key = refused_key(tenant, id).map_err(JobError::fail)?;
    let mut bytes = Vec::new();
    blobs
        .read(&key)
        .await
        .map_err(JobError::retry)?
        .read_to_end(&mut bytes)
        .await
        .map_err(JobError::retry)?;
    Ok(bytes
        .as_chunks::<8>()
        .0
        .iter()
        .map(|line| u64::from_le_bytes(*line))
        .collect())
}

/// What is said of a refused row.
pub(super) fn refusal(refused: &Refused, append: bool, row: &Row) -> Option<RowError> {
    refused.contains(&row.line).then(|| RowError {
        line: row.line,
        column: None,
        value: row.external_id.chars().take(80).collect(),
        code: "duplicate-key".to_owned(),
        reason: if append {
            "the key came before in this file, or a row of it exists; `append` takes new keys only".to_owned()
        } else {
            "the key came before in this file; every row needs its own".to_owned()
        },
    })
}

async fn report(
    blobs: &Blobs,
    opened: &Opened,
    refused: Arc<Refused>,
    mut effect: Effect<'_>,
    lease: &Lease,
) -> Result<Report, StepError> {
    let append = opened
        .upload
        .mapping
        .as_ref()
        .is_some_and(|mapping| mapping.mode == ImportMode::Append);
    let reader = bytes(blobs, opened.tenant, opened.upload.id).await?;
    let mut report = Report {
        refused: u64::try_from(refused.len()).unwrap_or(u64::MAX),
        ..Report::default()
    };
    let lines = Arc::clone(&refused);
    let mut rows = opened
        .plan
        .rows(reader, &Limits::default())
        .await?
        .refusing(move |row| refusal(&lines, append, row));
    let mut file = RejectedFile::new(rows.headers());
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(2);
    let key = errors_key(opened.tenant, opened.upload.id).map_err(JobError::fail)?;
    let reading = async {
        while let Some(batch) = rows.next_batch(BATCH).await? {
            report.rows = rows.read();
            report.accepted += u64::try_from(batch.rows.len()).unwrap_or(u64::MAX);
            effect.of(opened, &batch).await?;
            for rejected in &batch.rejected {
                report.rejected += 1;
                let room = REPORTED_ERRORS.saturating_sub(report.errors.len());
                report.errors.extend(rejected.errors.iter().take(room).cloned());
                file.row(rejected);
            }
            if !batch.rejected.is_empty() {
                hand_on(&sender, file.take()).await?;
            }
            lease.progress(report.rows, None, "Checking rows")?;
        }
        drop(sender);
        Ok::<_, StepError>(())
    };
    let stream = tokio_stream::wrappers::ReceiverStream::new(receiver);
    let writing = async {
        blobs
            .put_stream(&key, stream, ERRORS_BYTES)
            .await
            .map_err(|error| JobError::retry(error.to_string()))
    };
    let (read, written) = futures::future::join(reading, writing).await;
    read?;
    written?;
    (report.known, report.taken_out) = (effect.known, effect.taken_out());
    if report.rejected == 0 {
        blobs.delete(&key).await.map_err(JobError::retry)?;
    }
    Ok(report)
}

async fn hand_on(
    sender: &tokio::sync::mpsc::Sender<Result<Bytes, std::io::Error>>,
    bytes: Vec<u8>,
) -> Result<(), StepError> {
    // The other end is gone only when writing failed, which is told there.
    sender
        .send(Ok(Bytes::from(bytes)))
        .await
        .map_err(|_gone| JobError::retry("the file of rejected rows can't be written").into())
}
