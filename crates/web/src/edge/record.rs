//! What is kept of every request: one log line and two metrics, none with a person or a raw path in it.

use std::{
    cell::Cell,
    future::{Ready, ready},
    rc::Rc,
    time::Instant,
};

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest,
    dev::Payload,
    http::{Method, StatusCode},
};
use kale_domain::id::CompanyId;

use super::drain::InFlight;
use crate::Problem;

/// What handlers note for the log line of their request.
#[derive(Debug, Clone, Default)]
pub struct Notes(Rc<Cell<Option<CompanyId>>>);

impl Notes {
    /// The company that the request turned out to be about. The extractors of callers do this.
    pub fn company(&self, company: CompanyId) {
        self.0.set(Some(company));
    }
}

impl FromRequest for Notes {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(request
            .extensions()
            .get::<Self>()
            .cloned()
            .unwrap_or_default()))
    }
}

/// A request under way. Dropped before its end it counts as left by its client.
#[derive(Debug)]
pub(super) struct Record {
    route: String,
    method: &'static str,
    began: Instant,
    notes: Notes,
    ended: bool,
    _in_flight: InFlight,
}

impl Record {
    pub(super) fn begin(route: String, method: &Method, in_flight: InFlight, notes: Notes) -> Self {
        Self {
            route,
            method: method_label(method),
            began: Instant::now(),
            notes,
            ended: false,
            _in_flight: in_flight,
        }
    }

    /// The answer begins.
    pub(super) fn end(mut self, status: StatusCode) {
        self.ended = true;
        self.write(status_class(status), Some(status.as_u16()));
    }

    fn write(&self, class: &'static str, status: Option<u16>) {
        let took = self.began.elapsed();
        let company = self.notes.0.get();
        let company = company.as_ref().map(tracing::field::display);
        let (method, latency_ms) = (self.method, took.as_secs_f64() * 1000.0);
        // Probes come every few seconds and tell nothing.
        if matches!(self.route.as_str(), "/healthz" | "/readyz" | "/metrics") {
            tracing::debug!(
                http.method = method,
                http.route = self.route,
                http.status = status,
                latency_ms,
                "answered"
            );
        } else {
            tracing::info!(
                http.method = method,
                http.route = self.route,
                http.status = status,
                latency_ms,
                company.id = company,
                "answered"
            );
        }
        let labels = [
            ("route", self.route.clone()),
            ("method", method.to_owned()),
            ("status", class.to_owned()),
        ];
        metrics::counter!("http_requests_total", &labels).increment(1);
        metrics::histogram!("http_request_seconds", &labels).record(took.as_secs_f64());
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        if !self.ended {
            self.write("left", None);
        }
    }
}

/// The method as a label: whatever a client makes up is `OTHER`.
pub(super) fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}

fn status_class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}
