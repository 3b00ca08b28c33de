//! `POST /me/leave`

use actix_web::{HttpResponse, post, web::Data};
use kale_application::team::Team;
use kale_web::{Gate, NoQuery, Person, Problem, permission::SIGNED_IN};

/// Has the caller leave their company for good.
///
/// They are signed out everywhere, look after nobody any more, and what was theirs alone goes. The last active retention
/// admin stays.
#[utoipa::path(
    tag = "Me",
    operation_id = "leave_company_for_good",
    responses((status = 204, description = "They are gone")),
    extensions(
        ("x-permission" = json!(SIGNED_IN)),
        ("x-problems" = json!(["people-only", "last-admin", "not-a-member"])),
    ),
)]
#[post("/me/leave")]
#[tracing::instrument(name = "api.me.leave", skip_all)]
pub(crate) async fn handle(
    person: Person,
    team: Data<Team>,
    gate: Data<Gate>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    team.leave(&person.caller, &person.presence).await?;
    Ok(HttpResponse::NoContent().cookie(gate.removal_cookie()).finish())
}
