//! `POST /analytics/check`

use actix_web::{HttpResponse, post, web::Data};
use kale_application::measures::Measures;
use kale_web::{Allowed, Idempotent, NoQuery, Problem, Required as _, permission::ManageAnalytics};

use super::rebuild::StartedView;
use crate::{jobs::started, openapi::params::IdempotencyKeyHeader};

/// Compares the figures with a count from scratch in the background, cell by cell.
///
/// What it finds stands in the job's progress and, with examples, in `GET /analytics/counting`.
#[utoipa::path(
    tag = "Analytics",
    operation_id = "check_analytics",
    params(IdempotencyKeyHeader),
    responses((status = 202, description = "It begins.", body = StartedView, headers(("Location" = String,
        description = "Where to look at the job.")), example = json!({"job": "job_01h455vb4pex5vsknk084sn02q"}))),
    extensions(("x-permission" = json!(ManageAnalytics::NAME))),
)]
#[post("/analytics/check")]
#[tracing::instrument(name = "api.analytics.check", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManageAnalytics>,
    measures: Data<Measures>,
    _: NoQuery,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    idempotent
        .run(&allowed, async || {
            let job = measures.check(allowed.tenant(), &allowed.caller).await?;
            Ok(started(job).json(StartedView { job }))
        })
        .await
}
