//! `POST /analytics/rebuild`

use actix_web::{HttpResponse, post, web::Data};
use kale_application::measures::Measures;
use kale_domain::id::JobId;
use kale_web::{Allowed, Idempotent, NoQuery, Problem, Required as _, permission::ManageAnalytics};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{jobs::started, openapi::params::IdempotencyKeyHeader};

/// What was started.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CountStarted)]
pub(super) struct StartedView {
    /// The job.
    #[schema(value_type = String, example = "job_01h455vb4pex5vsknk084sn02q")]
    pub(super) job: JobId,
}

/// Counts every session anew in the background, and compares what came of it with a count from scratch.
///
/// Figures stay those of before until it ends. Changing the company's time zone does this by itself.
#[utoipa::path(
    tag = "Analytics",
    operation_id = "rebuild_analytics",
    params(IdempotencyKeyHeader),
    responses((status = 202, description = "It begins.", body = StartedView, headers(("Location" = String,
        description = "Where to look at the job.")), example = json!({"job": "job_01h455vb4pex5vsknk084sn02q"}))),
    extensions(("x-permission" = json!(ManageAnalytics::NAME))),
)]
#[post("/analytics/rebuild")]
#[tracing::instrument(name = "api.analytics.rebuild", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManageAnalytics>,
    measures: Data<Measures>,
    _: NoQuery,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    idempotent
        .run(&allowed, async || {
            let job = measures.rebuild(allowed.tenant(), &allowed.caller).await?;
            Ok(started(job).json(StartedView { job }))
        })
        .await
}
