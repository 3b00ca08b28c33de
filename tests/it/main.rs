//! All integration tests, in one binary.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed unwrap is a failed test"
)]

mod bad_files;
mod faults;
mod isolation;
mod manners;
mod permissions;
mod raw;
mod reach;
mod undo;
mod uploads;
mod worker;
