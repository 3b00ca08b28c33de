//! All integration tests, in one binary.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed unwrap is a failed test"
)]

mod account;
mod analytics;
mod api_keys;
mod audit;
mod bad_files;
mod companies;
mod customers;
mod dashboard;
mod demo;
mod doors;
mod events;
mod experts;
mod faults;
mod first_admin;
mod held;
mod hosted;
mod identity;
mod impersonation;
mod isolation;
mod jobs;
mod mail;
mod manners;
mod offers;
mod openapi;
mod origins;
mod permissions;
mod personas;
mod raw;
mod reach;
mod reasons;
mod revocation;
mod saved_views;
mod secrets;
mod sessions;
mod sign_in;
mod team;
mod tokens;
mod undo;
mod uploads;
mod viewer;
mod walking;
mod worker;
mod workflows;
