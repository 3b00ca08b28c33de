//! The outermost middleware: what is done for every request, in one fixed order.
//!
//! Request id → span → deadline and panics → problem documents → security headers → metrics and access log.
//! It also finishes errors that other middleware returns, so nothing leaves the server in plain text.

mod deadline;
mod drain;
mod finish;
mod record;
mod secure;
#[cfg(test)]
mod tests;

use std::{
    future::{Ready, ready},
    panic::AssertUnwindSafe,
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use actix_web::{
    Error, HttpMessage as _,
    body::{EitherBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    error::InternalError,
};
use futures::{FutureExt as _, future::LocalBoxFuture};
use kale_config::BaseUrl;
use kale_domain::clock::{Clock, Ids};
use tracing::Instrument as _;

pub use self::{deadline::Deadline, drain::Drain, record::Notes};
use self::{
    finish::Asked,
    record::{Record, method_label},
};
use crate::{
    Problem,
    request_id::RequestId,
    surface::{Surface, Surfaces},
};

/// How long an answer may take to begin, unless its handler says otherwise.
const DEADLINE: Duration = Duration::from_secs(30);

/// The outermost middleware. Built once, cloned into every worker; wrap it last, so that it is outermost.
#[derive(Debug, Clone)]
pub struct Edge {
    surfaces: Surfaces,
    https: bool,
    deadline: Duration,
    drain: Drain,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl Edge {
    /// For an installation at that address. Everything speaks JSON until [`Edge::surface`] says otherwise.
    #[must_use]
    pub fn new(base_url: &BaseUrl, drain: Drain, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        Self {
            surfaces: Surfaces::default(),
            https: base_url.is_https(),
            deadline: DEADLINE,
            drain,
            clock,
            ids,
        }
    }

    /// Adds a surface, in place of an earlier one of the same prefix.
    #[must_use]
    pub fn surface(mut self, surface: Surface) -> Self {
        self.surfaces.add(surface);
        self
    }

    /// How long an answer may take to begin; 30 seconds unless set. A handler lifts it with [`Deadline`].
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    fn request_id(&self, request: &ServiceRequest) -> RequestId {
        RequestId::sent(request.headers()).unwrap_or_else(|| {
            let id = self.ids.next(self.clock.now());
            RequestId::made(&kale_domain::id::suffix(id))
        })
    }
}

impl<S, B> Transform<S, ServiceRequest> for Edge
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = EdgeService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(EdgeService {
            inner: Rc::new(inner),
            edge: Rc::new(self.clone()),
        }))
    }
}

/// [`Edge`] around the routes of one worker.
#[derive(Debug)]
pub struct EdgeService<S> {
    inner: Rc<S>,
    edge: Rc<Edge>,
}

impl<S, B> Service<ServiceRequest> for EdgeService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let edge = Rc::clone(&self.edge);
        let inner = Rc::clone(&self.inner);
        let id = edge.request_id(&request);
        let deadline = Deadline::after(edge.deadline);
        let notes = Notes::default();
        request.extensions_mut().insert(id.clone());
        request.extensions_mut().insert(deadline.clone());
        request.extensions_mut().insert(notes.clone());
        let asked = Asked::by(&request, id);
        let route = request.match_pattern().unwrap_or_else(|| "unmatched".to_owned());
        let span = tracing::info_span!(
            "web.request",
            request.id = asked.request_id(),
            http.method = method_label(request.method()),
            http.route = route,
        );
        let in_span = span.clone();
        let work = async move {
            let record = Record::begin(route, asked.method(), edge.drain.enter(), notes);
            // Routing itself runs inside `call`, so that a panic there is caught too.
            let answering = async move { inner.call(request).await };
            let answered = deadline.bound(AssertUnwindSafe(answering).catch_unwind()).await;
            let answer = match answered {
                Some(Ok(Ok(response))) => Ok(edge.finish(&asked, response)),
                Some(Ok(Err(error))) => Err(edge.finish_error(&asked, &error)),
                Some(Err(_panic)) => {
                    // The panic hook has written message and place; here is the request it belongs to.
                    tracing::error!("a handler panicked");
                    Err(edge.finish_error(&asked, &Problem::of("internal").into()))
                }
                None => {
                    tracing::warn!("the deadline of a request passed");
                    let problem = Problem::of("deadline-exceeded").retry_after(Duration::from_secs(1));
                    Err(edge.finish_error(&asked, &problem.into()))
                }
            };
            match answer {
                Ok(response) => {
                    record.end(response.status());
                    Ok(response)
                }
                Err(response) => {
                    record.end(response.status());
                    // There is no request any more to make a `ServiceResponse` with: it went into the inner service.
                    Err(InternalError::from_response("answered by the edge", response).into())
                }
            }
        };
        work.instrument(in_span).boxed_local()
    }
}
