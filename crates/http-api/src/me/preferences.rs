//! `GET` and `PUT /me/preferences`

use actix_web::{HttpRequest, HttpResponse, get, http::header, put, web::Data};
use kale_application::team::{OwnChanges, Team};
use kale_domain::user::{Theme, User};
use kale_web::{IfMatch, Json, NoQuery, Person, Problem, etag, permission::SIGNED_IN};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::openapi::params::IfMatchHeader;

/// How the caller likes it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Preferences)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// How the dashboard looks: `auto` (as the device says), `light` or `dark`.
    #[schema(value_type = String, example = "dark")]
    theme: Theme,
}

impl From<&User> for Body {
    fn from(user: &User) -> Self {
        Self { theme: user.theme }
    }
}

/// Shows how the caller likes it.
#[utoipa::path(
    tag = "Me",
    operation_id = "read_preferences",
    params(("If-None-Match" = Option<String>, Header, description = "The ETag you have.")),
    responses((status = 200, description = "How they like it", body = Body,
        headers(("ETag" = String, description = "The version of the person, for `If-Match`")),
        example = json!({ "theme": "auto" })
    )),
    extensions(("x-permission" = json!(SIGNED_IN)), ("x-problems" = json!(["people-only"]))),
)]
#[get("/me/preferences")]
#[tracing::instrument(name = "api.me.preferences.read", skip_all)]
pub(crate) async fn read(person: Person, request: HttpRequest, _: NoQuery) -> Result<HttpResponse, Problem> {
    let user = &person.presence.user;
    Ok(etag::tagged(&request, user.version, &Body::from(user)))
}

/// Says how the caller likes it.
#[utoipa::path(
    tag = "Me",
    operation_id = "write_preferences",
    params(IfMatchHeader),
    request_body(content = Body, example = json!({ "theme": "dark" })),
    responses((status = 200, description = "How they like it now", body = Body,
        headers(("ETag" = String, description = "The new version of the person")),
        example = json!({ "theme": "dark" })
    )),
    extensions(("x-permission" = json!(SIGNED_IN)), ("x-problems" = json!(["people-only"]))),
)]
#[put("/me/preferences")]
#[tracing::instrument(name = "api.me.preferences.write", skip_all)]
pub(crate) async fn write(
    person: Person,
    team: Data<Team>,
    IfMatch(version): IfMatch,
    _: NoQuery,
    Json(body): Json<Body>,
) -> Result<HttpResponse, Problem> {
    let changes = OwnChanges {
        name: None,
        theme: Some(body.theme),
    };
    let user = team
        .change_own(&person.caller, &person.presence, version, changes)
        .await?;

    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, etag::etag(user.version)))
        .json(Body::from(&user)))
}
