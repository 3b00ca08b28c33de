//! `GET /analytics/overview`

use actix_web::{
    get,
    web::{self, Data},
};
use kale_application::measures::Measures;
use kale_web::{Allowed, Problem, Query, Required as _, permission::ReadAnalytics};

use super::{
    query::{Asked, problem},
    view::{OverviewView, overview_example},
};

/// Reads the figures of all workflows: in all, by day, by persona, with reasons and offers.
///
/// `GET /analytics/definitions` says what each figure means. Sessions are counted within seconds;
/// `GET /analytics/counting` says whether some are still to be.
#[utoipa::path(
    tag = "Analytics",
    operation_id = "read_analytics_overview",
    params(Asked),
    responses((status = 200, description = "The figures", body = OverviewView, example = json!(overview_example()))),
    extensions(("x-permission" = json!(ReadAnalytics::NAME))),
)]
#[get("/analytics/overview")]
#[tracing::instrument(name = "api.analytics.overview", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ReadAnalytics>,
    measures: Data<Measures>,
    Query(asked): Query<Asked>,
) -> Result<web::Json<OverviewView>, Problem> {
    let filter = asked.filter()?;
    let overview = measures
        .overview(caller.tenant(), caller.company()?, &filter)
        .await;

    Ok(web::Json(overview.map_err(problem)?.into()))
}
