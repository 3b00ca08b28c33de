//! JSON bodies: received within limits of size and time, read strictly, answered with pointers to what is wrong.

mod beacon;
mod raw;
mod read;
mod receive;
mod strict;
#[cfg(test)]
mod tests;

use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev::Payload};
use futures::{FutureExt as _, future::LocalBoxFuture};
use garde::Validate;
use kale_domain::error::FieldError;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use self::read::{escape, read};
pub(crate) use self::receive::receive;
pub use self::receive::{IDLE, paced};
pub use self::{beacon::Beacon, raw::Raw};
use crate::Problem;

/// The largest JSON body where a route says nothing else, in bytes.
pub const JSON_LIMIT: usize = 256 * 1024;

/// A JSON body of at most `LIMIT` bytes. Give body types `#[serde(deny_unknown_fields)]`.
///
/// 415 for another type, 413 over the limit, 408 when it stops arriving, 400 where it is not JSON, 422 with a pointer
/// where it is not a `T`.
#[derive(Debug, Clone, Copy)]
pub struct Json<T, const LIMIT: usize = JSON_LIMIT>(
    /// What it says.
    pub T,
);

/// A JSON body that also keeps the rules `T` states with `garde`; 422 with a pointer per broken one.
#[derive(Debug, Clone, Copy)]
pub struct Valid<T, const LIMIT: usize = JSON_LIMIT>(
    /// What it says.
    pub T,
);

/// The SHA-256 of the body that [`Json`] read, for [`Idempotent`](crate::Idempotent).
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyHash(pub(crate) [u8; 32]);

impl<T: DeserializeOwned + 'static, const LIMIT: usize> FromRequest for Json<T, LIMIT> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        async move {
            if !is_json(request.content_type()) {
                return Err(
                    Problem::of("unsupported-media-type").detail("the body has to be `application/json`")
                );
            }
            let body = receive(request.headers(), payload, LIMIT).await?;
            request
                .extensions_mut()
                .insert(BodyHash(Sha256::digest(&body).into()));
            read(&body).map(Self)
        }
        .boxed_local()
    }
}

impl<T, const LIMIT: usize> FromRequest for Valid<T, LIMIT>
where
    T: DeserializeOwned + Validate<Context = ()> + 'static,
{
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Json::<T, LIMIT>::from_request(request, payload);
        async move {
            let Json(value) = body.await?;
            match value.validate() {
                Ok(()) => Ok(Self(value)),
                Err(report) => Err(Problem::validation(broken(&report))),
            }
        }
        .boxed_local()
    }
}

fn is_json(media: &str) -> bool {
    let media = media.trim().to_ascii_lowercase();
    media == "application/json" || (media.starts_with("application/") && media.ends_with("+json"))
}

/// Broken `garde` rules with pointers into the body.
#[must_use]
pub fn broken(report: &garde::Report) -> Vec<FieldError> {
    let pointer = |path: &garde::Path| {
        let parts: Vec<String> = path
            .__iter()
            .rev()
            .map(|(_, part)| format!("/{}", escape(part)))
            .collect();
        format!("#{}", parts.concat())
    };
    report
        .iter()
        .map(|(path, error)| FieldError::new(pointer(path), "invalid", error.message()))
        .collect()
}
