//! The same for reasons, offers and workflows.

use kale_domain::audit::Actor;
use kale_flow::workflow::{LastEdit, Trigger, WorkflowState};

use super::{Sees, everything, two};
use crate::{
    StoreError, offers, reasons,
    testing::flows::{draft, offer, published, workflow_id},
    workflows::{self, edits, versions},
};

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_the_workflows_of_another_company() {
    let (store, full, stranger) = two().await;
    let (id, key) = (workflow_id(1), "trust".parse().unwrap());
    for (tenant, sees) in [(full.tenant, Sees(true)), (stranger, Sees(false))] {
        sees.many("reasons", reasons::list(&store, tenant).await);
        sees.some("reason", reasons::get(&store, tenant, &key).await);
        sees.many("offers", offers::list(&store, tenant).await);
        sees.some("offer", offers::get(&store, tenant, offer(1).id).await);
        sees.many("workflows", workflows::list(&store, tenant, None, 5, None).await);
        sees.some("workflow", workflows::get(&store, tenant, id).await);
        sees.some("draft", workflows::draft(&store, tenant, id).await);
        let live = workflows::live(&store, tenant, Trigger::CancelIntent).await;
        sees.some("live", live);
        sees.many("edits", edits::since(&store, tenant, id, 0, 5).await);
        sees.some("inverse", edits::inverse(&store, tenant, id, 1).await);
        sees.many("versions", versions::list(&store, tenant, id, 5, None).await);
        sees.some("version", versions::get(&store, tenant, id, 1).await);
        let known = versions::known(&store, tenant, id, 1, async |found| {
            Ok::<_, StoreError>(found.is_some())
        });
        sees.some("known", known.await.map(|found| found.then_some(())));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_changes_the_workflows_of_another_company() {
    let (store, full, stranger) = two().await;
    let before = everything(&store, &full).await;
    let mut reason = kale_flow::defaults::reasons().unwrap().remove(0);
    reason.archived = true;
    let theirs = draft(&store, 1);
    let mut edited = workflows::draft(&store, full.tenant, workflow_id(1))
        .await
        .unwrap()
        .unwrap();
    edited.workflow.state = WorkflowState::Archived { version: None };
    let last = LastEdit {
        by: Actor::System,
        at: store.now(),
    };

    for (tenant, allowed) in [(stranger, false), (full.tenant, true)] {
        let change = async |what: u32| {
            store
                .transaction::<_, StoreError>(tenant, async |tx| match what {
                    0 => reasons::update(&store, tx, &reason).await.map(drop),
                    1 => offers::update(&store, tx, &offer(1)).await.map(drop),
                    2 => workflows::edit(&store, tx, theirs.workflow.id, &next(&edited.tree), &last)
                        .await
                        .map(drop),
                    3 => edits::take_back(&store, tx, workflow_id(1), 1).await,
                    _ => workflows::update(&store, tx, &edited.workflow).await.map(drop),
                })
                .await
        };
        for what in 0..5 {
            let changed = change(what).await;
            let stale = matches!(changed, Err(StoreError::Stale));
            assert_eq!((changed.is_ok(), stale), (allowed, !allowed), "{what}");
        }
        if !allowed {
            assert_eq!(everything(&store, &full).await, before);
        }
    }
    assert_ne!(everything(&store, &full).await, before);
}

/// The tree after one more edit.
fn next(tree: &kale_flow::tree::CardTree) -> kale_flow::tree::CardTree {
    kale_flow::tree::CardTree::new(tree.revision() + 1, tree.cards().to_vec()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_added_once_and_an_edit_of_an_older_revision_is_stale() {
    let (store, full, _) = two().await;
    let again = store
        .transaction::<_, StoreError>(full.tenant, async |tx| {
            versions::add(&store, tx, &published(&store, 1, 3)).await
        })
        .await;
    assert!(matches!(again, Err(StoreError::Stale)), "{again:?}");
    let last = LastEdit {
        by: Actor::System,
        at: store.now(),
    };
    let old = draft(&store, 1).tree;
    let late = store
        .transaction::<_, StoreError>(full.tenant, async |tx| {
            workflows::edit(&store, tx, workflow_id(1), &next(&old), &last).await
        })
        .await;
    assert!(matches!(late, Err(StoreError::Stale)), "{late:?}");
}
