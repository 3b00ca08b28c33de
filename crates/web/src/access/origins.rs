//! Pages of companies that draw a flow themselves: their scripts may read what the viewer's API answers, where the company
//! of the subscriber's token lists their origin. Cookies are never meant, and no other route answers another origin.
//!
//! Which origin may read depends on the token and on the database; the middleware of `actix-cors` decides by a function
//! that can ask neither.

use actix_web::{
    Error, HttpMessage as _, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use kale_application::viewer::Viewer;

use super::subscriber::KnownTicket;
use crate::problem::Problem;

/// The routes of the viewer's API, and below.
const PLACES: [&str; 2] = ["/api/v1/sessions", "/api/v1/events"];

/// What a script may read besides the body.
const EXPOSED: HeaderValue =
    HeaderValue::from_static("ETag, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id");

/// Middleware, directly inside of [`know_caller`](super::know_caller).
pub async fn answer_origins(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, Error> {
    let Some(origin) = origin(&request) else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let asks = asks_before(&request);
    // What no subscriber's token was sent for, staff's and programs' requests, no other origin reads.
    let of = match request.extensions().get::<KnownTicket>() {
        Some(KnownTicket(Ok(ticket))) => Some(Some(ticket.clone())),
        Some(KnownTicket(Err(_))) => Some(None),
        None => asks.then_some(None),
    };
    let may = match (request.app_data::<Data<Viewer>>(), of) {
        (Some(viewer), Some(ticket)) => {
            let origin = origin.to_str().unwrap_or_default();
            let may = viewer.may_read(ticket.as_ref(), origin).await;
            may.map_err(Problem::from)?
        }
        _ => false,
    };
    let mut response = if asks && may {
        let allowed = HttpResponse::NoContent()
            .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"))
            .insert_header((
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                "authorization, content-type, idempotency-key",
            ))
            .insert_header((header::ACCESS_CONTROL_MAX_AGE, "600"))
            .finish();
        request.into_response(allowed).map_into_right_body()
    } else {
        next.call(request).await?.map_into_left_body()
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if may {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
    Ok(response)
}

/// The origin of a page that asks the viewer's API.
fn origin(request: &ServiceRequest) -> Option<HeaderValue> {
    let path = request.path();
    let mut places = PLACES.iter().filter_map(|place| path.strip_prefix(place));
    places.find(|rest| rest.is_empty() || rest.starts_with('/'))?;
    only(request, &header::ORIGIN).cloned()
}

/// Whether a browser asks what it may send (a preflight request), which carries no token.
fn asks_before(request: &ServiceRequest) -> bool {
    request.method() == Method::OPTIONS && only(request, &header::ACCESS_CONTROL_REQUEST_METHOD).is_some()
}

fn only<'a>(request: &'a ServiceRequest, name: &HeaderName) -> Option<&'a HeaderValue> {
    let mut all = request.headers().get_all(name);
    let one = all.next()?;
    all.next().is_none().then_some(one)
}
