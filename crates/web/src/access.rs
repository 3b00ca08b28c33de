//! Who calls, and whether they may: the extractors that handlers take.

mod caller;
mod credential;
mod csrf;
mod gate;
mod know;
mod origin;
mod origins;
mod subscriber;
#[cfg(test)]
mod tests;

pub(crate) use self::credential::bearer;
pub use self::{
    caller::{Allowed, Authenticated, InstallationAdmin, Leaving, Person, Visitor},
    csrf::Csrf,
    gate::{Authenticate, Gate},
    know::know_caller,
    origins::answer_origins,
    subscriber::Subscriber,
};
