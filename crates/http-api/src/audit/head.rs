//! `GET /audit/head`

use actix_web::{
    get,
    web::{self, Data},
};
use jiff::Timestamp;
use kale_application::audit::{AuditLog, SealedHead};
use kale_web::{
    Allowed, NoQuery, Problem,
    permission::{ReadAudit, Required as _},
};
use serde::Serialize;
use utoipa::ToSchema;

/// Where the chain of the company's log ends.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditHead)]
pub(crate) struct View {
    /// How many entries are sealed.
    #[schema(example = 42)]
    seq: u64,
    /// The hash of the last link: SHA-256 in hexadecimal digits. Null where nothing is sealed yet.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    hash: Option<String>,
    /// When the last one was sealed.
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-14T12:00:05Z")]
    sealed_at: Option<Timestamp>,
}

/// Says where the chain of the log ends. Noted somewhere else, it shows later that nothing before it was changed or
/// taken away: `kale admin verify-audit --expect-head seq:hash`.
#[utoipa::path(
    tag = "Audit",
    operation_id = "read_audit_head",
    responses((status = 200, description = "The last link", body = View, example = json!({
        "seq": 42, "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "sealed_at": "2026-11-14T12:00:05Z"
    }))),
    extensions(("x-permission" = json!(ReadAudit::NAME))),
)]
#[get("/audit/head")]
#[tracing::instrument(name = "api.audit.head", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ReadAudit>,
    log: Data<AuditLog>,
    _: NoQuery,
) -> Result<web::Json<View>, Problem> {
    Ok(web::Json(log.head(caller.tenant()).await?.into()))
}

impl From<Option<SealedHead>> for View {
    fn from(sealed: Option<SealedHead>) -> Self {
        Self {
            seq: sealed.map_or(0, |sealed| sealed.head.seq),
            hash: sealed.map(|sealed| sealed.head.hash.to_string()),
            sealed_at: sealed.map(|sealed| sealed.at),
        }
    }
}
