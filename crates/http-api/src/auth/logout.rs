//! `POST /auth/logout`

use actix_web::{HttpResponse, post, web::Data};
use kale_application::access::{SignIns, Who};
use kale_web::{Gate, Leaving, NoQuery, Problem, permission::SIGNED_IN};

/// Ends the sign-in of the caller.
///
/// Also removes the dashboard's cookie. An API key is revoked instead.
#[utoipa::path(
    tag = "Auth",
    operation_id = "sign_out",
    responses((status = 204, description = "Signed out")),
    extensions(("x-permission" = json!(SIGNED_IN)), ("x-problems" = json!(["people-only"]))),
)]
#[post("/auth/logout")]
#[tracing::instrument(name = "api.auth.logout", skip_all)]
pub(crate) async fn handle(
    Leaving(caller): Leaving,
    sign_ins: Data<SignIns>,
    gate: Data<Gate>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let Who::Person(presence) = &caller.who else {
        return Err(Problem::people_only());
    };
    sign_ins.end(&caller, presence.sign_in.id).await?;

    Ok(HttpResponse::NoContent().cookie(gate.removal_cookie()).finish())
}
