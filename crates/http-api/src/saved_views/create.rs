//! `POST /saved-views`

use actix_web::{HttpResponse, http::header, post, web::Data};
use kale_application::saved_views::{SavedViews, ViewInput};
use kale_web::{
    Allowed, Idempotent, Json, NoQuery, Problem, Required, etag::etag, permission::UseSavedViews,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::{View, example, person};
use crate::openapi::params::IdempotencyKeyHeader;

/// A view to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSavedView)]
pub(super) struct Body {
    /// 1 to 60 characters.
    name: String,
    /// Whether the whole company sees it.
    #[serde(default)]
    shared: bool,
    /// The query string of `GET /customers`, without cursor and limit.
    query: String,
    /// The columns, in order.
    #[serde(default)]
    columns: Vec<String>,
}

impl From<Body> for ViewInput {
    fn from(body: Body) -> Self {
        Self {
            name: body.name,
            shared: body.shared,
            query: body.query,
            columns: body.columns,
        }
    }
}

/// Keeps a way of looking at the customer list.
#[utoipa::path(
    operation_id = "create_saved_view",
    tag = "Saved views",
    params(IdempotencyKeyHeader),
    request_body(content = Body, example = json!({
    "name": "Two years, largest first", "shared": true, "query": "filter[attributes.contract]=Two year&sort=-mrr",
    "columns": ["name", "mrr", "attributes.tenure"]
})),
    responses((status = 201, description = "It is kept.", body = View, headers(("ETag" = String,
        description = "Its version.")), example = json!(example()))),
    extensions(("x-permission" = json!(UseSavedViews::NAME)), ("x-problems" = json!(["people-only"]))),
)]
#[post("/saved-views")]
#[tracing::instrument(name = "api.saved_views.create", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<UseSavedViews>,
    views: Data<SavedViews>,
    _: NoQuery,
    Json(body): Json<Body>,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    let user = person(&allowed)?;
    idempotent
        .run(&allowed, async || {
            let view = View::from(
                views
                    .create(allowed.tenant(), &allowed.caller, user, body.into())
                    .await?,
            );
            Ok(HttpResponse::Created()
                .insert_header((header::ETAG, etag(view.version)))
                .json(view))
        })
        .await
}
