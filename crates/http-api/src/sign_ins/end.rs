//! `DELETE /me/sign-ins/{id}`

use actix_web::{HttpResponse, delete, web::Data};
use kale_application::access::SignIns;
use kale_domain::id::SignInId;
use kale_web::{NoQuery, Path as At, Person, Problem, permission::SIGNED_IN};

/// Ends a sign-in of the caller.
///
/// At once in this process, within seconds in others.
#[utoipa::path(
    tag = "Me",
    operation_id = "end_sign_in",
    params(("id" = String, Path, description = "The sign-in", example = "sgn_01h455vb4pex5vsknk084sn02q")),
    responses((status = 204, description = "Ended")),
    extensions(("x-permission" = json!(SIGNED_IN)), ("x-problems" = json!(["people-only"]))),
)]
#[delete("/me/sign-ins/{id}")]
#[tracing::instrument(name = "api.sign_ins.end", skip_all)]
pub(crate) async fn handle(
    Person { caller, .. }: Person,
    sign_ins: Data<SignIns>,
    At(id): At<SignInId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    if sign_ins.end(&caller, id).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Problem::not_found())
    }
}
