//! The steps of an upload, each for itself.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::{Answer, Client, multipart};

impl Client {
    /// Sends a file; answers the whole answer.
    pub async fn send_file(&self, name: &str, bytes: &[u8]) -> Answer {
        let (content, body) = multipart(name, bytes);
        self.send(
            Method::POST,
            "/uploads/customer-data",
            &[("content-type", &content)],
            body,
        )
        .await
    }

    /// Sends a file that is looked at; answers its upload's id.
    pub async fn file_profiled(&self, bytes: &[u8]) -> String {
        let id = self
            .send_file("customers.csv", bytes)
            .await
            .expect(202)
            .string("/id");
        self.upload_is(&id, "awaiting_mapping").await;
        id
    }

    /// Sends a file and confirms the mapping, or the suggested one; answers the upload's id.
    pub async fn file_mapped(&self, bytes: &[u8], mode: &str, mapping: Option<Value>) -> String {
        let id = self.file_profiled(bytes).await;
        let upload = self.get(&format!("/uploads/{id}")).await.expect(200).json();
        let mut mapping = mapping.unwrap_or_else(|| upload["suggestion"].clone());
        mapping["mode"] = json!(mode);
        let _mapped = self
            .put(&format!("/uploads/{id}/mapping"), &mapping)
            .await
            .expect(200);
        id
    }

    /// Sends, maps and checks a file; answers the upload's id.
    pub async fn file_checked(&self, bytes: &[u8], mode: &str, mapping: Option<Value>) -> String {
        let id = self.file_mapped(bytes, mode, mapping).await;
        let _job = self.upload_step(&id, "validate", &json!({})).await;
        self.upload_is(&id, "validated").await;
        id
    }

    /// Sends, maps, checks and imports a file, without its wrong rows; answers the upload after it.
    pub async fn file_imported(&self, bytes: &[u8], mode: &str, mapping: Option<Value>) -> Value {
        let id = self.file_checked(bytes, mode, mapping).await;
        let job = self
            .upload_step(&id, "import", &json!({ "rejected": "skip" }))
            .await;
        self.job_done(&job).await;
        self.upload_is(&id, "imported").await
    }

    /// Asks for `validate`, `import` or `undo`; answers the job that does it.
    pub async fn upload_step(&self, id: &str, step: &str, body: &Value) -> String {
        let path = format!("/uploads/{id}/{step}");
        let answer = if body.is_null() {
            self.send(Method::POST, &path, &[], Vec::new()).await
        } else {
            self.post(&path, body).await
        };
        let location = answer.expect(202).header("location").unwrap();
        location.rsplit('/').next().unwrap().to_owned()
    }

    /// Takes an import back and waits until the customers have followed.
    pub async fn upload_undone(&self, id: &str) -> Value {
        let job = self.upload_step(id, "undo", &Value::Null).await;
        self.job_done(&job).await;
        self.get(&format!("/uploads/{id}")).await.expect(200).json()
    }

    /// Every customer as the export tells it, one JSON line each, in the order of the lines.
    pub async fn exported(&self) -> Vec<String> {
        let body = json!({ "format": "ndjson" });
        let text = self.post("/customers/export", &body).await.expect(200).text();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    }
}
