//! Finding out who calls before a route is asked, so that 401 comes before whatever else is wrong.

use actix_web::{
    Error, HttpMessage as _,
    body::MessageBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web::{self, Data},
};
use bytes::Bytes;

use super::{
    caller::{Known, find},
    csrf::{self, FormField},
    gate::Gate,
    subscriber::{self, KnownTicket},
};
use crate::body::receive;

/// The largest form that is looked into.
const LARGEST: usize = 256 * 1024;

/// Middleware, directly inside of [`Edge`](crate::Edge): `.wrap(actix_web::middleware::from_fn(know_caller))`.
///
/// Finds the caller and refuses nobody: extractors do. Without it they find the caller themselves, but then a stranger's
/// broken body may be answered before they are, since actix runs the extractors of a handler side by side. For browsers
/// that send neither `Sec-Fetch-Site` nor `Origin` it reads the field `csrf` of a posted form, and hands the form on as
/// it came.
pub async fn know_caller(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if wants_look(&request) {
        let payload = request.take_payload();
        let body = receive(request.headers(), payload, LARGEST).await?;
        if let Some(token) = field(&body) {
            request.extensions_mut().insert(FormField(token));
        }
        request.set_payload(Payload::from(Bytes::from(body)));
    }
    if subscriber::token(request.request()).is_some() {
        let outcome = subscriber::find(request.request()).await;
        request.extensions_mut().insert(KnownTicket(outcome));
    } else if request.app_data::<Data<Gate>>().is_some() {
        let outcome = find(request.request()).await;
        request.extensions_mut().insert(Known(outcome));
    }
    next.call(request).await
}

/// Only where nothing else tells who sent it: then a form is read twice, which is cheap but not free.
fn wants_look(request: &ServiceRequest) -> bool {
    let headers = request.headers();
    let told = ["sec-fetch-site", "origin"]
        .iter()
        .any(|name| headers.contains_key(*name));
    !request.method().is_safe()
        && !told
        && !headers.contains_key(header::AUTHORIZATION)
        && !headers.contains_key(csrf::HEADER)
        && request
            .content_type()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

fn field(body: &[u8]) -> Option<String> {
    // A refused form is the handler's to explain.
    let pairs = web::Query::<Vec<(String, String)>>::from_query(std::str::from_utf8(body).ok()?).ok()?;
    pairs
        .into_inner()
        .into_iter()
        .find(|(name, _)| name == "csrf")
        .map(|(_, value)| value)
}
