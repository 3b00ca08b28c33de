//! `GET /jobs/{id}`

use actix_web::{
    get,
    web::{self, Data},
};
use kale_application::work::Work;
use kale_domain::id::JobId;
use kale_web::{
    Authenticated, NoQuery, Path as At, Problem,
    permission::{ReadJobs, Required as _},
};

use crate::view::job::JobView;

/// Shows a job.
///
/// Whoever started it may look without the permission.
#[utoipa::path(
    tag = "Jobs",
    operation_id = "read_job",
    params(("id" = String, Path, description = "The job", example = "job_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The job", body = JobView, example = json!({
        "id": "job_01h455vb4pex5vsknk084sn02q", "kind": "import_upload",
        "subject": "upl_01h455vb4pex5vsknk084sn02q", "started_by": "usr_01h455vb4pex5vsknk084sn02q",
        "state": "leased", "progress": { "done": 1200, "total": 7043, "note": "rows" }, "attempts": 1,
        "max_attempts": 5, "last_error": null, "created_at": "2026-11-14T12:00:00Z",
        "run_at": "2026-11-14T12:00:00Z", "finished_at": null
    }))),
    extensions(("x-permission" = json!(ReadJobs::NAME)), ("x-permission-or" = json!("starter"))),
)]
#[get("/jobs/{id}")]
#[tracing::instrument(name = "api.jobs.read", skip_all)]
pub(crate) async fn handle(
    Authenticated(caller): Authenticated,
    work: Data<Work>,
    At(id): At<JobId>,
    _: NoQuery,
) -> Result<web::Json<JobView>, Problem> {
    let (_, job) = super::visible(&caller, &work, id).await?;

    Ok(web::Json(job.into()))
}
