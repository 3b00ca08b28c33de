//! A piece of background work.

use jiff::Timestamp;
use kale_domain::{
    id::{JobId, UserId},
    job::{JobState, JobStatus, Progress},
};
use serde::Serialize;
use utoipa::ToSchema;

/// A piece of background work.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub(crate) struct JobView {
    /// Its identity.
    #[schema(value_type = String, example = "job_01h455vb4pex5vsknk084sn02q")]
    pub(crate) id: JobId,
    /// What it does.
    #[schema(example = "import_upload")]
    pub(crate) kind: String,
    /// The id of what it is about.
    #[schema(example = "upl_01h455vb4pex5vsknk084sn02q")]
    pub(crate) subject: Option<String>,
    /// Who started it.
    #[schema(value_type = Option<String>, example = "usr_01h455vb4pex5vsknk084sn02q")]
    pub(crate) started_by: Option<UserId>,
    /// `scheduled`, `queued`, `leased` (it runs), `succeeded`, `dead` or `cancelled`.
    #[schema(value_type = String, example = "leased")]
    pub(crate) state: JobState,
    /// How far it is.
    pub(crate) progress: ProgressView,
    /// How often it was tried.
    pub(crate) attempts: u32,
    /// How often it may be tried.
    pub(crate) max_attempts: u32,
    /// What went wrong last.
    pub(crate) last_error: Option<String>,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
    /// When it is or was due.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) run_at: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) finished_at: Option<Timestamp>,
}

/// How far a job is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Progress)]
pub(crate) struct ProgressView {
    /// Units done.
    #[schema(example = 1200)]
    pub(crate) done: u64,
    /// Units there are; null where nobody knows yet.
    #[schema(example = 7043)]
    pub(crate) total: Option<u64>,
    /// What is being done, for people.
    #[schema(example = "rows")]
    pub(crate) note: String,
}

/// The fields that lists can be narrowed to.
pub(crate) const FIELDS: &[&str] = &[
    "id",
    "kind",
    "subject",
    "started_by",
    "state",
    "progress",
    "attempts",
    "max_attempts",
    "last_error",
    "created_at",
    "run_at",
    "finished_at",
];

impl From<JobStatus> for JobView {
    fn from(job: JobStatus) -> Self {
        Self {
            id: job.id,
            kind: job.kind,
            subject: job.subject,
            started_by: job.started_by,
            state: job.state,
            progress: job.progress.into(),
            attempts: job.attempts,
            max_attempts: job.max_attempts,
            last_error: job.last_error,
            created_at: job.created_at,
            run_at: job.run_at,
            finished_at: job.finished_at,
        }
    }
}

impl From<Progress> for ProgressView {
    fn from(progress: Progress) -> Self {
        Self {
            done: progress.done,
            total: progress.total,
            note: progress.note,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    pub(crate) fn job(state: JobState) -> JobStatus {
        let at = Timestamp::from_second(1_700_000_000).unwrap();
        JobStatus {
            id: "job_01h455vb4pex5vsknk084sn02q".parse().unwrap(),
            company: Some("cmp_01h455vb4pex5vsknk084sn02q".parse().unwrap()),
            kind: "import_upload".to_owned(),
            subject: Some("upl_01h455vb4pex5vsknk084sn02q".to_owned()),
            started_by: None,
            state,
            progress: Progress {
                done: 1200,
                total: None,
                note: "rows".to_owned(),
            },
            attempts: 1,
            max_attempts: 5,
            last_error: None,
            created_at: at,
            run_at: at,
            finished_at: None,
        }
    }

    #[test]
    fn a_job_is_shown_without_its_company_and_with_every_field() {
        let shown = serde_json::to_value(JobView::from(job(JobState::Leased))).unwrap();

        assert_eq!(
            shown,
            json!({
                "id": "job_01h455vb4pex5vsknk084sn02q", "kind": "import_upload",
                "subject": "upl_01h455vb4pex5vsknk084sn02q", "started_by": null, "state": "leased",
                "progress": { "done": 1200, "total": null, "note": "rows" }, "attempts": 1, "max_attempts": 5,
                "last_error": null, "created_at": "2023-11-14T22:13:20Z", "run_at": "2023-11-14T22:13:20Z",
                "finished_at": null
            })
        );
        let names: Vec<&String> = shown.as_object().unwrap().keys().collect();
        assert!(names.iter().all(|name| FIELDS.contains(&name.as_str())) && names.len() == FIELDS.len());
    }
}
