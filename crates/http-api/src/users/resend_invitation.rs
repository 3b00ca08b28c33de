//! `POST /users/{id}/resend-invitation`

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

/// Makes a new invitation for somebody who has not answered.
///
/// The one before works no more. The new one works once and for seven days.
#[utoipa::path(
    tag = "Users",
    operation_id = "resend_invitation",
    params(("id" = String, Path, description = "The person", example = "usr_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The invited person", body = UserView, example = json!({
        "id": "usr_01h455vb4pex5vsknk084sn02q", "company": "cmp_01h455vb4pex5vsknk084sn02q",
        "email": "maya@northwind.example", "name": "Maya Lind", "role": "retention_expert", "status": "invited",
        "theme": "auto", "invited_until": "2026-11-08T09:30:00Z", "created_at": "2026-11-01T09:30:00Z", "version": 2
    }))),
    extensions(
        ("x-permission" = json!(ManageUsers::NAME)),
        ("x-problems" = json!(["wrong-state"])),
    ),
)]
#[post("/users/{id}/resend-invitation")]
#[tracing::instrument(name = "api.users.resend_invitation", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ManageUsers>,
    team: Data<Team>,
    At(id): At<UserId>,
    _: NoQuery,
) -> Result<web::Json<UserView>, Problem> {
    let user = team.invite_again(caller.tenant(), &caller.caller, id).await?.user;

    Ok(web::Json(user.into()))
}
