mod files;

use bson::{Bson, Document};

use super::*;
use crate::testing;

const FIRST: (&str, &str) = (
    "0001_first",
    r#"{ "description": "one", "commands": [
        { "create": "boxes" },
        { "createIndexes": "boxes", "indexes": [{ "name": "size", "key": { "company_id": 1, "size": -1 } }] }
    ] }"#,
);
const SECOND: (&str, &str) = (
    "0002_second",
    r#"{ "description": "two", "commands": [
        { "createIndexes": "boxes", "indexes": [{ "name": "expiry", "key": { "at": 1 }, "expireAfterSeconds": 0 }] },
        { "update": "boxes", "updates": [
            { "q": { "size": null }, "u": [{ "$set": { "size": 1 } }], "multi": true }
        ] }
    ] }"#,
);

fn quick(files: &[(&str, &str)]) -> Migrations {
    let mut migrations = Migrations::read(files).unwrap();
    migrations.timing = Timing {
        lease: Duration::from_secs(3),
        poll: Duration::from_millis(20),
        patience: Duration::from_mins(1),
    };
    migrations
}

async fn index_names(store: &Store, collection: &str) -> Vec<String> {
    store
        .database()
        .collection::<Document>(collection)
        .list_index_names()
        .await
        .unwrap()
}

/// Every index of the embedded files that no later one drops: collection and specification.
fn embedded_indexes() -> Vec<(String, Document)> {
    let mut indexes: Vec<(String, Document)> = Vec::new();
    for migration in Migrations::embedded().unwrap().all {
        for command in migration.commands {
            if let Ok(collection) = command.get_str("createIndexes") {
                for index in command.get_array("indexes").unwrap() {
                    indexes.push((collection.to_owned(), index.as_document().unwrap().clone()));
                }
            }
            if let Ok(collection) = command.get_str("dropIndexes") {
                let dropped = command.get_str("index").unwrap();
                indexes.retain(|(of, index)| of != collection || index.get_str("name").unwrap() != dropped);
            }
        }
    }
    indexes
}

#[test]
fn every_collection_and_index_stands_in_the_docs() {
    let page = include_str!("../../../../docs/collections.md");
    for (collection, index) in embedded_indexes() {
        for name in [&*collection, index.get_str("name").unwrap()] {
            assert!(
                page.contains(&format!("`{name}`")),
                "docs/collections.md says nothing of `{name}`"
            );
        }
    }
}

#[tokio::test]
async fn the_embedded_migrations_make_every_index_they_name() {
    let store = testing::store().await;
    let migrations = Migrations::embedded().unwrap();

    let applied = migrations.apply(&store).await.unwrap();

    assert_eq!(applied.names.len(), migrations.all.len());
    let plan = migrations.plan(&store).await.unwrap();
    assert_eq!(
        (plan.applied.len(), plan.pending.len()),
        (migrations.all.len(), 0)
    );
    for (collection, index) in embedded_indexes() {
        let name = index.get_str("name").unwrap().to_owned();
        assert!(
            index_names(&store, &collection).await.contains(&name),
            "{collection}.{name} is missing"
        );
    }
    store.drop_database().await.unwrap();
}

#[tokio::test]
async fn applying_twice_is_once() {
    let store = testing::store().await;
    let migrations = quick(&[FIRST, SECOND]);

    let first = migrations.apply(&store).await.unwrap();
    let second = migrations.apply(&store).await.unwrap();

    assert_eq!(first.names, ["0001_first", "0002_second"]);
    assert_eq!(second.names, <[String; 0]>::default());
    store.drop_database().await.unwrap();
}

#[tokio::test]
async fn a_new_release_applies_only_what_is_new_and_changes_old_documents() {
    let store = testing::store().await;
    quick(&[FIRST]).apply(&store).await.unwrap();
    let boxes = store.database().collection::<Document>("boxes");
    boxes
        .insert_many([doc! { "_id": 1 }, doc! { "_id": 2, "size": 7 }])
        .await
        .unwrap();

    let applied = quick(&[FIRST, SECOND]).apply(&store).await.unwrap();

    assert_eq!(applied.names, ["0002_second"]);
    let sizes: Vec<Document> = boxes
        .find(doc! {})
        .sort(doc! { "_id": 1 })
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(
        sizes,
        [doc! { "_id": 1, "size": 1 }, doc! { "_id": 2, "size": 7 }]
    );
    assert_eq!(index_names(&store, "boxes").await, ["_id_", "size", "expiry"]);
    store.drop_database().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_eight_servers_that_start_together_one_applies_and_all_go_on() {
    let store = testing::store().await;
    let migrations = quick(&[FIRST, SECOND]);

    let starts = (0..8).map(|_| {
        let (store, migrations) = (store.clone(), migrations.clone());
        tokio::spawn(async move { migrations.apply(&store).await.unwrap().names.len() })
    });
    let counts: Vec<usize> = futures::future::join_all(starts)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();

    assert_eq!(counts.iter().sum::<usize>(), 2, "{counts:?}");
    assert_eq!(
        counts.iter().filter(|count| **count == 0).count(),
        7,
        "{counts:?}"
    );
    store.drop_database().await.unwrap();
}

#[tokio::test]
async fn an_interrupted_migration_resumes_after_its_last_finished_command() {
    let store = testing::store().await;
    // Against the rules the first command counts how often it ran; the second fails while another `size` is there.
    let file = r#"{ "description": "", "commands": [
        { "update": "runs", "updates": [{ "q": { "_id": 1 }, "u": { "$inc": { "count": 1 } }, "upsert": true }] },
        { "createIndexes": "boxes", "indexes": [{ "name": "size", "key": { "size": 1 } }] }
    ] }"#;
    let boxes = store.database().collection::<Document>("boxes");
    let options = mongodb::options::IndexOptions::builder()
        .name("size".to_owned())
        .build();
    let other = mongodb::IndexModel::builder()
        .keys(doc! { "other": 1 })
        .options(options)
        .build();
    boxes.create_index(other).await.unwrap();
    let migrations = quick(&[("0001_first", file), SECOND]);

    let error = migrations.apply(&store).await.unwrap_err();
    let interrupted = migrations.plan(&store).await.unwrap();
    boxes.drop_index("size").await.unwrap();
    let resumed = migrations.apply(&store).await.unwrap();

    assert_eq!(
        error.to_string(),
        "command 2 of migration 0001_first failed; the next start resumes with it"
    );
    let done: Vec<usize> = interrupted
        .pending
        .iter()
        .map(|step| step.commands_done)
        .collect();
    assert_eq!(done, [1, 0]);
    assert_eq!(resumed.names, ["0001_first", "0002_second"]);
    let runs = store
        .database()
        .collection::<Document>("runs")
        .find_one(doc! {})
        .await
        .unwrap();
    assert_eq!(runs, Some(doc! { "_id": 1, "count": 1 }));
    store.drop_database().await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_killed_again_and_again_gets_there() {
    let store = testing::store().await;
    let mut migrations = Migrations::embedded().unwrap();
    migrations.timing.lease = Duration::from_millis(50);
    let progress = async || {
        let plan = migrations.plan(&store).await.unwrap();
        plan.applied
            .iter()
            .chain(&plan.pending)
            .map(|step| step.commands_done)
            .sum::<usize>()
    };
    let (mut kills, mut before) = (0, 0);

    // Dropping the future is the nearest thing to a kill: nothing is given back, nothing is finished.
    let mut life = Duration::from_millis(5);
    while tokio::time::timeout(life, migrations.apply(&store))
        .await
        .is_err()
    {
        kills += 1;
        life += Duration::from_millis(10);
        let now = progress().await;
        assert!(now >= before, "{before} commands were done, now {now}");
        before = now;
    }

    assert!(migrations.plan(&store).await.unwrap().pending.is_empty());
    for (collection, index) in embedded_indexes() {
        let name = index.get_str("name").unwrap().to_owned();
        assert!(
            index_names(&store, &collection).await.contains(&name),
            "{collection}.{name} is missing"
        );
    }
    assert!(kills > 0, "it was never killed: shorten its first life");
    store.drop_database().await.unwrap();
}

#[tokio::test]
async fn an_edited_migration_is_named_and_refused() {
    let store = testing::store().await;
    quick(&[FIRST]).apply(&store).await.unwrap();
    let edited = FIRST.1.replace("one", "uno");

    let error = quick(&[("0001_first", &edited), SECOND])
        .apply(&store)
        .await
        .unwrap_err();

    assert!(
        matches!(&error, MigrationError::Changed { name } if name == "0001_first"),
        "{error}"
    );
    assert_eq!(
        index_names(&store, "boxes").await,
        ["_id_", "size"],
        "nothing was applied after it"
    );
    store.drop_database().await.unwrap();
}

#[tokio::test]
async fn a_database_of_a_newer_release_is_refused() {
    let store = testing::store().await;
    quick(&[FIRST, SECOND]).apply(&store).await.unwrap();

    let error = quick(&[FIRST]).apply(&store).await.unwrap_err();

    assert_eq!(
        error.to_string(),
        "the database was migrated by a newer release (0002_second; this release knows 1 migrations); start that \
         release or a later one, or restore a backup from before it"
    );
    store.drop_database().await.unwrap();
}

#[tokio::test]
async fn the_lease_of_a_dead_process_runs_out() {
    let store = testing::store().await;
    let migrations = quick(&[FIRST]);
    let dead = lease::Lease::take(&store, migrations.timing.lease).await.unwrap();
    assert!(dead.is_some());
    assert!(
        lease::Lease::take(&store, migrations.timing.lease)
            .await
            .unwrap()
            .is_none()
    );

    let applied = migrations.apply(&store).await.unwrap();

    assert_eq!(applied.names, ["0001_first"]);
    store.drop_database().await.unwrap();
}

#[tokio::test]
async fn a_lease_that_is_kept_does_not_run_out_and_waiting_has_an_end() {
    let store = testing::store().await;
    let mut migrations = quick(&[FIRST]);
    migrations.timing.patience = Duration::from_secs(5);
    let lease = lease::Lease::take(&store, migrations.timing.lease)
        .await
        .unwrap()
        .unwrap();

    let outcome = tokio::select! {
        outcome = migrations.apply(&store) => outcome,
        lost = lease.keep() => panic!("{lost}"),
    };

    assert!(
        matches!(outcome, Err(MigrationError::Busy { waited: 5 })),
        "{outcome:?}"
    );
    lease.release().await.unwrap();
    assert_eq!(migrations.apply(&store).await.unwrap().names, ["0001_first"]);
    store.drop_database().await.unwrap();
}

#[tokio::test]
async fn a_process_that_was_paused_learns_that_it_lost_the_lease() {
    let store = testing::store().await;
    let length = Duration::from_millis(300);
    let paused = lease::Lease::take(&store, length).await.unwrap().unwrap();
    tokio::time::sleep(length * 2).await;
    let next = lease::Lease::take(&store, Duration::from_secs(30)).await.unwrap();
    assert!(next.is_some());

    assert!(matches!(paused.keep().await, MigrationError::LeaseLost));
    paused.release().await.unwrap();
    assert!(
        lease::Lease::take(&store, length).await.unwrap().is_none(),
        "the lost one can't free the other's"
    );
    store.drop_database().await.unwrap();
}

#[tokio::test]
async fn a_write_error_inside_an_answer_fails_the_migration() {
    let store = testing::store().await;
    store
        .database()
        .collection::<Document>("boxes")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    let file = r#"{ "description": "", "commands": [
        { "update": "boxes", "updates": [{ "q": {}, "u": { "$set": { "_id": 2 } } }] }
    ] }"#;

    let error = quick(&[("0001_bad", file)]).apply(&store).await.unwrap_err();

    assert!(
        matches!(error, MigrationError::Command { command: 1, .. }),
        "{error}"
    );
    let record = store
        .database()
        .collection::<Document>(COLLECTION)
        .find_one(doc! { "_id": 1 })
        .await
        .unwrap()
        .unwrap();
    assert_eq!(record.get("applied_at"), None::<&Bson>);
    store.drop_database().await.unwrap();
}
