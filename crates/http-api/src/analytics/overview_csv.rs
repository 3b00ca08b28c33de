//! `GET /analytics/overview.csv`

use actix_web::{HttpResponse, get, web::Data};
use kale_application::measures::Measures;
use kale_web::{Allowed, Problem, Query, Required as _, permission::ReadAnalytics};

use super::{
    query::{Asked, problem},
    table::{cells, file, heads},
};

/// Downloads the figures of each day as CSV.
#[utoipa::path(
    tag = "Analytics",
    operation_id = "download_analytics_overview",
    params(Asked),
    responses((status = 200, description = "A row a day.", body = String, content_type = "text/csv",
        headers(("Content-Disposition" = String, description = "The name of the file.")),
        example = "day,sessions,in_progress\r\n2026-11-22,100,2\r\n")),
    extensions(("x-permission" = json!(ReadAnalytics::NAME))),
)]
#[get("/analytics/overview.csv")]
#[tracing::instrument(name = "api.analytics.overview_csv", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ReadAnalytics>,
    measures: Data<Measures>,
    Query(asked): Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let filter = asked.filter()?;
    let overview = measures
        .overview(caller.tenant(), caller.company()?, &filter)
        .await;
    let head = [vec!["day".to_owned()], heads()].concat();
    let days = overview.map_err(problem)?.days;
    let rows = days
        .iter()
        .map(|day| [vec![day.day.to_string()], cells(&day.tally)].concat());

    Ok(file("overview", std::iter::once(head).chain(rows)))
}
