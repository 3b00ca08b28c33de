//! `GET /analytics/workflows/{id}/cards.csv`

use actix_web::{HttpResponse, get, web::Data};
use kale_application::measures::{CardFigures, Measures};
use kale_domain::id::WorkflowId;
use kale_web::{Allowed, Path, Problem, Query, Required as _, permission::ReadAnalytics};

use super::{
    query::{Asked, problem},
    table::file,
};

/// Downloads what became of sessions at each card of a workflow as CSV, with the answers below each card.
#[utoipa::path(
    tag = "Analytics",
    operation_id = "download_analytics_cards",
    params(("id" = String, Path, description = "The workflow", example = "wfl_01h455vb4pex5vsknk084sn02q"), Asked),
    responses((status = 200, description = "A row a card, and one an answer.", body = String, content_type = "text/csv",
        headers(("Content-Disposition" = String, description = "The name of the file.")),
        example = "card,kind,title,viewed,went_on,left,element,asked,answer,label,sessions\r\n")),
    extensions(("x-permission" = json!(ReadAnalytics::NAME))),
)]
#[get("/analytics/workflows/{id}/cards.csv")]
#[tracing::instrument(name = "api.analytics.cards_csv", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ReadAnalytics>,
    measures: Data<Measures>,
    Path(id): Path<WorkflowId>,
    Query(asked): Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let filter = asked.filter()?;
    let found = measures
        .workflow(caller.tenant(), caller.company()?, id, &filter)
        .await;
    let cards = found.map_err(problem)?.cards;
    let heads = [
        "card", "kind", "title", "viewed", "went_on", "left", "element", "asked", "answer", "label",
        "sessions",
    ];
    let head = heads.map(str::to_owned).to_vec();

    Ok(file(
        "cards",
        std::iter::once(head).chain(cards.into_iter().flat_map(rows)),
    ))
}

fn rows(card: CardFigures) -> Vec<Vec<String>> {
    let title = card.title.clone().unwrap_or_default();
    let named = vec![card.card.to_string(), card.kind.to_owned(), title];
    let numbers = [card.tally.viewed, card.tally.went_on, card.tally.left].map(|number| number.to_string());
    let nothing = || vec![String::new(); 5];
    let mut rows = vec![[named.clone(), numbers.to_vec(), nothing()].concat()];
    for element in card.elements {
        for answer in element.answers {
            let said = vec![
                element.element.to_string(),
                element.label.clone().unwrap_or_default(),
                answer.answer.to_string(),
                answer.label.unwrap_or_default(),
                answer.sessions.to_string(),
            ];
            rows.push([named.clone(), vec![String::new(); 3], said].concat());
        }
    }
    rows
}
