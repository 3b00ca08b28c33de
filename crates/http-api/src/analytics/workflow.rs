//! `GET /analytics/workflows/{id}`

use actix_web::{
    get,
    web::{self, Data},
};
use kale_application::measures::Measures;
use kale_domain::id::WorkflowId;
use kale_web::{Allowed, Path, Problem, Query, Required as _, permission::ReadAnalytics};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    query::{Asked, problem},
    view::{CardView, FiguresView, OverviewView, card_example, figures_example, overview_example},
};

/// One workflow.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AnalyticsWorkflow)]
pub(crate) struct View {
    #[schema(value_type = String, example = "wfl_01h455vb4pex5vsknk084sn02q")]
    workflow: WorkflowId,
    name: String,
    overview: OverviewView,
    /// The newest first.
    versions: Vec<VersionView>,
    /// In the order of the newest version; cards that only older versions have come last.
    cards: Vec<CardView>,
}

/// One version.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AnalyticsVersion)]
pub(crate) struct VersionView {
    version: u32,
    figures: FiguresView,
}

/// Reads the figures of a workflow: as the overview has them, by version, and card by card with what was answered.
///
/// Words are those of the newest version that has the card. Editing a text changes no past figure: cards, elements and
/// options keep their ids.
#[utoipa::path(
    tag = "Analytics",
    operation_id = "read_analytics_workflow",
    params(("id" = String, Path, description = "The workflow", example = "wfl_01h455vb4pex5vsknk084sn02q"), Asked),
    responses((status = 200, description = "The figures", body = View, example = json!({
        "workflow": "wfl_01h455vb4pex5vsknk084sn02q", "name": "Cancel", "overview": overview_example(),
        "versions": [{ "version": 3, "figures": figures_example() }], "cards": [card_example()]
    }))),
    extensions(("x-permission" = json!(ReadAnalytics::NAME))),
)]
#[get("/analytics/workflows/{id}")]
#[tracing::instrument(name = "api.analytics.workflow", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ReadAnalytics>,
    measures: Data<Measures>,
    Path(id): Path<WorkflowId>,
    Query(asked): Query<Asked>,
) -> Result<web::Json<View>, Problem> {
    let filter = asked.filter()?;
    let found = measures
        .workflow(caller.tenant(), caller.company()?, id, &filter)
        .await;
    let figures = found.map_err(problem)?;
    let versions = figures.versions.iter().map(|(version, tally)| VersionView {
        version: *version,
        figures: tally.into(),
    });

    Ok(web::Json(View {
        workflow: figures.workflow,
        name: figures.name,
        versions: versions.collect(),
        overview: figures.overview.into(),
        cards: figures.cards.into_iter().map(CardView::from).collect(),
    }))
}
