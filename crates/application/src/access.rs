//! Who is calling, and how people sign in.

mod caller;
mod callers;
mod sign_in;

pub use self::{
    caller::{Caller, Provenance, Who},
    callers::Callers,
    sign_in::{AskError, SignIns, UseError},
};
