//! Use cases: what the product does. One folder per capability; each use case is a struct that names what it needs.
//!
//! Invariant: nothing here knows HTTP. The API and the dashboard call the same use cases, so nothing is possible in a
//! page that the API can't do.

pub mod access;
pub mod api_keys;
pub mod audit;
pub mod companies;
pub mod customers;
pub mod events;
pub mod identity;
pub mod installation;
pub mod keys;
pub mod live;
pub mod mail;
pub mod measures;
pub mod offers;
pub mod personas;
pub mod reasons;
pub mod saved_views;
pub mod sessions;
pub mod team;
pub mod templates;
pub mod uploads;
pub mod viewer;
pub mod work;
pub mod workflows;

/// What the edge passes on to use cases, so that it needs to know no other crate.
pub use kale_persistence::{Installation, Reach, Tenant};
