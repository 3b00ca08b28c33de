//! `DELETE /users/{id}`

use actix_web::{HttpResponse, delete, web::Data};
use kale_application::team::Team;
use kale_domain::id::UserId;
use kale_web::{
    Allowed, NoQuery, Path as At, Problem,
    permission::{ManageUsers, Required as _},
};

/// Removes a person, or takes their invitation back.
///
/// What says who they are goes; what they did stays in the audit log by their id. The last active retention admin stays.
#[utoipa::path(
    tag = "Users",
    operation_id = "remove_user",
    params(("id" = String, Path, description = "The person", example = "usr_01h455vb4pex5vsknk084sn02q")),
    responses((status = 204, description = "They are gone")),
    extensions(
        ("x-permission" = json!(ManageUsers::NAME)),
        ("x-problems" = json!(["last-admin"])),
    ),
)]
#[delete("/users/{id}")]
#[tracing::instrument(name = "api.users.remove", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ManageUsers>,
    team: Data<Team>,
    At(id): At<UserId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    team.remove(caller.tenant(), &caller.caller, id).await?;

    Ok(HttpResponse::NoContent().finish())
}
