//! The CSRF token of a plain form, for browsers that send neither `Sec-Fetch-Site` nor `Origin`.

use actix_web::{
    Error, HttpMessage as _,
    body::MessageBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web,
};
use bytes::Bytes;

use super::csrf::{self, FormField};
use crate::body::receive;

/// The largest form that is looked into.
const LARGEST: usize = 256 * 1024;

/// Middleware for the pages of a dashboard: `.wrap(actix_web::middleware::from_fn(form_token))`. Reads the field `csrf`
/// of a posted form, so that the extractors of callers find it, and hands the form on as it came.
pub async fn form_token(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if wants_look(&request) {
        let body = receive(request.request(), request.take_payload(), LARGEST).await?;
        if let Some(token) = field(&body) {
            request.extensions_mut().insert(FormField(token));
        }
        request.set_payload(Payload::from(Bytes::from(body)));
    }
    next.call(request).await
}

/// Only where nothing else tells who sent it: then a form is read twice, which is cheap but not free.
fn wants_look(request: &ServiceRequest) -> bool {
    let headers = request.headers();
    let told = ["sec-fetch-site", "origin"].iter().any(|name| headers.contains_key(*name));
    !request.method().is_safe()
        && !told
        && !headers.contains_key(header::AUTHORIZATION)
        && !headers.contains_key(csrf::HEADER)
        && request.content_type().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

fn field(body: &[u8]) -> Option<String> {
    // A refused form is the handler's to explain.
    let pairs: Vec<(String, String)> = web::Query::from_query(std::str::from_utf8(body).ok()?).ok()?.into_inner();
    pairs.into_iter().find(|(name, _)| name == "csrf").map(|(_, value)| value)
}
