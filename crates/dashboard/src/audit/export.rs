//! `GET /audit/export.csv`: the log as a file.

use actix_web::{HttpResponse, http::header, web::Data};
use futures::TryStreamExt as _;
use kale_application::audit::AuditLog;
use kale_web::{Problem, Query as Asked, permission::ReadAudit};

use super::asked::Params;
use crate::frame::Here;

#[tracing::instrument(name = "dashboard.audit.export", skip_all)]
pub(super) async fn handle(
    here: Here<ReadAudit>,
    log: Data<AuditLog>,
    Asked(params): Asked<Params>,
) -> Result<HttpResponse, Problem> {
    let filter = params.filter(&here.zone())?;
    let rows = log.export(here.tenant(), here.caller(), &filter).await?;
    let rows = rows.inspect_err(|error| tracing::error!(error = %error, "an export broke off"));
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""))
        .streaming(rows))
}
