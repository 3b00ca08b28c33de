//! A held job: what its handler sees of it, and the heart-beat that keeps it.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use kale_domain::{
    id::{JobId, UserId},
    job::Progress,
};
use kale_persistence::{
    Installation, Reach, Store, StoreError, Tenant, Tx,
    jobs::{ClaimedJob, Fence, Outcome},
};
use tokio::{
    runtime::Handle,
    sync::watch,
    task::AbortHandle,
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::JobError;

/// Progress is written no more often than this.
const PROGRESS_EVERY: Duration = Duration::from_millis(500);
/// The pauses between tries to write an outcome.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// A held job, as its handler sees it. Cheap to clone; the lease is kept as long as one clone lives.
#[derive(Clone)]
pub struct Lease(Arc<Inner>);

struct Inner {
    job: ClaimedJob,
    store: Store,
    progress: watch::Sender<Option<Progress>>,
    signals: Signals,
    stopping: CancellationToken,
    keeper: AbortHandle,
}

/// What the keeper tells.
#[derive(Debug, Clone, Default)]
struct Signals {
    cancelled: CancellationToken,
    lost: CancellationToken,
    /// The handler ended the job in a transaction of its own.
    completed: Arc<AtomicBool>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lease").field(&self.0.job).finish()
    }
}

impl Lease {
    /// Keeps the job from now on, by heart-beats on `runtime`.
    pub(crate) fn start(
        store: &Store,
        job: ClaimedJob,
        lasts: Duration,
        runtime: &Handle,
        stopping: CancellationToken,
    ) -> Self {
        let signals = Signals::default();
        if job.cancel_requested() {
            signals.cancelled.cancel();
        }
        let (progress, reported) = watch::channel(None);
        let keeper = Keeper {
            store: store.clone(),
            fence: job.fence(),
            lasts,
            reported,
            signals: signals.clone(),
        };
        let keeper = runtime.spawn(keeper.keep()).abort_handle();
        Self(Arc::new(Inner {
            job,
            store: store.clone(),
            progress,
            signals,
            stopping,
            keeper,
        }))
    }

    pub(crate) fn job(&self) -> &ClaimedJob {
        &self.0.job
    }

    /// Which job: the same on every try, so it serves as the key of calls to others that must not happen twice.
    #[must_use]
    pub fn id(&self) -> JobId {
        self.0.job.id()
    }

    /// The way to what the job's company owns. A job of the installation that asks for it fails for good.
    pub fn tenant(&self) -> Result<Tenant, JobError> {
        self.0
            .job
            .tenant()
            .ok_or_else(|| JobError::fail("this job belongs to no company, but needs one"))
    }

    /// The way to all customers of the job's company.
    pub fn reach(&self) -> Result<Reach, JobError> {
        self.0
            .job
            .reach()
            .ok_or_else(|| JobError::fail("this job belongs to no company, but needs one"))
    }

    /// The way to what belongs to no company. A company's job that asks for it fails for good.
    pub fn installation(&self) -> Result<Installation, JobError> {
        self.0
            .job
            .installation()
            .ok_or_else(|| JobError::fail("this job belongs to a company, but must not"))
    }

    /// Who asked for it.
    #[must_use]
    pub fn started_by(&self) -> Option<UserId> {
        self.0.job.started_by()
    }

    /// What it is about.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.0.job.subject()
    }

    /// The how-many-th try this is, from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.0.job.attempts()
    }

    /// Whether there is no other try after this one.
    #[must_use]
    pub fn is_last_attempt(&self) -> bool {
        self.0.job.attempts() >= self.0.job.max_attempts()
    }

    /// The proof of this lease, for writers that check it.
    #[must_use]
    pub fn fence(&self) -> Fence {
        self.0.job.fence()
    }

    /// Makes a transaction depend on this lease: it commits only if the job is still ours then. Comes first in it.
    pub async fn hold(&self, tx: &mut Tx) -> Result<(), StoreError> {
        self.0.store.jobs().hold(tx, self.fence()).await
    }

    /// Ends the job with what the transaction writes: both or neither. The handler returns `Ok` right after.
    pub async fn complete_in(&self, tx: &mut Tx) -> Result<(), StoreError> {
        self.0.signals.completed.store(true, Ordering::Release);
        let progress = self.0.progress.borrow().clone();
        self.0
            .store
            .jobs()
            .finish_in(tx, self.fence(), &Outcome::Succeeded, progress.as_ref())
            .await
    }

    /// Says how far the job is, and learns whether to go on. Cheap enough for every row: what people see is written
    /// twice a second at most, and the last word always.
    ///
    /// Fails with [`JobError::Cancelled`] or [`JobError::LeaseLost`], which the handler hands on with `?`.
    pub fn progress(&self, done: u64, total: Option<u64>, note: &str) -> Result<(), JobError> {
        self.0.progress.send_if_modified(|last| {
            let same = last
                .as_ref()
                .is_some_and(|last| (last.done, last.total, last.note.as_str()) == (done, total, note));
            if !same {
                *last = Some(Progress {
                    done,
                    total,
                    note: note.to_owned(),
                });
            }
            !same
        });
        self.check()
    }

    /// Whether to go on: fails with [`JobError::Cancelled`] or [`JobError::LeaseLost`].
    pub fn check(&self) -> Result<(), JobError> {
        if self.0.signals.lost.is_cancelled() {
            return Err(JobError::LeaseLost);
        }
        if self.0.signals.cancelled.is_cancelled() {
            return Err(JobError::Cancelled);
        }
        Ok(())
    }

    /// Somebody asked to stop this job. A handler that does not end within the worker's grace is ended.
    #[must_use]
    pub fn cancelled(&self) -> &CancellationToken {
        &self.0.signals.cancelled
    }

    /// The worker stops: finish soon, or save where you are and answer [`JobError::Yield`].
    #[must_use]
    pub fn stopping(&self) -> &CancellationToken {
        &self.0.stopping
    }

    pub(crate) fn lost(&self) -> &CancellationToken {
        &self.0.signals.lost
    }

    pub(crate) fn is_completed(&self) -> bool {
        self.0.signals.completed.load(Ordering::Acquire)
    }

    /// Writes what became of the job, again and again while the lease lasts: a job whose end is not written runs
    /// again.
    pub(crate) async fn finish(&self, end: &Outcome) -> Result<(), StoreError> {
        let progress = self.0.progress.borrow().clone();
        let mut pause = FIRST_PAUSE;
        loop {
            match self
                .0
                .store
                .jobs()
                .finish(self.fence(), end, progress.as_ref())
                .await
            {
                Err(error @ StoreError::Unavailable(_)) if !self.lost().is_cancelled() => {
                    tracing::warn!(job.id = %self.id(), %error, "the end of a job could not be written yet");
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                result => return result,
            }
        }
    }
}

/// Beats for one lease, on a runtime that no handler can block.
struct Keeper {
    store: Store,
    fence: Fence,
    lasts: Duration,
    reported: watch::Receiver<Option<Progress>>,
    signals: Signals,
}

impl Keeper {
    async fn keep(mut self) {
        let (mut held, mut asked, mut written) = (Instant::now(), Instant::now(), Instant::now());
        let mut pending = false;
        loop {
            let beat = asked + self.lasts / 4;
            let wake = if pending {
                beat.min(written + PROGRESS_EVERY)
            } else {
                beat
            };
            tokio::select! {
                () = sleep_until(wake) => {}
                changed = self.reported.changed(), if !pending => {
                    // The other end goes away with the lease.
                    if changed.is_err() {
                        return;
                    }
                    pending = true;
                    continue;
                }
            }
            let progress = if pending {
                self.reported.borrow_and_update().clone()
            } else {
                None
            };
            asked = Instant::now();
            written = asked;
            // Without an answer by the end of the lease somebody else may have the job: no later answer helps.
            let left = (held + self.lasts).saturating_duration_since(asked);
            match timeout(
                left,
                self.store.jobs().beat(self.fence, self.lasts, progress.as_ref()),
            )
            .await
            {
                Ok(Ok(cancel)) => {
                    held = asked;
                    pending = false;
                    if cancel {
                        self.signals.cancelled.cancel();
                    }
                }
                Ok(Err(StoreError::LeaseLost)) | Err(_) => return self.lost(),
                Ok(Err(error)) => tracing::warn!(job.id = %self.fence.job, %error, "a heart-beat failed"),
            }
        }
    }

    fn lost(&self) {
        if !self.signals.completed.load(Ordering::Acquire) {
            self.signals.lost.cancel();
        }
    }
}
