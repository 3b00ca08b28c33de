//! `POST /events/batch`

use actix_web::{
    post,
    web::{self, Data},
};
use kale_application::events::{Events, MOST};
use kale_domain::error::FieldError;
use kale_web::{NoQuery, Problem, Required as _, permission::WriteEvents};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    teller::Telling,
    view::{EventBody, TakenView},
};

/// Events.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = EventBatch)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// At most 500.
    #[schema(value_type = Vec<EventBody>, max_items = 500)]
    events: Vec<Value>,
}

/// Tells what happened, up to 500 events at a time.
///
/// An event is known by its `id`, which whoever tells makes: sent again, it is a duplicate and changes nothing. An event
/// that is wrong is rejected and stops no other one. A program of the company tells of customers; none of Kale's own
/// names (`session.…`, `card.…`, `element.…`, `offer.…`, `cta.…`, `handover.…`, `ui.…`) is taken. A subscriber tells of
/// their own session, with names that begin with `ui.`; they may send the body as `text/plain`, with their token in the
/// field `token`, as a browser's beacon does. A cookie is no credential then.
#[utoipa::path(
    tag = "Events",
    operation_id = "tell_events",
    request_body(content = Body, example = json!({ "events": [{
        "id": "01935b2c-7a52-7f6e-9f0b-0f4f2f2f8a11", "name": "report.exported", "at": "2026-11-22T10:00:00Z",
        "customer": "cus_01h455vb4pex5vsknk084sn02q", "properties": { "rows": 1200 }
    }] })),
    responses((status = 200, description = "How many were taken, and what is wrong with the others", body = TakenView,
        example = json!({ "accepted": 1, "duplicates": 0, "rejected": [{
            "index": 1, "pointer": "#/events/1/name", "code": "reserved-name",
            "message": "names that begin with `session.` are Kale's own"
        }] }))),
    extensions(("x-permission" = json!(WriteEvents::NAME)), ("x-subscriber" = json!(true)),
        ("x-problems" = json!(["not-found"]))),
)]
#[post("/events/batch")]
#[tracing::instrument(name = "api.events.batch", skip_all)]
pub(crate) async fn handle(
    telling: Telling<Body>,
    events: Data<Events>,
    _: NoQuery,
) -> Result<web::Json<TakenView>, Problem> {
    let Telling { teller, body } = telling;
    if body.events.len() > MOST {
        let wrong = FieldError::new("#/events", "too-many", format!("at most {MOST} events a batch"));
        return Err(Problem::validation(vec![wrong]));
    }
    let taken = events.tell(&teller, body.events).await?;

    Ok(web::Json(taken.into()))
}
