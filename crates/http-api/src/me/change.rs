//! `PATCH /me`

use actix_web::{HttpResponse, http::header, patch, web::Data};
use kale_application::team::{OwnChanges, Team};
use kale_web::{IfMatch, Json, NoQuery, Person, Problem, etag, permission::SIGNED_IN};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{openapi::params::IfMatchHeader, view::user::UserView};

/// What to change; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = OwnChanges)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// What people call you.
    #[schema(min_length = 1, max_length = 80, example = "Ada Okafor")]
    name: Option<String>,
}

/// Changes what others see of the caller.
///
/// `If-Match` is made from the `version` of `user` in `GET /me`.
#[utoipa::path(
    tag = "Me",
    operation_id = "change_me",
    params(IfMatchHeader),
    request_body(content = Body, example = json!({ "name": "Ada Okafor" })),
    responses((status = 200, description = "The person as they are now", body = UserView,
        headers(("ETag" = String, description = "Their new version")), example = json!({
        "id": "usr_01h455vb4pex5vsknk084sn02q", "company": "cmp_01h455vb4pex5vsknk084sn02q",
        "email": "ada@northwind.example", "name": "Ada Okafor", "role": "retention_admin", "status": "active",
        "theme": "auto", "invited_until": null, "created_at": "2026-11-01T09:30:00Z", "version": 2
    }))),
    extensions(("x-permission" = json!(SIGNED_IN)), ("x-problems" = json!(["people-only"]))),
)]
#[patch("/me")]
#[tracing::instrument(name = "api.me.change", skip_all)]
pub(crate) async fn handle(
    person: Person,
    team: Data<Team>,
    IfMatch(version): IfMatch,
    _: NoQuery,
    Json(body): Json<Body>,
) -> Result<HttpResponse, Problem> {
    let changes = OwnChanges {
        name: body.name,
        theme: None,
    };
    let user = team
        .change_own(&person.caller, &person.presence, version, changes)
        .await?;

    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, etag::etag(user.version)))
        .json(UserView::from(user)))
}
