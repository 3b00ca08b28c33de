//! `POST /events`

use actix_web::{
    post,
    web::{self, Data},
};
use kale_application::events::Events;
use kale_domain::error::FieldError;
use kale_web::{NoQuery, Problem, Required as _, permission::WriteEvents};
use serde_json::Value;

use super::{
    teller::Telling,
    view::{EventBody, TakenView},
};

/// Tells one thing that happened, as `POST /events/batch` does many.
#[utoipa::path(
    tag = "Events",
    operation_id = "tell_event",
    request_body(content = EventBody, example = json!({
        "id": "01935b2c-7a52-7f6e-9f0b-0f4f2f2f8a11", "name": "report.exported", "at": "2026-11-22T10:00:00Z",
        "customer": "cus_01h455vb4pex5vsknk084sn02q", "properties": { "rows": 1200 }
    })),
    responses((status = 200, description = "It was taken, or had been told before", body = TakenView,
        example = json!({ "accepted": 1, "duplicates": 0, "rejected": [] }))),
    extensions(("x-permission" = json!(WriteEvents::NAME)), ("x-subscriber" = json!(true)),
        ("x-problems" = json!(["not-found"]))),
)]
#[post("/events")]
#[tracing::instrument(name = "api.events.tell", skip_all)]
pub(crate) async fn handle(
    telling: Telling<Value>,
    events: Data<Events>,
    _: NoQuery,
) -> Result<web::Json<TakenView>, Problem> {
    let taken = events.tell(&telling.teller, vec![telling.body]).await?;
    match taken.rejected.into_iter().next() {
        Some((_, wrong)) => {
            let pointer = format!("#{}", wrong.pointer);
            Err(Problem::validation(vec![FieldError { pointer, ..wrong }]))
        }
        None => Ok(web::Json(TakenView::of(taken.accepted, taken.duplicates))),
    }
}
