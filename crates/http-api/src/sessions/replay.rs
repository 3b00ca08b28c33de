//! `GET /sessions/{id}/replay`

use actix_web::{
    get,
    web::{self, Data},
};
use jiff::Timestamp;
use kale_application::sessions::{Replay, Sessions, UserEvent};
use kale_domain::id::{CardId, ElementId, SessionId};
use kale_web::{Allowed, NoQuery, Path as At, Problem, Required as _, permission::ReadSessions};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{WalkView, walk_example};

/// A session, and what happened in it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Replay)]
pub(crate) struct View {
    /// The session and what its walker sees now.
    walk: WalkView,
    /// What happened, in order.
    events: Vec<HappenedView>,
}

/// One thing that happened in a session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Happened)]
struct HappenedView {
    /// Its identity.
    #[schema(value_type = String, example = "01935b2c-7a52-8f6e-9f0b-0f4f2f2f8a11")]
    id: Uuid,
    /// What happened.
    #[schema(example = "card.viewed")]
    name: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The card it happened on.
    #[schema(value_type = Option<String>)]
    card: Option<CardId>,
    /// The element it happened to.
    #[schema(value_type = Option<String>)]
    element: Option<ElementId>,
    /// More about it.
    #[schema(value_type = Object)]
    properties: Map<String, Value>,
}

impl From<UserEvent> for HappenedView {
    fn from(event: UserEvent) -> Self {
        Self {
            id: event.id,
            name: event.name,
            at: event.at,
            card: event.card,
            element: event.element,
            properties: event.properties,
        }
    }
}

/// Reads a session with everything that happened in it, in order; for an expert, of the customers assigned to them.
#[utoipa::path(
    tag = "Sessions",
    operation_id = "replay_session",
    params(("id" = String, Path, description = "The session", example = "ses_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The session and what happened", body = View, example = json!({
        "walk": walk_example(),
        "events": [{
            "id": "01935b2c-7a52-8f6e-9f0b-0f4f2f2f8a11", "name": "card.viewed", "at": "2026-11-14T12:00:00Z",
            "card": "crd_01h455vb4pex5vsknk084sn02q", "element": null, "properties": {}
        }]
    }))),
    extensions(("x-permission" = json!(ReadSessions::NAME))),
)]
#[get("/sessions/{id}/replay")]
#[tracing::instrument(name = "api.sessions.replay", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ReadSessions>,
    sessions: Data<Sessions>,
    At(id): At<SessionId>,
    _: NoQuery,
) -> Result<web::Json<View>, Problem> {
    let Replay { seen, events } = sessions.replay(caller.reach(), caller.company()?, id).await?;

    Ok(web::Json(View {
        walk: seen.into(),
        events: events.into_iter().map(HappenedView::from).collect(),
    }))
}
