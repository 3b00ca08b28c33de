//! `GET /analytics/workflows/{id}/figures.csv`

use actix_web::{HttpResponse, get, web::Data};
use kale_application::measures::Measures;
use kale_domain::id::WorkflowId;
use kale_web::{Allowed, Path, Problem, Query, Required as _, permission::ReadAnalytics};

use super::{
    query::{AskedTable, problem},
    table::file,
    tables::{Figures, Table},
};

/// Downloads the figures of a workflow as CSV: of each day, persona, reason, offer, version or card. The table of cards
/// has the answers below each card.
#[utoipa::path(
    tag = "Analytics",
    operation_id = "download_analytics_workflow",
    params(("id" = String, Path, description = "The workflow", example = "wfl_01h455vb4pex5vsknk084sn02q"), AskedTable),
    responses((status = 200, description = "A row a day, persona, reason, offer, version or card.", body = String,
        content_type = "text/csv",
        headers(("Content-Disposition" = String, description = "The name of the file.")),
        example = "day,sessions,in_progress\r\n2026-11-22,100,2\r\n")),
    extensions(("x-permission" = json!(ReadAnalytics::NAME))),
)]
#[get("/analytics/workflows/{id}/figures.csv")]
#[tracing::instrument(name = "api.analytics.workflow_csv", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ReadAnalytics>,
    measures: Data<Measures>,
    Path(id): Path<WorkflowId>,
    Query(asked): Query<AskedTable>,
) -> Result<HttpResponse, Problem> {
    let (filter, table) = asked.read(&Table::ALL)?;
    let found = measures
        .workflow(caller.tenant(), caller.company()?, id, &filter)
        .await;
    let found = found.map_err(problem)?;
    let figures = Figures {
        overview: &found.overview,
        versions: &found.versions,
        cards: &found.cards,
    };

    Ok(file(table.name(), table.rows(&figures)))
}
