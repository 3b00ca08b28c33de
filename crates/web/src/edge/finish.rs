//! The last touch of every answer: problems in the form the client reads, and the headers all answers carry.

use actix_web::{
    Error, HttpMessage as _, HttpRequest, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
};

use super::{Edge, secure};
use crate::{
    Problem,
    limits::Left,
    problem::json,
    request_id::{self, RequestId},
    surface::{ProblemPage, Surface},
};

/// What is remembered of a request for its answer.
#[derive(Debug)]
pub(super) struct Asked {
    id: RequestId,
    method: Method,
    path: String,
    target: String,
    takes_html: bool,
    htmx: bool,
}

impl Asked {
    pub(super) fn by(request: &ServiceRequest, id: RequestId) -> Self {
        let uri = request.uri();
        Self {
            id,
            method: request.method().clone(),
            path: uri.path().to_owned(),
            target: uri
                .path_and_query()
                .map_or_else(|| uri.path().to_owned(), ToString::to_string),
            takes_html: takes_html(request.headers()),
            htmx: request.headers().contains_key("hx-request"),
        }
    }

    pub(super) fn request_id(&self) -> &str {
        self.id.as_str()
    }

    pub(super) fn method(&self) -> &Method {
        &self.method
    }

    fn page<'a>(&'a self, problem: &'a Problem) -> ProblemPage<'a> {
        ProblemPage {
            problem,
            request_id: self.id.as_str(),
            method: &self.method,
            target: &self.target,
            htmx: self.htmx,
        }
    }
}

fn takes_html(headers: &HeaderMap) -> bool {
    let named = |value: &HeaderValue| value.to_str().is_ok_and(|text| text.contains("text/html"));
    headers.get_all(header::ACCEPT).any(named)
}

impl Edge {
    pub(super) fn finish<B: MessageBody>(
        &self,
        asked: &Asked,
        response: ServiceResponse<B>,
    ) -> ServiceResponse<EitherBody<B>> {
        let Some(problem) = problem_in(response.response()) else {
            let mut response = response.map_into_left_body();
            let left = left(response.request());
            self.add_headers(asked, response.headers_mut());
            add_left(left, response.headers_mut());
            return response;
        };
        let (request, former) = response.into_parts();
        let mut rendered = self.render(asked, &problem);
        keep_headers(former.headers(), rendered.headers_mut());
        add_left(left(&request), rendered.headers_mut());
        self.add_headers(asked, rendered.headers_mut());
        ServiceResponse::new(request, rendered).map_into_right_body()
    }

    /// The answer to an error that reached the edge itself.
    pub(super) fn finish_error(&self, asked: &Asked, error: &Error) -> HttpResponse {
        let response = error.error_response();
        let mut response = match problem_in(&response) {
            Some(problem) => {
                let mut rendered = self.render(asked, &problem);
                keep_headers(response.headers(), rendered.headers_mut());
                rendered
            }
            None => response,
        };
        self.add_headers(asked, response.headers_mut());
        response
    }

    fn render(&self, asked: &Asked, problem: &Problem) -> HttpResponse {
        let pages = self
            .surfaces
            .of(&asked.path)
            .and_then(Surface::pages)
            .filter(|_| asked.takes_html);
        let Some(pages) = pages else {
            return json(problem, asked.request_id());
        };
        let mut response = pages(&asked.page(problem));
        for (name, value) in problem.headers() {
            response.headers_mut().append(name.clone(), value.clone());
        }
        response
    }

    fn add_headers(&self, asked: &Asked, headers: &mut HeaderMap) {
        if let Ok(id) = HeaderValue::from_str(asked.request_id()) {
            headers.insert(request_id::HEADER, id);
        }
        let policy = self.surfaces.of(&asked.path).map(Surface::policy);
        secure::add_headers(headers, policy, self.https);
        if self.drain.is_draining() {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
}

/// What is left of the caller's bucket. A request that found it empty has said so itself.
fn left(request: &HttpRequest) -> Option<Left> {
    request.extensions().get::<Left>().copied()
}

fn add_left(left: Option<Left>, headers: &mut HeaderMap) {
    for (name, value) in left.into_iter().flat_map(Left::headers) {
        headers.insert(name, value);
    }
}

/// The problem that an answer stands for: its own, or one in place of an error that would leave as plain text.
fn problem_in<B>(response: &HttpResponse<B>) -> Option<Problem> {
    if let Some(problem) = response.extensions().get::<Problem>() {
        return Some(problem.clone());
    }
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    let media = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let ours = media.is_some_and(|media| !media.starts_with("text/plain"));
    if ours {
        None
    } else {
        Some(in_place_of(status, response.error()))
    }
}

fn in_place_of(status: StatusCode, error: Option<&Error>) -> Problem {
    if status.is_server_error() {
        // Not one of our problems, so it was not logged yet.
        let error = error.map(tracing::field::display);
        tracing::error!(error, http.status = status.as_u16(), "request failed");
    }
    match status.as_u16() {
        401 => Problem::unauthenticated(),
        403 => Problem::of("forbidden"),
        404 => Problem::not_found(),
        405 => Problem::of("method-not-allowed"),
        406 => Problem::of("not-acceptable"),
        408 => Problem::of("request-timeout"),
        409 => Problem::of("conflict"),
        413 => Problem::of("too-large"),
        415 => Problem::of("unsupported-media-type"),
        422 => Problem::of("validation"),
        429 => Problem::of("rate-limited"),
        431 => Problem::of("headers-too-large"),
        502 | 504 => Problem::of("upstream"),
        503 => Problem::of("unavailable"),
        500.. => Problem::of("internal"),
        _ => Problem::of("malformed"),
    }
}

/// Takes over what others added on the way out (CORS, cookies, `Allow`), but nothing that describes the former body.
fn keep_headers(former: &HeaderMap, headers: &mut HeaderMap) {
    const OF_THE_BODY: [HeaderName; 5] = [
        header::CONTENT_TYPE,
        header::CONTENT_LENGTH,
        header::CONTENT_ENCODING,
        header::ETAG,
        header::TRANSFER_ENCODING,
    ];
    for (name, value) in former {
        let same = headers.get_all(name).any(|present| present == value);
        if !same && !OF_THE_BODY.contains(name) {
            headers.append(name.clone(), value.clone());
        }
    }
}
