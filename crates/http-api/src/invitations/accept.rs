//! `POST /invitations/{token}/accept`

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    post,
    web::Data,
};
use kale_application::{
    access::{Callers, Who},
    team::{JoinError, Team},
};
use kale_web::{Gate, Json, NoQuery, Path as At, Problem, permission::PUBLIC};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::SignedIn;

/// How somebody joins.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = AcceptInvitation)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// What people are to call them; as whoever invited them said, where absent.
    #[schema(min_length = 1, max_length = 80, example = "Maya Lind")]
    name: Option<String>,
}

/// Takes an invitation up and signs in.
///
/// An invitation that was used, replaced or taken back, one that is too old, and one that never was are answered alike.
#[utoipa::path(
    tag = "Users",
    operation_id = "accept_invitation",
    params(("token" = String, Path, description = "The last part of the link",
        example = "kale_inv_01h455vb4pex5vsknk084sn02q_8Jc1...")),
    request_body(content = Body, example = json!({ "name": "Maya Lind" })),
    responses((status = 200, description = "The sign-in", body = SignedIn, example = json!({
        "access_token": "kale_sgn_01h455vb4pex5vsknk084sn02q_0w5VZ...", "token_type": "Bearer",
        "expires_at": "2026-11-28T12:00:00Z",
        "user": {
        "id": "usr_01h455vb4pex5vsknk084sn02q", "company": "cmp_01h455vb4pex5vsknk084sn02q",
        "email": "maya@northwind.example", "name": "Maya Lind", "role": "retention_expert", "status": "active",
        "theme": "auto", "invited_until": null, "created_at": "2026-11-01T09:30:00Z", "version": 2
        }
    }))),
    extensions(("x-permission" = json!(PUBLIC)), ("x-problems" = json!(["invitation-dead"]))),
)]
#[post("/invitations/{token}/accept")]
#[tracing::instrument(name = "api.invitations.accept", skip_all)]
pub(crate) async fn handle(
    team: Data<Team>,
    callers: Data<Callers>,
    gate: Data<Gate>,
    At(token): At<String>,
    request: HttpRequest,
    _: NoQuery,
    Json(body): Json<Body>,
) -> Result<HttpResponse, Problem> {
    let (sign_in, token) = team
        .join(&token, body.name.as_deref(), &gate.provenance(&request))
        .await?;
    let Some(Who::Person(presence)) = callers.authenticate(token.reveal()).await? else {
        // Ended in the moment between.
        return Err(JoinError::Dead.into());
    };

    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    Ok(response.json(SignedIn::new(&sign_in, &token, presence.user.clone())))
}
