//! The OpenAPI 3.1 document: collected from the handlers, completed with what follows from facts of each operation.
//!
//! A handler states `tag`, `operation_id`, a summary (its doc comment), its parameters, body and success answers with
//! examples, the extension `x-permission`, and in `x-problems` the codes of problems that only it has. Security, the
//! other problems and the line about the permission are added here.

mod finish;
pub(crate) mod params;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use actix_web::{App, HttpResponse, get, http::header};
use kale_web::{NoQuery, Problem, ProblemDocument, permission::PUBLIC};
use utoipa::{
    OpenApi as _,
    openapi::{
        OpenApi, OpenApiVersion, Server,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_actix_web::AppExt as _;

/// What the handlers don't say.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Kale",
        description = "Customer retention: customers, personas, uploads and the work behind them. \
            Every error is a problem document (RFC 9457); its `code` never changes.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(ProblemDocument<'_>)),
    tags(
        (name = "System", description = "What this server is."),
        (name = "Auth", description = "Signing in and out."),
        (name = "Me", description = "Whoever calls."),
        (name = "Companies", description = "Companies, their settings, and switching into one."),
        (name = "Users", description = "People of a company."),
        (name = "API keys", description = "Keys of programs."),
        (name = "Audit", description = "Who changed what."),
        (name = "Jobs", description = "Background work: look, follow, cancel, try again."),
        (name = "Uploads", description = "Files with customers: upload, map, check, import, undo."),
        (name = "Customers", description = "Customers, where they come from and why they are in their persona."),
        (name = "Personas", description = "Personas and their rules."),
        (name = "Metrics", description = "What rules can be made of."),
        (name = "Saved views", description = "Kept ways of looking at the customer list."),
        (name = "Reasons", description = "The catalogue of why people leave."),
        (name = "Offers", description = "What is offered to those who want to leave."),
        (name = "Templates", description = "What a workflow can begin as."),
        (name = "Workflows", description = "Workflows: edited side by side, checked, published in numbered versions."),
        (name = "Viewer", description = "What lets subscribers in: settings, secrets, tokens."),
        (name = "Sessions", description = "Subscribers' walks: begun, taken step by step, looked at."),
        (name = "Events", description = "What customers do, told by programs and by the viewer."),
        (name = "Analytics", description = "Figures: what sessions came to, and what each figure means."),
        (name = "Webhooks", description = "What others call when something has happened at their side.")
    )
)]
struct Base;

static DOCUMENT: LazyLock<OpenApi> = LazyLock::new(make);
/// The document as text, written once.
static TEXT: LazyLock<Result<String, serde_json::Error>> = LazyLock::new(|| DOCUMENT.to_pretty_json());

/// The OpenAPI document of this version; needs no running server.
#[must_use]
pub fn openapi() -> OpenApi {
    DOCUMENT.clone()
}

fn make() -> OpenApi {
    let (_, mut document) = App::new()
        .into_utoipa_app()
        .openapi(Base::openapi())
        .configure(crate::routes)
        .split_for_parts();
    document.openapi = OpenApiVersion::Version31;
    env!("CARGO_PKG_VERSION").clone_into(&mut document.info.version);
    document.servers = Some(vec![Server::new("/")]);
    let components = document.components.get_or_insert_default();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "The access token of `POST /api/v1/auth/token`, or an API key.",
        ))
        .build();
    components.add_security_scheme(finish::BEARER, SecurityScheme::Http(bearer));
    let cookie = ApiKeyValue::with_description(
        "__Host-kale",
        "The dashboard's cookie (`kale` on a loopback address without TLS). Unsafe methods then need `X-CSRF-Token`, \
         unless the browser says that the request is same-origin.",
    );
    components.add_security_scheme(finish::COOKIE, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    let subscriber = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "A subscriber's token: of `POST /api/v1/viewer/tokens`, or signed by the company itself.",
        ))
        .build();
    components.add_security_scheme(finish::SUBSCRIBER_TOKEN, SecurityScheme::Http(subscriber));
    finish::finish(&mut document);
    document
}

/// This document.
#[utoipa::path(
    tag = "System",
    operation_id = "read_openapi",
    responses((status = 200, description = "The OpenAPI 3.1 document", body = serde_json::Value,
        content_type = "application/json", example = json!({ "openapi": "3.1.0", "info": { "title": "Kale" } }))),
    extensions(("x-permission" = json!(PUBLIC))),
)]
#[get("/openapi.json")]
pub(crate) async fn handle(_: NoQuery) -> Result<HttpResponse, Problem> {
    let text = TEXT.as_ref().map_err(|error| Problem::internal(error))?;
    let mut response = HttpResponse::Ok();
    response
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, "no-cache"));
    Ok(response.body(text.as_str()))
}
