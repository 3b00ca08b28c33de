//! A worker and the thread it lives on.

use std::{io, sync::Arc, thread, time::Duration};

use kale_domain::clock::Clock;
use kale_persistence::Store;
use tokio::{runtime, sync::watch, task::LocalSet, time::timeout};

use crate::{
    Backoff, Registry, Timetable,
    runner::{Runner, Stop},
};

/// How long aborted handlers may take to give their jobs back.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// How a worker works. [`Config::new`] has the defaults.
#[derive(Debug, Clone)]
pub struct Config {
    /// Names the worker in the leases it holds.
    pub name: String,
    /// Which jobs it takes.
    pub pool: String,
    /// How many jobs it runs at a time. Default 16.
    pub slots: usize,
    /// How many claims it has on their way at a time. Default 4; many of them would fight for the same job.
    pub claimers: usize,
    /// How long a lease lasts without a heart-beat. Default 15 s; beats come four times as often.
    pub lease: Duration,
    /// How often it looks for jobs that another process enqueued. Default 200 ms.
    pub poll: Duration,
    /// How often it looks for jobs and schedules that are due, and for leases that ran out. Default 1 s.
    pub sweep: Duration,
    /// How long a cancelled handler has to end by itself. Default 10 s.
    pub cancel_grace: Duration,
    /// About how many jobs of one company may be in work at a time, in all processes. Default: no limit.
    pub company_cap: Option<u64>,
    /// How long a failed job waits.
    pub backoff: Backoff,
    /// What recurs.
    pub timetable: Timetable,
    /// The time that the timetable goes by; `None` is the store's, so that the clocks of the workers don't matter.
    pub clock: Option<Arc<dyn Clock>>,
    /// Where heart-beats run: a runtime that handlers can't block. The store's client has to live on it too.
    pub runtime: runtime::Handle,
}

impl Config {
    /// The defaults, for the pool `default`.
    #[must_use]
    pub fn new(name: impl Into<String>, runtime: runtime::Handle) -> Self {
        Self {
            name: name.into(),
            pool: "default".to_owned(),
            slots: 16,
            claimers: 4,
            lease: Duration::from_secs(15),
            poll: Duration::from_millis(200),
            sweep: Duration::from_secs(1),
            cancel_grace: Duration::from_secs(10),
            company_cap: None,
            backoff: Backoff::default(),
            timetable: Timetable::default(),
            clock: None,
            runtime,
        }
    }
}

/// Runs jobs.
#[derive(Debug)]
pub struct Worker;

impl Worker {
    /// Starts a worker on a thread of its own, with a small runtime on which handlers need not be `Send`.
    ///
    /// Fails where the system gives no thread or no runtime.
    pub fn spawn(store: Store, registry: Registry, config: Config) -> io::Result<Handle> {
        let stop = Stop::default();
        let told = stop.clone();
        let (running, ended) = watch::channel(());
        let local = runtime::Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new()
            .name(format!("jobs-{}", config.pool))
            .spawn(move || {
                let runner = Runner::new(store, registry, config, told);
                LocalSet::new().block_on(&local, runner.run());
                // Computations that a handler left behind must not hold the thread.
                local.shutdown_background();
                drop(running);
            })?;
        Ok(Handle { stop, ended })
    }
}

/// A handler blocks the worker's thread and can't be ended. Its job is taken by others when this process has gone.
#[derive(Debug, thiserror::Error)]
#[error("a job handler blocks its worker and could not be stopped")]
pub struct Stuck;

/// A running worker. Dropping it ends the worker without any grace.
#[derive(Debug)]
pub struct Handle {
    stop: Stop,
    ended: watch::Receiver<()>,
}

impl Handle {
    /// Claims nothing more and lets the handlers finish for `grace`; then ends them and gives their jobs back.
    pub async fn shutdown(mut self, grace: Duration) -> Result<(), Stuck> {
        self.stop.stop.cancel();
        if self.has_ended(grace).await {
            return Ok(());
        }
        self.stop.kill.cancel();
        if self.has_ended(LAST_WORDS).await {
            Ok(())
        } else {
            Err(Stuck)
        }
    }

    /// Nothing is ever sent: the channel closes when the thread ends.
    async fn has_ended(&mut self, within: Duration) -> bool {
        timeout(within, self.ended.changed()).await.is_ok()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.stop.stop.cancel();
        self.stop.kill.cancel();
    }
}
