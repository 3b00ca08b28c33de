//! Who tells, and what: a subscriber of their own session, or a program of the company.

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use futures::{FutureExt as _, future::LocalBoxFuture};
use kale_application::events::Teller;
use kale_web::{Allowed, Beacon, Json, Problem, Subscriber, permission::WriteEvents};
use serde::de::DeserializeOwned;

/// The largest body, in bytes.
pub(super) const LIMIT: usize = 1024 * 1024;

/// A teller, who is known before the body is looked at, and the body.
#[derive(Debug)]
pub(super) struct Telling<T> {
    pub(super) teller: Teller,
    pub(super) body: T,
}

impl<T: DeserializeOwned + 'static> FromRequest for Telling<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        async move {
            if Beacon::<T, LIMIT>::is_one(&request) {
                // Whoever sends a page's beacon can't say who made it: only the token in the body counts.
                let Beacon { token, body } = Beacon::<T, LIMIT>::from_request(&request, &mut payload).await?;
                let Subscriber(ticket) = Subscriber::by_token(&request, &token).await?;
                let teller = Teller::Subscriber(Box::new(ticket));
                return Ok(Self { teller, body });
            }
            let teller = if Subscriber::sent(&request) {
                let Subscriber(ticket) = Subscriber::extract(&request).await?;
                Teller::Subscriber(Box::new(ticket))
            } else {
                let allowed = Allowed::<WriteEvents>::extract(&request).await?;
                Teller::Company(allowed.tenant(), Box::new(allowed.company()?.clone()))
            };
            let Json(body) = Json::<T, LIMIT>::from_request(&request, &mut payload).await?;
            Ok(Self { teller, body })
        }
        .boxed_local()
    }
}
