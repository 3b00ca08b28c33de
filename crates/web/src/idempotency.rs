//! `Idempotency-Key`: a request that is sent twice acts once.
//!
//! The store stands behind a trait, because this layer knows no database; the composition root joins the two.

mod answer;
#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc};

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest, HttpResponse,
    dev::Payload,
    http::header::{HeaderMap, HeaderName},
    web::Data,
};
use futures::future::{LocalBoxFuture, Ready, ready};
use kale_application::{Tenant, access::Caller};
use sha2::{Digest as _, Sha256};

pub use self::answer::KeptAnswer;
use crate::{Allowed, InstallationAdmin, Problem, body::BodyHash};

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const LONGEST: usize = 255;

/// What one request asks of the store: the scope of its key, and what it was.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// Whose.
    pub tenant: Tenant,
    /// Who calls: the id of a user or a key, as text.
    pub actor: &'a str,
    /// Method and path pattern.
    pub route: &'a str,
    /// What the caller sent as key.
    pub key: &'a str,
    /// SHA-256 of path, query and body.
    pub request_hash: [u8; 32],
}

/// What the store knows of a key.
#[derive(Debug)]
pub enum Begun {
    /// Nothing: act, then settle the slot.
    Fresh(Box<dyn IdempotencySlot>),
    /// The first request is answered; this was the answer.
    Replay(KeptAnswer),
    /// The first request still runs.
    Running,
    /// The key belongs to another request.
    OtherRequest,
}

/// Keeps answers for a day.
pub trait IdempotencyStore: fmt::Debug + Send + Sync {
    /// Asks for the right to act.
    fn begin<'a>(&'a self, attempt: Attempt<'a>) -> LocalBoxFuture<'a, Result<Begun, Problem>>;
}

/// The right to act for one key. One that is dropped blocks its key until the store takes the request for dead.
pub trait IdempotencySlot: fmt::Debug {
    /// Keeps the answer.
    fn finish(self: Box<Self>, answer: KeptAnswer) -> LocalBoxFuture<'static, Result<(), Problem>>;
    /// Frees the key: nothing was done.
    fn abandon(self: Box<Self>) -> LocalBoxFuture<'static, Result<(), Problem>>;
}

/// The idempotency of the request at hand: let it [`run`](Idempotent::run) the work.
#[derive(Debug)]
pub struct Idempotent {
    key: Option<String>,
    store: Option<Arc<dyn IdempotencyStore>>,
    request: HttpRequest,
    secret: &'static [&'static str],
    body: Option<[u8; 32]>,
}

impl Idempotent {
    /// Refuses a request without a key.
    pub fn required(self) -> Result<Self, Problem> {
        match self.key {
            Some(_) => Ok(self),
            None => Err(Problem::of("idempotency-key-required")),
        }
    }

    /// Leaves these fields of the answer's object out of what is kept: a replay never shows a secret again.
    #[must_use]
    pub const fn without(mut self, fields: &'static [&'static str]) -> Self {
        self.secret = fields;
        self
    }

    /// The SHA-256 of a body that [`Json`](crate::Json) did not read: a file, a stream.
    #[must_use]
    pub const fn body_hash(mut self, hash: [u8; 32]) -> Self {
        self.body = Some(hash);
        self
    }

    /// Does the work, or answers what it answered before (with `Idempotent-Replayed: true`).
    ///
    /// 422 `idempotency-key-reused` for another request under the same key, 409 `idempotency-key-in-use` while the
    /// first one runs. A refusal is not kept: the key is free again. Without a key the work is just done.
    pub async fn run<P>(
        self,
        caller: &Allowed<P>,
        work: impl AsyncFnOnce() -> Result<HttpResponse, Problem>,
    ) -> Result<HttpResponse, Problem> {
        self.run_of(caller.tenant(), &caller.caller, work).await
    }

    /// The same for what belongs to no company.
    pub async fn run_for_installation(
        self,
        admin: &InstallationAdmin,
        work: impl AsyncFnOnce() -> Result<HttpResponse, Problem>,
    ) -> Result<HttpResponse, Problem> {
        self.run_of(admin.installation.no_company(), &admin.caller, work)
            .await
    }

    async fn run_of(
        self,
        tenant: Tenant,
        caller: &Caller,
        work: impl AsyncFnOnce() -> Result<HttpResponse, Problem>,
    ) -> Result<HttpResponse, Problem> {
        let (Some(key), Some(store)) = (&self.key, &self.store) else {
            return work().await;
        };
        let route = self
            .request
            .match_pattern()
            .unwrap_or_else(|| self.request.path().to_owned());
        let attempt = Attempt {
            tenant,
            actor: &actor(caller),
            route: &format!("{} {route}", self.request.method()),
            key,
            request_hash: hash(&self.request, self.body),
        };
        let begun = store.begin(attempt).await?;
        settle(begun, self.secret, work).await
    }
}

/// Acts where the key is fresh, and keeps what came of it.
async fn settle(
    begun: Begun,
    secret: &[&str],
    work: impl AsyncFnOnce() -> Result<HttpResponse, Problem>,
) -> Result<HttpResponse, Problem> {
    let slot = match begun {
        Begun::Fresh(slot) => slot,
        Begun::Replay(answer) => return Ok(answer.replay()),
        Begun::Running => {
            let wait = std::time::Duration::from_secs(1);
            return Err(Problem::of("idempotency-key-in-use").retry_after(wait));
        }
        Begun::OtherRequest => return Err(Problem::of("idempotency-key-reused")),
    };
    match work().await {
        Ok(response) if response.status().is_success() || response.status().is_redirection() => {
            let (response, kept) = KeptAnswer::of(response, secret).await?;
            slot.finish(kept).await?;
            Ok(response)
        }
        refused => {
            if let Err(problem) = slot.abandon().await {
                // The refusal says more than that; the key frees itself after a while.
                tracing::warn!(
                    error.code = problem.code(),
                    "an idempotency key could not be freed"
                );
            }
            refused
        }
    }
}

fn actor(caller: &Caller) -> String {
    let actor = caller.actor();
    actor.id().unwrap_or_else(|| actor.kind().to_owned())
}

/// Path and query count too: the same key on two things is two requests, also where neither has a body.
fn hash(request: &HttpRequest, body: Option<[u8; 32]>) -> [u8; 32] {
    let target = request
        .uri()
        .path_and_query()
        .map_or("", |target| target.as_str());
    let hash = Sha256::new().chain_update(target.as_bytes()).chain_update([0]);
    let body = body.or_else(|| request.extensions().get::<BodyHash>().map(|body| body.0));
    body.map_or(hash.clone(), |body| hash.chain_update(body))
        .finalize()
        .into()
}

/// The key of a request: 1 to 255 visible ASCII characters, sent once.
fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut all = headers.get_all(HEADER);
    let (one, more) = (all.next(), all.next());
    let Some(one) = one else { return Ok(None) };
    let legal =
        |text: &&str| (1..=LONGEST).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    let text = one.to_str().ok().filter(legal).filter(|_| more.is_none());
    text.map(|text| Some(text.to_owned()))
        .ok_or_else(|| Problem::of("invalid-idempotency-key"))
}

impl FromRequest for Idempotent {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let store = request
            .app_data::<Data<dyn IdempotencyStore>>()
            .map(|store| Arc::clone(store));
        let found = key(request.headers()).and_then(|key| {
            if key.is_some() && store.is_none() {
                tracing::error!("a route takes idempotency keys, and no store is configured");
                return Err(Problem::of("internal"));
            }
            Ok(Self {
                key,
                store,
                request: request.clone(),
                secret: &[],
                body: None,
            })
        });
        ready(found)
    }
}
