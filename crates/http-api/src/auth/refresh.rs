//! `POST /auth/refresh`

use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use kale_application::access::{RefreshError, SignIns};
use kale_web::{Gate, Json, NoQuery, Problem, permission::PUBLIC};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Tokens;

/// What the next pair is given for.
#[derive(Deserialize, ToSchema)]
#[schema(as = RefreshTokens)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// The refresh token of the pair before.
    #[schema(example = "kale_ref_01h455vb4pex5vsknk084sn02q_8Jc1...")]
    refresh_token: String,
}

/// Exchanges a refresh token for the next pair.
///
/// The pair before opens nothing any more. A refresh token that was exchanged before ends the sign-in, since two hold it:
/// keep the answer before you use it, and never send one twice at the same time.
#[utoipa::path(
    tag = "Auth",
    operation_id = "refresh_tokens",
    request_body(content = Body, example = json!({
        "refresh_token": "kale_ref_01h455vb4pex5vsknk084sn02q_8Jc1"
    })),
    responses((status = 200, description = "The next pair", body = Tokens, example = json!(Tokens::example()))),
    extensions(("x-permission" = json!(PUBLIC)), ("x-problems" = json!(["refresh-token-dead"]))),
)]
#[post("/auth/refresh")]
#[tracing::instrument(name = "api.auth.refresh", skip_all)]
pub(crate) async fn handle(
    sign_ins: Data<SignIns>,
    gate: Data<Gate>,
    request: HttpRequest,
    _: NoQuery,
    Json(body): Json<Body>,
) -> Result<HttpResponse, Problem> {
    let next = sign_ins
        .refresh(&body.refresh_token, &gate.provenance(&request))
        .await;
    match next {
        Ok(next) => Ok(Tokens::answer(next)),
        // Programs behind one address may refresh as often as they are many; only guesses are counted.
        Err(RefreshError::Dead) => Err(gate.refused(&request, RefreshError::Dead.into())),
        Err(error) => Err(error.into()),
    }
}
