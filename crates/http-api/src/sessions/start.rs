//! `POST /sessions`

use actix_web::{HttpResponse, http::header, post, web::Data};
use kale_application::sessions::{Begun, Channel, Sessions};
use kale_web::{Json, NoQuery, Problem, Subscriber, permission::SUBSCRIBER};
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::{WalkView, walk_example};

/// Nothing: the token says it all.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewSession)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {}

/// Begins the session of a token, or comes back to it.
///
/// The first use of a token within its 15 minutes begins a session, or joins the one that the customer has open for the
/// same subscription, workflow and mode, on whatever device. From then on the token serves that session alone. Sent
/// again it is the same session; one that was abandoned goes on at its card, for 24 hours.
#[utoipa::path(
    tag = "Sessions",
    operation_id = "start_session",
    request_body(content = Body, example = json!({})),
    responses(
        (status = 201, description = "A new session and its first card", body = WalkView,
            headers(("Location" = String, description = "Where it is read.")), example = json!(walk_example())),
        (status = 200, description = "The session that was there; or none, and why", body = WalkView,
            example = json!({ "session": null, "reason": "no_live_workflow" })),
    ),
    extensions(("x-permission" = json!(SUBSCRIBER))),
)]
#[post("/sessions")]
#[tracing::instrument(name = "api.sessions.start", skip_all)]
pub(crate) async fn handle(
    Subscriber(ticket): Subscriber,
    sessions: Data<Sessions>,
    _: NoQuery,
    Json(Body {}): Json<Body>,
) -> Result<HttpResponse, Problem> {
    Ok(match sessions.start(&ticket, Channel::Api, None).await? {
        Begun::New(seen) => {
            let place = format!("/api/v1/sessions/{}", seen.session.id);
            HttpResponse::Created()
                .insert_header((header::LOCATION, place))
                .json(WalkView::from(*seen))
        }
        Begun::There(seen) => HttpResponse::Ok().json(WalkView::from(*seen)),
        Begun::Nothing(why) => HttpResponse::Ok().json(WalkView::nothing(why.name())),
    })
}
