//! `DELETE /me/impersonation`

use actix_web::{HttpResponse, delete, web::Data};
use kale_application::access::SignIns;
use kale_web::{Leaving, NoQuery, Problem, permission::SIGNED_IN};

/// Has a Kale admin who impersonates somebody see their own again. Nothing happens where they impersonate nobody.
#[utoipa::path(
    tag = "Me",
    operation_id = "stop_impersonating",
    responses((status = 204, description = "They see their own")),
    extensions(("x-permission" = json!(SIGNED_IN))),
)]
#[delete("/me/impersonation")]
#[tracing::instrument(name = "api.me.stop_impersonating", skip_all)]
pub(crate) async fn handle(
    Leaving(caller): Leaving,
    sign_ins: Data<SignIns>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    sign_ins.stop_impersonating(&caller).await?;
    Ok(HttpResponse::NoContent().finish())
}
