//! `POST /jobs/{id}/cancel` and `POST /jobs/{id}/retry`

use actix_web::{HttpResponse, web::Data};
use kale_application::work::{Work, WorkError};
use kale_domain::{id::JobId, job::JobStatus};
use kale_web::{NoQuery, Path, Problem, permission::ManageJobs};

use crate::{frame::Here, view::parts::Tone};

#[tracing::instrument(name = "dashboard.jobs.cancel", skip_all)]
pub(crate) async fn cancel(
    here: Here<ManageJobs>,
    work: Data<Work>,
    Path(id): Path<JobId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let done = work.cancel(here.tenant(), here.caller(), id).await;
    answer(&here, id, done, "It stops at the next safe point.")
}

#[tracing::instrument(name = "dashboard.jobs.retry", skip_all)]
pub(crate) async fn retry(
    here: Here<ManageJobs>,
    work: Data<Work>,
    Path(id): Path<JobId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let done = work.retry(here.tenant(), here.caller(), id).await;
    answer(&here, id, done, "It is tried again.")
}

/// Back to the job, which shows how it is; one that has moved on in between is no error of the person's.
fn answer(
    here: &Here<ManageJobs>,
    id: JobId,
    done: Result<JobStatus, WorkError>,
    said: &str,
) -> Result<HttpResponse, Problem> {
    let to = format!("/jobs/{id}");
    match done {
        Ok(_) => Ok(here.frame.see_other_saying(to, said, Tone::Leaf)),
        Err(error @ WorkError::NotNow { .. }) => {
            Ok(here
                .frame
                .see_other_saying(to, format!("Nothing was changed: {error}."), Tone::Sun))
        }
        Err(error) => Err(error.into()),
    }
}
