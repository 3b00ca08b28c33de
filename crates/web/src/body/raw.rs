//! The bytes of a body as they came, for whoever checks a signature over them.

use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev::Payload};
use futures::{FutureExt as _, future::LocalBoxFuture};

use super::{JSON_LIMIT, is_json, receive};
use crate::Problem;

/// A body of at most `LIMIT` bytes that says it is JSON, and is not read: what it says counts only once its signature is
/// checked.
///
/// 415, 413 and 408 as [`Json`](super::Json).
#[derive(Debug, Clone)]
pub struct Raw<const LIMIT: usize = JSON_LIMIT>(
    /// The bytes.
    pub Vec<u8>,
);

impl<const LIMIT: usize> FromRequest for Raw<LIMIT> {
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
            receive(request.headers(), payload, LIMIT).await.map(Self)
        }
        .boxed_local()
    }
}
