//! Ours as its users reach it: everything is set up through the API.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result, bail, ensure};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    http::{Connection, Head, get, head, request},
    process::{self, Memory},
    programs::send_file,
    slice::Watched,
};

const BASE: &str = "/api/v1";
const BOUNDARY: &str = "kale-bench-part";
/// How long one step may take.
const PATIENCE: Duration = Duration::from_secs(900);
/// How often a step is looked at.
const LOOK: Duration = Duration::from_millis(25);

/// The API with a credential.
#[derive(Debug, Clone)]
pub struct Api {
    /// Where it listens.
    pub port: u16,
    /// The bearer token.
    pub token: String,
}

/// What a file came to on its way in.
#[derive(Debug, Clone, Copy)]
pub struct Imported {
    /// Seconds of the import job, from when it was asked for until it ended.
    pub job: f64,
    /// Seconds of receiving, profiling, checking and importing.
    pub whole: f64,
    /// Processor seconds of the server for all of it.
    pub cpu: f64,
    /// Processor seconds of the database for all of it.
    pub mongod: f64,
    /// The most memory the server took, in MB.
    pub peak: f64,
}

impl Api {
    /// An API of a server on this machine.
    pub const fn new(port: u16, token: String) -> Self {
        Self { port, token }
    }

    /// A request for a slice of load.
    pub fn get(&self, path: &str) -> Vec<u8> {
        get(&format!("{BASE}{path}"), &[("authorization", &self.bearer())])
    }

    /// A request with a JSON body for a slice of load.
    pub fn post(&self, path: &str, body: &Value) -> Vec<u8> {
        let bearer = self.bearer();
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        request(
            "POST",
            &format!("{BASE}{path}"),
            &headers,
            body.to_string().as_bytes(),
        )
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    /// Sends JSON (null sends nothing) and reads JSON; a refusal is an error that says what was refused.
    pub async fn json(
        &self,
        method: &str,
        path: &str,
        more: &[(&str, &str)],
        body: &Value,
    ) -> Result<(Head, Value)> {
        let bearer = self.bearer();
        let mut headers = vec![("content-type", "application/json")];
        if !self.token.is_empty() {
            headers.push(("authorization", &bearer));
        }
        headers.extend_from_slice(more);
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let bytes = request(method, &format!("{BASE}{path}"), &headers, body.as_bytes());
        let (head, body) = Connection::open(self.port).await?.exchange(&bytes).await?;
        let text = String::from_utf8_lossy(&body);
        ensure!(
            (200..300).contains(&head.status),
            "{method} {path} was refused with {}: {text}",
            head.status
        );
        Ok((head, serde_json::from_slice(&body).unwrap_or(Value::Null)))
    }

    /// Reads JSON.
    pub async fn read(&self, path: &str) -> Result<Value> {
        Ok(self.json("GET", path, &[], &Value::Null).await?.1)
    }

    /// Signs in with a link of the command line.
    pub async fn sign_in(&mut self, link: &str) -> Result<()> {
        let (_, answer) = self
            .json("POST", "/auth/local/verify", &[], &json!({ "token": link }))
            .await?;
        self.token = text(&answer, "/access_token")?.to_owned();
        Ok(())
    }

    /// Makes a key that may do what keys of a retention admin may.
    pub async fn make_key(&self) -> Result<String> {
        let all = self.read("/permissions").await?;
        let all = all["data"].as_array().context("no permissions")?;
        let may = |permission: &&Value| {
            let of_admins = permission["roles"]
                .as_array()
                .is_some_and(|roles| roles.contains(&json!("retention_admin")));
            of_admins && permission["grantable_to_keys"] == true
        };
        let permissions: Vec<&Value> = all
            .iter()
            .filter(may)
            .map(|permission| &permission["name"])
            .collect();
        let key = json!({ "name": "Bench", "permissions": permissions });
        let (_, answer) = self.json("POST", "/api-keys", &[], &key).await?;
        Ok(text(&answer, "/token")?.to_owned())
    }

    /// Uploads, maps, checks and imports a file as anybody would.
    pub async fn import(&self, file: &Path, mapping: &Value, watched: Watched) -> Result<Imported> {
        process::forget_peak(watched.server)?;
        let (cpu, mongod) = (process::cpu(watched.server)?, process::cpu(watched.mongod)?);
        let begun = std::time::Instant::now();
        let id = self.upload(file).await?;
        self.upload_is(&id, "awaiting_mapping").await?;
        self.json("PUT", &format!("/uploads/{id}/mapping"), &[], mapping)
            .await?;
        self.json("POST", &format!("/uploads/{id}/validate"), &[], &json!({}))
            .await?;
        self.upload_is(&id, "validated").await?;
        let path = format!("/uploads/{id}/import");
        let (head, started) = self
            .json("POST", &path, &[], &json!({ "rejected": "stop" }))
            .await?;
        let job = self.job_done(&job_of(&head, &started)?).await?;
        Ok(Imported {
            job,
            whole: begun.elapsed().as_secs_f64(),
            cpu: process::cpu(watched.server)? - cpu,
            mongod: process::cpu(watched.mongod)? - mongod,
            peak: process::memory(watched.server).map(|memory: Memory| memory.peak)?,
        })
    }

    async fn upload(&self, file: &Path) -> Result<String> {
        let front = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"customers.csv\"\r\n\
             content-type: text/csv\r\n\r\n"
        );
        let back = format!("\r\n--{BOUNDARY}--\r\n");
        let length = front.len() + usize::try_from(std::fs::metadata(file)?.len())? + back.len();
        let (bearer, content) = (self.bearer(), format!("multipart/form-data; boundary={BOUNDARY}"));
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", content.as_str()),
        ];
        let mut connection = Connection::open(self.port).await?;
        connection
            .send(&head(
                "POST",
                &format!("{BASE}/uploads/customer-data"),
                &headers,
                length,
            ))
            .await?;
        connection.send(front.as_bytes()).await?;
        send_file(&mut connection, file).await?;
        connection.send(back.as_bytes()).await?;
        let mut body = Vec::new();
        let answer = connection.receive(|bytes| body.extend_from_slice(bytes)).await?;
        let body: Value = serde_json::from_slice(&body)?;
        ensure!(
            answer.status == 202,
            "the upload was refused with {}: {body}",
            answer.status
        );
        Ok(text(&body, "/id")?.to_owned())
    }

    async fn upload_is(&self, id: &str, wanted: &str) -> Result<()> {
        let begun = std::time::Instant::now();
        loop {
            let upload = self.read(&format!("/uploads/{id}")).await?;
            let status = upload["status"].as_str().unwrap_or_default();
            if status == wanted {
                return Ok(());
            }
            if matches!(status, "failed" | "cancelled" | "undone") || begun.elapsed() > PATIENCE {
                bail!("the upload is {status}, not {wanted}: {upload}");
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Waits until a job is done; answers the seconds from when it was asked for until it ended.
    pub async fn job_done(&self, id: &str) -> Result<f64> {
        let begun = std::time::Instant::now();
        loop {
            let job = self.read(&format!("/jobs/{id}")).await?;
            match job["state"].as_str().unwrap_or_default() {
                "succeeded" => {
                    let at = |name: &str| -> Result<Timestamp> { Ok(text(&job, name)?.parse()?) };
                    let took = at("/finished_at")?.duration_since(at("/created_at")?);
                    return Ok(took.as_secs_f64());
                }
                state @ ("dead" | "cancelled") => bail!("the job is {state}: {job}"),
                state if begun.elapsed() > PATIENCE => bail!("the job is still {state}: {job}"),
                _ => tokio::time::sleep(LOOK).await,
            }
        }
    }

    /// Saves personas; answers the seconds of the assignment that follows.
    pub async fn personas(&self, configuration: &Value) -> Result<f64> {
        let (head, _) = self.json("GET", "/personas", &[], &Value::Null).await?;
        let etag = head.header("etag").unwrap_or("\"v0\"").to_owned();
        let (head, saved) = self
            .json("PUT", "/personas", &[("if-match", &etag)], configuration)
            .await?;
        self.job_done(&job_of(&head, &saved)?).await
    }

    /// A page of the list and the cursor of the next.
    pub async fn page(&self, query: &str) -> Result<(Vec<String>, Option<String>)> {
        let page = self.read(&format!("/customers?{query}")).await?;
        let ids = page["data"].as_array().context("a list without data")?;
        let ids = ids
            .iter()
            .filter_map(|customer| customer["id"].as_str())
            .map(str::to_owned)
            .collect();
        Ok((
            ids,
            page.pointer("/page/next_cursor")
                .and_then(Value::as_str)
                .map(str::to_owned),
        ))
    }

    /// Takes every customer out; answers lines and seconds.
    pub async fn export(&self) -> Result<(u64, f64)> {
        let bearer = self.bearer();
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        let bytes = request(
            "POST",
            &format!("{BASE}/customers/export"),
            &headers,
            br#"{"format":"csv"}"#,
        );
        lines(self.port, &bytes).await
    }
}

/// Sends a request and counts the lines of its answer; answers them without the header, and the seconds.
pub async fn lines(port: u16, request: &[u8]) -> Result<(u64, f64)> {
    let mut connection = Connection::open(port).await?;
    let begun = std::time::Instant::now();
    connection.send(request).await?;
    let mut lines = 0_u64;
    let head = connection
        .receive(|bytes| lines += bytes.iter().filter(|byte| **byte == b'\n').count() as u64)
        .await?;
    ensure!(head.status == 200, "the export was answered with {}", head.status);
    Ok((lines.saturating_sub(1), begun.elapsed().as_secs_f64()))
}

/// The job that an answer names: in its body, or as its `Location`.
fn job_of(head: &Head, answer: &Value) -> Result<String> {
    let location = head.header("location").and_then(|at| at.rsplit_once("/jobs/"));
    if let Some((_, id)) = location {
        return Ok(id.to_owned());
    }
    let found = ["/job", "/job/id", "/id"].iter().find_map(|pointer| {
        let id = answer.pointer(pointer)?.as_str()?;
        id.starts_with("job_").then(|| id.to_owned())
    });
    found.with_context(|| format!("no job in {answer}"))
}

fn text<'a>(body: &'a Value, pointer: &str) -> Result<&'a str> {
    body.pointer(pointer)
        .and_then(Value::as_str)
        .with_context(|| format!("no {pointer} in {body}"))
}
