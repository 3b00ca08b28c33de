//! `GET /analytics/workflows`

use actix_web::{
    get,
    web::{self, Data},
};
use jiff::civil::Date;
use kale_application::measures::{Measures, WorkflowRow};
use kale_domain::id::WorkflowId;
use kale_web::{Allowed, Problem, Query, Required as _, permission::ReadAnalytics};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    query::{Asked, problem},
    view::{FiguresView, figures_example},
};

/// Workflows beside each other.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AnalyticsWorkflows)]
pub(crate) struct View {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    to: Date,
    /// The most sessions first.
    data: Vec<RowView>,
}

/// One workflow.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AnalyticsWorkflowRow)]
pub(crate) struct RowView {
    #[schema(value_type = String, example = "wfl_01h455vb4pex5vsknk084sn02q")]
    workflow: WorkflowId,
    /// Its name; null where it is gone.
    name: Option<String>,
    figures: FiguresView,
}

impl From<WorkflowRow> for RowView {
    fn from(row: WorkflowRow) -> Self {
        Self {
            workflow: row.id,
            name: row.name,
            figures: (&row.tally).into(),
        }
    }
}

/// Reads the figures of each workflow, the most sessions first.
#[utoipa::path(
    tag = "Analytics",
    operation_id = "list_analytics_workflows",
    params(Asked),
    responses((status = 200, description = "The figures", body = View, example = json!({
        "from": "2026-10-24", "to": "2026-11-22",
        "data": [{ "workflow": "wfl_01h455vb4pex5vsknk084sn02q", "name": "Cancel", "figures": figures_example() }]
    }))),
    extensions(("x-permission" = json!(ReadAnalytics::NAME))),
)]
#[get("/analytics/workflows")]
#[tracing::instrument(name = "api.analytics.workflows", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ReadAnalytics>,
    measures: Data<Measures>,
    Query(asked): Query<Asked>,
) -> Result<web::Json<View>, Problem> {
    let filter = asked.filter()?;
    let found = measures
        .workflows(caller.tenant(), caller.company()?, &filter)
        .await;
    let ((from, to), rows) = found.map_err(problem)?;

    Ok(web::Json(View {
        from,
        to,
        data: rows.into_iter().map(RowView::from).collect(),
    }))
}
