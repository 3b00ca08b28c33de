//! The one way out: HTTP requests to providers.
//!
//! A [`Client`] has a deadline for every request, repeats what may be repeated, keeps to a [`Budget`], follows no
//! redirect and goes to public addresses only, whatever a name resolves to. No error, log line or `Debug` of this crate
//! shows a path, a query, a header's value or a body: any of them may hold a secret.
//!
//! ```text
//! ask ──► may go? ──► budget ──► attempt ──► answer
//!          address      │          ▲  │ failed, and may be repeated
//!          guard        │          └──┘ with a growing pause
//! ```

mod address;
mod budget;
mod client;
mod error;
mod request;

pub use self::{
    address::Destinations,
    budget::{Budget, Steady, Unlimited},
    client::Client,
    error::HttpError,
    request::{Answer, Request},
};
pub use reqwest::{Method, Url};
