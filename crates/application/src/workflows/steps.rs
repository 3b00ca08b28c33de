//! Undo and redo: everybody's own edits, step by step.

use kale_domain::id::WorkflowId;
use kale_flow::history::{DEPTH, EditMark, How, next_redo, next_undo};
use kale_persistence::{StoreError, Tenant, workflows::edits};

use super::{
    Workflows,
    edit::{EditedDraft, Wanted},
    error::WorkflowError,
};
use crate::access::Caller;

/// What somebody can take back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steps {
    /// Whether there is an edit to undo.
    pub undo: bool,
    /// Whether there is an undo to redo.
    pub redo: bool,
}

impl Workflows {
    /// What the caller can take back.
    pub async fn steps(&self, tenant: Tenant, caller: &Caller, id: WorkflowId) -> Result<Steps, StoreError> {
        let (marks, me) = (self.marks(tenant, id).await?, caller.actor());
        Ok(Steps {
            undo: next_undo(&marks, &me).is_some(),
            redo: next_redo(&marks, &me).is_some(),
        })
    }

    /// Takes back the caller's newest edit; [`WorkflowError::Met`] where somebody changed the same cards since.
    pub async fn undo(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: WorkflowId,
    ) -> Result<EditedDraft, WorkflowError> {
        self.step(tenant, caller, id, How::Undone).await
    }

    /// Takes back the caller's newest undo.
    pub async fn redo(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: WorkflowId,
    ) -> Result<EditedDraft, WorkflowError> {
        self.step(tenant, caller, id, How::Redone).await
    }

    async fn step(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: WorkflowId,
        how: How,
    ) -> Result<EditedDraft, WorkflowError> {
        let attempt = async || {
            let wanted = self.wanted(tenant, caller, id, how).await?;
            self.attempt(tenant, caller, id, &wanted).await
        };
        self.store.retried(WorkflowError::is_lost_race, attempt).await
    }

    async fn wanted(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: WorkflowId,
        how: How,
    ) -> Result<Wanted, WorkflowError> {
        // Whether it is there, and may be edited, is said before what can be taken back.
        self.get(tenant, id).await?.state.editable()?;
        let (marks, me) = (self.marks(tenant, id).await?, caller.actor());
        let (found, name) = match how {
            How::Redone => (next_redo(&marks, &me), "redo"),
            How::Made | How::Undone => (next_undo(&marks, &me), "undo"),
        };
        let revision = found.ok_or(WorkflowError::NoStep(name))?.revision;
        let inverse = edits::inverse(&self.store, tenant, id, revision).await?;
        Ok(Wanted {
            base: revision,
            op: inverse.ok_or(WorkflowError::NoStep(name))?,
            how,
            takes_back: Some(revision),
        })
    }

    async fn marks(&self, tenant: Tenant, id: WorkflowId) -> Result<Vec<EditMark>, StoreError> {
        let most = u64::try_from(4 * DEPTH).unwrap_or(edits::KEPT);
        let edits = edits::since(&self.store, tenant, id, 0, most).await?;
        Ok(edits.into_iter().map(|edit| edit.mark).collect())
    }
}
