//! The demo's own use of the API: what it shows came in the way a customer's would.

use std::time::Duration;

use actix_web::http::{Method, header};
use anyhow::{Result, bail};
use awc::Client;
use bytes::Bytes;
use serde_json::Value;

/// How long a job of the demo may take.
const PATIENCE: Duration = Duration::from_mins(5);
/// How often a job is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// A client of the API with a key. It is never printed: the key is a secret.
pub(super) struct Api {
    client: Client,
    base: String,
    key: String,
}

/// What the API answered.
pub(super) struct Answer {
    /// The version of the resource, where it has one.
    pub(super) etag: Option<String>,
    /// The body; null where there is none.
    pub(super) body: Value,
}

impl Api {
    pub(super) fn new(url: &str, key: &str) -> Self {
        Self::at(format!("{url}/api/v1"), key)
    }

    /// Of another program than this one.
    pub(super) fn at(base: impl Into<String>, key: &str) -> Self {
        let client = Client::builder().timeout(Duration::from_mins(1)).finish();
        Self {
            client,
            base: base.into(),
            key: key.to_owned(),
        }
    }

    /// The same, with another token.
    pub(super) fn holding(&self, token: &str) -> Self {
        Self {
            client: self.client.clone(),
            base: self.base.clone(),
            key: token.to_owned(),
        }
    }

    /// Sends a request; a refusal is an error that says what was refused and why.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Answer> {
        let mut request = self
            .client
            .request(method.clone(), format!("{}{path}", self.base))
            .insert_header((header::AUTHORIZATION, format!("Bearer {}", self.key)));
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        let mut response = request
            .send_body(body)
            .await
            .map_err(|error| anyhow::anyhow!("{method} {path}: {error}"))?;
        let bytes = response.body().limit(16 * 1024 * 1024).await?;
        let etag = response
            .headers()
            .get(header::ETAG)
            .and_then(|tag| tag.to_str().ok())
            .map(str::to_owned);
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let status = response.status();
        if !status.is_success() {
            bail!("{method} {path} was refused with {status}: {body}");
        }
        Ok(Answer { etag, body })
    }

    pub(super) async fn get(&self, path: &str) -> Result<Answer> {
        self.send(Method::GET, path, &[], Bytes::new()).await
    }

    pub(super) async fn json(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Result<Answer> {
        let mut all = vec![("content-type", "application/json")];
        all.extend_from_slice(headers);
        self.send(method, path, &all, Bytes::from(serde_json::to_vec(body)?))
            .await
    }

    /// Waits until an upload stands there.
    pub(super) async fn upload_is(&self, id: &str, wanted: &str) -> Result<Value> {
        let begun = std::time::Instant::now();
        loop {
            let upload = self.get(&format!("/uploads/{id}")).await?.body;
            let status = upload.get("status").and_then(Value::as_str).unwrap_or_default();
            if status == wanted {
                return Ok(upload);
            }
            if matches!(status, "failed" | "cancelled" | "undone") || begun.elapsed() > PATIENCE {
                bail!("the upload is {status}, not {wanted}: {upload}");
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Waits until a job is done.
    pub(super) async fn job_done(&self, id: &str) -> Result<()> {
        let begun = std::time::Instant::now();
        loop {
            let job = self.get(&format!("/jobs/{id}")).await?.body;
            match job.get("state").and_then(Value::as_str).unwrap_or_default() {
                "succeeded" => return Ok(()),
                state @ ("dead" | "cancelled") => bail!("the job is {state}: {job}"),
                state if begun.elapsed() > PATIENCE => bail!("the job is still {state}: {job}"),
                _ => tokio::time::sleep(LOOK).await,
            }
        }
    }
}

/// A text of an answer.
pub(super) fn text<'a>(body: &'a Value, pointer: &str) -> Result<&'a str> {
    body.pointer(pointer)
        .and_then(Value::as_str)
        .ok_or_else(|| anyhow::anyhow!("no {pointer} in {body}"))
}
