//! `GET /jobs/{id}/status`: what a page asks for where it can't have the live stream.

use actix_web::{web, web::Data};
use kale_application::work::{Work, WorkError};
use kale_domain::{id::JobId, job::JobStatus};
use kale_web::{Authenticated, NoQuery, Path, Problem};
use serde::Serialize;

use super::words;

/// A job as the island `kale-live` reads it, from here and from the stream.
#[derive(Debug, Serialize)]
pub(crate) struct JobEvent {
    id: JobId,
    state: &'static str,
    percent: Option<u8>,
    note: String,
    #[serde(rename = "final")]
    ended: bool,
}

impl From<&JobStatus> for JobEvent {
    fn from(job: &JobStatus) -> Self {
        Self {
            id: job.id,
            state: job.state.name(),
            percent: words::percent(job),
            note: words::note(job),
            ended: job.state.is_final(),
        }
    }
}

#[tracing::instrument(name = "dashboard.jobs.status", skip_all)]
pub(crate) async fn handle(
    Authenticated(caller): Authenticated,
    work: Data<Work>,
    Path(id): Path<JobId>,
    _: NoQuery,
) -> Result<web::Json<JobEvent>, Problem> {
    match work.get(super::tenant(&caller)?, id).await {
        Ok(job) if super::follows(&caller, &job) => Ok(web::Json(JobEvent::from(&job))),
        Ok(_) | Err(WorkError::NotFound) => Err(Problem::not_found()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use kale_domain::job::JobState;

    use super::*;
    use crate::jobs::words::tests::job;

    #[test]
    fn the_island_reads_these_names() {
        let event = serde_json::to_value(JobEvent::from(&job(JobState::Leased, 0, None))).unwrap();
        let expected = serde_json::json!({
            "id": "job_01h455vb4pex5vsknk084sn02q", "state": "leased", "percent": null, "note": "Checking rows",
            "final": false
        });
        assert_eq!(event, expected);
    }
}
