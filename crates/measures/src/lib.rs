//! What sessions come to in figures.
//!
//! A session's document is the truth. [`count`](session::count) says which cells it counts in, [`difference`](cell::difference)
//! what changes when it is counted anew, [`superseded`](window::superseded) which of several sessions of one subscription
//! decides, [`Tally`](tally::Tally) what a sum of cells says, [`definitions`](definition::definitions) what each figure means.
//!
//! Invariant: this crate is a function of its arguments; it knows no store and no clock. Figures that were added up step
//! by step are those of a count from scratch.

pub mod cell;
pub mod definition;
pub mod rate;
pub mod session;
pub mod tally;
pub mod window;

#[cfg(test)]
mod properties;
