//! Background work: what a job is, the worker that claims and runs jobs, and the timetable of recurring ones.
//!
//! This crate knows no job. A capability declares its own with [`Job`], the composition root puts the handlers into a
//! [`Registry`] and starts a [`Worker`] per pool.
//!
//! What a handler can rely on:
//! - It runs at least once per job, and by one holder at a time: whatever it writes goes through a transaction that
//!   begins with [`Lease::hold`] (or ends with [`Lease::complete_in`]), so that a worker that slept past its lease
//!   changes nothing. Calls to others carry the job's id as their key.
//! - Its future need not be `Send`. All handlers of a worker share one thread, so that long computing belongs on
//!   [`tokio::task::spawn_blocking`]; a handler that blocks keeps its lease, but holds the others up.
//! - It is told to stop by [`Lease::progress`], [`Lease::cancelled`] and [`Lease::stopping`], and is ended at an await
//!   point when it does not listen.

mod error;
mod job;
mod lease;
mod outcome;
mod registry;
mod ring;
mod runner;
mod timetable;
mod worker;

pub use crate::{
    error::{Cause, JobError},
    job::Job,
    lease::Lease,
    outcome::Backoff,
    registry::Registry,
    timetable::{Timetable, TimetableError},
    worker::{Config, Handle, Stuck, Worker},
};
