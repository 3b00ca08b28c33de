//! Workflows as data, and the walk through one: card trees, their edits, the checks before publishing, the session engine.
//!
//! The way of a workflow: [`CardTree::parse`](tree::CardTree::parse) reads a tree, [`edit_tree`](edit::edit_tree) changes
//! it, [`check`](check::check) and [`fair_exit`](fair_exit::fair_exit) say whether it may be published,
//! [`FlowVersion`](version::FlowVersion) is what was published, [`start`](walk::start) and [`apply`](walk::apply) walk it.
//!
//! Invariant: this crate is a function of its arguments; it knows no store, no clock, no network and makes no ids.

pub mod answer;
pub mod card;
pub mod check;
pub mod condition;
pub mod copy;
pub mod defaults;
pub mod diff;
pub mod edit;
pub mod effect;
pub mod element;
pub mod event;
pub mod fair_exit;
pub mod history;
pub mod layout;
pub mod offer;
pub mod outcome;
mod paths;
pub mod problem;
#[cfg(test)]
mod properties;
mod read;
pub mod reason;
pub mod receipt;
pub mod said;
#[cfg(test)]
mod sample;
pub mod session;
pub mod show;
pub mod step;
pub mod text;
pub mod tree;
pub mod variable;
pub mod version;
pub mod viewer;
pub mod walk;
mod wording;
pub mod workflow;
