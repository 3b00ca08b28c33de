//! `DELETE /me/sign-ins`

use actix_web::{HttpResponse, delete, web::Data};
use kale_application::access::SignIns;
use kale_web::{Gate, NoQuery, Person, Problem, permission::SIGNED_IN};

/// Signs the caller out everywhere.
///
/// Ends every sign-in of theirs, this one, too, and makes the links to new ones dead. At once in this process, within a
/// second in others.
#[utoipa::path(
    tag = "Me",
    operation_id = "end_all_sign_ins",
    responses((status = 204, description = "Signed out everywhere")),
    extensions(("x-permission" = json!(SIGNED_IN)), ("x-problems" = json!(["people-only"]))),
)]
#[delete("/me/sign-ins")]
#[tracing::instrument(name = "api.sign_ins.end_all", skip_all)]
pub(crate) async fn handle(
    Person { caller, .. }: Person,
    sign_ins: Data<SignIns>,
    gate: Data<Gate>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    sign_ins.end_all(&caller).await?;

    Ok(HttpResponse::NoContent().cookie(gate.removal_cookie()).finish())
}
