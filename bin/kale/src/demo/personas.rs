//! The demo's personas: three groups of these subscribers that a retention team would treat differently.

use actix_web::http::Method;
use anyhow::Result;
use serde_json::{Value, json};

use super::client::{Api, text};

/// Saves them unless the company has personas.
pub(super) async fn save(api: &Api) -> Result<()> {
    let there = api.get("/personas").await?;
    let none = there
        .body
        .get("personas")
        .and_then(Value::as_array)
        .is_none_or(Vec::is_empty);
    if !none {
        return Ok(());
    }
    let etag = there.etag.unwrap_or_else(|| "\"v0\"".to_owned());
    let saved = api
        .json(Method::PUT, "/personas", &[("if-match", &etag)], &configuration())
        .await?;
    api.job_done(text(&saved.body, "/job")?).await
}

fn configuration() -> Value {
    let service = |name: &str| json!({ "attribute": name, "op": "eq", "value": "Yes" });
    let services = [
        "online_security",
        "online_backup",
        "device_protection",
        "tech_support",
        "streaming_tv",
        "streaming_movies",
    ]
    .map(service);
    json!({
        "categories": [
            { "key": "new", "name": "New", "description": "In the first months, when most decisions to leave are made.", "order": 1 },
            { "key": "fit", "name": "Not getting enough out of it", "description": "Paying for more than they use.", "order": 2 },
            { "key": "steady", "name": "Steady", "description": "Long with us, no open trouble.", "order": 3 }
        ],
        "personas": [
            {
                "key": "new_monthly", "category": "new", "name": "New on a monthly plan", "colour": "stem", "priority": 300,
                "description": "First six months without a term: most decisions to leave happen here.",
                "rule": { "all": [
                    { "attribute": "contract", "op": "eq", "value": "Month-to-month" },
                    { "attribute": "tenure", "op": "lt", "value": 6 }
                ] }
            },
            {
                "key": "high_bill", "category": "fit", "name": "Bill higher than the use", "colour": "sun", "priority": 200,
                "description": "Pays in the top quarter and uses few services; a smaller tariff may be right.",
                "rule": { "all": [
                    { "attribute": "monthly_charges", "op": "gte", "value": 89.85 },
                    { "not": { "at_least": 3, "of": services } }
                ] }
            },
            {
                "key": "settled", "category": "steady", "name": "Settled", "colour": "leaf", "priority": 100,
                "description": "Two years or longer with us.",
                "rule": { "attribute": "tenure", "op": "gte", "value": 24 }
            }
        ],
        "note": "The demo's first personas"
    })
}
