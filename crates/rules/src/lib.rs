//! Rules about customers: read from JSON, type-checked, judged, said in a sentence, traced and flipped.
//!
//! The way of a rule: [`Rule::parse`](rule::Rule::parse) reads the document, [`check`](check::check) gives the typed
//! [`Expression`](expression::Expression), [`evaluate`](evaluate::evaluate) judges it about the
//! [`Facts`](facts::Facts) of one customer. Unknown is a value: a comparison on a missing metric is unknown, and
//! unknown never matches, also not under `not`.
//!
//! Invariant: this crate is a function of its arguments; it knows no store, no clock and no network.

#[cfg(any(test, feature = "arbitrary"))]
pub mod arbitrary;
pub mod check;
pub mod defaults;
pub mod draft;
pub mod evaluate;
pub mod expression;
pub mod facts;
pub mod flip;
pub mod kind;
mod literal;
pub mod persona;
#[cfg(test)]
mod properties;
mod read;
pub mod rule;
pub mod sentence;
mod suggestion;
pub mod trace;
pub mod truth;
