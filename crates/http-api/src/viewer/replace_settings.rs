//! `PUT /viewer/settings`

use actix_web::{HttpResponse, http::header, put, web::Data};
use kale_application::viewer::{NewSettings, Viewer};
use kale_web::{Allowed, IfMatch, Json, NoQuery, Problem, Required, etag::etag, permission::ManageViewer};
use serde::Deserialize;
use utoipa::ToSchema;

use super::settings::{SettingsView, example};
use crate::openapi::params::IfMatchHeader;

/// What the settings are to be.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewViewerSettings)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// The colour of the buttons that go on. White words on it need a contrast of 4.5 : 1.
    #[schema(example = "#0e6a4d")]
    brand_colour: String,
    /// Where subscribers may be sent afterwards: https addresses without query; what lies below one is allowed, too.
    #[schema(max_items = 20, example = json!(["https://example.com/account"]))]
    return_urls: Vec<String>,
    /// Which pages may ask for sessions and events themselves, with a subscriber's token: https origins. None where it is
    /// left out.
    #[serde(default)]
    #[schema(max_items = 20, example = json!(["https://example.com"]))]
    origins: Vec<String>,
    /// What is read by whoever names no language.
    #[schema(example = "en")]
    locale: String,
}

/// Replaces how subscribers see their flow.
///
/// `If-Match` names the version that was read, `"v0"` while nothing was set. A brand colour on which white words can't be
/// read is refused.
#[utoipa::path(
    tag = "Viewer",
    operation_id = "replace_viewer_settings",
    params(IfMatchHeader),
    request_body(content = Body, example = json!({
        "brand_colour": "#0e6a4d", "return_urls": ["https://example.com/account"],
        "origins": ["https://example.com"], "locale": "en"
    })),
    responses((status = 200, description = "The settings as they are now", body = SettingsView,
        headers(("ETag" = String, description = "Their version.")), example = json!(example()))),
    extensions(("x-permission" = json!(ManageViewer::NAME))),
)]
#[put("/viewer/settings")]
#[tracing::instrument(name = "api.viewer.replace_settings", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ManageViewer>,
    viewer: Data<Viewer>,
    _: NoQuery,
    IfMatch(version): IfMatch,
    Json(body): Json<Body>,
) -> Result<HttpResponse, Problem> {
    let new = NewSettings {
        brand_colour: body.brand_colour,
        return_urls: body.return_urls,
        origins: body.origins,
        locale: body.locale,
    };
    let settings = viewer.set(caller.tenant(), &caller.caller, version, new).await?;

    let view = SettingsView::from(settings);
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, etag(view.version)))
        .json(view))
}
