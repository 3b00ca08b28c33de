//! Publishing: a new version of the draft, or of an older version once more.

use kale_domain::{audit::AuditAction, company::Company, error::FieldError, id::WorkflowId};
use kale_flow::{
    problem::Problem,
    tree::CardTree,
    workflow::{Published, Workflow},
};
use kale_persistence::{
    StoreError, Tenant,
    workflows::{self, edits, versions},
};

use super::{Workflows, error::WorkflowError};
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
    /// Publishes the draft as it is at `revision`: a new version, with which sessions start from now on.
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
        let draft = self.draft(tenant, id).await?;
        let note = checked(note)?;
        if draft.workflow.revision != revision {
            let since = edits::since(&self.store, tenant, id, revision, edits::KEPT).await?;
            self.refuse_if(tenant, since.iter()).await?;
            return Err(WorkflowError::Met(Vec::new()));
        }
        let next = Next {
            tree: draft.tree,
            note,
            again: None,
            action: AuditAction::WorkflowPublished,
        };
        self.put_out(tenant, company, caller, draft.workflow, next).await
    }

    /// Publishes the cards of an older version once more, as a new one. The draft stays as it is. What they are checked
    /// against is what holds now.
    pub async fn roll_back(
        &self,
        tenant: Tenant,
        company: &Company,
        caller: &Caller,
        id: WorkflowId,
        to: u32,
        note: Option<String>,
    ) -> Result<Workflow, WorkflowError> {
        let workflow = self.get(tenant, id).await?;
        let note = checked(note)?;
        let Some(older) = versions::get(&self.store, tenant, id, to).await? else {
            let message = format!("there is no version {to}; the newest is {}", workflow.latest);
            let wrong = FieldError::new("#/to", "unknown-version", message);
            return Err(WorkflowError::Invalid(vec![wrong]));
        };
        let next = Next {
            tree: older.tree,
            note,
            again: Some(to),
            action: AuditAction::WorkflowRolledBack,
        };
        self.put_out(tenant, company, caller, workflow, next).await
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
        let published = self
            .store
            .transaction::<_, StoreError>(tenant, async |tx| {
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
                let mut entry = caller.entry(tx, next.action, workflow.id);
                let mut say = |name: &str, value: String| entry.after.insert(name.to_owned(), value);
                say("version", number.to_string());
                say("revision", version.tree.revision().to_string());
                if let Some(again) = next.again {
                    say("rolled_back_to", again.to_string());
                }
                if let Some(note) = &version.note {
                    say("note", note.clone());
                }
                tx.audit(entry).await?;
                Ok(published)
            })
            .await?;
        Ok(published)
    }
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
