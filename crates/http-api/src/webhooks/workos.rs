//! `POST /webhooks/workos`

use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use kale_web::{Gate, NoQuery, Problem, Raw, permission::PUBLIC};

use crate::deps::Provider;

/// What WorkOS signs a call with.
const SIGNATURE: &str = "workos-signature";

/// Hears that something has happened at WorkOS.
///
/// What the call says is not taken from it: it only has WorkOS's own list of events read at once instead of within
/// seconds, so that one that is lost, doubled or out of order changes nothing. `WorkOS-Signature` is checked over the bytes
/// of the body, three minutes either way.
#[utoipa::path(
    tag = "Webhooks",
    operation_id = "hear_workos",
    params(("WorkOS-Signature" = Option<String>, Header, description = "`t=<milliseconds>, v1=<HMAC-SHA256 in hex>`",
        example = "t=1763978400000, v1=32850522003ebbce01a416e5d5df8ec8354a96e921cac7d0ebbaeef5732bdaea")),
    request_body(content = serde_json::Value, content_type = "application/json", example = json!({
        "id": "event_01h455vb4pex5vsknk084sn02q", "event": "organization_membership.updated", "data": {}
    })),
    responses((status = 204, description = "Heard")),
    extensions(
        ("x-permission" = json!(PUBLIC)),
        ("x-problems" = json!(["signature-wrong", "not-found", "rate-limited"])),
    ),
)]
#[post("/webhooks/workos")]
#[tracing::instrument(name = "api.webhooks.workos", skip_all)]
pub(crate) async fn handle(
    provider: Data<Provider>,
    gate: Data<Gate>,
    request: HttpRequest,
    _: NoQuery,
    Raw(body): Raw,
) -> Result<HttpResponse, Problem> {
    let provider = provider.there()?;
    let signature = request.headers().get(SIGNATURE);
    let signature = signature.and_then(|signature| signature.to_str().ok());
    if !signature.is_some_and(|signature| provider.is_genuine(signature, &body)) {
        return Err(gate.refused(&request, Problem::of("signature-wrong")));
    }
    provider.wake().await?;

    Ok(HttpResponse::NoContent().finish())
}
