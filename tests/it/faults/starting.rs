//! Several servers start at once on an empty database.

use futures::future::join_all;
use kale_persistence::migrations::Migrations;
use kale_testkit::{Installation, KaleProcess};
use mongodb::bson::doc;

use super::collection;

#[actix_web::test]
async fn servers_that_start_at_once_migrate_once_and_agree_on_one_key() {
    let installation = Installation::start().await;
    let uri = installation.mongod().uri();
    let mut processes: Vec<KaleProcess> = (0..3)
        .map(|_| KaleProcess::launch(&uri, &installation.data_dir()))
        .collect();

    join_all(processes.iter_mut().map(KaleProcess::ready)).await;

    for process in &processes {
        assert_eq!(process.stranger().get("/readyz").await.code(), 200);
    }
    let plan = Migrations::embedded()
        .unwrap()
        .plan(installation.store())
        .await
        .unwrap();
    assert!(plan.pending.is_empty() && !plan.applied.is_empty());
    // Each was applied by one of them.
    let said = |process: &KaleProcess| process.log().matches("a migration was applied").count();
    assert_eq!(processes.iter().map(said).sum::<usize>(), plan.applied.len());
    // A cursor that one of them signed is good at the others.
    let (_, key) = installation.company("acme").await;
    processes[0]
        .with_token(&key)
        .file_imported(&super::file(30), "upsert", None)
        .await;
    let page = processes[1]
        .with_token(&key)
        .get("/customers?limit=10")
        .await
        .expect(200);
    let cursor = page.string("/page/next_cursor");
    let next = processes[2]
        .with_token(&key)
        .get(&format!("/customers?limit=10&cursor={cursor}"))
        .await;
    assert_eq!(next.expect(200).json()["data"].as_array().unwrap().len(), 10);
    let keys = collection(&uri, "file_rows")
        .await
        .count_documents(doc! {})
        .await
        .unwrap();
    assert_eq!(keys, 30);
}
