//! Comparing the roll-ups with a count from scratch, cell by cell, as both stood at one moment.

use std::collections::BTreeSet;

use kale_jobs::{Job, JobError, Lease};
use kale_measures::cell::{Cell, Counted, Numbers, Place, difference};
use kale_persistence::{
    Store, Tenant,
    rollups::{self, Checked, Moment, State},
    sessions::Countable,
};
use serde::{Deserialize, Serialize};

use super::count::{Counter, Say};

/// How many sessions are read at a time.
const BATCH: u32 = 2_000;
/// How many cells that differ are told.
const EXAMPLES: usize = 20;

/// Compares the roll-ups of a company with its sessions.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CheckRollups {}

impl Job for CheckRollups {
    const KIND: &'static str = "rollup_check";
}

/// Runs [`CheckRollups`]. Memory grows with the number of cells, not with that of sessions.
pub async fn check_rollups(store: &Store, _: CheckRollups, lease: &Lease) -> Result<(), JobError> {
    let words = check(store, lease.tenant()?, lease).await?;
    lease.progress(1, Some(1), &words)
}

/// Compares, keeps what it found, and says it in a sentence.
pub(super) async fn check(store: &Store, tenant: Tenant, lease: &Lease) -> Result<String, JobError> {
    let mut counter = Counter::of(store, tenant);
    let mut moment = Moment::begin(store).await?;
    let (state, there) = moment.rollups(store, tenant).await?;
    let zone = counter.zone(state.zone.as_deref()).await?;
    let mut expected = Numbers::new();
    let (mut after, mut sessions, mut pending) = (None, 0_u64, 0_u64);
    loop {
        let batch = moment.slice(store, tenant, after, BATCH).await?;
        let Some(last) = batch.last() else { break };
        after = Some(last.session.customer);
        let say = Say::of_families(&batch);
        let changed: BTreeSet<_> = batch
            .iter()
            .filter(|one| one.dirty)
            .map(Countable::family)
            .collect();
        for one in &batch {
            sessions += 1;
            pending += u64::from(one.dirty);
            if changed.contains(&one.family()) {
                // Not counted yet: what it was counted for is what has to stand there.
                difference(&mut expected, None, shown(&state, one));
            } else {
                let counted = counter.count(one, say.decides(one.session.id), &zone).await?;
                difference(&mut expected, None, Some(&counted));
            }
        }
        lease.progress(sessions, None, "Comparing with a count from scratch")?;
    }
    let (cells, differing) = compare(&expected, &there);
    let checked = Checked {
        at: store.now(),
        sessions,
        pending,
        cells,
        differing: u64::try_from(differing.len()).unwrap_or(u64::MAX),
        examples: differing.into_iter().take(EXAMPLES).collect(),
    };
    rollups::write_checked(store, tenant, &checked).await?;
    if checked.differing > 0 {
        tracing::error!(
            differing = checked.differing,
            "roll-ups differ from a count from scratch"
        );
    }
    Ok(format!(
        "{} of {} cells differ from a count of {} sessions",
        checked.differing, checked.cells, checked.sessions
    ))
}

/// What a session counts for in what is shown.
fn shown<'a>(state: &State, one: &'a Countable) -> Option<&'a Counted> {
    let counted = one.counted.as_ref().filter(|(epoch, ..)| *epoch == state.shown);
    counted.map(|(_, _, counted)| counted)
}

/// How many cells there are on either side, and those that differ in words.
fn compare(expected: &Numbers, there: &Numbers) -> (u64, Vec<String>) {
    let cells = |numbers: &Numbers| -> BTreeSet<(Place, Cell)> {
        let all = numbers
            .iter()
            .flat_map(|(place, cells)| cells.keys().map(|cell| (*place, cell.clone())));
        all.collect()
    };
    let mut all = cells(expected);
    all.extend(cells(there));
    let number = |numbers: &Numbers, place: &Place, cell: &Cell| {
        let cells = numbers.get(place);
        cells.and_then(|cells| cells.get(cell)).copied().unwrap_or(0)
    };
    let differing = all.iter().filter_map(|(place, cell)| {
        let (expected, there) = (number(expected, place, cell), number(there, place, cell));
        (expected != there).then(|| {
            let Place {
                workflow,
                version,
                day,
                ..
            } = place;
            format!("{workflow} version {version} on {day}: `{cell}` is {there}, not {expected}")
        })
    });
    let differing = differing.collect();
    (u64::try_from(all.len()).unwrap_or(u64::MAX), differing)
}
