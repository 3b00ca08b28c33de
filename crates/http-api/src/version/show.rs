//! `GET /api/version`

use actix_web::{get, web};
use kale_web::{NoQuery, permission::PUBLIC};
use serde::Serialize;
use utoipa::ToSchema;

/// What this server is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Version)]
pub(crate) struct View {
    /// The version of the server.
    version: &'static str,
    /// The version of the API.
    api: &'static str,
}

/// Shows the version of the server and of the API.
#[utoipa::path(
    tag = "System",
    operation_id = "read_version",
    responses((status = 200, description = "The versions", body = View, example = json!({ "version": "0.1.0", "api": "v1" }))),
    extensions(("x-permission" = json!(PUBLIC))),
)]
#[get("/api/version")]
pub(crate) async fn handle(_: NoQuery) -> web::Json<View> {
    web::Json(View {
        version: env!("CARGO_PKG_VERSION"),
        api: "v1",
    })
}
