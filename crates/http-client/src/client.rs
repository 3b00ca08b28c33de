//! Asking, and asking again.

use std::{error::Error as _, fmt, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use reqwest::redirect::Policy;
use secrecy::ExposeSecret as _;

use crate::{
    address::{Destinations, Forbidden, Guarded},
    budget::Budget,
    error::HttpError,
    request::{Answer, Request},
};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);
/// How long one attempt may take, connection and whole answer.
const ATTEMPT: Duration = Duration::from_secs(10);
/// How often one request is tried.
const ATTEMPTS: u32 = 3;
/// The pause before the second attempt, which doubles.
const PAUSE: Duration = Duration::from_millis(200);
/// The longest wait that anybody is made to sit through; who is told to wait longer gets the answer and comes back.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many bytes of an answer are read.
const LARGEST: usize = 4 * 1024 * 1024;

/// Asks one provider. Cheap to clone; connections are kept.
#[derive(Clone)]
pub struct Client {
    inner: reqwest::Client,
    destinations: Destinations,
    budget: Arc<dyn Budget>,
}

impl Client {
    /// One that goes to those destinations within that budget. It follows no redirect and takes no proxy from its
    /// surroundings, so that nothing leads it elsewhere.
    pub fn new(destinations: Destinations, budget: Arc<dyn Budget>) -> Result<Self, reqwest::Error> {
        let inner = reqwest::Client::builder()
            .user_agent(concat!("kale/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT)
            .timeout(ATTEMPT)
            .dns_resolver(Arc::new(Guarded(destinations)))
            .build()?;
        Ok(Self {
            inner,
            destinations,
            budget,
        })
    }

    /// Asks. An answer is an answer, whatever its status: the last one, where several attempts were made.
    ///
    /// What may be repeated is tried up to three times where the connection or the provider fails; anything else only
    /// where no connection came about.
    pub async fn ask(&self, request: &Request) -> Result<Answer, HttpError> {
        let host = request.host();
        if !self.destinations.allow_url(&request.url) {
            return Err(HttpError::Forbidden { host });
        }
        let mut made = 0;
        loop {
            if let Err(retry_after) = self.budget.take() {
                return Err(HttpError::Spent { host, retry_after });
            }
            made += 1;
            let outcome = self.attempt(request).await;
            let again = made < ATTEMPTS && may_repeat(request, &outcome);
            let pause = pause(made, outcome.as_ref().ok());
            match (again, pause) {
                (true, Some(pause)) => tokio::time::sleep(pause).await,
                _ => {
                    note(request, made, &outcome);
                    return outcome;
                }
            }
        }
    }

    async fn attempt(&self, request: &Request) -> Result<Answer, HttpError> {
        let host = || request.host();
        let mut builder = self.inner.request(request.method.clone(), request.url.clone());
        for (name, value) in &request.headers {
            let Ok(mut value) = reqwest::header::HeaderValue::from_str(value.expose_secret()) else {
                return Err(HttpError::Unwritable { host: host() });
            };
            value.set_sensitive(true);
            builder = builder.header(*name, value);
        }
        if let Some(body) = &request.body {
            builder = builder.body(Bytes::clone(body));
        }
        let failed = |error| failure(host(), &error);
        let mut response = builder.send().await.map_err(failed)?;
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > LARGEST {
                return Err(HttpError::TooLarge { host: host() });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            body: body.freeze(),
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("destinations", &self.destinations)
            .finish_non_exhaustive()
    }
}

/// What a failure means. Only its kind is taken over: the words of the library repeat the address.
fn failure(host: String, error: &reqwest::Error) -> HttpError {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<Forbidden>() {
            return HttpError::Forbidden { host };
        }
        cause = inner.source();
    }
    if error.is_builder() {
        HttpError::Unwritable { host }
    } else if error.is_connect() {
        HttpError::Unreachable { host }
    } else {
        HttpError::Broken { host }
    }
}

fn may_repeat(request: &Request, outcome: &Result<Answer, HttpError>) -> bool {
    match outcome {
        Err(HttpError::Unreachable { .. }) => true,
        Err(HttpError::Broken { .. }) => request.repeatable,
        Err(_) => false,
        Ok(answer) => request.repeatable && matches!(answer.status(), 408 | 429 | 500 | 502 | 503 | 504),
    }
}

/// How long to wait before the next attempt; `None` where the provider wants more patience than we have.
fn pause(made: u32, answer: Option<&Answer>) -> Option<Duration> {
    let own = PAUSE * 2_u32.saturating_pow(made.saturating_sub(1));
    // Many who failed together don't come back together.
    let own = own.mul_f64(rand::random_range(0.75..1.25));
    match answer.and_then(Answer::retry_after) {
        Some(asked) if asked > PATIENCE => None,
        Some(asked) => Some(asked.max(own)),
        None => Some(own),
    }
}

fn note(request: &Request, attempts: u32, outcome: &Result<Answer, HttpError>) {
    let (host, method) = (request.host(), &request.method);
    match outcome {
        Ok(answer) => {
            let status = answer.status();
            tracing::debug!(%host, %method, attempts, status, "a provider answered");
        }
        Err(error) => tracing::warn!(%host, %method, attempts, %error, "a provider gave no answer"),
    }
}

#[cfg(test)]
mod tests;
