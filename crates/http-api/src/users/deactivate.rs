//! `POST /users/{id}/deactivate`

use actix_web::{
    post,
    web::{self, Data},
};
use kale_application::team::Team;
use kale_domain::id::UserId;
use kale_web::{
    Allowed, NoQuery, Path as At, Problem,
    permission::{ManageUsers, Required as _},
};

use crate::view::user::UserView;

/// Lets a person in no more.
///
/// Their sign-ins end with it. Doing it again is the same. The last active retention admin stays.
#[utoipa::path(
    tag = "Users",
    operation_id = "deactivate_user",
    params(("id" = String, Path, description = "The person", example = "usr_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The person", body = UserView, example = json!({
        "id": "usr_01h455vb4pex5vsknk084sn02q", "company": "cmp_01h455vb4pex5vsknk084sn02q",
        "email": "maya@northwind.example", "name": "Maya Lind", "role": "retention_expert", "status": "deactivated",
        "theme": "auto", "invited_until": null, "created_at": "2026-11-01T09:30:00Z", "version": 2
    }))),
    extensions(
        ("x-permission" = json!(ManageUsers::NAME)),
        ("x-problems" = json!(["wrong-state", "last-admin"])),
    ),
)]
#[post("/users/{id}/deactivate")]
#[tracing::instrument(name = "api.users.deactivate", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ManageUsers>,
    team: Data<Team>,
    At(id): At<UserId>,
    _: NoQuery,
) -> Result<web::Json<UserView>, Problem> {
    let user = team.deactivate(caller.tenant(), &caller.caller, id).await?;

    Ok(web::Json(user.into()))
}
