//! Who looks after whom in the demo: the expert has everybody whose bill is higher than their use.

use actix_web::http::Method;
use anyhow::Result;
use serde_json::json;

use super::client::{Api, text};

/// Puts them into the expert's hands, unless the expert has somebody.
pub(super) async fn assign(api: &Api) -> Result<()> {
    let experts = api.get("/users?filter[role]=retention_expert").await?.body;
    let expert = text(&experts, "/data/0/id")?;
    let theirs = api
        .get(&format!("/customers?filter[expert]={expert}&limit=1"))
        .await?;
    if theirs.body.pointer("/data/0").is_some() {
        return Ok(());
    }
    let body = json!({ "filter": "filter[persona]=high_bill", "experts": [expert] });
    api.json(Method::POST, "/customers/experts/assign", &[], &body)
        .await
        .map(drop)
}
