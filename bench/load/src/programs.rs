//! The programs that are measured: ours, the limit and the peer, on one database server.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};
use kale_devdb::{Lookup, Mongod, StartOptions};
use serde_json::Value;

use crate::{
    api::Api,
    http::{Connection, get, head, request},
    process::{self, Process},
};

/// The account of the limit's customers.
pub const LIMIT_ACCOUNT: &str = "65f000000000000000000001";
/// The account of the peer's customers, in the same collection.
pub const PEER_ACCOUNT: &str = "65f000000000000000000002";

/// Where the programs are.
#[derive(Debug, Clone)]
pub struct Places {
    /// The root of the repository.
    pub root: PathBuf,
    /// Our binary.
    pub kale: PathBuf,
    /// The folder of the limit's binaries.
    pub limit: PathBuf,
    /// Everything that a run leaves behind.
    pub scratch: PathBuf,
}

/// Starts the database of this run.
pub fn mongod(places: &Places) -> Result<(Mongod, String)> {
    let lookup = Lookup::for_workspace(None);
    let binary = kale_devdb::find(&lookup)?;
    let mut options = StartOptions::new(places.scratch.join("mongodb"));
    options.cache_gb = 2.0;
    let started = Mongod::start(&binary, options)?;
    Ok((started, binary.version))
}

/// The address of one database of the server.
pub fn uri(mongod: &Mongod, database: &str) -> String {
    mongod.uri().replacen("/?", &format!("/{database}?"), 1)
}

/// Ours, with a company of its own.
#[derive(Debug)]
pub struct Ours {
    /// The server; it works on jobs too.
    pub process: Process,
    /// Its API, with an API key.
    pub api: Api,
    /// The address of its database.
    pub uri: String,
    /// Its data folder.
    pub data: PathBuf,
}

/// Starts ours on a database.
pub async fn serve(places: &Places, uri: &str, data: &Path) -> Result<Process> {
    let port = process::free_port()?;
    let mut command = Command::new(&places.kale);
    command
        .arg("all")
        .arg("--mongodb-uri")
        .arg(uri)
        .arg("--data-dir")
        .arg(data);
    command.arg("--listen").arg(format!("127.0.0.1:{port}"));
    // One key asks for everybody here.
    command.env("KALE_REQUESTS_PER_SECOND", u32::MAX.to_string());
    // Whoever asks to sign in makes a mail, which stays here.
    command.env("KALE_MAIL", "keep");
    let log = data.with_extension("log");
    Process::serve(command, port, "/readyz", &log).await
}

impl Ours {
    /// Starts on a fresh database and makes a company with a key that may do everything a key may.
    pub async fn fresh(places: &Places, mongod: &Mongod, database: &str) -> Result<Self> {
        let (uri, data) = (uri(mongod, database), places.scratch.join(database));
        std::fs::create_dir_all(&data)?;
        let process = serve(places, &uri, &data).await?;
        let company = [
            "create-company",
            "--name",
            "Bench",
            "--slug",
            "bench",
            "--email",
            "owner@bench.example",
        ];
        let link = admin(
            places,
            &uri,
            &data,
            &[&company[..], &["--person", "Owner"]].concat(),
        )?;
        let mut api = Api::new(process.port, String::new());
        api.sign_in(&link).await?;
        let key = api.make_key().await?;
        Ok(Self {
            api: Api::new(process.port, key),
            process,
            uri,
            data,
        })
    }

    /// A bearer token of a person's sign-in, which is the value of the cookie too.
    pub async fn person(&self, places: &Places) -> Result<String> {
        let link = admin(
            places,
            &self.uri,
            &self.data,
            &["sign-in-link", "--email", "owner@bench.example"],
        )?;
        let mut api = Api::new(self.process.port, String::new());
        api.sign_in(&link).await?;
        Ok(api.token)
    }
}

/// Runs `kale admin` and answers the token of the sign-in link it prints.
fn admin(places: &Places, uri: &str, data: &Path, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(&places.kale);
    command
        .arg("admin")
        .arg("--mongodb-uri")
        .arg(uri)
        .arg("--data-dir")
        .arg(data)
        .args(arguments);
    let done = command.output().context("run kale admin")?;
    let said = String::from_utf8_lossy(&done.stdout);
    ensure!(
        done.status.success(),
        "kale admin failed: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    let token = said
        .lines()
        .find_map(|line| line.rsplit_once("/sign-in/link/"))
        .map(|(_, token)| token.trim());
    Ok(token.context("kale admin printed no sign-in link")?.to_owned())
}

/// The limit or the peer: both speak the same few endpoints.
#[derive(Debug)]
pub struct Other {
    /// The server.
    pub process: Process,
    /// Whose customers it serves.
    pub account: &'static str,
}

impl Other {
    /// Starts the limit.
    pub async fn limit(places: &Places, mongod: &Mongod) -> Result<Self> {
        let port = process::free_port()?;
        let mut command = Command::new(places.limit.join("limit-actix"));
        command
            .env("PORT", port.to_string())
            .env("MONGO_URI", uri(mongod, "perf"))
            // What is acknowledged is safe, as with ours.
            .env("EVENTS_WC", "majority");
        let process = Process::serve(command, port, "/healthz", &places.scratch.join("limit.log")).await?;
        Ok(Self {
            process,
            account: LIMIT_ACCOUNT,
        })
    }

    /// Starts the peer.
    pub async fn peer(places: &Places, mongod: &Mongod) -> Result<Self> {
        let port = process::free_port()?;
        let mut command = Command::new("node");
        command
            .current_dir(places.root.join("bench/peer-express"))
            .arg("src/server.js");
        command
            .env("PORT", port.to_string())
            .env("MONGO_URI", uri(mongod, "perf"))
            // What is acknowledged is safe, as with ours.
            .env("EVENTS_WC", "majority")
            .env("NODE_ENV", "production");
        let process = Process::serve(command, port, "/healthz", &places.scratch.join("peer.log")).await?;
        Ok(Self {
            process,
            account: PEER_ACCOUNT,
        })
    }

    /// A request of its account.
    pub fn get(&self, path: &str) -> Vec<u8> {
        get(path, &[("x-account-id", self.account)])
    }

    /// Sends a file of customers; answers how long it took.
    pub async fn import(&self, file: &Path, rows: u64) -> Result<Duration> {
        let headers = [("x-account-id", self.account), ("content-type", "text/csv")];
        let length = usize::try_from(std::fs::metadata(file)?.len())?;
        let mut connection = Connection::open(self.process.port).await?;
        let begun = std::time::Instant::now();
        connection
            .send(&head("POST", "/customers/csv", &headers, length))
            .await?;
        send_file(&mut connection, file).await?;
        let mut body = Vec::new();
        let answer = connection.receive(|bytes| body.extend_from_slice(bytes)).await?;
        let took = begun.elapsed();
        let body: Value = serde_json::from_slice(&body)?;
        ensure!(
            answer.status == 200 && body["rows"] == rows,
            "a file of {rows} rows was answered with {body}"
        );
        Ok(took)
    }

    /// The ids of a thousand customers, spread over the list.
    pub async fn ids(&self) -> Result<Vec<String>> {
        let mut connection = Connection::open(self.process.port).await?;
        let mut ids = Vec::new();
        for page in 0..40 {
            let path = format!("/customers?total=false&page={}", page * 4 + 1);
            let (head, body) = connection.exchange(&self.get(&path)).await?;
            ensure!(head.status == 200, "the list answered {}", head.status);
            let body: Value = serde_json::from_slice(&body)?;
            let items = body["items"].as_array().context("a list without items")?;
            ids.extend(
                items
                    .iter()
                    .filter_map(|item| item["_id"].as_str())
                    .map(str::to_owned),
            );
        }
        if ids.is_empty() {
            bail!("there are no customers to read");
        }
        Ok(ids)
    }
}

/// Empties the customers of limit and peer, and makes their indexes.
pub fn empty(places: &Places, mongod: &Mongod) -> Result<()> {
    let mut command = Command::new(places.limit.join("bench"));
    let done = command
        .args(["seed-customers", "0"])
        .env("MONGO_URI", uri(mongod, "perf"))
        .output()?;
    ensure!(
        done.status.success(),
        "the limit's customers could not be emptied: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    Ok(())
}

/// A request with a body to limit or peer.
pub fn post(account: &str, path: &str, body: &[u8]) -> Vec<u8> {
    let headers = [("x-account-id", account), ("content-type", "application/json")];
    request("POST", path, &headers, body)
}

/// Makes the indexes of the events of limit and peer.
pub fn event_indexes(places: &Places, mongod: &Mongod) -> Result<()> {
    let mut command = Command::new(places.limit.join("bench"));
    let done = command
        .args(["seed-events", "0"])
        .env("MONGO_URI", uri(mongod, "perf"))
        .output()?;
    ensure!(
        done.status.success(),
        "the limit's events got no indexes: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    Ok(())
}

/// Sends the bytes of a file.
pub async fn send_file(connection: &mut Connection, path: &Path) -> Result<()> {
    let mut file = File::open(path)?;
    let mut chunk = vec![0; 256 * 1024];
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            return Ok(());
        }
        connection.send(&chunk[..read]).await?;
    }
}
