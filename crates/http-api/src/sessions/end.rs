//! `POST /sessions/{id}/end`

use actix_web::{
    post,
    web::{self, Data},
};
use kale_application::sessions::Sessions;
use kale_domain::id::SessionId;
use kale_web::{NoQuery, Path as At, Problem, Subscriber, permission::SUBSCRIBER};

use super::view::{WalkView, walk_example};

/// Says that the subscriber leaves: the session is abandoned at once, not only after half an hour.
///
/// Coming back within 24 hours takes that back. Doing it again, or after the end, is the same.
#[utoipa::path(
    tag = "Sessions",
    operation_id = "leave_session",
    params(("id" = String, Path, description = "The session", example = "ses_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The session as it stands", body = WalkView,
        example = json!(walk_example()))),
    extensions(("x-permission" = json!(SUBSCRIBER))),
)]
#[post("/sessions/{id}/end")]
#[tracing::instrument(name = "api.sessions.end", skip_all)]
pub(crate) async fn handle(
    Subscriber(ticket): Subscriber,
    sessions: Data<Sessions>,
    At(id): At<SessionId>,
    _: NoQuery,
) -> Result<web::Json<WalkView>, Problem> {
    Ok(web::Json(sessions.leave(&ticket, id).await?.into()))
}
