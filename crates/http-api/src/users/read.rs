//! `GET /users/{id}`

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use kale_application::team::Team;
use kale_domain::id::UserId;
use kale_web::{
    Allowed, NoQuery, Path as At, Problem, etag,
    permission::{ReadUsers, Required as _},
};

use crate::view::user::UserView;

/// Shows a person of the company.
#[utoipa::path(
    tag = "Users",
    operation_id = "read_user",
    params(("id" = String, Path, description = "The person", example = "usr_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The person", body = UserView,
        headers(("ETag" = String, description = "Their version")), example = json!({
        "id": "usr_01h455vb4pex5vsknk084sn02q", "company": "cmp_01h455vb4pex5vsknk084sn02q",
        "email": "maya@northwind.example", "name": "Maya Lind", "role": "retention_expert", "status": "active",
        "theme": "auto", "invited_until": null, "created_at": "2026-11-01T09:30:00Z", "version": 1
    }))),
    extensions(("x-permission" = json!(ReadUsers::NAME))),
)]
#[get("/users/{id}")]
#[tracing::instrument(name = "api.users.read", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ReadUsers>,
    team: Data<Team>,
    At(id): At<UserId>,
    _: NoQuery,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let user = team.get(caller.tenant(), id).await?;

    Ok(etag::tagged(&request, user.version, &UserView::from(user)))
}
