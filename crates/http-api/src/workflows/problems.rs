//! `GET /workflows/{id}/problems`

use actix_web::{get, web::Data, web::Json};
use kale_application::workflows::{Judged, Problem as Finding, Severity, Workflows};
use kale_domain::id::{CardId, ElementId, WorkflowId};
use kale_web::{Allowed, NoQuery, Path, Problem, Required, permission::ReadWorkflows};
use serde::Serialize;
use utoipa::ToSchema;

/// What the checks say of a draft.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkflowProblems)]
pub(super) struct View {
    /// The revision they looked at; what `POST /workflows/{id}/publish` wants.
    revision: u64,
    /// Whether nothing stands in the way of publishing.
    publishable: bool,
    /// What they found, in the order of the cards.
    problems: Vec<FindingView>,
}

/// One thing that is wrong.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkflowProblem)]
pub(super) struct FindingView {
    /// `error`: publishing is refused; `warning`: worth a look.
    #[schema(example = "error")]
    severity: &'static str,
    /// Where it is: a JSON pointer into the tree.
    #[schema(example = "#/cards/0/title")]
    pointer: String,
    /// A slug that never changes.
    #[schema(example = "offer-not-chosen")]
    code: String,
    /// What is wrong, for a person.
    message: String,
    /// The card it is about; null where it is about the whole.
    #[schema(value_type = Option<String>)]
    card: Option<CardId>,
    /// The element it is about.
    #[schema(value_type = Option<String>)]
    element: Option<ElementId>,
    /// The rule of an exit profile that it breaks.
    rule: Option<RuleView>,
}

/// A rule of an exit profile.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BrokenExitRule)]
pub(super) struct RuleView {
    /// The key of the profile.
    #[schema(example = "base")]
    profile: String,
    /// Where the rule comes from.
    source: String,
}

impl From<Judged> for View {
    fn from(judged: Judged) -> Self {
        Self {
            revision: judged.revision,
            publishable: judged.publishable(),
            problems: judged.problems.into_iter().map(FindingView::from).collect(),
        }
    }
}

impl From<Finding> for FindingView {
    fn from(problem: Finding) -> Self {
        Self {
            severity: match problem.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            pointer: problem.field.pointer,
            code: problem.field.code.into_owned(),
            message: problem.field.message,
            card: problem.card,
            element: problem.element,
            rule: problem.rule.map(|rule| RuleView {
                profile: rule.profile,
                source: rule.source,
            }),
        }
    }
}

/// Checks the draft: everything that stands in the way of publishing, and what is worth a look. Takes up to half a second
/// for the largest drafts.
#[utoipa::path(
    operation_id = "check_workflow",
    tag = "Workflows",
    params(("id" = String, Path, description = "Which.", example = "wfl_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "What the checks found.", body = View, example = json!({
        "revision": 14, "publishable": false, "problems": [{
            "severity": "error", "pointer": "#/cards/1/elements/0/config/offer", "code": "offer-not-chosen",
            "message": "choose which pause is offered here", "card": "crd_01h455vb4pex5vsknk084sn02q",
            "element": "elm_01h455vb4pex5vsknk084sn02q", "rule": null
        }]
    }))),
    extensions(("x-permission" = json!(ReadWorkflows::NAME))),
)]
#[get("/workflows/{id}/problems")]
#[tracing::instrument(name = "api.workflows.problems", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadWorkflows>,
    workflows: Data<Workflows>,
    Path(id): Path<WorkflowId>,
    _: NoQuery,
) -> Result<Json<View>, Problem> {
    let company = allowed.company()?;
    let judged = workflows.problems(allowed.tenant(), company, id).await?;
    Ok(Json(judged.into()))
}
