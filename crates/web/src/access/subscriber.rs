//! Subscribers: people of other companies' customers, who come with a token that their company signed.

use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev::Payload, http::header, web::Data};
use futures::{FutureExt as _, future::LocalBoxFuture};
use kale_application::viewer::{Ticket, Viewer};

use super::{caller::gate, credential::bearer};
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

/// Looks at the token of the header.
pub(super) async fn find(request: &HttpRequest) -> Result<Ticket, Problem> {
    match token(request) {
        Some(token) => open(request, token).await,
        None => Err(refusal()),
    }
}

/// Looks at a token, wherever in the request it stood.
async fn open(request: &HttpRequest, token: &str) -> Result<Ticket, Problem> {
    let Some(viewer) = request.app_data::<Data<Viewer>>() else {
        tracing::error!("a route wants a subscriber, and no viewer is configured");
        return Err(Problem::of("internal"));
    };
    let limits = gate(request)?.limits();
    let Some(ticket) = viewer.ticket(token).await? else {
        return Err(limits.refused(request, refusal()));
    };
    limits.subscriber(request, &ticket)?;
    Ok(ticket)
}

fn refusal() -> Problem {
    Problem::unauthenticated().detail("this needs a subscriber's token that opens something")
}

impl Subscriber {
    /// Whoever holds that token, which came in the body, as a browser's beacon sends it.
    pub async fn by_token(request: &HttpRequest, token: &str) -> Result<Self, Problem> {
        open(request, token).await.map(Self)
    }

    /// Whether a request comes with a subscriber's token in its header, good or not.
    #[must_use]
    pub fn sent(request: &HttpRequest) -> bool {
        token(request).is_some()
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
