//! `POST /viewer/secrets`

use actix_web::{
    HttpResponse,
    http::header::{self, HeaderValue},
    post,
    web::Data,
};
use kale_application::viewer::Viewer;
use kale_web::{Allowed, Idempotent, Json, NoQuery, Problem, Required as _, permission::ManageViewerSecrets};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{SecretView, example};
use crate::openapi::params::IdempotencyKeyHeader;

/// What the secret is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewViewerSecret)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// What it is for.
    #[schema(min_length = 1, max_length = 80, example = "Account server")]
    name: String,
}

/// A new secret.
#[derive(Serialize, ToSchema)]
#[schema(as = MadeViewerSecret)]
pub(crate) struct View {
    /// The secret, without what makes it secret.
    viewer_secret: SecretView,
    /// What tokens are signed with: the whole text. It is shown this once: a replay by `Idempotency-Key` lacks it.
    secret: Option<String>,
}

/// Makes a secret with which the company's own server signs tokens. It is shown this once; 10 may be live.
#[utoipa::path(
    tag = "Viewer",
    operation_id = "create_viewer_secret",
    params(IdempotencyKeyHeader),
    request_body(content = Body, example = json!({ "name": "Account server" })),
    responses((status = 201, description = "The secret", body = View, example = json!({
        "viewer_secret": example(None),
        "secret": "kale_vsc_01h455vb4pex5vsknk084sn02q_0w5VZ...x7Qk"
    }))),
    extensions(("x-permission" = json!(ManageViewerSecrets::NAME)), ("x-problems" = json!(["wrong-state"]))),
)]
#[post("/viewer/secrets")]
#[tracing::instrument(name = "api.viewer.create_secret", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ManageViewerSecrets>,
    viewer: Data<Viewer>,
    _: NoQuery,
    Json(body): Json<Body>,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    let work = async || {
        let (made, secret) = viewer
            .create_secret(caller.tenant(), &caller.caller, &body.name)
            .await?;
        let view = View {
            viewer_secret: made.into(),
            secret: Some(secret.reveal().to_owned()),
        };
        let mut response = HttpResponse::Created();
        response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
        Ok(response.json(view))
    };
    idempotent.without(&["secret"]).run(&caller, work).await
}
