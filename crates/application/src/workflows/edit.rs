//! Edits of a draft by several people at once: applied to what there is by now, unless they meet at a card.

use kale_domain::{
    audit::{Actor, AuditAction},
    error::FieldError,
    id::{CardId, WorkflowId},
};
use kale_flow::{
    edit::{EditError, Edited, Op, Subject, edit_tree, touched},
    history::{EditMark, How},
    tree::CardTree,
    workflow::{Draft, LastEdit, Workflow},
};
use kale_persistence::{
    StoreError, Tenant, api_keys, users,
    workflows::{
        self,
        edits::{self, Edit, KEPT},
    },
};

use super::{
    Workflows,
    error::{Meeting, WorkflowError},
    steps::Steps,
};
use crate::access::Caller;

/// The largest tree, in bytes as it is stored: a document of the store may have 16 MiB.
const LARGEST: usize = 4 * 1024 * 1024;
/// How many edits of others are named.
const NAMED: usize = 5;

/// A draft after an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedDraft {
    /// The workflow.
    pub workflow: Workflow,
    /// Its cards.
    pub tree: CardTree,
    /// What takes the edit back.
    pub inverse: Op,
    /// Whether somebody had edited since the base.
    pub rebased: bool,
    /// What the caller can take back now.
    pub steps: Steps,
}

/// An edit to be made.
pub(super) struct Wanted {
    /// The revision it was made against.
    pub(super) base: u64,
    /// What to do.
    pub(super) op: Op,
    /// How it came about.
    pub(super) how: How,
    /// The revision whose edit it takes back.
    pub(super) takes_back: Option<u64>,
}

impl Workflows {
    /// Makes an edit that was thought of at revision `base`. A newer draft takes it, too, unless somebody changed the
    /// cards it touches since: then [`WorkflowError::Met`] says who.
    pub async fn edit(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: WorkflowId,
        base: u64,
        op: Op,
    ) -> Result<EditedDraft, WorkflowError> {
        let wanted = Wanted {
            base,
            op,
            how: How::Made,
            takes_back: None,
        };
        // Where somebody edited in between, the edit is thought through anew.
        let attempt = async || self.attempt(tenant, caller, id, &wanted).await;
        self.store.retried(WorkflowError::is_lost_race, attempt).await
    }

    /// Tries an edit once; [`StoreError::Stale`] where another one came in between.
    pub(super) async fn attempt(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: WorkflowId,
        wanted: &Wanted,
    ) -> Result<EditedDraft, WorkflowError> {
        let draft = self.draft(tenant, id).await?;
        draft.workflow.state.editable()?;
        let edited = self.edited(tenant, caller, &draft, wanted).await?;
        let mut touches = touched(&draft.tree, &wanted.op);
        touches.extend(touched(&edited.tree, &edited.inverse));
        let edit = |at| Edit {
            mark: EditMark {
                revision: edited.tree.revision(),
                by: caller.actor(),
                at,
                how: wanted.how,
                taken_back: false,
            },
            op: wanted.op.name().to_owned(),
            touches: touches.clone(),
        };
        let workflow = self
            .store
            .transaction::<_, StoreError>(tenant, async |tx| {
                let edit = edit(tx.now());
                let last = LastEdit {
                    by: caller.actor(),
                    at: edit.mark.at,
                };
                let workflow = workflows::edit(&self.store, tx, id, &edited.tree, &last).await?;
                edits::add(&self.store, tx, id, &edit, &edited.inverse).await?;
                if let Some(revision) = wanted.takes_back {
                    edits::take_back(&self.store, tx, id, revision).await?;
                }
                let mut entry = caller.entry(tx, AuditAction::WorkflowEdited, id);
                entry.after.insert("op".to_owned(), edit.op);
                entry
                    .after
                    .insert("revision".to_owned(), edit.mark.revision.to_string());
                tx.audit(entry).await?;
                Ok(workflow)
            })
            .await?;
        let steps = self.steps(tenant, caller, id).await?;
        Ok(EditedDraft {
            workflow,
            tree: edited.tree,
            inverse: edited.inverse,
            rebased: edited.rebased,
            steps,
        })
    }

    async fn edited(
        &self,
        tenant: Tenant,
        caller: &Caller,
        draft: &Draft,
        wanted: &Wanted,
    ) -> Result<Edited, WorkflowError> {
        let since = if wanted.base < draft.workflow.revision {
            let touches = touched(&draft.tree, &wanted.op);
            let others = self.since(tenant, draft, wanted).await?;
            let me = caller.actor();
            // What one did oneself since an edit does not stand in the way of taking it back.
            let others: Vec<Edit> = others
                .into_iter()
                .filter(|edit| wanted.how == How::Made || edit.mark.by != me)
                .collect();
            let meets = |edit: &Edit| !edit.touches.is_disjoint(&touches);
            self.refuse_if(tenant, others.iter().filter(|edit| meets(edit)))
                .await?;
            others
        } else {
            Vec::new()
        };
        let fresh = &mut || self.store.fresh_id();
        let edited = edit_tree(
            &draft.tree,
            wanted.base,
            wanted.op.clone(),
            Subject::Workflow,
            fresh,
        );
        let edited = match edited {
            Err(EditError::Stale(what)) => {
                let named: Option<CardId> = what.parse().ok();
                let took = |edit: &&Edit| named.is_none_or(|card| edit.touches.contains(&card));
                self.refuse_if(tenant, since.iter().filter(took)).await?;
                return Err(EditError::Stale(what).into());
            }
            other => other?,
        };
        let size = serde_json::to_string(&edited.tree).map_or(usize::MAX, |text| text.len());
        if size > LARGEST {
            let message = format!("the cards together may have {LARGEST} bytes; they would have {size}");
            let wrong = FieldError::new("#/op", "tree-too-large", message);
            return Err(WorkflowError::Invalid(vec![wrong]));
        }
        Ok(edited)
    }

    /// The edits since the base of an edit; an error where they are too many to know.
    async fn since(
        &self,
        tenant: Tenant,
        draft: &Draft,
        wanted: &Wanted,
    ) -> Result<Vec<Edit>, WorkflowError> {
        let missed = draft.workflow.revision.saturating_sub(wanted.base);
        if missed > KEPT {
            return Err(WorkflowError::Met(Vec::new()));
        }
        Ok(edits::since(&self.store, tenant, draft.workflow.id, wanted.base, KEPT).await?)
    }

    /// Refuses because of edits, if there are any, and says whose they are.
    pub(super) async fn refuse_if<'a>(
        &self,
        tenant: Tenant,
        edits: impl Iterator<Item = &'a Edit>,
    ) -> Result<(), WorkflowError> {
        let edits: Vec<&Edit> = edits.take(NAMED).collect();
        if edits.is_empty() {
            return Ok(());
        }
        let mut meetings = Vec::with_capacity(edits.len());
        let mut known: Vec<(Actor, String)> = Vec::new();
        for edit in edits {
            let by = &edit.mark.by;
            let name = match known.iter().find(|(actor, _)| actor == by) {
                Some((_, name)) => name.clone(),
                None => {
                    let name = self.name_of(tenant, by).await?;
                    known.push((by.clone(), name.clone()));
                    name
                }
            };
            meetings.push(Meeting {
                by: by.clone(),
                name,
                op: edit.op.clone(),
                revision: edit.mark.revision,
                at: edit.mark.at,
            });
        }
        Err(WorkflowError::Met(meetings))
    }

    async fn name_of(&self, tenant: Tenant, actor: &Actor) -> Result<String, StoreError> {
        Ok(match actor {
            Actor::User { id } => {
                let user = users::get(&self.store, tenant, *id).await?;
                user.map_or_else(|| "a Kale admin".to_owned(), |user| user.name)
            }
            Actor::ApiKey { id } => {
                let keys = api_keys::list(&self.store, tenant).await?;
                let key = keys.into_iter().find(|key| key.id == *id);
                key.map_or_else(|| "a program".to_owned(), |key| key.name)
            }
            Actor::System => "Kale".to_owned(),
            Actor::Erased => "Somebody".to_owned(),
        })
    }
}
