//! What the product means, with no I/O: identifiers, money, states and the rules between them.
//!
//! Invariant: this crate never depends on an async runtime, a database, a clock or a web framework.

pub mod access;
pub mod api_key;
pub mod attribute;
pub mod audit;
pub mod clock;
pub mod company;
pub mod customer;
pub mod email;
pub mod error;
pub mod fold;
pub mod id;
pub mod job;
pub mod key;
pub mod metric;
pub mod money;
pub mod notification;
pub mod persona;
pub mod reason;
pub mod saved_view;
pub mod secret;
pub mod sensitive;
pub mod sign_in;
pub mod subscriber;
pub mod upload;
pub mod user;
pub mod viewer_secret;
pub mod workflow;
