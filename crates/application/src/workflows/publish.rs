//! Publishing: a new version of the draft, or of an older version once more.

use kale_domain::{
    audit::{AuditAction, AuditEntry},
    company::Company,
    error::FieldError,
    id::WorkflowId,
};
use kale_flow::{
    problem::Problem,
    tree::CardTree,
    workflow::{Published, Workflow, WorkflowState},
};
use kale_persistence::{
    StoreError, Tenant, Tx, offers, reasons,
    workflows::{self, edits, versions},
};

use super::{
    Workflows,
    error::WorkflowError,
    problems::{Looked, in_use, states},
};
use crate::access::Caller;

/// The longest note, in characters.
const NOTE: usize = 500;

/// What is to be published.
struct Next {
    tree: CardTree,
    note: Option<String>,
    again: Option<u32>,
    action: AuditAction,
}

impl Workflows {
    /// Publishes the draft as it is at `revision`: a new version, with which sessions start from now on. Where the live
    /// version is that already, nothing is written and the answer is the same.
    ///
    /// [`WorkflowError::NotPublishable`] with everything that the checks found where they found an error;
    /// [`WorkflowError::Met`] where the draft is at another revision by now.
    pub async fn publish(
        &self,
        tenant: Tenant,
        company: &Company,
        caller: &Caller,
        id: WorkflowId,
        revision: u64,
        note: Option<String>,
    ) -> Result<Workflow, WorkflowError> {
        let note = checked(note)?;
        let attempt = async || {
            let draft = self.draft(tenant, id).await?;
            if draft.workflow.revision != revision {
                let since = edits::since(&self.store, tenant, id, revision, edits::KEPT).await?;
                self.refuse_if(tenant, since.iter()).await?;
                return Err(WorkflowError::Met(Vec::new()));
            }
            let next = Next {
                tree: draft.tree,
                note: note.clone(),
                again: None,
                action: AuditAction::WorkflowPublished,
            };
            self.put_out(tenant, company, caller, draft.workflow, next).await
        };
        self.store.retried(WorkflowError::is_lost_race, attempt).await
    }

    /// Publishes the cards of an older version once more, as a new one. The draft stays as it is. What they are checked
    /// against is what holds now. Where the live version has those cards already, nothing is written.
    pub async fn roll_back(
        &self,
        tenant: Tenant,
        company: &Company,
        caller: &Caller,
        id: WorkflowId,
        to: u32,
        note: Option<String>,
    ) -> Result<Workflow, WorkflowError> {
        let note = checked(note)?;
        let attempt = async || {
            let workflow = self.get(tenant, id).await?;
            let Some(older) = versions::get(&self.store, tenant, id, to).await? else {
                let message = format!("there is no version {to}; the newest is {}", workflow.latest);
                let wrong = FieldError::new("#/to", "unknown-version", message);
                return Err(WorkflowError::Invalid(vec![wrong]));
            };
            let next = Next {
                tree: older.tree,
                note: note.clone(),
                again: Some(to),
                action: AuditAction::WorkflowRolledBack,
            };
            self.put_out(tenant, company, caller, workflow, next).await
        };
        self.store.retried(WorkflowError::is_lost_race, attempt).await
    }

    async fn put_out(
        &self,
        tenant: Tenant,
        company: &Company,
        caller: &Caller,
        workflow: Workflow,
        next: Next,
    ) -> Result<Workflow, WorkflowError> {
        let number = workflow.latest.saturating_add(1);
        let after = Workflow {
            state: workflow.state.published(number)?,
            latest: number,
            ..workflow.clone()
        };
        let looked = self
            .look(tenant, company, workflow.demands.clone(), next.tree.clone())
            .await?;
        if looked.problems.iter().any(Problem::is_error) {
            return Err(WorkflowError::NotPublishable(looked.problems));
        }
        if self.is_out(tenant, &workflow, &next, &looked).await? {
            return Ok(workflow);
        }
        let published = self
            .store
            .transaction::<_, StoreError>(tenant, async |tx| {
                // What they were checked against still holds, or is looked at again.
                let offers = states(offers::list_in(&self.store, tx).await?);
                let reasons = in_use(reasons::list_in(&self.store, tx).await?);
                if (&offers, &reasons) != (&looked.offers, &looked.reasons) {
                    return Err(StoreError::Stale);
                }
                let version = Published {
                    workflow: workflow.id,
                    number,
                    tree: next.tree.clone(),
                    demands: workflow.demands.clone(),
                    offers_allowed: looked.offers_allowed,
                    by: caller.actor(),
                    note: next.note.clone(),
                    again: next.again,
                    at: tx.now(),
                };
                versions::add(&self.store, tx, &version).await?;
                let published = workflows::publish(&self.store, tx, &after).await?;
                tx.audit(entry(caller, tx, &version, next.action)).await?;
                Ok(published)
            })
            .await?;
        Ok(published)
    }

    /// Whether the live version is that already.
    async fn is_out(
        &self,
        tenant: Tenant,
        workflow: &Workflow,
        next: &Next,
        looked: &Looked,
    ) -> Result<bool, StoreError> {
        let WorkflowState::Live { version } = workflow.state else {
            return Ok(false);
        };
        let live = versions::get(&self.store, tenant, workflow.id, version).await?;
        Ok(live.is_some_and(|live| {
            live.tree == next.tree
                && live.demands == workflow.demands
                && live.offers_allowed == looked.offers_allowed
        }))
    }
}

/// What the audit log says of it.
fn entry(caller: &Caller, tx: &Tx, version: &Published, action: AuditAction) -> AuditEntry {
    let mut entry = caller.entry(tx, action, version.workflow);
    let mut say = |name: &str, value: String| entry.after.insert(name.to_owned(), value);
    say("version", version.number.to_string());
    say("revision", version.tree.revision().to_string());
    if let Some(again) = version.again {
        say("rolled_back_to", again.to_string());
    }
    if let Some(note) = &version.note {
        say("note", note.clone());
    }
    entry
}

fn checked(note: Option<String>) -> Result<Option<String>, WorkflowError> {
    let note = note
        .map(|note| note.trim().to_owned())
        .filter(|note| !note.is_empty());
    if note.as_ref().is_some_and(|note| note.chars().count() > NOTE) {
        let wrong = FieldError::new("#/note", "too-long", format!("at most {NOTE} characters"));
        return Err(WorkflowError::Invalid(vec![wrong]));
    }
    Ok(note)
}
