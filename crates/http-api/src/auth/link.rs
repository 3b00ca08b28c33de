//! `POST /auth/local/link`

use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use kale_application::access::SignIns;
use kale_domain::{email::Email, sign_in::LINK};
use kale_web::{Gate, Json, NoQuery, Problem, permission::PUBLIC};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Nonces;

/// Who wants to sign in.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = AskForSignInLink)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// Their address.
    #[schema(value_type = String, format = Email, example = "ada@northwind.example")]
    email: Email,
}

/// What is needed beside the link.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignInLinkAsked)]
pub(crate) struct View {
    /// Ties the link to whoever asked: keep it, and send it to `/auth/token` with the token of the link or the code of the
    /// mail.
    nonce: String,
    /// How long the link works, in seconds.
    #[schema(example = 900)]
    expires_in: i64,
}

/// Sends a sign-in link.
///
/// Known and unknown addresses are answered alike, also when too many mails were asked for. The link works once, for a
/// quarter of an hour, and only together with the nonce of this answer.
#[utoipa::path(
    tag = "Auth",
    operation_id = "ask_for_sign_in_link",
    request_body(content = Body, example = json!({ "email": "ada@northwind.example" })),
    responses((status = 202, description = "If somebody has that address, a link is on its way", body = View,
        example = json!({ "nonce": "5b0c9f4d2f6a4f0c8a1d7e3b6c2f9a10", "expires_in": 900 }))),
    extensions(("x-permission" = json!(PUBLIC)), ("x-problems" = json!(["sign-in-elsewhere"]))),
)]
#[post("/auth/local/link")]
#[tracing::instrument(name = "api.auth.link", skip_all)]
pub(crate) async fn handle(
    sign_ins: Data<SignIns>,
    nonces: Data<Nonces>,
    gate: Data<Gate>,
    request: HttpRequest,
    _: NoQuery,
    Json(body): Json<Body>,
) -> Result<HttpResponse, Problem> {
    gate.asking(&request, &body.email)?;
    let nonce = (nonces.0)();
    sign_ins.ask(&body.email, &nonce).await?;

    Ok(HttpResponse::Accepted().json(View {
        nonce,
        expires_in: LINK.as_secs(),
    }))
}
