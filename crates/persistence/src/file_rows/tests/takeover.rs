//! Two imports at once, an import that comes too late, an undo while an import runs.

use bson::{Document, doc};
use futures::TryStreamExt as _;
use kale_domain::upload::ImportMode;

use super::super::fold::kept;
use super::{
    File, KIND, StoreError, Which, fold, import, live, make_live, name, next, pages, remove_absent, seen,
    tenant, undo, write, write_batch,
};
use crate::testing;

fn names(rows: &[(&str, &str)]) -> File {
    let file = File::new(ImportMode::Upsert, &["name"], &[]);
    rows.iter()
        .fold(file, |file, (key, text)| file.row(key, name(text)))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_slept_while_another_came_through_leaves_nothing_behind() {
    let store = testing::migrated().await;
    let ours = tenant(1);
    import(&store, ours, &names(&[("a", "Ada"), ("b", "Bob")])).await;
    let slow = names(&[("a", "slow"), ("b", "slow"), ("c", "slow")]);
    let (first, second) = (next(&store, ours).await, next(&store, ours).await);
    write(&store, ours, &slow, first, 1, Some(2)).await.unwrap();
    let quick = names(&[("a", "quick")]);
    write(&store, ours, &quick, second, 1, None).await.unwrap();

    // While the other one writes, and after it went live.
    for _ in 0..2 {
        let late = write_batch(&store, ours, &slow.batch(first), slow.incoming()).await;
        assert!(matches!(late, Err(StoreError::Stale)));
        let late = remove_absent(&store, ours, &slow.batch(first), |_| false).await;
        assert!(matches!(late, Err(StoreError::Stale)));
        assert!(matches!(
            make_live(&store, ours, first).await,
            Err(StoreError::Stale)
        ));
        make_live(&store, ours, second).await.unwrap();
    }

    let keys = ["a", "b", "c"].map(str::to_owned);
    let expected = [("a".to_owned(), name("quick")), ("b".to_owned(), name("Bob"))].into();
    assert_eq!(seen(&store, ours, &keys).await, expected);
    assert_eq!(pages(&store, ours, Which::All).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_after_the_right_was_lost_is_taken_away_again() {
    let store = testing::migrated().await;
    let ours = tenant(1);
    import(&store, ours, &names(&[("a", "Ada"), ("b", "Bob")])).await;
    let (first, second) = (next(&store, ours).await, next(&store, ours).await);
    let slow = names(&[("a", "slow"), ("b", "slow"), ("c", "slow")]);
    write(&store, ours, &slow, first, 3, None).await.unwrap();
    store.settle().await.unwrap();
    let rows = store.database().collection::<Document>("file_rows");
    let late: Vec<Document> = rows.find(doc! {}).await.unwrap().try_collect().await.unwrap();
    write(&store, ours, &names(&[("a", "quick")]), second, 1, None)
        .await
        .unwrap();
    make_live(&store, ours, second).await.unwrap();
    // The writer slept between its question and its writes: these arrive now.
    for row in late.iter().filter(|row| row.get_str("ext").unwrap() != "a") {
        rows.replace_one(doc! { "_id": row.get("_id") }, row)
            .upsert(true)
            .await
            .unwrap();
    }
    let keys = ["a", "b", "c"].map(str::to_owned);
    assert_eq!(
        seen(&store, ours, &keys).await["c"],
        name("slow"),
        "else this proves nothing"
    );

    let number = i64::try_from(first).unwrap();
    let told = kept(&store, ours, KIND, number, doc! {}).await;
    assert!(matches!(told, Err(StoreError::Stale)));
    let expected: std::collections::BTreeMap<_, _> =
        [("a".to_owned(), name("quick")), ("b".to_owned(), name("Bob"))].into();
    assert_eq!(seen(&store, ours, &keys).await, expected);
    // What is live stays.
    kept(&store, ours, KIND, i64::try_from(second).unwrap(), doc! {})
        .await
        .unwrap();
    assert_eq!(seen(&store, ours, &keys).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_with_a_number_below_the_live_one_needs_another() {
    let store = testing::migrated().await;
    let ours = tenant(1);
    let first = next(&store, ours).await;
    let second = import(&store, ours, &names(&[("a", "Ada")])).await;
    assert!(first < second);

    let late = write(
        &store,
        ours,
        &names(&[("a", "late"), ("b", "late")]),
        first,
        3,
        None,
    )
    .await;
    assert!(matches!(late, Err(StoreError::Stale)));
    assert_eq!(
        seen(&store, ours, &["a".to_owned(), "b".to_owned()]).await,
        [("a".to_owned(), name("Ada"))].into()
    );
    // The undo of the one that is live still works: nothing was folded.
    assert_eq!(undo(&store, ours, second).await.unwrap().live, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_is_refused_as_soon_as_the_next_import_folds() {
    let store = testing::migrated().await;
    let ours = tenant(1);
    import(&store, ours, &names(&[("a", "first")])).await;
    let second = import(&store, ours, &names(&[("a", "second")])).await;
    let third = next(&store, ours).await;
    fold(&store, ours, KIND, second, third).await.unwrap();

    // What it would go back to is forgotten; and the third import was abandoned.
    assert!(matches!(undo(&store, ours, second).await, Err(StoreError::Stale)));
    assert_eq!(live(&store, ours, KIND).await.unwrap().previous, None);
    assert_eq!(
        seen(&store, ours, &["a".to_owned()]).await,
        [("a".to_owned(), name("second"))].into()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn folding_on_top_of_a_batch_that_was_taken_back_is_refused() {
    let store = testing::migrated().await;
    let ours = tenant(1);
    let first = import(&store, ours, &names(&[("a", "first")])).await;
    let second = import(&store, ours, &names(&[("a", "second")])).await;
    let third = next(&store, ours).await;
    // The live batch was read, then a person took it back.
    undo(&store, ours, second).await.unwrap();

    assert!(matches!(
        fold(&store, ours, KIND, second, third).await,
        Err(StoreError::Stale)
    ));
    fold(&store, ours, KIND, first, third).await.unwrap();
    assert_eq!(
        seen(&store, ours, &["a".to_owned()]).await,
        [("a".to_owned(), name("first"))].into()
    );
}
