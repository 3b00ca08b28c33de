//! `POST /jobs/{id}/retry`

use actix_web::{HttpResponse, post, web::Data};
use kale_application::work::Work;
use kale_domain::id::JobId;
use kale_web::{
    Allowed, Idempotent, NoQuery, Path as At, Problem,
    permission::{ManageJobs, Required as _},
};

use crate::{openapi::params::IdempotencyKeyHeader, view::job::JobView};

/// Tries a dead or cancelled job again.
///
/// It waits for a worker then, with all its attempts.
#[utoipa::path(
    tag = "Jobs",
    operation_id = "retry_job",
    params(
        ("id" = String, Path, description = "The job", example = "job_01h455vb4pex5vsknk084sn02q"),
        IdempotencyKeyHeader
    ),
    responses((status = 200, description = "The job as it is now", body = JobView, example = json!({
        "id": "job_01h455vb4pex5vsknk084sn02q", "kind": "import_upload",
        "subject": "upl_01h455vb4pex5vsknk084sn02q", "started_by": "usr_01h455vb4pex5vsknk084sn02q",
        "state": "queued", "progress": { "done": 0, "total": null, "note": "" }, "attempts": 0,
        "max_attempts": 5, "last_error": null, "created_at": "2026-11-14T12:00:00Z",
        "run_at": "2026-11-14T12:10:00Z", "finished_at": null
    }))),
    extensions(("x-permission" = json!(ManageJobs::NAME)), ("x-problems" = json!(["wrong-state", "already-exists"]))),
)]
#[post("/jobs/{id}/retry")]
#[tracing::instrument(name = "api.jobs.retry", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ManageJobs>,
    work: Data<Work>,
    At(id): At<JobId>,
    _: NoQuery,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    let act = async || {
        let job = work.retry(caller.tenant(), &caller.caller, id).await?;
        Ok(HttpResponse::Ok().json(JobView::from(job)))
    };
    idempotent.run(&caller, act).await
}
