//! `GET /analytics/workflows.csv`

use actix_web::{HttpResponse, get, web::Data};
use kale_application::measures::Measures;
use kale_web::{Allowed, Problem, Query, Required as _, permission::ReadAnalytics};

use super::{
    query::{Asked, problem},
    table::{cells, file, heads},
};

/// Downloads the figures of each workflow as CSV.
#[utoipa::path(
    tag = "Analytics",
    operation_id = "download_analytics_workflows",
    params(Asked),
    responses((status = 200, description = "A row a workflow.", body = String, content_type = "text/csv",
        headers(("Content-Disposition" = String, description = "The name of the file.")),
        example = "workflow,name,sessions\r\nwfl_01h455vb4pex5vsknk084sn02q,Cancel,100\r\n")),
    extensions(("x-permission" = json!(ReadAnalytics::NAME))),
)]
#[get("/analytics/workflows.csv")]
#[tracing::instrument(name = "api.analytics.workflows_csv", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ReadAnalytics>,
    measures: Data<Measures>,
    Query(asked): Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let filter = asked.filter()?;
    let found = measures
        .workflows(caller.tenant(), caller.company()?, &filter)
        .await;
    let (_, rows) = found.map_err(problem)?;
    let head = [vec!["workflow".to_owned(), "name".to_owned()], heads()].concat();
    let rows = rows.into_iter().map(|row| {
        let named = vec![row.id.to_string(), row.name.unwrap_or_default()];
        [named, cells(&row.tally)].concat()
    });

    Ok(file("workflows", std::iter::once(head).chain(rows)))
}
