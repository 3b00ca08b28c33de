//! `GET /events`

use actix_web::{
    HttpRequest, get,
    web::{self, Data},
};
use kale_application::events::{EventFilter, EventPosition, Events, UserEvent};
use kale_web::{
    Allowed, Cursors, ListParams, ListSpec, Op, Page, Problem, Required as _, permission::ReadEvents,
};

use super::view::{EventView, example};
use crate::{
    filters::{one_value, wrong},
    openapi::params::PageParams,
    paging,
};

const LIST: ListSpec = ListSpec {
    route: "GET /events",
    sorts: &[],
    default_sort: "-at",
    filters: &[
        ("session", &[Op::Eq]),
        ("customer", &[Op::Eq]),
        ("name", &[Op::Eq]),
    ],
    fields: &[],
    includes: &[],
    search: false,
    others: &[],
};

/// Lists what happened, newest first; for an expert, to the customers assigned to them.
#[utoipa::path(
    tag = "Events",
    operation_id = "list_events",
    params(
        PageParams,
        ("filter[session]" = Option<String>, Query, pattern = "^ses_[0-7][0-9a-hjkmnp-tv-z]{25}$", description = "In this session only"),
        ("filter[customer]" = Option<String>, Query, pattern = "^cus_[0-7][0-9a-hjkmnp-tv-z]{25}$", description = "To this customer only"),
        ("filter[name]" = Option<String>, Query, pattern = "^[^,\\\\]+$", description = "Of this name only", example = "card.viewed"),
    ),
    responses((status = 200, description = "A page of events", body = Page<EventView>, example = json!({
        "data": [example()], "page": { "next_cursor": null, "has_more": false }
    }))),
    extensions(("x-permission" = json!(ReadEvents::NAME))),
)]
#[get("/events")]
#[tracing::instrument(name = "api.events.list", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ReadEvents>,
    events: Data<Events>,
    cursors: Data<Cursors>,
    request: HttpRequest,
) -> Result<web::Json<Page<EventView>>, Problem> {
    let params = LIST.read(&request)?;
    let filter = filter(&params)?;
    let before = cursors.decode(&params)?;
    let found = events
        .list(caller.reach(), filter, paging::to_read(&params), before)
        .await?;
    let position = |event: &UserEvent| EventPosition {
        at: event.at,
        id: event.id,
    };

    Ok(web::Json(paging::page(&params, &cursors, found, position)?))
}

fn filter(params: &ListParams) -> Result<EventFilter, Problem> {
    let mut read = EventFilter::default();
    for filter in &params.filters {
        let name = filter.name.as_str();
        let text = one_value(filter)?;
        match name {
            "session" => {
                let id = text.parse().map_err(|_no_id| wrong(name, "the id of a session"));
                read.session = Some(id?);
            }
            "customer" => {
                let id = text.parse().map_err(|_no_id| wrong(name, "the id of a customer"));
                read.customer = Some(id?);
            }
            _ => read.name = Some(text.to_owned()),
        }
    }
    Ok(read)
}
