//! A client of the API with a role.

use std::time::{Duration, Instant};

use actix_web::http::Method;
use bytes::Bytes;
use serde_json::Value;

use crate::{Answer, contract::undescribed};

/// How long a test waits for what has to happen.
const PATIENCE: Duration = Duration::from_mins(3);

/// Sends requests as somebody.
#[derive(Clone)]
pub struct Client {
    http: awc::Client,
    base: String,
    token: Option<String>,
}

impl Client {
    pub(crate) fn new(url: &str, token: Option<String>) -> Self {
        // Idle connections are let go before the server closes them (after five seconds): a request must not meet that.
        let connector = awc::Connector::new().conn_keep_alive(Duration::from_secs(2));
        let http = awc::Client::builder()
            .connector(connector)
            .timeout(Duration::from_mins(2))
            .disable_redirects()
            .finish();
        Self {
            http,
            base: url.to_owned(),
            token,
        }
    }

    /// The same server, asked with another token.
    #[must_use]
    pub fn holding(&self, token: &str) -> Self {
        Self::new(&self.base, Some(token.to_owned()))
    }

    /// Where the server is.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The token it sends.
    #[must_use]
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// Sends a request. A path that does not start with `/api` or another root is one of `/api/v1`. The test fails
    /// where the OpenAPI document does not describe the answer.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        self.try_send(method, path, headers, body)
            .await
            .unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The same, where the server may be away: why no answer came is said in the error.
    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Answer, String> {
        let rooted = [
            "/api/", "/healthz", "/readyz", "/metrics", "/openapi", "/docs", "/sign", "/live", "/assets",
            "/f/",
        ];
        let path = if rooted.iter().any(|root| path.starts_with(root)) || ["/", "/f"].contains(&path) {
            path.to_owned()
        } else {
            format!("/api/v1{path}")
        };
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        let mut response = request
            .send_body(body.into())
            .await
            .map_err(|error| error.to_string())?;
        let body = response.body().limit(256 * 1024 * 1024).await;
        let answer = Answer {
            status: response.status(),
            headers: response.headers().clone(),
            body: body.map_err(|error| error.to_string())?,
        };
        let faults = undescribed(&method, &path, &answer);
        assert!(
            faults.is_empty(),
            "the document does not describe this answer: {faults:#?}\n{}",
            answer.text()
        );
        Ok(answer)
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Bytes::new()).await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.json(Method::POST, path, &[], body).await
    }

    /// PUT with a JSON body.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.json(Method::PUT, path, &[], body).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], Bytes::new()).await
    }

    /// Any method with a JSON body.
    pub async fn json(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let mut all = vec![("content-type", "application/json")];
        all.extend_from_slice(headers);
        self.send(method, path, &all, serde_json::to_vec(body).unwrap())
            .await
    }

    /// Waits until an upload stands there, and answers it.
    pub async fn upload_is(&self, id: &str, wanted: &str) -> Value {
        let begun = Instant::now();
        loop {
            let upload = self.get(&format!("/uploads/{id}")).await.expect(200).json();
            let status = upload["status"].as_str().unwrap().to_owned();
            if status == wanted {
                return upload;
            }
            let ended = matches!(status.as_str(), "failed" | "cancelled" | "undone");
            assert!(
                !ended && begun.elapsed() < PATIENCE,
                "the upload is {status}, not {wanted}: {upload}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until a job has ended, and answers it.
    pub async fn job_ended(&self, id: &str) -> Value {
        let begun = Instant::now();
        loop {
            let job = self.get(&format!("/jobs/{id}")).await.expect(200).json();
            let state = job["state"].as_str().unwrap();
            if matches!(state, "succeeded" | "dead" | "cancelled") {
                return job;
            }
            assert!(begun.elapsed() < PATIENCE, "the job is still {state}: {job}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until a job has succeeded.
    pub async fn job_done(&self, id: &str) {
        let job = self.job_ended(id).await;
        assert_eq!(job["state"], "succeeded", "{job}");
    }
}
