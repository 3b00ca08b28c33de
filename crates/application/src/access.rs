//! Who is calling, and how people sign in.

mod caller;
mod callers;
mod impersonation;
mod sign_in;
mod tokens;

pub use kale_persistence::access::Presence;

pub use self::{
    caller::{Caller, Provenance, Who},
    callers::Callers,
    impersonation::ImpersonationError,
    sign_in::{AskError, Proof, SignIns, UseError},
    tokens::{Issued, RefreshError},
};
