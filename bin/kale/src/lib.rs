//! The composition root: the only place that knows every crate.

mod admin;
mod audit;
pub mod cli;
pub mod command;
pub mod database;
pub mod demo;
mod idempotency;
mod identity;
pub mod keys;
pub mod mail;
mod metrics;
pub mod server;
pub mod sources;
pub mod worker;
