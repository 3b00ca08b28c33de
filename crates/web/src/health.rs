//! `/healthz`, `/readyz` and `/metrics`: what machines ask about this process.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    rt::time,
    web::{Data, ServiceConfig, get, resource},
};
use futures::{
    FutureExt as _,
    future::{LocalBoxFuture, join_all},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::{Drain, Problem, access::bearer};

/// How long one check may take.
const PATIENCE: Duration = Duration::from_secs(2);

type CheckFn = dyn Fn() -> LocalBoxFuture<'static, Result<(), String>> + Send + Sync;
type RenderFn = dyn Fn() -> String + Send + Sync;

/// What has to be well before requests are sent here. Cheap to clone.
#[derive(Clone)]
pub struct Readiness {
    drain: Drain,
    checks: Vec<(&'static str, Arc<CheckFn>)>,
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.checks.iter().map(|(name, _)| name))
            .finish()
    }
}

impl Readiness {
    /// Ready until `drain` begins.
    #[must_use]
    pub const fn new(drain: Drain) -> Self {
        Self {
            drain,
            checks: Vec::new(),
        }
    }

    /// And while this check passes. What it says when it fails is logged, not answered.
    #[must_use]
    pub fn check<F>(mut self, name: &'static str, check: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), String>> + 'static,
    {
        self.checks.push((name, Arc::new(move || check().boxed_local())));
        self
    }

    async fn run(&self) -> (bool, BTreeMap<&'static str, &'static str>) {
        let results = join_all(self.checks.iter().map(|(name, check)| async move {
            let reason = match time::timeout(PATIENCE, check()).await {
                Ok(Ok(())) => return (*name, "ok"),
                Ok(Err(reason)) => reason,
                Err(_elapsed) => "no answer in time".to_owned(),
            };
            tracing::warn!(check = *name, reason, "not ready");
            (*name, "failed")
        }));
        let mut results: BTreeMap<_, _> = results.await.into_iter().collect();
        if self.drain.is_draining() {
            results.insert("draining", "failed");
        }
        (results.values().all(|result| *result == "ok"), results)
    }
}

/// The metrics of this process, and who may read them.
#[derive(Clone)]
pub struct MetricsPage {
    render: Arc<RenderFn>,
    token: Option<SecretString>,
}

impl fmt::Debug for MetricsPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricsPage")
            .field("guarded", &self.token.is_some())
            .finish_non_exhaustive()
    }
}

impl MetricsPage {
    /// Readable by whoever reaches the listener: for the admin listener alone.
    #[must_use]
    pub fn open(render: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self {
            render: Arc::new(render),
            token: None,
        }
    }

    /// Readable with that bearer token.
    #[must_use]
    pub fn guarded(render: impl Fn() -> String + Send + Sync + 'static, token: SecretString) -> Self {
        Self {
            render: Arc::new(render),
            token: Some(token),
        }
    }

    fn admits(&self, request: &HttpRequest) -> bool {
        let Some(token) = &self.token else { return true };
        let sent = request
            .headers()
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(bearer);
        // Hashes have one length, so that the comparison tells nothing about the token's.
        let digest = |text: &str| Sha256::digest(text.as_bytes());
        sent.is_some_and(|sent| {
            bool::from(
                digest(sent)
                    .as_slice()
                    .ct_eq(digest(token.expose_secret()).as_slice()),
            )
        })
    }
}

/// Adds `/healthz` (the process answers) and `/readyz` (it may be sent requests).
pub fn configure_health(config: &mut ServiceConfig, readiness: &Readiness) {
    config
        .app_data(Data::new(readiness.clone()))
        .service(resource("/healthz").route(get().to(healthz)))
        .service(resource("/readyz").route(get().to(readyz)));
}

/// Adds `/metrics`.
pub fn configure_metrics(config: &mut ServiceConfig, page: &MetricsPage) {
    config
        .app_data(Data::new(page.clone()))
        .service(resource("/metrics").route(get().to(metrics)));
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    checks: BTreeMap<&'static str, &'static str>,
}

async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(Health {
        status: "ok",
        checks: BTreeMap::new(),
    })
}

async fn readyz(readiness: Data<Readiness>) -> HttpResponse {
    let (ready, checks) = readiness.run().await;
    if ready {
        HttpResponse::Ok().json(Health {
            status: "ready",
            checks,
        })
    } else {
        HttpResponse::ServiceUnavailable().json(Health {
            status: "not ready",
            checks,
        })
    }
}

async fn metrics(request: HttpRequest, page: Data<MetricsPage>) -> Result<HttpResponse, Problem> {
    if !page.admits(&request) {
        return Err(Problem::unauthenticated());
    }
    Ok(HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body((page.render)()))
}
