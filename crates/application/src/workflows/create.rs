//! Making a workflow: from nothing, from a template, from another one.

use std::collections::BTreeMap;

use kale_domain::{
    audit::AuditAction,
    error::FieldError,
    id::{CardId, WorkflowId},
};
use kale_flow::{
    copy::copy_tree,
    tree::CardTree,
    workflow::{Demands, Draft, Source, Trigger, Workflow, WorkflowState},
};
use kale_persistence::{StoreError, Tenant, workflows};

use super::{Workflows, error::WorkflowError, settings::name_errors};
use crate::{access::Caller, templates::Templates};

/// A workflow to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWorkflow {
    /// What staff call it: 1 to 80 characters; absent: as what it is made from.
    pub name: Option<String>,
    /// What it begins as.
    pub from: Beginning,
}

/// What a workflow begins as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beginning {
    /// Without a card.
    Empty,
    /// The template of that name.
    Template(String),
    /// The draft of another workflow.
    Workflow(WorkflowId),
}

/// What a beginning gives.
struct Begun {
    name: Option<String>,
    trigger: Trigger,
    demands: Demands,
    origin: Option<Source>,
    tree: CardTree,
    origins: BTreeMap<CardId, CardId>,
}

impl Workflows {
    /// Makes a workflow; its cards have ids of their own.
    pub async fn create(
        &self,
        tenant: Tenant,
        caller: &Caller,
        new: NewWorkflow,
    ) -> Result<Workflow, WorkflowError> {
        let begun = match &new.from {
            Beginning::Empty => Begun {
                name: None,
                trigger: Trigger::CancelIntent,
                demands: Demands::default(),
                origin: None,
                tree: CardTree::empty(),
                origins: BTreeMap::new(),
            },
            Beginning::Template(key) => self.template(key)?,
            Beginning::Workflow(id) => self.copy_of(tenant, *id).await?,
        };
        let name = new.name.or(begun.name).unwrap_or_default();
        let wrong = name_errors(&name);
        if !wrong.is_empty() {
            return Err(WorkflowError::Invalid(wrong));
        }
        let now = self.store.now();
        let workflow = Workflow {
            id: WorkflowId::from_uuid(self.store.fresh_id()),
            name: name.trim().to_owned(),
            trigger: begun.trigger,
            state: WorkflowState::Draft,
            demands: begun.demands,
            origin: begun.origin,
            revision: begun.tree.revision(),
            edited: None,
            latest: 0,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let draft = Draft {
            workflow,
            tree: begun.tree,
            origins: begun.origins,
        };
        self.store
            .transaction::<_, StoreError>(tenant, async |tx| {
                workflows::insert(&self.store, tx, &draft).await?;
                let mut entry = caller.entry(tx, AuditAction::WorkflowCreated, draft.workflow.id);
                entry.after.insert("name".to_owned(), draft.workflow.name.clone());
                let from = match &draft.workflow.origin {
                    None => "nothing".to_owned(),
                    Some(Source::Template { key }) => key.clone(),
                    Some(Source::Workflow { id }) => id.to_string(),
                };
                entry.after.insert("from".to_owned(), from);
                tx.audit(entry).await
            })
            .await?;
        Ok(draft.workflow)
    }

    fn template(&self, key: &str) -> Result<Begun, WorkflowError> {
        let template = Templates.get(key)?;
        let (tree, origins) = self.copied(&template.tree)?;
        Ok(Begun {
            name: Some(template.title),
            trigger: Trigger::CancelIntent,
            demands: Demands::default(),
            origin: Some(Source::Template { key: template.key }),
            tree,
            origins,
        })
    }

    async fn copy_of(&self, tenant: Tenant, id: WorkflowId) -> Result<Begun, WorkflowError> {
        let original = match self.draft(tenant, id).await {
            Err(WorkflowError::NotFound) => {
                let message = "there is no such workflow";
                let wrong = FieldError::new("#/workflow", "unknown-workflow", message);
                return Err(WorkflowError::Invalid(vec![wrong]));
            }
            other => other?,
        };
        let (tree, copies) = self.copied(&original.tree)?;
        let origins = copies.into_iter().filter_map(|(copy, card)| {
            let origin = original.origins.get(&card)?;
            Some((copy, *origin))
        });
        let Workflow {
            name,
            trigger,
            demands,
            ..
        } = original.workflow;
        let name: String = format!("Copy of {name}").chars().take(80).collect();
        Ok(Begun {
            name: Some(name),
            trigger,
            demands,
            origin: Some(Source::Workflow { id }),
            tree,
            origins: origins.collect(),
        })
    }

    fn copied(&self, tree: &CardTree) -> Result<(CardTree, BTreeMap<CardId, CardId>), WorkflowError> {
        let copied = copy_tree(tree, &mut || self.store.fresh_id());
        let copied = copied.ok_or_else(|| WorkflowError::Broken("a tree repeats an id".into()))?;
        Ok((copied.tree, copied.origins))
    }
}
