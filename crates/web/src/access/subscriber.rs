//! Subscribers: people of other companies' customers, who come with a token that their company signed.

use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev::Payload, http::header, web::Data};
use futures::{FutureExt as _, future::LocalBoxFuture};
use kale_application::viewer::{Ticket, Viewer};

use super::{credential::bearer, gate::Gate};
use crate::Problem;

/// Whoever sends a subscriber's token as bearer. A cookie is never looked at.
#[derive(Debug, Clone)]
pub struct Subscriber(
    /// What the token opens.
    pub Ticket,
);

/// What came of looking at the token of this request: kept, so that however many ask, one looks.
#[derive(Debug, Clone)]
pub(super) struct KnownTicket(pub(super) Result<Ticket, Problem>);

/// The subscriber's token of a request, if it has one.
pub(super) fn token(request: &HttpRequest) -> Option<&str> {
    let mut all = request.headers().get_all(header::AUTHORIZATION);
    let (one, more) = (all.next()?, all.next());
    let token = one.to_str().ok().filter(|_| more.is_none()).and_then(bearer)?;
    token.starts_with("kale1.").then_some(token)
}

/// Looks at the token.
pub(super) async fn find(request: &HttpRequest) -> Result<Ticket, Problem> {
    let refused =
        || Problem::unauthenticated().detail("this needs a subscriber's token that opens something");
    let token = token(request).ok_or_else(refused)?;
    let Some(viewer) = request.app_data::<Data<Viewer>>() else {
        tracing::error!("a route wants a subscriber, and no viewer is configured");
        return Err(Problem::of("internal"));
    };
    let limits = request.app_data::<Data<Gate>>().map(|gate| gate.limits());
    match (viewer.ticket(token).await?, limits) {
        (Some(ticket), Some(limits)) => limits.subscriber(request, &ticket).map(|()| ticket),
        (Some(ticket), None) => Ok(ticket),
        (None, Some(limits)) => Err(limits.stranger(request).err().unwrap_or_else(refused)),
        (None, None) => Err(refused()),
    }
}

impl FromRequest for Subscriber {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move {
            let known = request.extensions().get::<KnownTicket>().cloned();
            let outcome = match known {
                Some(KnownTicket(outcome)) => outcome,
                None => find(&request).await,
            };
            outcome.map(Self)
        }
        .boxed_local()
    }
}
