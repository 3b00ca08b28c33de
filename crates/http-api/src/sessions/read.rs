//! `GET /sessions/{id}`

use actix_web::{
    HttpRequest, get,
    web::{self, Data},
};
use kale_application::sessions::Sessions;
use kale_domain::id::SessionId;
use kale_web::{Allowed, NoQuery, Path as At, Problem, Required as _, Subscriber, permission::ReadSessions};

use super::view::{WalkView, walk_example};

/// Reads a session and what its walker sees.
///
/// A subscriber reads their own, an expert those of the customers assigned to them. Reading changes nothing: who only
/// looks has not come back.
#[utoipa::path(
    tag = "Sessions",
    operation_id = "read_session",
    params(("id" = String, Path, description = "The session", example = "ses_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The session", body = WalkView, example = json!(walk_example()))),
    extensions(("x-permission" = json!(ReadSessions::NAME)), ("x-subscriber" = json!(true))),
)]
#[get("/sessions/{id}")]
#[tracing::instrument(name = "api.sessions.read", skip_all)]
pub(crate) async fn handle(
    subscriber: Result<Subscriber, Problem>,
    caller: Result<Allowed<ReadSessions>, Problem>,
    sessions: Data<Sessions>,
    At(id): At<SessionId>,
    request: HttpRequest,
    _: NoQuery,
) -> Result<web::Json<WalkView>, Problem> {
    let seen = match subscriber {
        Ok(Subscriber(ticket)) => sessions.read_own(&ticket, id).await?,
        // A token was sent: what is wrong with it is the answer, whoever its sender may be otherwise.
        Err(refusal) if Subscriber::sent(&request) => return Err(refusal),
        Err(_no_token) => {
            let caller = caller?;
            sessions.read(caller.reach(), caller.company()?, id).await?
        }
    };

    Ok(web::Json(seen.into()))
}
