//! What every `App` installs, whichever surfaces it serves.

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

use actix_web::{
    Error, HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    web::{self, Data, FormConfig, JsonConfig, PathConfig, PayloadConfig, QueryConfig, ServiceConfig},
};
use utoipa::openapi::OpenApi;

use crate::{Cursors, Gate, IdempotencyStore, Problem, body::JSON_LIMIT};

/// What the extractors of this crate stand on. Every field is needed, so that leaving one out does not compile.
#[derive(Debug, Clone)]
pub struct Deps {
    /// Who calls.
    pub gate: Gate,
    /// Where lists go on.
    pub cursors: Cursors,
    /// Answers that are kept.
    pub idempotency: Arc<dyn IdempotencyStore>,
}

/// Installs what the extractors need: `app.configure(web::configure(deps))`.
pub fn configure(deps: Deps) -> impl FnOnce(&mut ServiceConfig) {
    move |config| {
        config
            .app_data(Data::new(deps.gate))
            .app_data(Data::new(deps.cursors))
            .app_data(Data::<dyn IdempotencyStore>::from(deps.idempotency));
        configure_errors(config);
    }
}

/// Makes problems of what actix itself refuses, and of addresses and methods that nobody serves.
pub fn configure_errors(config: &mut ServiceConfig) {
    config
        .app_data(
            JsonConfig::default()
                .limit(JSON_LIMIT)
                .error_handler(|error, _| malformed(&error.into())),
        )
        .app_data(
            FormConfig::default()
                .limit(JSON_LIMIT)
                .error_handler(|error, _| malformed(&error.into())),
        )
        .app_data(QueryConfig::default().error_handler(|error, _| malformed(&error.into())))
        .app_data(PathConfig::default().error_handler(|_, _| Problem::not_found().into()))
        .app_data(PayloadConfig::new(JSON_LIMIT))
        .default_service(web::to(nobody));
}

/// Handlers take this crate's extractors, which explain more; these are for what else reads a request.
fn malformed(error: &Error) -> Error {
    let status = error.as_response_error().status_code();
    let code = match status.as_u16() {
        408 => "request-timeout",
        413 => "too-large",
        415 => "unsupported-media-type",
        422 => "validation",
        _ => "malformed",
    };
    Problem::of(code).into()
}

/// The methods of every path pattern, for 405 and its `Allow`.
#[derive(Debug, Clone, Default)]
pub struct Methods(Arc<BTreeMap<String, String>>);

impl Methods {
    /// Those that a document describes. Install as `Data<Methods>`.
    #[must_use]
    pub fn of(document: &OpenApi) -> Self {
        let methods = document.paths.paths.iter().map(|(path, item)| {
            let known = [
                ("GET", item.get.is_some()),
                ("PUT", item.put.is_some()),
                ("POST", item.post.is_some()),
                ("PATCH", item.patch.is_some()),
                ("DELETE", item.delete.is_some()),
            ];
            let names: Vec<&str> = known
                .iter()
                .filter(|(_, served)| *served)
                .map(|(name, _)| *name)
                .collect();
            (path.clone(), names.join(", "))
        });
        Self(Arc::new(methods.collect()))
    }
}

/// A path that some route has was asked with another method; any other path is nobody's.
async fn nobody(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let pattern = request.match_pattern().ok_or_else(Problem::not_found)?;
    let problem = Problem::of("method-not-allowed");
    let methods = request
        .app_data::<Data<Methods>>()
        .and_then(|methods| methods.0.get(&pattern));
    Err(
        match methods.and_then(|methods| HeaderValue::from_str(methods).ok()) {
            Some(methods) => problem.header(header::ALLOW, methods),
            None => problem,
        },
    )
}
