//! `GET /audit`

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, get,
    web::{self, Data},
};
use jiff::Timestamp;
use kale_application::audit::{AuditLog, ChainOf};
use kale_domain::{
    audit::{Actor, AuditAction, AuditEntry},
    id::AuditEntryId,
};
use kale_web::{
    Allowed, Cursors, ListSpec, Page, Problem,
    permission::{ReadAudit, Required as _},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::query::{self, AuditFilterParams};
use crate::{
    openapi::params::{FieldsParam, PageParams},
    paging,
};

/// One thing that was done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(crate) struct View {
    /// Its identity.
    #[schema(value_type = String, example = "aud_01h455vb4pex5vsknk084sn02q")]
    id: AuditEntryId,
    /// Who acted.
    actor: ActorView,
    /// What was done.
    #[schema(value_type = String, example = "company_changed")]
    action: AuditAction,
    /// The id of the thing it was done to.
    #[schema(example = "cmp_01h455vb4pex5vsknk084sn02q")]
    target: String,
    /// The fields that changed, as they were.
    before: BTreeMap<String, String>,
    /// The fields that changed, as they are since.
    after: BTreeMap<String, String>,
    /// The request it came with.
    request_id: Option<String>,
    /// The address that request came from.
    #[schema(example = "192.0.2.7")]
    ip: Option<String>,
    /// What program sent it, as it calls itself.
    #[schema(example = "Mozilla/5.0")]
    user_agent: Option<String>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// Who acted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Actor)]
pub(crate) struct ActorView {
    /// `user`, `api_key`, `system`, or `erased` where what the entry said was erased.
    #[schema(example = "user")]
    kind: &'static str,
    /// Which user or key.
    #[schema(example = "usr_01h455vb4pex5vsknk084sn02q")]
    id: Option<String>,
}

pub(super) const FIELDS: &[&str] = &[
    "id",
    "actor",
    "action",
    "target",
    "before",
    "after",
    "request_id",
    "ip",
    "user_agent",
    "at",
];

const LIST: ListSpec = ListSpec {
    route: "GET /audit",
    sorts: &[],
    default_sort: "-at",
    filters: query::FILTERS,
    fields: FIELDS,
    includes: &[],
    search: false,
    others: &[],
};

/// Lists what was done in the company, newest first.
#[utoipa::path(
    tag = "Audit",
    operation_id = "list_audit_entries",
    params(PageParams, FieldsParam, AuditFilterParams),
    responses((status = 200, description = "A page of entries", body = Page<View>, example = json!({
        "data": [{
            "id": "aud_01h455vb4pex5vsknk084sn02q",
            "actor": { "kind": "user", "id": "usr_01h455vb4pex5vsknk084sn02q" },
            "action": "company_changed", "target": "cmp_01h455vb4pex5vsknk084sn02q",
            "before": { "currency": "USD" }, "after": { "currency": "EUR" },
            "request_id": "01h455vb4pex5vsknk084sn02q", "ip": "192.0.2.7", "user_agent": "Mozilla/5.0",
            "at": "2026-11-14T12:00:00Z"
        }],
        "page": { "next_cursor": null, "has_more": false }
    }))),
    extensions(("x-permission" = json!(ReadAudit::NAME))),
)]
#[get("/audit")]
#[tracing::instrument(name = "api.audit.list", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ReadAudit>,
    log: Data<AuditLog>,
    cursors: Data<Cursors>,
    request: HttpRequest,
) -> Result<web::Json<Page<Value>>, Problem> {
    let params = LIST.read(&request)?;
    let filter = AuditFilterParams::of(&params)?.filter()?;
    let before = cursors.decode(&params)?;
    let found = log
        .list(
            ChainOf::Company(caller.tenant()),
            &filter,
            paging::to_read(&params),
            before,
        )
        .await?;

    let page: Page<View> = paging::page(&params, &cursors, found, |one| one.id)?;
    Ok(web::Json(page.project(&params.fields)?))
}

impl From<AuditEntry> for View {
    fn from(entry: AuditEntry) -> Self {
        Self {
            id: entry.id,
            actor: entry.actor.into(),
            action: entry.action,
            target: entry.target,
            before: entry.before,
            after: entry.after,
            request_id: entry.request_id,
            ip: entry.ip,
            user_agent: entry.user_agent,
            at: entry.at,
        }
    }
}

impl From<Actor> for ActorView {
    fn from(actor: Actor) -> Self {
        Self {
            kind: actor.kind(),
            id: actor.id(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_entry_says_who_did_what_to_what() {
        let shown = serde_json::to_value(View::from(AuditEntry {
            id: "aud_01h455vb4pex5vsknk084sn02q".parse().unwrap(),
            actor: Actor::System,
            action: AuditAction::UploadImported,
            target: "upl_01h455vb4pex5vsknk084sn02q".to_owned(),
            before: BTreeMap::new(),
            after: BTreeMap::from([("rows".to_owned(), "7043".to_owned())]),
            request_id: None,
            ip: None,
            user_agent: None,
            at: Timestamp::from_second(1_700_000_000).unwrap(),
        }))
        .unwrap();

        assert_eq!(
            shown,
            json!({
                "id": "aud_01h455vb4pex5vsknk084sn02q", "actor": { "kind": "system", "id": null },
                "action": "upload_imported", "target": "upl_01h455vb4pex5vsknk084sn02q", "before": {},
                "after": { "rows": "7043" }, "request_id": null, "ip": null,
                "user_agent": null, "at": "2023-11-14T22:13:20Z"
            })
        );
        let names: Vec<&String> = shown.as_object().unwrap().keys().collect();
        assert!(names.iter().all(|name| FIELDS.contains(&name.as_str())) && names.len() == FIELDS.len());
    }
}
