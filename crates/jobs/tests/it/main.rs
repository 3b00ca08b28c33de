//! Workers on a real database.
#![expect(clippy::unwrap_used, reason = "a test that can't go on should panic")]

mod errors;
mod fairness;
mod fence;
mod outage;
mod progress;
mod schedules;
mod shutdown;
mod world;
