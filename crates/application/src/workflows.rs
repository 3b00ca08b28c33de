//! Workflows: made from templates, edited side by side, checked, published in numbered versions, rolled back.

mod create;
mod edit;
mod error;
mod problems;
mod publish;
mod settings;
mod steps;
mod versions;

use kale_domain::id::WorkflowId;
pub use kale_flow::{
    card,
    card::{Branch, Card},
    condition::Condition,
    diff::{Change, Diff, Standing, diff},
    edit::{EditError, Face, Op, Place},
    element,
    fair_exit::ExitProfile,
    outcome::Outcome,
    problem::{Cited, Problem, Severity},
    said,
    text::{Locale, Text},
    tree::CardTree,
    variable::described,
    version::FlowVersion,
    workflow::{Demands, Draft, LastEdit, NotNow, Published, Source, Trigger, Workflow, WorkflowState},
};
pub use kale_persistence::workflows::versions::VersionHead;
use kale_persistence::{Store, StoreError, Tenant, workflows};
use uuid::Uuid;

pub use self::{
    create::{Beginning, NewWorkflow},
    edit::EditedDraft,
    error::{Meeting, WorkflowError},
    problems::Judged,
    settings::WorkflowChanges,
    steps::Steps,
    versions::Side,
};

/// Making, editing, checking and publishing workflows.
#[derive(Debug, Clone)]
pub struct Workflows {
    store: Store,
}

impl Workflows {
    /// Over that store.
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// The workflows of a company, newest first, of one state or all; `before` continues after the last one of a page.
    pub async fn list(
        &self,
        tenant: Tenant,
        state: Option<&str>,
        limit: u32,
        before: Option<WorkflowId>,
    ) -> Result<Vec<Workflow>, StoreError> {
        workflows::list(&self.store, tenant, state, limit, before).await
    }

    /// One workflow, without its cards.
    pub async fn get(&self, tenant: Tenant, id: WorkflowId) -> Result<Workflow, WorkflowError> {
        let found = workflows::get(&self.store, tenant, id).await?;
        found.ok_or(WorkflowError::NotFound)
    }

    /// One workflow with the draft of its cards.
    pub async fn draft(&self, tenant: Tenant, id: WorkflowId) -> Result<Draft, WorkflowError> {
        let found = workflows::draft(&self.store, tenant, id).await?;
        found.ok_or(WorkflowError::NotFound)
    }

    /// An id that nothing has, for what is to be put into a draft.
    #[must_use]
    pub fn fresh_id(&self) -> Uuid {
        self.store.fresh_id()
    }

    /// The live workflow of a trigger: of several, the one that was published last. Its version is
    /// [`WorkflowState::version`].
    pub async fn live(&self, tenant: Tenant, trigger: Trigger) -> Result<Option<Workflow>, StoreError> {
        workflows::live(&self.store, tenant, trigger).await
    }
}
