//! The loop of a worker: claim, run, write what became of it.

use std::{
    any::Any,
    rc::Rc,
    time::{Duration, Instant},
};

use futures::future::LocalBoxFuture;
use kale_persistence::{
    Store,
    jobs::{ClaimedJob, Outcome},
};
use metrics::{counter, gauge, histogram};
use tokio::{
    sync::{Mutex, Semaphore, watch},
    task::{JoinError, JoinSet},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use crate::{
    Config, JobError, Lease, Registry,
    outcome::{decide, label},
    ring::Ring,
};

/// The pause after an error of the store.
const AFTER_ERROR: Duration = Duration::from_secs(1);
/// How long a job of an unknown kind waits for a worker of a newer release.
const UNKNOWN_KIND: Duration = Duration::from_secs(30);

/// How a worker is told to end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop {
    /// Claim nothing more.
    pub(crate) stop: CancellationToken,
    /// End the handlers too.
    pub(crate) kill: CancellationToken,
}

pub(crate) struct Runner {
    store: Store,
    registry: Registry,
    config: Config,
    stop: Stop,
    ring: Mutex<Ring>,
    /// How many slots look for work at a time.
    turns: Semaphore,
}

impl Runner {
    pub(crate) fn new(store: Store, registry: Registry, config: Config, stop: Stop) -> Self {
        let ring = Mutex::new(Ring::new(config.poll, config.company_cap, store.jobs().nudges()));
        let turns = Semaphore::new(config.claimers.max(1));
        Self {
            store,
            registry,
            config,
            stop,
            ring,
            turns,
        }
    }

    /// Runs until it is stopped and every handler has ended. Has to be polled inside a `LocalSet`.
    pub(crate) async fn run(self) {
        let runner = Rc::new(self);
        let mut tasks = JoinSet::new();
        for _ in 0..runner.config.slots.max(1) {
            tasks.spawn_local(Rc::clone(&runner).slot());
        }
        tasks.spawn_local(Rc::clone(&runner).sweeper());
        tasks.spawn_local(Rc::clone(&runner).ticker());
        while let Some(ended) = tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a part of the worker broke");
            }
        }
    }

    async fn slot(self: Rc<Self>) {
        let mut nudges = self.store.jobs().nudges();
        while !self.stop.stop.is_cancelled() {
            // Never closed, so this does not fail.
            let Ok(turn) = self.turns.acquire().await else {
                return;
            };
            if self.stop.stop.is_cancelled() {
                return;
            }
            // What comes while the claim is on its way ends the idling after it.
            nudges.mark_unchanged();
            // Never dropped half way: a claim that reached the server has to come back to us.
            match self.claim().await {
                Ok(Some(job)) => {
                    drop(turn);
                    self.work(job).await;
                }
                Ok(None) => self.idle(self.config.poll, Some(&mut nudges)).await,
                Err(error) => {
                    tracing::warn!(%error, "no job could be claimed");
                    self.idle(AFTER_ERROR, None).await;
                }
            }
        }
    }

    async fn claim(&self) -> Result<Option<ClaimedJob>, kale_persistence::StoreError> {
        loop {
            // The ring is free again while the claim is on its way.
            let Some(owner) = self
                .ring
                .lock()
                .await
                .next(&self.store, &self.config.pool)
                .await?
            else {
                return Ok(None);
            };
            let claimed = self
                .store
                .jobs()
                .claim(&self.config.pool, owner, &self.config.name, self.config.lease)
                .await;
            match claimed {
                Ok(Some(job)) => return Ok(Some(job)),
                Ok(None) => self.ring.lock().await.dry(owner),
                Err(error) => {
                    self.ring.lock().await.ended(owner);
                    return Err(error);
                }
            }
        }
    }

    async fn work(&self, job: ClaimedJob) {
        let company = job.company();
        let kind = self.registry.known(job.kind());
        let lease = Lease::start(
            &self.store,
            job,
            self.config.lease,
            &self.config.runtime,
            self.stop.stop.clone(),
        );
        gauge!("jobs_running").increment(1.0);
        let from = Instant::now();
        let (kind, outcome) = if let Some((kind, run)) = kind.zip(self.registry.run(lease.clone())) {
            (kind, self.supervise(&lease, run).await)
        } else {
            tracing::warn!(job.id = %lease.id(), "a job of a kind unknown to this release is left to others");
            let release = Outcome::Release {
                after: Some(UNKNOWN_KIND),
            };
            ("unknown", Some(release))
        };
        let outcome = write(&lease, outcome).await;
        counter!("jobs_total", "kind" => kind, "outcome" => outcome).increment(1);
        histogram!("job_seconds", "kind" => kind).record(from.elapsed().as_secs_f64());
        gauge!("jobs_running").decrement(1.0);
        tracing::debug!(job.id = %lease.id(), job.kind = kind, job.outcome = outcome, "a job ended");
        self.ring.lock().await.ended(company);
    }

    /// Runs the handler as a task of its own, so that a panic is its own, and ends it where it has to end. When this
    /// returns the handler has stopped.
    async fn supervise(
        &self,
        lease: &Lease,
        run: LocalBoxFuture<'static, Result<(), JobError>>,
    ) -> Option<Outcome> {
        let mut task = tokio::task::spawn_local(run);
        let overdue = async {
            lease.cancelled().cancelled().await;
            sleep(self.config.cancel_grace).await;
        };
        let ended = tokio::select! {
            biased;
            () = lease.lost().cancelled() => Err(JobError::LeaseLost),
            result = &mut task => Ok(result),
            () = overdue => Err(JobError::Cancelled),
            () = self.stop.kill.cancelled() => Err(JobError::Yield),
        };
        let result = match ended {
            Ok(result) => result.unwrap_or_else(|error| Err(panicked(lease, error))),
            Err(reason) => {
                task.abort();
                match task.await {
                    // It ended by itself at the last moment.
                    Ok(result) if !matches!(reason, JobError::LeaseLost) => result,
                    _ => Err(reason),
                }
            }
        };
        if let Err(error) = &result {
            log(lease, error);
        }
        decide(lease.job(), self.config.backoff, result)
    }

    async fn idle(&self, pause: Duration, nudges: Option<&mut watch::Receiver<u64>>) {
        let woken = async {
            let Some(nudges) = nudges else {
                return std::future::pending().await;
            };
            if nudges.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = self.stop.stop.cancelled() => {}
            () = woken => {}
            () = sleep(jittered(pause)) => {}
        }
    }

    async fn sweeper(self: Rc<Self>) {
        while !self.stop.stop.is_cancelled() {
            if let Err(error) = self.store.jobs().sweep().await {
                tracing::warn!(%error, "jobs could not be swept");
            }
            self.idle(self.config.sweep, None).await;
        }
    }

    async fn ticker(self: Rc<Self>) {
        let timetable = &self.config.timetable;
        if timetable.is_empty() {
            return;
        }
        let mut registered = false;
        while !self.stop.stop.is_cancelled() {
            let ticked = async {
                let now = match &self.config.clock {
                    Some(clock) => clock.now(),
                    None => self.store.schedules().now().await?,
                };
                if !registered {
                    timetable.register(&self.store, now).await?;
                    registered = true;
                }
                timetable.tick(&self.store, now).await
            };
            if let Err(error) = ticked.await {
                tracing::warn!(%error, "the timetable could not be read");
            }
            self.idle(self.config.sweep, None).await;
        }
    }
}

/// Writes the outcome; answers its name in the metrics.
async fn write(lease: &Lease, outcome: Option<Outcome>) -> &'static str {
    if let Some(outcome) = &outcome {
        match lease.finish(outcome).await {
            Ok(()) => return label(Some(outcome)),
            // It ended the job itself, with its own writes.
            Err(_) if lease.is_completed() => return label(Some(&Outcome::Succeeded)),
            Err(error) => tracing::warn!(job.id = %lease.id(), %error, "the end of a job was not written"),
        }
    }
    label(None)
}

/// Tells of a failure with all its causes: people see only the first one.
fn log(lease: &Lease, error: &JobError) {
    let (id, kind) = (lease.id(), lease.job().kind());
    let cause: &(dyn std::error::Error + 'static) = error;
    match error {
        JobError::Retry(_) | JobError::RetryAfter { .. } => {
            tracing::warn!(job.id = %id, job.kind = kind, error = cause, "a job failed and may be tried again");
        }
        JobError::Fail(_) => tracing::info!(job.id = %id, job.kind = kind, error = cause, "a job failed"),
        JobError::Cancelled | JobError::NotYet { .. } | JobError::Yield | JobError::LeaseLost => {}
    }
}

fn jittered(pause: Duration) -> Duration {
    pause.mul_f64(rand::random_range(0.75..1.25))
}

/// A panic is a fault of ours: its text goes to the log, people see that it happened.
fn panicked(lease: &Lease, error: JoinError) -> JobError {
    let text = error.try_into_panic().ok().map(message).unwrap_or_default();
    tracing::error!(job.id = %lease.id(), job.kind = lease.job().kind(), panic = text, "a job panicked");
    JobError::retry("it stopped by a fault of the program; the server's log has the details")
}

fn message(panic: Box<dyn Any + Send>) -> String {
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .unwrap_or_default(),
    }
}
