//! Documents that nobody else can write for a while: a job stands still exactly where a test wants it, on a machine of
//! any speed.

use std::time::{Duration, Instant};

use kale_domain::id::CompanyId;
use kale_testkit::Client;
use mongodb::{
    ClientSession,
    bson::{Document, Uuid, doc},
};
use serde_json::Value;

/// How long a test waits for a job to come to what holds it. The database ends a transaction by itself after a minute.
const PATIENCE: Duration = Duration::from_secs(50);

/// A document that an open transaction has written. Whoever else writes it waits, in the database, until the
/// transaction has gone; readers see the document as it was.
pub(crate) struct Held(ClientSession);

impl Held {
    /// The row of that key, which has to be there already.
    pub(crate) async fn row(mongodb_uri: &str, company: CompanyId, key: &str) -> Self {
        let row = doc! { "company_id": stored(company), "ext": key };
        Self::one(mongodb_uri, "file_rows", row).await
    }

    /// The customer of that external id, which has to be there already.
    pub(crate) async fn customer(mongodb_uri: &str, company: CompanyId, external_id: &str) -> Self {
        let customer = doc! { "company_id": stored(company), "external_ids": external_id };
        Self::one(mongodb_uri, "customers", customer).await
    }

    async fn one(mongodb_uri: &str, collection: &str, filter: Document) -> Self {
        let client = mongodb::Client::with_uri_str(mongodb_uri).await.unwrap();
        // The processes of an installation take this name where the address has none.
        let database = client
            .default_database()
            .unwrap_or_else(|| client.database("kale"));
        let begun = Instant::now();
        loop {
            let mut session = client.start_session().await.unwrap();
            session.start_transaction().await.unwrap();
            let written = database
                .collection::<Document>(collection)
                .update_one(filter.clone(), doc! { "$set": { "held": true } })
                .session(&mut session)
                .await;
            match written {
                Ok(written) => {
                    assert_eq!(written.modified_count, 1, "there is no {filter} in {collection}");
                    return Self(session);
                }
                // Somebody writes it just now.
                Err(error) => {
                    assert!(begun.elapsed() < PATIENCE, "{error}");
                    session.abort_transaction().await.unwrap();
                }
            }
        }
    }

    /// Lets everybody write it who waits; it is as it was before.
    pub(crate) async fn let_go(mut self) {
        self.0.abort_transaction().await.unwrap();
    }
}

fn stored(company: CompanyId) -> Uuid {
    Uuid::from_bytes(company.uuid().into_bytes())
}

/// Waits until a job that still runs has said more than `done`; answers its progress.
pub(crate) async fn progress_after(client: &Client, job: &str, done: u64) -> Value {
    let begun = Instant::now();
    loop {
        let job = client.get(&format!("/jobs/{job}")).await.expect(200).json();
        assert_eq!(job["finished_at"], Value::Null, "it has ended: {job}");
        if job["progress"]["done"].as_u64().unwrap() > done {
            return job["progress"].clone();
        }
        assert!(begun.elapsed() < PATIENCE, "no more than {done}: {job}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// An import that stands at the first of two held rows: it has begun, and can't end.
pub(crate) struct Standing {
    /// The job.
    pub(crate) job: String,
    first: Held,
    second: Held,
}

impl Standing {
    /// Asks for the import of a checked upload whose file has both rows, some thousand rows from each other and from
    /// the beginning and the end, and waits until some rows are written.
    pub(crate) async fn import(
        client: &Client,
        mongodb_uri: &str,
        company: CompanyId,
        upload: &str,
        rows: [&str; 2],
    ) -> Self {
        let [first, second] = rows;
        let first = Held::row(mongodb_uri, company, first).await;
        let second = Held::row(mongodb_uri, company, second).await;
        let job = client.upload_step(upload, "import", &Value::Null).await;
        progress_after(client, &job, 0).await;
        Self { job, first, second }
    }

    /// Lets it go on after somebody asked it to stop. It hears of that with the heart-beat that says how far it came,
    /// so it stands at the second row until then.
    pub(crate) async fn let_it_hear(self, client: &Client) {
        let path = format!("/jobs/{}", self.job);
        let before = client.get(&path).await.expect(200).json();
        self.first.let_go().await;
        let begun = Instant::now();
        loop {
            let now = client.get(&path).await.expect(200).json();
            let further = now["progress"]["done"].as_u64() > before["progress"]["done"].as_u64();
            // Or the heart-beat came already, before the first row was let go.
            if further || now["finished_at"] != Value::Null {
                break;
            }
            assert!(begun.elapsed() < PATIENCE, "it stands still: {now}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.second.let_go().await;
    }
}
