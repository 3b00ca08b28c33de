//! Fills a database of ours with sessions: those that were really walked, copied. `copy-sessions <uri> <count> <days>`.
//!
//! A copy has an id, a customer and days of its own and is still to be counted, as a session is that has just changed.
//! Its walk, answers and outcome stay. Its events are not copied: no figure is read from them.
use futures_util::TryStreamExt;
use mongodb::{
    bson::{doc, spec::BinarySubtype, Binary, Bson, DateTime, Document},
    Client, Database,
};
use std::{env, error::Error};

/// How many are inserted at once.
const BATCH: u64 = 1_000;
/// The fields of a session that hold an instant.
const TIMES: [&str; 3] = ["started_at", "last_seen_at", "ended_at"];

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [uri, count, days] = arguments.as_slice() else {
        return Err("copy-sessions <uri> <count> <days>".into());
    };
    let (count, days): (u64, i64) = (count.parse()?, days.parse()?);
    let client = Client::with_uri_str(uri).await?;
    let database = client.default_database().ok_or("the address names no database")?;
    let ended = doc! { "mode": "live", "ended_at": { "$ne": null } };
    let walked = all(&database, "sessions", ended, doc! {}).await?;
    let customers = all(&database, "customers", doc! {}, doc! { "_id": 1 }).await?;
    if walked.is_empty() || customers.is_empty() {
        return Err("there is no session to copy, or no customer to have one".into());
    }
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let now = DateTime::now().timestamp_millis();
    for from in (0..count).step_by(BATCH as usize) {
        let mut copies = Vec::new();
        for _ in from..count.min(from + BATCH) {
            let of = &walked[(random.next() % walked.len() as u64) as usize];
            let customer = &customers[(random.next() % customers.len() as u64) as usize];
            copies.push(copied(of, customer, now, days, &mut random)?);
        }
        database.collection::<Document>("sessions").insert_many(copies).await?;
    }
    Ok(())
}

async fn all(database: &Database, name: &str, filter: Document, projection: Document) -> Result<Vec<Document>, Box<dyn Error>> {
    let found = database.collection::<Document>(name).find(filter).projection(projection).limit(200_000).await?;
    Ok(found.try_collect().await?)
}

fn copied(of: &Document, customer: &Document, now: i64, days: i64, random: &mut Random) -> Result<Document, Box<dyn Error>> {
    let mut copy = of.clone();
    let began = of.get_datetime("started_at")?.timestamp_millis();
    let back = (random.next() % (days as u64 * 86_400_000)) as i64;
    let shift = now - back - began;
    for name in TIMES {
        if let Some(Bson::DateTime(at)) = of.get(name) {
            copy.insert(name, DateTime::from_millis(at.timestamp_millis() + shift));
        }
    }
    // As ours are made: the time first, then chance.
    let mut id = [0_u8; 16];
    id[..6].copy_from_slice(&((began + shift) as u64).to_be_bytes()[2..]);
    id[6..14].copy_from_slice(&random.next().to_be_bytes());
    id[14..].copy_from_slice(&random.next().to_be_bytes()[..2]);
    id[6] = 0x70 | (id[6] & 0x0f);
    id[8] = 0x80 | (id[8] & 0x3f);
    copy.insert("_id", Binary { subtype: BinarySubtype::Uuid, bytes: id.to_vec() });
    copy.insert("customer_id", customer.get("_id").ok_or("a customer without an id")?);
    copy.insert("tokens", Bson::Array(Vec::new()));
    copy.insert("dirty", true);
    for name in ["open", "counted"] {
        copy.remove(name);
    }
    Ok(copy)
}
