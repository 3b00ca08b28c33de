//! MongoDB: the only crate that speaks to the database.
//!
//! Invariants:
//! - What a company owns is reached through a [`Tenant`] or a [`Reach`], which only [`access`] hands out, each in
//!   exchange for a credential. What belongs to no company needs an [`Installation`].
//! - Acknowledged writes are in the journal of a majority. Batches inside a job may be `w: 1` when the job's
//!   checkpoint is majority and the batch can be repeated.
//! - Correctness rests on unique natural keys and compare-and-set of one document; transactions add convenience.

pub mod access;
pub mod api_keys;
pub mod api_records;
mod attributes;
pub mod audit;
pub mod blob_folder;
pub mod companies;
pub mod customers;
mod error;
pub mod events;
pub mod file_rows;
pub mod idempotency;
pub mod identity;
pub mod jobs;
pub mod kept_mails;
pub mod live;
pub mod locks;
pub mod migrations;
pub mod notifications;
pub mod offers;
pub mod outbox;
pub mod personas;
pub mod reasons;
mod remembered;
mod retry;
pub mod rollups;
mod rules;
pub mod saved_views;
pub mod schedules;
mod scoped;
pub mod seal;
pub mod sessions;
pub mod sign_ins;
mod store;
mod tenant;
#[cfg(test)]
mod testing;
mod token;
mod tx;
pub mod uploads;
pub mod usage;
pub mod users;
mod value;
pub mod viewer;
pub mod workflows;

pub use crate::{
    error::{Result, StoreError},
    store::{Connection, INTERACTIVE, Primary, Store},
    tenant::{Installation, Reach, Tenant},
    tx::{Sources, Tx},
};
