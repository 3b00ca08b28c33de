//! `GET /viewer/settings`

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use kale_application::viewer::Viewer;
use kale_web::{Allowed, NoQuery, Problem, Required, etag::tagged, permission::ManageViewer};

use super::settings::{SettingsView, example};

/// Reads how subscribers see their flow; version 0 while nothing was set.
#[utoipa::path(
    tag = "Viewer",
    operation_id = "read_viewer_settings",
    params(("If-None-Match" = Option<String>, Header, description = "The ETag you have.")),
    responses((status = 200, description = "The settings", body = SettingsView,
        headers(("ETag" = String, description = "Their version.")), example = json!(example()))),
    extensions(("x-permission" = json!(ManageViewer::NAME))),
)]
#[get("/viewer/settings")]
#[tracing::instrument(name = "api.viewer.read_settings", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ManageViewer>,
    viewer: Data<Viewer>,
    _: NoQuery,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let view = SettingsView::from(viewer.settings(caller.tenant()).await?);

    Ok(tagged(&request, view.version, &view))
}
