//! Reasons, offers and a workflow with edits and versions.

use std::collections::{BTreeMap, BTreeSet};

use kale_domain::{
    audit::Actor,
    id::{OfferId, WorkflowId},
};
use kale_flow::{
    defaults,
    edit::{Op, Subject, edit_tree},
    history::{EditMark, How},
    offer::{Offer, OfferKind, OfferTerms},
    workflow::{Demands, Draft, LastEdit, Published, Trigger, Workflow, WorkflowState},
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    Store, StoreError, Tenant, offers, reasons,
    workflows::{
        self,
        edits::{self, Edit},
        versions,
    },
};

/// The workflow of company `n`.
pub(crate) fn workflow_id(n: u128) -> WorkflowId {
    WorkflowId::from_uuid(Uuid::from_u128(n))
}

/// The offer of company `n`.
pub(crate) fn offer(n: u128) -> Offer {
    Offer {
        id: OfferId::from_uuid(Uuid::from_u128(n)),
        name: "Pause".to_owned(),
        terms: OfferTerms::parse(OfferKind::Pause, &json!({ "months": 3 }), "#").unwrap(),
        archived: false,
        version: 1,
    }
}

/// The draft of company `n`.
pub(crate) fn draft(store: &Store, n: u128) -> Draft {
    let template = defaults::templates().unwrap().remove(2);
    let workflow = Workflow {
        id: workflow_id(n),
        name: "Cancel".to_owned(),
        trigger: Trigger::CancelIntent,
        state: WorkflowState::Draft,
        demands: Demands::default(),
        origin: None,
        revision: 0,
        edited: None,
        latest: 0,
        created_at: store.now(),
        updated_at: store.now(),
        version: 1,
    };
    Draft {
        workflow,
        tree: template.tree,
        origins: BTreeMap::new(),
    }
}

/// A version of the draft of company `n`.
pub(crate) fn published(store: &Store, n: u128, number: u32) -> Published {
    Published {
        workflow: workflow_id(n),
        number,
        tree: draft(store, n).tree,
        demands: Demands::default(),
        offers_allowed: 2,
        by: Actor::System,
        note: None,
        again: None,
        at: store.now(),
    }
}

/// Fills a company with all of it: 3 edits of the draft, 3 versions, live.
pub(crate) async fn fill(store: &Store, tenant: Tenant, n: u128) {
    let reasons = defaults::reasons().unwrap();
    let draft = draft(store, n);
    let first = draft.tree.cards().first().unwrap().id;
    store
        .transaction::<_, StoreError>(tenant, async |tx| {
            for reason in &reasons {
                reasons::insert(store, tx, reason).await?;
            }
            offers::insert(store, tx, &offer(n)).await?;
            workflows::insert(store, tx, &draft).await?;
            let mut tree = draft.tree.clone();
            for revision in 1..4_u64 {
                let op = Op::DuplicateCard { card: first };
                let edited = edit_tree(&tree, revision - 1, op, Subject::Workflow, &mut || {
                    store.fresh_id()
                });
                let edited = edited.unwrap();
                tree = edited.tree;
                let (by, at) = (Actor::System, tx.now());
                let last = LastEdit { by: by.clone(), at };
                workflows::edit(store, tx, draft.workflow.id, &tree, &last).await?;
                let mark = EditMark {
                    revision,
                    by,
                    at,
                    how: How::Made,
                    taken_back: false,
                };
                let edit = Edit {
                    mark,
                    op: "duplicate_card".to_owned(),
                    touches: BTreeSet::new(),
                };
                edits::add(store, tx, draft.workflow.id, &edit, &edited.inverse).await?;
            }
            for number in 1..4 {
                versions::add(store, tx, &published(store, n, number)).await?;
            }
            let live = Workflow {
                state: WorkflowState::Live { version: 3 },
                latest: 3,
                ..draft.workflow.clone()
            };
            workflows::publish(store, tx, &live).await.map(drop)
        })
        .await
        .unwrap();
}
