//! `POST /users/{id}/reactivate`

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

/// Lets a person in again.
///
/// Doing it again is the same.
#[utoipa::path(
    tag = "Users",
    operation_id = "reactivate_user",
    params(("id" = String, Path, description = "The person", example = "usr_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The person", body = UserView, example = json!({
        "id": "usr_01h455vb4pex5vsknk084sn02q", "company": "cmp_01h455vb4pex5vsknk084sn02q",
        "email": "maya@northwind.example", "name": "Maya Lind", "role": "retention_expert", "status": "active",
        "theme": "auto", "invited_until": null, "created_at": "2026-11-01T09:30:00Z", "version": 3
    }))),
    extensions(
        ("x-permission" = json!(ManageUsers::NAME)),
        ("x-problems" = json!(["wrong-state"])),
    ),
)]
#[post("/users/{id}/reactivate")]
#[tracing::instrument(name = "api.users.reactivate", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ManageUsers>,
    team: Data<Team>,
    At(id): At<UserId>,
    _: NoQuery,
) -> Result<web::Json<UserView>, Problem> {
    let user = team.reactivate(caller.tenant(), &caller.caller, id).await?;

    Ok(web::Json(user.into()))
}
