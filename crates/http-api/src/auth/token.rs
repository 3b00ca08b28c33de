//! `POST /auth/token`

use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use kale_application::access::{Proof, SignIns};
use kale_web::{Gate, Json, NoQuery, Problem, permission::PUBLIC};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Tokens;

/// What tokens are given for.
#[derive(Deserialize, ToSchema)]
#[schema(as = GetTokens)]
#[serde(tag = "grant", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Body {
    /// A sign-in link.
    #[schema(title = "GetTokensByLink")]
    Link {
        /// The last part of the link.
        #[schema(example = "kale_lnk_01h455vb4pex5vsknk084sn02q_8Jc1...")]
        token: String,
        /// The nonce that `/auth/local/link` answered. A link that the command line made needs none.
        #[schema(example = "5b0c9f4d2f6a4f0c8a1d7e3b6c2f9a10")]
        nonce: Option<String>,
    },
    /// The code that stands in the mail beside the link.
    #[schema(title = "GetTokensByCode")]
    Code {
        /// Its six digits. After five wrong ones, ask for a new mail.
        #[schema(example = "402913")]
        code: String,
        /// The nonce that `/auth/local/link` answered.
        #[schema(example = "5b0c9f4d2f6a4f0c8a1d7e3b6c2f9a10")]
        nonce: String,
    },
}

impl Body {
    fn proof(&self) -> Proof<'_> {
        match self {
            Self::Link { token, nonce } => Proof::Link {
                token,
                browser: nonce.as_deref(),
            },
            Self::Code { code, nonce } => Proof::Code { code, browser: nonce },
        }
    }
}

/// Signs a program in.
///
/// Sets no cookie: the access token of the answer is the credential for a quarter of an hour; the refresh token gets the
/// next one.
#[utoipa::path(
    tag = "Auth",
    operation_id = "get_tokens",
    request_body(content = Body, example = json!({
        "grant": "code", "code": "402913", "nonce": "5b0c9f4d2f6a4f0c8a1d7e3b6c2f9a10"
    })),
    responses((status = 200, description = "Signed in", body = Tokens, example = json!(Tokens::example()))),
    extensions(
        ("x-permission" = json!(PUBLIC)),
        ("x-problems" = json!(["sign-in-link-dead", "sign-in-link-other-browser", "sign-in-code-wrong"])),
    ),
)]
#[post("/auth/token")]
#[tracing::instrument(name = "api.auth.token", skip_all)]
pub(crate) async fn handle(
    sign_ins: Data<SignIns>,
    gate: Data<Gate>,
    request: HttpRequest,
    _: NoQuery,
    Json(body): Json<Body>,
) -> Result<HttpResponse, Problem> {
    gate.at_the_door(&request)?;
    let issued = sign_ins.issue(body.proof(), &gate.provenance(&request)).await?;

    Ok(Tokens::answer(issued))
}
