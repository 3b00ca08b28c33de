//! Writing the rows of a file under a new batch, making it live, and bringing the customers up to date.

use std::collections::{BTreeSet, HashSet};

use kale_blobs::Blobs;
use kale_domain::{
    attribute::{AttributeDefinition, AttributeKey},
    company::SORTABLE_ATTRIBUTES,
    id::UploadId,
    upload::{ImportMode, ImportSummary, Mapping, Target, Upload, UploadState},
};
use kale_jobs::{Job as _, JobError, Lease};
use kale_persistence::{
    Store, StoreError, companies,
    file_rows::{self, Batch, BatchOutcome, IncomingRow, MappedColumns, RowValues},
    uploads,
};
use kale_tabular::{Limits, ReadPlan, Row};
use sha2::{Digest as _, Sha256};

use super::{
    check::{self, Opened, kept_refused, refusal},
    jobs::{self, RefreshCustomers, StepError},
    notice, refresh,
    turn::Turn,
};

/// How many rows are written at a time.
const ROWS: usize = 2_000;

pub(super) async fn run(store: &Store, blobs: &Blobs, id: UploadId, lease: &Lease) -> Result<(), StepError> {
    let Some(opened) = check::open(store, id, lease).await? else {
        return Ok(());
    };
    match &opened.upload.state {
        UploadState::Importing { job, .. } if *job == lease.id() => {}
        // An earlier try came as far as making the rows live.
        UploadState::Imported { .. } => {}
        // Stopped by a person between two tries: the job ends as its upload did.
        UploadState::Cancelled { .. } => return Err(JobError::Cancelled.into()),
        _ => return Ok(()),
    }
    let mut turn = Turn::take(store, opened.tenant, opened.upload.kind, lease).await?;
    let end = in_turn(store, blobs, &opened, &mut turn, lease).await;
    turn.give_back().await;
    end
}

async fn in_turn(
    store: &Store,
    blobs: &Blobs,
    opened: &Opened,
    turn: &mut Turn,
    lease: &Lease,
) -> Result<(), StepError> {
    let (batch, summary) = match &opened.upload.state {
        UploadState::Importing { batch, .. } => import(store, blobs, opened, *batch, turn, lease).await?,
        UploadState::Imported { batch, summary, .. } => (*batch, *summary),
        UploadState::Cancelled { .. } => return Err(JobError::Cancelled.into()),
        _ => return Ok(()),
    };
    let done = refresh::batch(store, opened.tenant, opened.upload.kind, batch, turn, lease).await?;
    Ok(lease.progress(done, Some(done), &jobs::imported(&summary))?)
}

/// Answers under which batch the rows are live, and what was written.
async fn import(
    store: &Store,
    blobs: &Blobs,
    opened: &Opened,
    batch: u64,
    turn: &mut Turn,
    lease: &Lease,
) -> Result<(u64, ImportSummary), StepError> {
    let (tenant, kind) = (opened.tenant, opened.upload.kind);
    // Folding forgets which rows an undone or interrupted import wrote: their customers have to follow first.
    for former in file_rows::unsettled(store, tenant, kind).await? {
        refresh::batch(store, tenant, kind, former, turn, lease).await?;
    }
    let live = file_rows::live(store, tenant, kind).await?.live;
    let batch = if batch > live {
        batch
    } else {
        renumber(store, opened, lease).await?
    };
    let mapping = opened
        .upload
        .mapping
        .as_ref()
        .ok_or_else(|| JobError::fail("the mapping is gone"))?;
    let target = Batch {
        number: batch,
        kind,
        mode: mapping.mode,
        mapped: mapped(mapping),
    };
    let (mut summary, keys) = rows(store, blobs, opened, (&target, live), turn, lease).await?;
    turn.keep_long().await?;
    if let Some(keys) = keys {
        let gone = file_rows::remove_absent(store, tenant, &target, |external_id| {
            keys.contains(&short(external_id))
        });
        summary.removed = gone.await?;
    }
    let report = opened.upload.state.report().cloned().unwrap_or_default();
    summary.skipped = summary.skipped.saturating_add(report.rejected);
    turn.make_sure(store).await?;
    publish(store, opened, batch, summary, lease).await?;
    Ok((batch, summary))
}

/// Takes a newer batch: an import that was asked for later went live first, and rows of an older number would be seen
/// at once.
async fn renumber(store: &Store, opened: &Opened, lease: &Lease) -> Result<u64, StepError> {
    let (tenant, id) = (opened.tenant, opened.upload.id);
    let renumbered = store
        .transaction::<_, StoreError>(tenant, async |tx| {
            lease.hold(tx).await?;
            let Some(upload) = uploads::get(store, tenant, id).await? else {
                return Ok(None);
            };
            let UploadState::Importing { job, report, .. } = upload.state.clone() else {
                return Ok(None);
            };
            let batch = file_rows::allocate(store, tx, upload.kind).await?;
            let state = UploadState::Importing { job, report, batch };
            uploads::update(store, tx, &Upload { state, ..upload }).await?;
            Ok(Some(batch))
        })
        .await?;
    renumbered.ok_or_else(|| JobError::Cancelled.into())
}

type Keys = HashSet<[u8; 16]>;

fn short(external_id: &str) -> [u8; 16] {
    Sha256::digest(external_id.as_bytes())
        .first_chunk()
        .copied()
        .unwrap_or_default()
}

/// Writes all rows over those of the live batch; answers the keys of the file where `replace` needs them.
///
/// Until the first of them is read and about to be written, nothing changes: an import that is stopped before leaves the
/// one before it as it was, to be undone.
async fn rows(
    store: &Store,
    blobs: &Blobs,
    opened: &Opened,
    (target, live): (&Batch, u64),
    turn: &mut Turn,
    lease: &Lease,
) -> Result<(ImportSummary, Option<Keys>), StepError> {
    let report = opened.upload.state.report();
    let total = report.map(|report| report.rows);
    let refused = if report.is_some_and(|report| report.refused > 0) {
        kept_refused(blobs, opened.tenant, opened.upload.id).await?
    } else {
        HashSet::new()
    };
    let append = target.mode == ImportMode::Append;
    let reader = check::bytes(blobs, opened.tenant, opened.upload.id).await?;
    let mut file = opened.plan.rows(reader, &Limits::default()).await?;
    if !refused.is_empty() {
        file = file.refusing(move |row| refusal(&refused, append, row));
    }
    let signature = signature(&opened.plan, &target.mapped);
    let mut keys = (target.mode == ImportMode::Replace).then(Keys::new);
    let mut summary = ImportSummary::default();
    let mut pending: Vec<IncomingRow> = Vec::new();
    let (mut end, mut has_begun) = (false, false);
    while !end {
        turn.keep().await?;
        if !has_begun && !pending.is_empty() {
            begin(store, opened, live, target, lease).await?;
            has_begun = true;
        }
        let write = |rows| file_rows::write_batch(store, opened.tenant, target, rows);
        // The database writes one half while the other is made ready, and the next rows are read meanwhile.
        let (first, second) = halves(std::mem::take(&mut pending));
        let (first, second, next) =
            futures::future::join3(write(first), write(second), file.next_batch(ROWS)).await;
        add(&mut summary, first?);
        add(&mut summary, second?);
        match next? {
            Some(batch) => {
                if let Some(keys) = &mut keys {
                    note(keys, &batch);
                }
                pending = batch
                    .rows
                    .into_iter()
                    .map(|row| incoming(&opened.plan, signature, row))
                    .collect();
            }
            None => end = true,
        }
        lease.progress(file.read(), total, "Writing rows")?;
    }
    if !has_begun {
        begin(store, opened, live, target, lease).await?;
    }
    Ok((summary, keys))
}

/// Notes which keys the file has. Of a row that can't be taken too: what is there of it stays.
fn note(keys: &mut Keys, batch: &kale_tabular::Batch) {
    keys.extend(batch.rows.iter().map(|row| short(&row.external_id)));
    let wrong = batch.rejected.iter().filter_map(|row| row.external_id.as_deref());
    keys.extend(wrong.map(short));
}

/// Makes room for the rows of this import. What another, unfinished one wrote is above the live batch too: only this
/// one's rows may stay. From here on the import before can't be undone any more.
async fn begin(
    store: &Store,
    opened: &Opened,
    live: u64,
    target: &Batch,
    lease: &Lease,
) -> Result<(), StepError> {
    lease.check()?;
    Ok(file_rows::fold(store, opened.tenant, target.kind, live, target.number).await?)
}

fn halves(mut rows: Vec<IncomingRow>) -> (Vec<IncomingRow>, Vec<IncomingRow>) {
    let second = rows.split_off(rows.len() / 2);
    (rows, second)
}

fn add(summary: &mut ImportSummary, written: BatchOutcome) {
    summary.added += written.added;
    summary.changed += written.changed;
    summary.unchanged += written.unchanged;
    summary.skipped += written.refused;
}

/// A hash of which columns a file has, mixed into the hash of its rows: an empty cell and a column that is not there
/// are not the same.
fn signature(plan: &ReadPlan, mapped: &MappedColumns) -> [u8; 16] {
    let mut hasher = Sha256::new();
    for field in &mapped.fields {
        hasher.update(field);
        hasher.update([0]);
    }
    for definition in plan.attributes() {
        hasher.update(definition.key.as_str());
        hasher.update([1]);
    }
    hasher.finalize().first_chunk().copied().unwrap_or_default()
}

fn incoming(plan: &ReadPlan, signature: [u8; 16], row: Row) -> IncomingRow {
    let mut hash = row.hash();
    for (byte, mixed) in hash.iter_mut().zip(signature) {
        *byte ^= mixed;
    }
    let attributes = row
        .attributes
        .into_iter()
        .filter_map(|(position, value)| Some((plan.attributes().get(position)?.key.clone(), value)))
        .collect();
    let values = RowValues {
        name: row.name,
        email: row.email.map(|email| email.to_string()),
        domain: row.domain,
        billing_id: row.billing_id,
        ticketing_id: row.ticketing_id,
        plan: row.plan,
        amount: row.amount,
        tier: row.tier,
        attributes,
    };
    IncomingRow {
        external_id: row.external_id,
        hash,
        values,
    }
}

fn mapped(mapping: &Mapping) -> MappedColumns {
    let mut columns = MappedColumns {
        fields: BTreeSet::new(),
        attributes: BTreeSet::new(),
    };
    for column in mapping.columns.values() {
        let field = match &column.to {
            Target::Name => "name",
            Target::Email => "email",
            Target::Domain => "domain",
            Target::BillingId => "billing_id",
            Target::TicketingId => "ticketing_id",
            Target::Plan => "plan",
            Target::Amount => "amount",
            Target::Tier => "tier",
            Target::Attribute(key) => {
                columns.attributes.insert(key.clone());
                continue;
            }
            Target::ExternalId | Target::Ignore => continue,
        };
        columns.fields.insert(field);
    }
    columns
}

/// Makes the batch live: from this one write on, readers see all of its rows.
async fn publish(
    store: &Store,
    opened: &Opened,
    batch: u64,
    summary: ImportSummary,
    lease: &Lease,
) -> Result<(), StepError> {
    let (tenant, id) = (opened.tenant, opened.upload.id);
    let company = companies::get(store, tenant).await?;
    let sortable = if company.sortable_attributes.is_empty() {
        first_numbers(opened)
    } else {
        Vec::new()
    };
    let published = store
        .transaction::<_, StoreError>(tenant, async |tx| {
            lease.hold(tx).await?;
            let Some(upload) = uploads::get(store, tenant, id).await? else {
                return Ok(false);
            };
            let Ok(state) = upload.state.clone().imported(summary, tx.now()) else {
                return Ok(false);
            };
            companies::define_attributes(store, tx, &definitions(&opened.plan)).await?;
            if !sortable.is_empty() {
                let mut company = company.clone();
                company.sortable_attributes.clone_from(&sortable);
                companies::update(store, tx, &company).await?;
                // Customers that came before these rows have nothing to be sorted by yet.
                if !companies::sorting_in(store, tx).await?.is_complete() {
                    let job = RefreshCustomers::default()
                        .of(tenant.company())?
                        .unless_queued("all");
                    tx.enqueue(job).await?;
                }
            }
            file_rows::publish(store, tx, upload.kind, batch, id).await?;
            let upload = Upload { state, ..upload };
            notice::ended(tx, &upload).await?;
            uploads::update(store, tx, &upload).await?;
            Ok(true)
        })
        .await?;
    // A person cancelled in between: the rows of this batch are folded away by the next import.
    if published {
        Ok(())
    } else {
        Err(JobError::Cancelled.into())
    }
}

fn definitions(plan: &ReadPlan) -> Vec<AttributeDefinition> {
    plan.attributes().to_vec()
}

/// The first numbers of the file, in its order: what a company most likely wants to sort by, until it says otherwise.
fn first_numbers(opened: &Opened) -> Vec<AttributeKey> {
    let (Some(mapping), Some(profile)) = (&opened.upload.mapping, &opened.upload.profile) else {
        return Vec::new();
    };
    profile
        .columns
        .iter()
        .filter_map(|column| match &mapping.columns.get(&column.header)?.to {
            Target::Attribute(key) => Some(key),
            _ => None,
        })
        .filter(|key| {
            opened
                .plan
                .attributes()
                .iter()
                .any(|known| known.key == **key && known.kind.is_numeric())
        })
        .take(SORTABLE_ATTRIBUTES)
        .cloned()
        .collect()
}
