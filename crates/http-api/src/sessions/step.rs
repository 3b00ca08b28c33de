//! `POST /sessions/{id}/steps`

use std::collections::BTreeMap;

use actix_web::{
    post,
    web::{self, Data},
};
use kale_application::sessions::{Action, Sessions, Step};
use kale_domain::id::{CardId, ElementId, SessionId};
use kale_web::{Json, NoQuery, Path as At, Problem, Subscriber, permission::SUBSCRIBER};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    problem::problem,
    view::{WalkView, ended_example},
};

/// One post of a walker.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = Step)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// Which step it means to be: `session.step` of the last answer.
    #[schema(value_type = i64, minimum = 1, example = 1)]
    step: u32,
    /// The card it was made on.
    #[schema(value_type = String, example = "crd_01h455vb4pex5vsknk084sn02q")]
    card: CardId,
    /// One of the card's `actions`, or `follow`.
    #[schema(value_type = String, example = "next")]
    action: Action,
    /// What was answered, by element: an option's id, a list of them, a number, a text, or yes or no.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, Value>, example = json!({
        "elm_01h455vb4pex5vsknk084sn02q": "opt_01h455vb4pex5vsknk084sn02q"
    }))]
    answers: BTreeMap<ElementId, Value>,
}

/// Takes a step: answers, goes on or back, takes an offer or not, cancels.
///
/// `cancel` goes from any card to the confirm card in one post; there it cancels. The same step sent again with the same
/// content is answered the same and does nothing; another one is 409, and `current` says where the session stands.
///
/// `follow` records the calls to action that are answered with `true` and stays on the card: the same step is expected
/// next. A call counts, and tells somebody, once in a session. It is recorded on the last page too; not in an expired
/// session.
#[utoipa::path(
    tag = "Sessions",
    operation_id = "take_step",
    params(("id" = String, Path, description = "The session", example = "ses_01h455vb4pex5vsknk084sn02q")),
    request_body(content = Body, example = json!({
        "step": 1, "card": "crd_01h455vb4pex5vsknk084sn02q", "action": "next",
        "answers": { "elm_01h455vb4pex5vsknk084sn02q": "opt_01h455vb4pex5vsknk084sn02q" }
    })),
    responses((status = 200, description = "The next card, or how the session ended", body = WalkView,
        example = json!(ended_example()))),
    extensions(("x-permission" = json!(SUBSCRIBER)), ("x-problems" = json!([
        "out-of-step", "step-taken", "another-card", "session-ended", "too-many-steps", "action-not-offered",
        "invalid-answers"
    ]))),
)]
#[post("/sessions/{id}/steps")]
#[tracing::instrument(name = "api.sessions.step", skip_all)]
pub(crate) async fn handle(
    Subscriber(ticket): Subscriber,
    sessions: Data<Sessions>,
    At(id): At<SessionId>,
    _: NoQuery,
    Json(body): Json<Body>,
) -> Result<web::Json<WalkView>, Problem> {
    let step = Step {
        step: body.step,
        card: body.card,
        action: body.action,
        answers: body.answers,
    };
    let seen = sessions.step(&ticket, id, &step).await.map_err(problem)?;

    Ok(web::Json(seen.into()))
}
