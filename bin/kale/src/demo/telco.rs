//! 7,043 telecom subscribers, uploaded, mapped and imported as anybody's would be.

use actix_web::http::Method;
use anyhow::Result;
use bytes::Bytes;
use serde_json::{Value, json};

use super::client::{Api, text};

/// The file; `tests/data/README.md` says where it comes from.
const FILE: &[u8] = include_bytes!("../../../../tests/data/telco_customers.csv");
const BOUNDARY: &str = "kale-demo-part";

/// Imports the file unless it was imported before.
pub(super) async fn import(api: &Api) -> Result<()> {
    let uploads = api.get("/uploads?limit=50").await?.body;
    let imported = uploads.get("data").and_then(Value::as_array).is_some_and(|all| {
        all.iter().any(|upload| {
            matches!(
                upload.get("status").and_then(Value::as_str),
                Some("imported" | "undone")
            )
        })
    });
    if imported {
        return Ok(());
    }
    let content = format!("multipart/form-data; boundary={BOUNDARY}");
    let sent = api
        .send(
            Method::POST,
            "/uploads/customer-data",
            &[("content-type", &content)],
            multipart(),
        )
        .await?;
    let id = text(&sent.body, "/id")?.to_owned();
    api.upload_is(&id, "awaiting_mapping").await?;
    api.json(Method::PUT, &format!("/uploads/{id}/mapping"), &[], &mapping())
        .await?;
    api.json(Method::POST, &format!("/uploads/{id}/validate"), &[], &json!({}))
        .await?;
    api.upload_is(&id, "validated").await?;
    let started = api
        .json(
            Method::POST,
            &format!("/uploads/{id}/import"),
            &[],
            &json!({ "rejected": "stop" }),
        )
        .await?;
    api.job_done(text(&started.body, "/job")?).await
}

fn multipart() -> Bytes {
    let head = format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"telco_customers.csv\"\r\n\
         content-type: text/csv\r\n\r\n"
    );
    let mut body = Vec::with_capacity(FILE.len() + 300);
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(FILE);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    Bytes::from(body)
}

/// Every column as an attribute of its own name, except those that say who somebody is.
fn mapping() -> Value {
    let of = |names: &[&str], kind: &str| -> Vec<(String, Value)> {
        names
            .iter()
            .map(|name| {
                (
                    (*name).to_owned(),
                    json!({ "to": format!("attributes.{name}"), "type": kind }),
                )
            })
            .collect()
    };
    let ignored = ["female", "senior_citizen", "partner", "dependents"]
        .map(|name| (name.to_owned(), json!({ "to": "ignore" })));
    let texts = [
        "churn",
        "multiple_lines",
        "internet_service",
        "online_security",
        "online_backup",
        "device_protection",
        "tech_support",
        "streaming_tv",
        "streaming_movies",
        "contract",
        "payment_method",
    ];
    let mut columns: serde_json::Map<String, Value> = ignored.into_iter().collect();
    columns.extend(of(&texts, "text"));
    columns.extend(of(&["phone_service", "paperless_billing"], "boolean"));
    columns.extend(of(&["tenure"], "integer"));
    columns.extend(of(&["monthly_charges", "total_charges"], "number"));
    json!({ "mode": "upsert", "columns": columns, "row_number_as": "external_id" })
}
