//! kill -9 of the sealer while four processes write: every entry has one link, and whatever is changed afterwards is
//! found.

use std::{cell::RefCell, time::Instant};

use futures::{TryStreamExt as _, future::join_all};
use kale_domain::id::AuditEntryId;
use kale_testkit::{Installation, KaleProcess};
use mongodb::{
    Collection,
    bson::{Binary, Bson, Document, doc},
};
use serde_json::json;
use uuid::Uuid;

use super::{PATIENCE, collection, pause};

const ENTRIES: usize = 10_000;
const PROCESSES: usize = 4;
const WRITERS: usize = 8;
const KILLS: usize = 2;

/// Writes entries through one process until there are enough or it is gone; keeps the request of each that was
/// acknowledged. By a plain client: ten thousand answers are not compared with their description.
async fn write(url: &str, key: &str, acknowledged: &RefCell<Vec<String>>) {
    let wish = json!({ "customer": { "external_id": "c" }, "trigger": "cancel_intent", "mode": "live" });
    let http = awc::Client::builder().timeout(PATIENCE).finish();
    while acknowledged.borrow().len() < ENTRIES {
        let request = http.post(format!("{url}/api/v1/viewer/tokens")).bearer_auth(key);
        let Ok(answer) = request.send_json(&wish).await else {
            return;
        };
        assert_eq!(answer.status(), 201);
        let request = answer.headers().get("x-request-id").unwrap();
        acknowledged
            .borrow_mut()
            .push(request.to_str().unwrap().to_owned());
    }
}

/// Kills whichever process is sealing, as often as that; the others go on.
async fn kill_sealers(jobs: &Collection<Document>, processes: &mut Vec<KaleProcess>) {
    let begun = Instant::now();
    let mut kills = 0;
    while kills < KILLS {
        assert!(
            begun.elapsed() < PATIENCE,
            "nobody seals, or it can't be caught: {kills}"
        );
        let sealing = jobs.find_one(doc! { "kind": "audit_seal", "state": "leased" });
        let sealing = sealing.await.unwrap();
        let owner = sealing.and_then(|job| Some(job.get_str("owner").ok()?.to_owned()));
        let is_owner = |one: &KaleProcess| {
            let name = format!("{}-", one.id());
            owner.as_ref().is_some_and(|owner| owner.starts_with(&name))
        };
        if let Some(at) = processes.iter().position(is_owner) {
            processes.remove(at).kill9();
            kills += 1;
        } else {
            pause(2).await;
        }
    }
}

async fn all_sealed(entries: &Collection<Document>) {
    let begun = Instant::now();
    while entries.count_documents(doc! { "seq": null }).await.unwrap() > 0 {
        assert!(begun.elapsed() < PATIENCE, "the rest is not sealed");
        pause(50).await;
    }
}

fn id(entry: &Document, field: &str) -> AuditEntryId {
    match entry.get(field) {
        Some(Bson::Binary(Binary { bytes, .. })) => AuditEntryId::from_uuid(Uuid::from_slice(bytes).unwrap()),
        other => panic!("{field}: {other:?}"),
    }
}

/// Each entry that was acknowledged is there, and none twice.
fn each_is_there_once(mut acknowledged: Vec<String>, found: &[Document]) {
    assert!(acknowledged.len() >= ENTRIES, "{}", acknowledged.len());
    let request = |entry: &Document| entry.get_str("request_id").unwrap().to_owned();
    let mut requests: Vec<String> = found.iter().map(request).collect();
    requests.sort_unstable();
    acknowledged.retain(|request| requests.binary_search(request).is_err());
    assert_eq!(acknowledged, Vec::<String>::new(), "acknowledged and lost");
    let before = requests.len();
    requests.dedup();
    assert_eq!(requests.len(), before, "written twice");
}

#[actix_web::test]
async fn a_log_that_four_processes_write_is_sealed_once_though_the_sealer_is_killed() {
    let installation = Installation::start().await;
    let (_, key) = installation.company("globex").await;
    let uri = installation.mongod().uri();
    let folder = installation.data_dir();
    let mut processes = Vec::new();
    for _ in 0..PROCESSES {
        processes.push(KaleProcess::start(&uri, &folder).await);
    }
    let urls: Vec<String> = processes.iter().map(|one| one.url().to_owned()).collect();
    let program = processes[0].with_token(&key);
    let told = program.put("/customers-by-external-id/c", &json!({})).await;
    assert_eq!(told.code(), 201, "{}", told.text());
    let entries = collection(&uri, "audit").await;
    let links = collection(&uri, "audit_chain").await;
    let jobs = collection(&uri, "jobs").await;

    let acknowledged = RefCell::new(Vec::new());
    let writers = urls
        .iter()
        .flat_map(|url| (0..WRITERS).map(|_| write(url, &key, &acknowledged)));
    let written = join_all(writers.collect::<Vec<_>>());
    futures::future::join(written, kill_sealers(&jobs, &mut processes)).await;
    all_sealed(&entries).await;

    let found = entries
        .find(doc! { "action": "viewer_token_minted" })
        .await
        .unwrap();
    let found: Vec<Document> = found.try_collect().await.unwrap();
    each_is_there_once(acknowledged.into_inner(), &found);
    let company = doc! { "company_id": found[0].get("company_id").cloned() };
    let count = entries.count_documents(company.clone()).await.unwrap();
    assert_eq!(links.count_documents(company.clone()).await.unwrap(), count);

    let verify = |more: &[&str]| {
        let words = [&["admin", "verify-audit", "--company", "globex"], more].concat();
        KaleProcess::run_to_its_end(&uri, &folder, &words)
    };
    let (passed, said) = verify(&[]);
    assert!(
        passed
            && said.contains(&format!(
                "globex: {count} entries, 0 erased, 0 not sealed yet, 0 flaws"
            )),
        "{said}"
    );
    let head = said.trim().rsplit(' ').next().unwrap().to_owned();

    // What an entry said is erased.
    let erased = id(&found[77], "_id");
    let words = [
        "admin",
        "erase-audit-entry",
        "--company",
        "globex",
        "--entry",
        &erased.to_string(),
    ];
    let (passed, said) = KaleProcess::run_to_its_end(&uri, &folder, &words);
    assert!(passed, "{said}");
    all_sealed(&entries).await;
    let (passed, said) = verify(&["--expect-head", &head]);
    assert!(
        passed && said.contains("1 erased, 0 not sealed yet, 0 flaws"),
        "{said}"
    );

    // One byte of one entry.
    let changed = id(&found[5_000], "_id");
    let address = doc! { "$set": { "ip": "127.0.0.2" } };
    let filter = doc! { "_id": found[5_000].get("_id").cloned() };
    entries.update_one(filter, address).await.unwrap();
    let (passed, said) = verify(&[]);
    let named = format!("({changed}) was changed");
    assert!(
        !passed && said.contains(&named) && said.contains(" 1 flaws"),
        "{said}"
    );

    // The end of the chain, with its entries: seen by whoever has noted the head.
    let last: u64 = head.split(':').next().unwrap().parse().unwrap();
    let last = i64::try_from(last).unwrap();
    let tail = doc! { "seq": { "$gte": last }, "company_id": company.get("company_id").cloned() };
    links.delete_many(tail.clone()).await.unwrap();
    entries.delete_many(tail).await.unwrap();
    let (passed, said) = verify(&["--expect-head", &head]);
    let named = format!("the chain ends at {}, but link {last} was there before", last - 1);
    assert!(!passed && said.contains(&named), "{said}");
}
