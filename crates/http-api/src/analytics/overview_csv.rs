//! `GET /analytics/overview.csv`

use actix_web::{HttpResponse, get, web::Data};
use kale_application::measures::Measures;
use kale_web::{Allowed, Problem, Query, Required as _, permission::ReadAnalytics};

use super::{
    query::{AskedTable, problem},
    table::file,
    tables::{Figures, Table},
};

/// Downloads the figures of all workflows as CSV: of each day, persona, reason or offer.
#[utoipa::path(
    tag = "Analytics",
    operation_id = "download_analytics_overview",
    params(AskedTable),
    responses((status = 200, description = "A row a day, persona, reason or offer.", body = String,
        content_type = "text/csv",
        headers(("Content-Disposition" = String, description = "The name of the file.")),
        example = "day,sessions,in_progress\r\n2026-11-22,100,2\r\n")),
    extensions(("x-permission" = json!(ReadAnalytics::NAME))),
)]
#[get("/analytics/overview.csv")]
#[tracing::instrument(name = "api.analytics.overview_csv", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ReadAnalytics>,
    measures: Data<Measures>,
    Query(asked): Query<AskedTable>,
) -> Result<HttpResponse, Problem> {
    let (filter, table) = asked.read(&[Table::Days, Table::Personas, Table::Reasons, Table::Offers])?;
    let overview = measures
        .overview(caller.tenant(), caller.company()?, &filter)
        .await;
    let overview = overview.map_err(problem)?;
    let figures = Figures {
        overview: &overview,
        versions: &[],
        cards: &[],
    };

    Ok(file(table.name(), table.rows(&figures)))
}
