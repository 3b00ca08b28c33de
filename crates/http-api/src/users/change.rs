//! `PATCH /users/{id}`

use actix_web::{HttpResponse, http::header, patch, web::Data};
use kale_application::team::{MemberChanges, Team};
use kale_domain::{access::Role, id::UserId};
use kale_web::{
    Allowed, IfMatch, Json, NoQuery, Path as At, Problem, etag,
    permission::{ManageUsers, Required as _},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{openapi::params::IfMatchHeader, view::user::UserView};

/// What to change; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = UserChanges)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// What people call them.
    #[schema(min_length = 1, max_length = 80, example = "Maya Lind")]
    name: Option<String>,
    /// `retention_admin` or `retention_expert`.
    #[schema(value_type = Option<String>, example = "retention_admin")]
    role: Option<Role>,
}

/// Changes a person's name or role.
///
/// Another role ends their sign-ins. The last active retention admin keeps theirs.
#[utoipa::path(
    tag = "Users",
    operation_id = "change_user",
    params(("id" = String, Path, description = "The person", example = "usr_01h455vb4pex5vsknk084sn02q"), IfMatchHeader),
    request_body(content = Body, example = json!({ "role": "retention_admin" })),
    responses((status = 200, description = "The person as they are now", body = UserView,
        headers(("ETag" = String, description = "Their new version")), example = json!({
        "id": "usr_01h455vb4pex5vsknk084sn02q", "company": "cmp_01h455vb4pex5vsknk084sn02q",
        "email": "maya@northwind.example", "name": "Maya Lind", "role": "retention_admin", "status": "active",
        "theme": "auto", "invited_until": null, "created_at": "2026-11-01T09:30:00Z", "version": 2
    }))),
    extensions(("x-permission" = json!(ManageUsers::NAME)), ("x-problems" = json!(["last-admin"]))),
)]
#[patch("/users/{id}")]
#[tracing::instrument(name = "api.users.change", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ManageUsers>,
    team: Data<Team>,
    At(id): At<UserId>,
    IfMatch(version): IfMatch,
    _: NoQuery,
    Json(body): Json<Body>,
) -> Result<HttpResponse, Problem> {
    let changes = MemberChanges {
        name: body.name,
        role: body.role,
    };
    let user = team
        .change(caller.tenant(), &caller.caller, id, version, changes)
        .await?;

    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, etag::etag(user.version)))
        .json(UserView::from(user)))
}
