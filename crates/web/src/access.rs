//! Who calls, and whether they may: the extractors that handlers take.

mod caller;
mod credential;
mod csrf;
mod form_token;
mod gate;
mod origin;
#[cfg(test)]
mod tests;

pub use self::{
    caller::{Allowed, Authenticated, InstallationAdmin},
    csrf::Csrf,
    form_token::form_token,
    gate::{Authenticate, Gate},
};
