//! An operator puts a new key in front, has the secrets sealed anew, and takes the old key away.

use std::time::Instant;

use kale_persistence::seal::SealingKey;
use kale_testkit::{Installation, KaleProcess};
use serde_json::json;

use super::{PATIENCE, pause};

/// How the server answers a subscriber with that token.
async fn subscriber(server: &KaleProcess, token: &str) -> u16 {
    let wish = json!({ "trigger": "cancel_intent" });
    let answer = server.with_token(token).post("/sessions", &wish).await;
    answer.code()
}

#[actix_web::test]
async fn after_a_rotation_an_installation_runs_on_its_new_key_alone() {
    let installation = Installation::start().await;
    let (uri, folder) = (installation.mongod().uri(), installation.data_dir());
    let (_, key) = installation.company("acme").await;
    let file = folder.join("secret.key");
    let mut server = KaleProcess::start(&uri, &folder).await;
    let company = server.with_token(&key);
    company.file_imported(&super::file(1), "upsert", None).await;
    let wish = json!({ "customer": { "external_id": "c-0" }, "trigger": "cancel_intent", "mode": "live" });
    let minted = company.post("/viewer/tokens", &wish).await.expect(201);
    let token = minted.string("/token");
    let answer = subscriber(&server, &token).await;
    assert_ne!(answer, 401);
    server.terminate();
    assert!(server.ended(PATIENCE).await.is_some());
    let old = std::fs::read_to_string(&file).unwrap().trim().to_owned();
    let new = SealingKey::fresh().to_text();

    std::fs::write(&file, format!("2:{},1:{old}\n", *new)).unwrap();
    let (healthy, said) = KaleProcess::run_to_its_end(&uri, &folder, &["doctor"]);
    assert!(healthy && said.contains("1 secrets still need"), "{said}");
    let (asked, said) = KaleProcess::run_to_its_end(&uri, &folder, &["admin", "rotate-keys"]);
    assert!(asked, "{said}");
    let mut server = KaleProcess::start(&uri, &folder).await;
    let begun = Instant::now();
    loop {
        let (healthy, said) = KaleProcess::run_to_its_end(&uri, &folder, &["doctor"]);
        if healthy && !said.contains("still need") {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "{said}\n{}", server.log());
        pause(300).await;
    }
    assert_eq!(subscriber(&server, &token).await, answer);
    server.terminate();
    assert!(server.ended(PATIENCE).await.is_some());

    std::fs::write(&file, format!("2:{}\n", *new)).unwrap();
    let server = KaleProcess::start(&uri, &folder).await;
    assert_eq!(
        subscriber(&server, &token).await,
        answer,
        "the secret is still there"
    );
    let (healthy, said) = KaleProcess::run_to_its_end(&uri, &folder, &["doctor"]);
    assert!(healthy, "{said}");

    std::fs::write(&file, format!("1:{old}\n")).unwrap();
    let (healthy, _) = KaleProcess::run_to_its_end(&uri, &folder, &["doctor"]);
    assert!(!healthy, "the old key alone is a foreign ring");
}
