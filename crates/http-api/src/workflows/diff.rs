//! `GET /workflows/{id}/versions/{before}/diff/{after}`

use actix_web::{get, web::Data, web::Json};
use kale_application::workflows::{Change, Diff, Side, Standing, Workflows};
use kale_domain::id::{BranchId, CardId, WorkflowId};
use kale_web::{Allowed, NoQuery, Path, Problem, Required, permission::ReadWorkflows};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::view::value;

/// What is different.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkflowDiff)]
pub(super) struct View {
    /// Cards, without what they hold; `home` is the branch they stand in, null for the tree itself.
    cards: Vec<ChangeView>,
    /// Branches; `home` is their card, `content` their condition.
    branches: Vec<ChangeView>,
    /// Elements; `home` is their card.
    elements: Vec<ChangeView>,
}

/// One thing that is different.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkflowDifference)]
pub(super) struct ChangeView {
    /// Which card, branch or element.
    #[schema(example = "crd_01h455vb4pex5vsknk084sn02q")]
    id: String,
    /// `added`, `removed` or `changed`; one that was `changed` differs in its content, its place, or both.
    #[schema(example = "changed")]
    what: &'static str,
    /// Whether it stands elsewhere, or in another order among those that stayed.
    moved: bool,
    /// As it was; null for one that was added.
    before: Option<StandingView>,
    /// As it is; null for one that was removed.
    after: Option<StandingView>,
}

/// Where something stands, and what it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkflowStanding)]
pub(super) struct StandingView {
    /// In what.
    home: Option<String>,
    /// Before how many others it comes, from 0.
    index: usize,
    /// What it is.
    #[schema(value_type = Object)]
    content: Value,
}

impl View {
    fn new(diff: Diff) -> Result<Self, Problem> {
        let lane = |home: &Option<BranchId>| home.map(|home| home.to_string());
        let card = |home: &CardId| Some(home.to_string());
        Ok(Self {
            cards: changes(diff.cards, lane)?,
            branches: changes(diff.branches, card)?,
            elements: changes(diff.elements, card)?,
        })
    }
}

fn changes<I: ToString, H, C: Serialize>(
    all: Vec<Change<I, H, C>>,
    home: impl Fn(&H) -> Option<String>,
) -> Result<Vec<ChangeView>, Problem> {
    let standing = |standing: Standing<H, C>| {
        Ok::<_, Problem>(StandingView {
            home: home(&standing.home),
            index: standing.index,
            content: value(&standing.content)?,
        })
    };
    let all = all.into_iter().map(|change| {
        let what = match (&change.before, &change.after) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        };
        Ok(ChangeView {
            id: change.id.to_string(),
            what,
            moved: change.moved,
            before: change.before.map(standing).transpose()?,
            after: change.after.map(standing).transpose()?,
        })
    });
    all.collect()
}

/// Compares two versions of a workflow. Each is a number, or `draft`.
#[utoipa::path(
    operation_id = "compare_workflow_versions",
    tag = "Workflows",
    params(
        ("id" = String, Path, description = "Of which workflow.", example = "wfl_01h455vb4pex5vsknk084sn02q"),
        ("before" = String, Path, description = "The number of a version, or `draft`.", example = "1"),
        ("after" = String, Path, description = "The number of a version, or `draft`.", example = "draft"),
    ),
    responses((status = 200, description = "What is different; nothing where all lists are empty.", body = View,
        example = json!({
            "cards": [{"id": "crd_01h455vb4pex5vsknk084sn02q", "what": "changed", "moved": true,
                "before": {"home": null, "index": 2, "content": {"kind": "message", "title": {"en": "Before you go"}}},
                "after": {"home": null, "index": 0, "content": {"kind": "message", "title": {"en": "Before you go"}}}}],
            "branches": [], "elements": []
        }))),
    extensions(("x-permission" = json!(ReadWorkflows::NAME))),
)]
#[get("/workflows/{id}/versions/{before}/diff/{after}")]
#[tracing::instrument(name = "api.workflows.diff", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadWorkflows>,
    workflows: Data<Workflows>,
    Path((id, before, after)): Path<(WorkflowId, String, String)>,
    _: NoQuery,
) -> Result<Json<View>, Problem> {
    let side =
        |text: String| -> Result<Side, Problem> { text.parse().map_err(|_no_side| Problem::not_found()) };
    let diff = workflows
        .diff(allowed.tenant(), id, side(before)?, side(after)?)
        .await?;
    Ok(Json(View::new(diff)?))
}
