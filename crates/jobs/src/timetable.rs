//! Recurring work: which jobs are due when.

use std::{fmt, sync::Arc};

use croner::{
    Cron,
    parser::{CronParser, Seconds},
};
use futures::{FutureExt as _, future::BoxFuture};
use jiff::{Timestamp, Zoned, tz::TimeZone};
use kale_persistence::{Store, StoreError, jobs::NewJob, schedules::ScheduleState};

/// Why a timetable can't be made. All of it is written in the code, so this shows at the start.
#[derive(Debug, thiserror::Error)]
pub enum TimetableError {
    /// The expression is not one of five or six fields, or never matches.
    #[error(
        "the schedule `{key}` has `{expression}`: expected five cron fields that match some day, such as `15 3 * * *`, or \
         six that begin with seconds"
    )]
    Expression {
        /// Which schedule.
        key: &'static str,
        /// What it says.
        expression: &'static str,
        /// What is wrong with it.
        #[source]
        source: croner::errors::CronError,
    },
    /// There is no such time zone.
    #[error(
        "the schedule `{key}` has the time zone `{time_zone}`: expected an IANA name such as `Europe/Berlin`"
    )]
    TimeZone {
        /// Which schedule.
        key: &'static str,
        /// What it says.
        time_zone: &'static str,
        /// What is wrong with it.
        #[source]
        source: jiff::Error,
    },
    /// Two schedules have one name.
    #[error("there are two schedules `{key}`: give one another name")]
    Twice {
        /// Which name.
        key: &'static str,
    },
}

type MakeJob = Arc<dyn Fn(Timestamp) -> Result<NewJob, StoreError> + Send + Sync>;
type IsNeeded = Arc<dyn Fn() -> BoxFuture<'static, Result<bool, StoreError>> + Send + Sync>;

/// What recurs. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Timetable {
    entries: Vec<Entry>,
}

#[derive(Clone)]
struct Entry {
    key: &'static str,
    expression: &'static str,
    cron: Cron,
    time_zone: &'static str,
    zone: TimeZone,
    job: MakeJob,
    /// Whether there is something to do; always, where it is absent.
    needed: Option<IsNeeded>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {} {}", self.key, self.expression, self.time_zone)
    }
}

impl Timetable {
    /// Adds a schedule: `job` makes the job of a slot, in a time zone by its IANA name.
    ///
    /// Slots that pass while no worker runs are made up for once, with the last of them. In the hour that the clock
    /// skips a slot runs right after it; in the hour that comes twice a slot at a fixed time runs once.
    pub fn every(
        mut self,
        key: &'static str,
        expression: &'static str,
        time_zone: &'static str,
        job: impl Fn(Timestamp) -> Result<NewJob, StoreError> + Send + Sync + 'static,
    ) -> Result<Self, TimetableError> {
        if self.entry(key).is_some() {
            return Err(TimetableError::Twice { key });
        }
        let zone = TimeZone::get(time_zone).map_err(|source| TimetableError::TimeZone {
            key,
            time_zone,
            source,
        })?;
        let wrong = |source| TimetableError::Expression {
            key,
            expression,
            source,
        };
        let cron = CronParser::builder()
            .seconds(Seconds::Optional)
            .build()
            .parse(expression)
            .map_err(wrong)?;
        let entry = Entry {
            key,
            expression,
            cron,
            time_zone,
            zone,
            job: Arc::new(job),
            needed: None,
        };
        // An expression that never matches shows itself here and not in the middle of a night.
        entry.next(Timestamp::UNIX_EPOCH).map_err(wrong)?;
        self.entries.push(entry);
        Ok(self)
    }

    /// The same for what comes every few seconds: at a slot where `needed` says no, the schedule moves on without a job.
    pub fn every_if<Needed>(
        mut self,
        key: &'static str,
        expression: &'static str,
        time_zone: &'static str,
        needed: impl Fn() -> Needed + Send + Sync + 'static,
        job: impl Fn(Timestamp) -> Result<NewJob, StoreError> + Send + Sync + 'static,
    ) -> Result<Self, TimetableError>
    where
        Needed: Future<Output = Result<bool, StoreError>> + Send + 'static,
    {
        self = self.every(key, expression, time_zone, job)?;
        if let Some(entry) = self.entries.last_mut() {
            entry.needed = Some(Arc::new(move || needed().boxed()));
        }
        Ok(self)
    }

    /// Whether nothing recurs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Makes the schedules known to the store. One that stands there already goes on where it was.
    pub async fn register(&self, store: &Store, now: Timestamp) -> Result<(), StoreError> {
        for entry in &self.entries {
            let next = entry.next(now).map_err(|error| never(entry, &error))?;
            store
                .schedules()
                .keep(entry.key, entry.expression, entry.time_zone, next)
                .await?;
        }
        Ok(())
    }

    /// Enqueues one job for each schedule that is due at `now`, however many workers do this at the same time.
    /// Answers how many of them this call enqueued.
    pub async fn tick(&self, store: &Store, now: Timestamp) -> Result<usize, StoreError> {
        let mut enqueued = 0;
        for due in store.schedules().due(now).await? {
            // What this release does not know, or has at other times, is for the workers of another one.
            let Some(entry) = self.entry(&due.key).filter(|entry| entry.matches(&due)) else {
                continue;
            };
            let slot = entry.last(due.next_run, now);
            let next = entry.next(now).map_err(|error| never(entry, &error))?;
            if let Some(needed) = &entry.needed
                && !needed().await?
            {
                store.schedules().pass(&due, slot, next).await?;
                continue;
            }
            let job = (entry.job)(slot)?;
            if store.schedules().take(&due, slot, next, &job).await? {
                enqueued += 1;
                tracing::info!(schedule = entry.key, %slot, next = %next, "a scheduled job was enqueued");
            }
        }
        Ok(enqueued)
    }
}

impl Entry {
    fn matches(&self, state: &ScheduleState) -> bool {
        (self.expression, self.time_zone) == (state.expression.as_str(), state.time_zone.as_str())
    }

    fn zoned(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.zone.clone())
    }

    /// The first slot after that.
    fn next(&self, after: Timestamp) -> Result<Timestamp, croner::errors::CronError> {
        self.cron
            .find_next_occurrence(&self.zoned(after), false)
            .map(|zoned| zoned.timestamp())
    }

    /// The last slot until `now`, where `due` is the first that was not taken.
    fn last(&self, due: Timestamp, now: Timestamp) -> Timestamp {
        let last = self.cron.find_previous_occurrence(&self.zoned(now), true);
        last.map_or(due, |zoned| zoned.timestamp().max(due))
    }
}

fn never(entry: &Entry, error: &croner::errors::CronError) -> StoreError {
    StoreError::Corrupt {
        what: "schedule",
        source: format!("{entry:?}: {error}").into(),
    }
}

#[cfg(test)]
mod tests;
