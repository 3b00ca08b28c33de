//! `POST /invitations/{token}/accept`

use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use kale_application::team::Team;
use kale_web::{Gate, Json, NoQuery, Path as At, Problem, permission::PUBLIC};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::Tokens;

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
    responses((status = 200, description = "The sign-in", body = Tokens, example = json!(Tokens::example()))),
    extensions(("x-permission" = json!(PUBLIC)), ("x-problems" = json!(["invitation-dead", "sign-in-elsewhere"]))),
)]
#[post("/invitations/{token}/accept")]
#[tracing::instrument(name = "api.invitations.accept", skip_all)]
pub(crate) async fn handle(
    team: Data<Team>,
    gate: Data<Gate>,
    At(token): At<String>,
    request: HttpRequest,
    _: NoQuery,
    Json(body): Json<Body>,
) -> Result<HttpResponse, Problem> {
    let joined = team
        .join_from_program(&token, body.name.as_deref(), &gate.provenance(&request))
        .await?;

    Ok(Tokens::answer(joined))
}
