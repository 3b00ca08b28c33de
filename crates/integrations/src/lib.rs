//! What a provider is to Kale: what it can do ([`Identity`] so far), and why it did not ([`IntegrationError`]).
//!
//! A provider sees no store and no clock: what it needs of either comes in as a parameter. Each has a crate of its own,
//! which only the program itself names.

mod error;
pub mod identity;

pub use self::{error::IntegrationError, identity::Identity};
