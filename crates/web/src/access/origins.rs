//! Which pages of other origins read what the API answers to a token: those that the settings name, such as a dashboard
//! that stands apart, read all of it; those that the company of a subscriber's token lists, which draw a flow themselves,
//! read the viewer's part. Cookies are never meant.
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

use super::{gate::Gate, subscriber::KnownTicket};
use crate::problem::Problem;

/// Where the API is.
const API: &str = "/api";
/// The routes of the viewer's part of it, and below.
const VIEWER: [&str; 2] = ["/api/v1/sessions", "/api/v1/events"];

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
    let may = may_read(&request, origin.to_str().unwrap_or_default(), asks).await?;
    let mut response = if asks && may {
        let allowed = HttpResponse::NoContent()
            .insert_header((
                header::ACCESS_CONTROL_ALLOW_METHODS,
                "GET, POST, PUT, PATCH, DELETE",
            ))
            .insert_header((
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                "authorization, content-type, idempotency-key, if-match",
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

/// Whether a page of that origin may read the answer.
async fn may_read(request: &ServiceRequest, origin: &str, asks: bool) -> Result<bool, Problem> {
    let gate = request.app_data::<Data<Gate>>();
    if gate.is_some_and(|gate| gate.is_open_to(origin)) {
        return Ok(true);
    }
    if !VIEWER.iter().any(|place| is_below(request.path(), place)) {
        return Ok(false);
    }
    let Some(viewer) = request.app_data::<Data<Viewer>>() else {
        return Ok(false);
    };
    let known = request.extensions().get::<KnownTicket>().cloned();
    let ticket = match known {
        Some(KnownTicket(Ok(ticket))) => Some(ticket),
        Some(KnownTicket(Err(_))) => None,
        // Staff's and programs' requests carry no subscriber's token; nor does one that asks before.
        None if asks => None,
        None => return Ok(false),
    };
    Ok(viewer.may_read(ticket.as_ref(), origin).await?)
}

/// The origin of a page that asks the API.
fn origin(request: &ServiceRequest) -> Option<HeaderValue> {
    let origin = only(request, &header::ORIGIN).cloned();
    origin.filter(|_| is_below(request.path(), API))
}

fn is_below(path: &str, place: &str) -> bool {
    let rest = path.strip_prefix(place);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
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
