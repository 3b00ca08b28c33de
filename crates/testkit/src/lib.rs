//! What integration tests stand on: the real server on a real database, clients with a role, a clock that moves when
//! told.
//!
//! Everything here may panic: a broken set-up is a failed test.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a broken set-up is a failed test"
)]

mod answer;
mod app;
mod client;
mod clock;
mod company;
mod contract;
mod document;
mod emulator;
mod files;
mod importing;
mod installation;
mod mongod;
mod process;
mod streamed;

pub use self::{
    answer::Answer,
    app::TestApp,
    client::Client,
    clock::TestClock,
    company::TestCompany,
    contract::undescribed,
    document::{Operation, document, operations},
    emulator::{Emulator, node},
    files::{TELCO, multipart},
    installation::Installation,
    mongod::{fresh_database, shared_uri},
    process::KaleProcess,
    streamed::Streamed,
};
