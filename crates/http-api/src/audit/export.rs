//! `GET /audit/export`

use actix_web::{HttpResponse, get, http::header, web::Data};
use futures::TryStreamExt as _;
use kale_application::audit::AuditLog;
use kale_web::{
    Allowed, Problem, Query,
    permission::{ReadAudit, Required as _},
};

use super::query::AuditFilterParams;

/// Takes the audit log out as CSV, newest first, streamed. The log keeps that it was.
#[utoipa::path(
    tag = "Audit",
    operation_id = "export_audit_entries",
    params(AuditFilterParams),
    responses((status = 200, description = "A row an entry. `before` and `after` are JSON objects.", body = String,
        content_type = "text/csv",
        headers(("Content-Disposition" = String, description = "The name of the file.")),
        example = "id,at,actor_kind,actor,action\r\naud_01h455vb4pex5vsknk084sn02q,2026-11-14T12:00:00Z,system,,company_changed\r\n")),
    extensions(("x-permission" = json!(ReadAudit::NAME))),
)]
#[get("/audit/export")]
#[tracing::instrument(name = "api.audit.export", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ReadAudit>,
    log: Data<AuditLog>,
    Query(asked): Query<AuditFilterParams>,
) -> Result<HttpResponse, Problem> {
    let filter = asked.filter()?;
    let rows = log.export(caller.tenant(), &caller.caller, &filter).await?;
    // The status is sent by then: whoever reads sees a file that breaks off.
    let rows = rows.inspect_err(|error| tracing::error!(error = %error, "an export broke off"));
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""))
        .streaming(rows))
}
