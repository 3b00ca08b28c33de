//! `GET /sessions/{id}/replay`

use actix_web::{
    get,
    web::{self, Data},
};
use jiff::Timestamp;
use kale_application::sessions::{Passed, Replay, Sessions, UserEvent};
use kale_domain::id::{CardId, ElementId, SessionId};
use kale_web::{Allowed, NoQuery, Path as At, Problem, Required as _, permission::ReadSessions};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    card::{PastCardView, past_example},
    view::{WalkView, walk_example},
};

/// A session, and what happened in it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Replay)]
pub(crate) struct View {
    /// The session and what its walker sees now.
    walk: WalkView,
    /// The cards that were shown, in order.
    path: Vec<PassedView>,
    /// What happened, in order.
    events: Vec<HappenedView>,
}

/// A card that was shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Passed)]
struct PassedView {
    /// The number of the step that was expected when it was shown.
    #[schema(value_type = i64, minimum = 1, example = 1)]
    step: u32,
    /// When it was shown.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// Whether the subscriber came to it by going back.
    returned: bool,
    /// The card as it stood there.
    card: PastCardView,
}

impl From<Passed> for PassedView {
    fn from(passed: Passed) -> Self {
        Self {
            step: passed.step,
            at: passed.at,
            returned: passed.is_return,
            card: passed.card.into(),
        }
    }
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
        "path": [{ "step": 1, "at": "2026-11-14T12:00:00Z", "returned": false, "card": past_example() }],
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
    let Replay { seen, path, events } = sessions.replay(caller.reach(), caller.company()?, id).await?;

    Ok(web::Json(View {
        walk: seen.into(),
        path: path.into_iter().map(PassedView::from).collect(),
        events: events.into_iter().map(HappenedView::from).collect(),
    }))
}
