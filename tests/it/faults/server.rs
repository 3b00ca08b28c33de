//! kill -9 of the server.

use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    io::Write as _,
    time::{Duration, Instant},
};

use kale_testkit::{Client, Installation, KaleProcess};
use mongodb::bson::Document;
use serde_json::json;

use super::{collection, customers, file, pause, stored_rows};

const ROWS: u32 = 2_500;
const KILLS: u32 = 12;
/// How long all of it may take: a job that was killed waits for its lease to end, 15 s.
const PATIENCE: Duration = Duration::from_mins(5);

/// To the terminal, also where the test passes.
pub(super) fn say(text: &str) {
    let line = format!("{text}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// Numbers by chance, the same for the same seed (splitmix64).
pub(super) struct Chance(u64);

impl Chance {
    /// By `KALE_KILL_SEED` at compile time, to see a run again; else another at each run.
    pub(super) fn new() -> Self {
        let given = option_env!("KALE_KILL_SEED").map(|seed| seed.parse().unwrap());
        let seed = given.unwrap_or_else(|| RandomState::new().build_hasher().finish());
        say(&format!("the kills are those of KALE_KILL_SEED={seed}"));
        Self(seed)
    }

    /// That of a seed.
    pub(super) const fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// What an upload that has come that far is worth beside its rows and customers.
const STEP: u64 = 1_000;
/// An upload from its arrival to its last customer: looked at, checked, its rows and its customers written.
const WHOLE: u64 = 2 * STEP + 2 * 2_500;

/// How far all uploads are together. Only grows.
struct Work {
    rows: mongodb::Collection<Document>,
    customers: mongodb::Collection<Document>,
}

impl Work {
    async fn of(uri: &str) -> Self {
        Self {
            rows: collection(uri, "file_rows").await,
            customers: collection(uri, "customers").await,
        }
    }

    async fn done(&self, steps: u64) -> u64 {
        let rows = self.rows.estimated_document_count().await.unwrap();
        rows + self.customers.estimated_document_count().await.unwrap() + steps * STEP
    }
}

/// Moves an upload on, whatever moment the server was killed at; answers how many steps it has behind it, of three.
async fn drive(client: &Client, id: &str) -> u64 {
    let path = format!("/uploads/{id}");
    let none = Vec::new;
    let get = actix_web::http::Method::GET;
    let post = actix_web::http::Method::POST;
    let Ok(upload) = client.try_send(get, &path, &[], none()).await else {
        return 0;
    };
    let upload = upload.expect(200).json();
    let (steps, next) = match upload["status"].as_str().unwrap() {
        "awaiting_mapping" => {
            if upload["mapping"].is_null() {
                let body = serde_json::to_vec(&upload["suggestion"]).unwrap();
                let json = [("content-type", "application/json")];
                let put = actix_web::http::Method::PUT;
                // Killed in the middle, it is asked for again.
                drop(
                    client
                        .try_send(put, &format!("{path}/mapping"), &json, body)
                        .await,
                );
                return 1;
            }
            (1, "validate")
        }
        "validating" => return 1,
        "validated" => (2, "import"),
        "importing" => return 2,
        "imported" => return 3,
        status => {
            assert!(!matches!(status, "failed" | "cancelled"), "{upload}");
            return 0;
        }
    };
    drop(
        client
            .try_send(post, &format!("{path}/{next}"), &[], none())
            .await,
    );
    steps
}

/// Some companies, each with one upload, on a server that is killed.
struct Disturbed {
    installation: Installation,
    process: KaleProcess,
    work: Work,
    /// Of each company its key, its upload and how many steps that has behind it.
    uploads: Vec<(String, String, u64)>,
    begun: Instant,
}

impl Disturbed {
    /// Drives all of them once; the number of those that are imported.
    async fn drive(&mut self) -> usize {
        for (key, id, steps) in &mut self.uploads {
            if *steps < 3 {
                let client = self.process.with_token(key);
                *steps = drive(&client, id).await.max(*steps);
            }
        }
        assert!(self.begun.elapsed() < PATIENCE, "{}", self.process.log());
        self.uploads.iter().filter(|(_, _, steps)| *steps == 3).count()
    }

    async fn done(&self) -> u64 {
        let steps = self.uploads.iter().map(|(_, _, steps)| steps.min(&2)).sum();
        self.work.done(steps).await
    }

    /// Another company sends its file and is told of a customer, and the server is killed after that much more work;
    /// answers where that customer is, which was acknowledged.
    async fn round(&mut self, number: u32, rows: &[u8], work: u64) -> String {
        let (_, key) = self.installation.company(&format!("disturbed-{number}")).await;
        let client = self.process.with_token(&key);
        let before = self.done().await;
        let sent = client.send_file("customers.csv", rows).await.expect(202);
        let path = format!("/customers-by-external-id/api-{number}");
        let told = client
            .put(&path, &json!({ "name": format!("Told {number}") }))
            .await;
        assert!(matches!(told.code(), 200 | 201), "{}", told.text());
        self.uploads.push((key, sent.string("/id"), 0));
        while self.done().await < before + work {
            self.drive().await;
        }
        self.process.kill9();
        let uri = self.installation.mongod().uri();
        self.process = KaleProcess::start(&uri, &self.installation.data_dir()).await;
        path
    }
}

#[actix_web::test]
async fn a_server_that_is_killed_again_and_again_imports_every_row_once() {
    let installation = Installation::start().await;
    let (_, key) = installation.company("undisturbed").await;
    let uri = installation.mongod().uri();
    let process = KaleProcess::start(&uri, &installation.data_dir()).await;
    let rows = file(ROWS);
    let undisturbed = process.with_token(&key);
    undisturbed.file_imported(&rows, "upsert", None).await;
    let expected = customers(&undisturbed).await;
    assert_eq!(expected.len(), 2_500);

    // Each kill meets a new upload at a random point of its way, and whichever of the others have come back by then.
    let mut chance = Chance::new();
    let work = Work::of(&uri).await;
    let mut disturbed = Disturbed {
        installation,
        process,
        work,
        uploads: Vec::new(),
        begun: Instant::now(),
    };
    let mut acknowledged = Vec::new();
    for number in 0..KILLS {
        acknowledged.push(disturbed.round(number, &rows, chance.below(WHOLE)).await);
    }
    while disturbed.drive().await < disturbed.uploads.len() {
        pause(50).await;
    }

    let mut tries = Vec::new();
    for ((key, id, _), told) in disturbed.uploads.iter().zip(&acknowledged) {
        let client = disturbed.process.with_token(key);
        let jobs = client.get("/jobs?limit=100").await.expect(200).json();
        for job in jobs["data"].as_array().unwrap() {
            let ended = client.job_ended(job["id"].as_str().unwrap()).await;
            assert_eq!(ended["state"], "succeeded", "{ended}");
            tries.push((ended["kind"].to_string(), ended["attempts"].as_u64().unwrap()));
        }
        let upload = client.upload_is(id, "imported").await;
        assert_eq!(
            upload["summary"],
            json!({ "added": ROWS, "changed": 0, "unchanged": 0, "skipped": 0, "removed": 0 })
        );
        let _there = client.get(told).await.expect(200);
        let mut imported = customers(&client).await;
        imported.retain(|line| !line.contains("\"api-"));
        assert_eq!(imported, expected);
    }
    tries.retain(|(_, tries)| *tries > 1);
    say(&format!("{KILLS} kills met {} jobs: {tries:?}", tries.len()));
    assert!(!tries.is_empty(), "no job was met by a kill");
    assert_eq!(stored_rows(&uri).await, u64::from(1 + KILLS) * u64::from(ROWS));
}
