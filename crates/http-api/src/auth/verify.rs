//! `POST /auth/local/verify`

use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use kale_application::access::{Proof, SignIns};
use kale_web::{Gate, Json, NoQuery, Problem, permission::PUBLIC};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Tokens;

/// What a link is used with.
#[derive(Deserialize, ToSchema)]
#[schema(as = UseSignInLink)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// The last part of the link.
    #[schema(example = "kale_lnk_01h455vb4pex5vsknk084sn02q_8Jc1...")]
    token: String,
    /// The nonce that `/auth/local/link` answered. A link that the command line made needs none.
    #[schema(example = "5b0c9f4d2f6a4f0c8a1d7e3b6c2f9a10")]
    nonce: Option<String>,
}

/// Signs a program in with a link.
///
/// The same as `/auth/token` with the grant `link`.
#[utoipa::path(
    tag = "Auth",
    operation_id = "use_sign_in_link",
    request_body(content = Body, example = json!({
        "token": "kale_lnk_01h455vb4pex5vsknk084sn02q_8Jc1", "nonce": "5b0c9f4d2f6a4f0c8a1d7e3b6c2f9a10"
    })),
    responses((status = 200, description = "Signed in", body = Tokens, example = json!(Tokens::example()))),
    extensions(
        ("x-permission" = json!(PUBLIC)),
        ("x-problems" = json!(["sign-in-link-dead", "sign-in-link-other-browser"])),
    ),
)]
#[post("/auth/local/verify")]
#[tracing::instrument(name = "api.auth.verify", skip_all)]
pub(crate) async fn handle(
    sign_ins: Data<SignIns>,
    gate: Data<Gate>,
    request: HttpRequest,
    _: NoQuery,
    Json(body): Json<Body>,
) -> Result<HttpResponse, Problem> {
    gate.at_the_door(&request)?;
    let proof = Proof::Link {
        token: &body.token,
        browser: body.nonce.as_deref(),
    };
    let issued = sign_ins.issue(proof, &gate.provenance(&request)).await?;

    Ok(Tokens::answer(issued))
}
