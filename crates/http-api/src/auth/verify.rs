//! `POST /auth/local/verify`

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    post,
    web::Data,
};
use kale_application::access::{Callers, SignIns, UseError, Who};
use kale_web::{Gate, Json, NoQuery, Problem, permission::PUBLIC};
use serde::Deserialize;
use utoipa::ToSchema;

use super::SignedIn;

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

/// Signs in with a link, for clients of the API.
///
/// Sets no cookie: the token of the answer is the credential.
#[utoipa::path(
    tag = "Auth",
    operation_id = "use_sign_in_link",
    request_body(content = Body, example = json!({
        "token": "kale_lnk_01h455vb4pex5vsknk084sn02q_8Jc1", "nonce": "5b0c9f4d2f6a4f0c8a1d7e3b6c2f9a10"
    })),
    responses((status = 200, description = "Signed in", body = SignedIn, example = json!({
        "access_token": "kale_sgn_01h455vb4pex5vsknk084sn02q_4Yd9",
        "token_type": "Bearer",
        "expires_at": "2026-11-28T12:00:00Z",
        "user": {
            "id": "usr_01h455vb4pex5vsknk084sn02q", "company": "cmp_01h455vb4pex5vsknk084sn02q",
            "email": "ada@northwind.example", "name": "Ada Okafor", "role": "retention_admin", "status": "active",
            "theme": "auto", "invited_until": null, "created_at": "2026-11-01T09:30:00Z", "version": 1
        }
    }))),
    extensions(
        ("x-permission" = json!(PUBLIC)),
        ("x-problems" = json!(["sign-in-link-dead", "sign-in-link-other-browser"])),
    ),
)]
#[post("/auth/local/verify")]
#[tracing::instrument(name = "api.auth.verify", skip_all)]
pub(crate) async fn handle(
    sign_ins: Data<SignIns>,
    callers: Data<Callers>,
    gate: Data<Gate>,
    request: HttpRequest,
    _: NoQuery,
    Json(body): Json<Body>,
) -> Result<HttpResponse, Problem> {
    let provenance = gate.provenance(&request);
    let (sign_in, token) = sign_ins
        .redeem(&body.token, body.nonce.as_deref(), &provenance)
        .await?;
    let Some(Who::Person(presence)) = callers.authenticate(token.reveal()).await? else {
        // Ended in the moment between.
        return Err(UseError::Dead.into());
    };

    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    Ok(response.json(SignedIn::new(&sign_in, &token, presence.user.clone())))
}
