//! A workflow as the API shows it.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, http::header};
use jiff::Timestamp;
use kale_application::workflows::{CardTree, EditedDraft, Locale, Published, Source, VersionHead, Workflow};
use kale_domain::id::WorkflowId;
use kale_web::{Problem, etag::etag};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::audit::ActorView;

/// A workflow without its cards.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Workflow)]
pub(super) struct View {
    /// Its identity.
    #[schema(value_type = String, example = "wfl_01h455vb4pex5vsknk084sn02q")]
    pub(super) id: WorkflowId,
    /// What staff call it.
    name: String,
    /// What starts a session of it: `cancel_intent`, `manual` or `api`.
    #[schema(example = "cancel_intent")]
    trigger: &'static str,
    /// `draft`, `live`, `paused` or `archived`.
    #[schema(example = "live")]
    state: &'static str,
    /// The version that is live, or was before it was paused or archived; null where nothing was published.
    current: Option<u32>,
    /// The number of its newest version; 0 while nothing was published.
    latest: u32,
    /// The language that has to be complete before it is published.
    #[schema(value_type = String, example = "en")]
    default_locale: Locale,
    /// The other languages, whose gaps are listed.
    #[schema(value_type = Vec<String>)]
    locales: BTreeSet<Locale>,
    /// The exit profiles that have to hold beside `base`.
    exit_profiles: BTreeSet<String>,
    /// What it was made from; null for nothing.
    origin: Option<OriginView>,
    /// The revision its draft is at; grows by one with every edit.
    revision: u64,
    /// Who edited the draft last; null where nobody did.
    edited: Option<EditView>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When anything of it changed last.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// Grows by one with every change of anything but the draft; its `ETag` is `"v"` and this.
    pub(super) version: u64,
}

/// What a workflow was made from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkflowOrigin)]
pub(super) struct OriginView {
    /// `template` or `workflow`.
    #[schema(example = "template")]
    kind: &'static str,
    /// The key of the template, or the id of the workflow.
    #[schema(example = "cancel_saas")]
    of: String,
}

/// Who edited, and when.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkflowEdit)]
pub(super) struct EditView {
    /// Who.
    by: ActorView,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// The fields that lists can be narrowed to.
pub(super) const FIELDS: &[&str] = &[
    "id",
    "name",
    "trigger",
    "state",
    "current",
    "latest",
    "default_locale",
    "locales",
    "exit_profiles",
    "origin",
    "revision",
    "edited",
    "created_at",
    "updated_at",
    "version",
];

impl From<Workflow> for View {
    fn from(workflow: Workflow) -> Self {
        let origin = workflow.origin.map(|origin| match origin {
            Source::Template { key } => OriginView {
                kind: "template",
                of: key,
            },
            Source::Workflow { id } => OriginView {
                kind: "workflow",
                of: id.to_string(),
            },
        });
        let edited = workflow.edited.map(|edited| EditView {
            by: edited.by.into(),
            at: edited.at,
        });
        Self {
            id: workflow.id,
            name: workflow.name,
            trigger: workflow.trigger.name(),
            state: workflow.state.name(),
            current: workflow.state.version(),
            latest: workflow.latest,
            default_locale: workflow.demands.default_locale,
            locales: workflow.demands.locales,
            exit_profiles: workflow.demands.exit_profiles,
            origin,
            revision: workflow.revision,
            edited,
            created_at: workflow.created_at,
            updated_at: workflow.updated_at,
            version: workflow.version,
        }
    }
}

/// 200 with the workflow and its `ETag`.
pub(super) fn answer(workflow: Workflow) -> HttpResponse {
    let view = View::from(workflow);
    HttpResponse::Ok()
        .insert_header((header::ETAG, etag(view.version)))
        .json(view)
}

/// The draft after an edit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EditedWorkflow)]
pub(super) struct EditedView {
    /// The revision the edit made.
    revision: u64,
    /// Whether somebody had edited since `base`, and the edit was applied to the newer draft.
    rebased: bool,
    /// The operation that takes the edit back.
    #[schema(value_type = Object)]
    inverse: Value,
    /// Whether you have an edit to undo.
    can_undo: bool,
    /// Whether you have an undo to redo.
    can_redo: bool,
    /// The cards as they are now.
    #[schema(value_type = Object)]
    tree: Value,
}

impl EditedView {
    /// 200 with the draft after an edit; the `ETag` is that of the draft.
    pub(super) fn answer(edited: &EditedDraft) -> Result<HttpResponse, Problem> {
        let view = Self {
            revision: edited.tree.revision(),
            rebased: edited.rebased,
            inverse: value(&edited.inverse)?,
            can_undo: edited.steps.undo,
            can_redo: edited.steps.redo,
            tree: value(&edited.tree)?,
        };
        Ok(HttpResponse::Ok()
            .insert_header((header::ETAG, etag(view.revision)))
            .json(view))
    }
}

/// A version without its cards.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkflowVersionSummary)]
pub(super) struct VersionSummary {
    /// Its number, from 1.
    number: u32,
    /// The revision of the draft it was made from.
    revision: u64,
    /// Who published it.
    by: ActorView,
    /// Why, in their words.
    note: Option<String>,
    /// The older version whose cards it has again, where it was rolled back to one.
    rolled_back_to: Option<u32>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

impl From<VersionHead> for VersionSummary {
    fn from(version: VersionHead) -> Self {
        Self {
            number: version.number,
            revision: version.revision,
            by: version.by.into(),
            note: version.note,
            rolled_back_to: version.again,
            at: version.at,
        }
    }
}

/// A version with its cards. It never changes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkflowVersion)]
pub(super) struct VersionView {
    /// Its number, from 1.
    number: u32,
    /// Who published it.
    by: ActorView,
    /// Why, in their words.
    note: Option<String>,
    /// The older version whose cards it has again, where it was rolled back to one.
    rolled_back_to: Option<u32>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The language that was complete.
    #[schema(value_type = String)]
    default_locale: Locale,
    /// The exit profiles that held beside `base`.
    exit_profiles: BTreeSet<String>,
    /// How many offers one walk may show.
    offers_allowed: usize,
    /// Its cards.
    #[schema(value_type = Object)]
    tree: Value,
}

impl VersionView {
    pub(super) fn new(version: Published) -> Result<Self, Problem> {
        Ok(Self {
            number: version.number,
            by: version.by.into(),
            note: version.note,
            rolled_back_to: version.again,
            at: version.at,
            default_locale: version.demands.default_locale,
            exit_profiles: version.demands.exit_profiles,
            offers_allowed: version.offers_allowed,
            tree: tree(&version.tree)?,
        })
    }
}

/// A tree as JSON.
pub(super) fn tree(tree: &CardTree) -> Result<Value, Problem> {
    value(tree)
}

pub(super) fn value(thing: &impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(thing).map_err(|error| Problem::internal(&error))
}

/// A workflow, for the document.
pub(super) fn example() -> Value {
    json!({
        "id": "wfl_01h455vb4pex5vsknk084sn02q", "name": "Cancel flow", "trigger": "cancel_intent", "state": "live",
        "current": 2, "latest": 2, "default_locale": "en", "locales": ["de"], "exit_profiles": ["de"],
        "origin": { "kind": "template", "of": "cancel_saas" }, "revision": 14,
        "edited": { "by": { "kind": "user", "id": "usr_01h455vb4pex5vsknk084sn02q" }, "at": "2026-11-14T12:00:00Z" },
        "created_at": "2026-11-10T08:00:00Z", "updated_at": "2026-11-14T12:00:00Z", "version": 3
    })
}

/// A tree with one card, for the document.
pub(super) fn tree_example(revision: u64) -> Value {
    json!({ "revision": revision, "cards": [{
        "id": "crd_01h455vb4pex5vsknk084sn02q", "kind": "message", "settings": { "next": { "en": "Next" } },
        "title": { "en": "Before you go" }, "elements": [], "branches": [], "locked_by_template": false
    }] })
}

/// An edited draft, for the document.
pub(super) fn edited_example() -> Value {
    json!({
        "revision": 15, "rebased": false,
        "inverse": { "op": "delete_card", "card": "crd_01h455vb4pex5vsknk084sn02q" },
        "can_undo": true, "can_redo": false, "tree": tree_example(15)
    })
}
