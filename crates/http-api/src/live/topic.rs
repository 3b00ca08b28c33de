//! What a client wants to hear of.

use kale_domain::{error::FieldError, id::JobId};
use kale_web::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

/// What to hear of.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    /// `jobs` (needs `jobs.read`) or `jobs:{id}` (or have started it), separated by commas, at most 50.
    #[param(
        pattern = "^jobs(:job_[0-7][0-9a-hjkmnp-tv-z]{25})?(,jobs(:job_[0-7][0-9a-hjkmnp-tv-z]{25})?){0,49}$",
        example = "jobs:job_01h455vb4pex5vsknk084sn02q"
    )]
    pub(super) topics: String,
}

/// The most topics of one stream.
const MOST: usize = 50;

/// One thing to hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    /// Every job of the company.
    Jobs,
    /// One job.
    Job(JobId),
}

impl Topic {
    /// Topics separated by commas; 400 `invalid-parameter` for what is none.
    pub(crate) fn all(text: &str) -> Result<Vec<Self>, Problem> {
        let topics = text
            .split(',')
            .map(|name| Self::named(name.trim()))
            .collect::<Result<Vec<_>, _>>()?;
        if topics.len() > MOST {
            return Err(wrong("too-many", format!("a stream takes at most {MOST} topics")));
        }
        Ok(topics)
    }

    fn named(name: &str) -> Result<Self, Problem> {
        if name == "jobs" {
            return Ok(Self::Jobs);
        }
        let job = name.strip_prefix("jobs:").and_then(|id| id.parse().ok());
        job.map(Self::Job).ok_or_else(|| {
            let allowed = "a topic is `jobs` or `jobs:` and the id of a job; separate several by commas";
            wrong("unknown-value", allowed.to_owned())
        })
    }
}

fn wrong(code: &'static str, message: String) -> Problem {
    Problem::of("invalid-parameter")
        .detail(message.clone())
        .error(FieldError::new("?topics", code, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_jobs_and_single_jobs() {
        let job = "job_01h455vb4pex5vsknk084sn02q";

        assert_eq!(
            Topic::all(&format!("jobs, jobs:{job}")).unwrap(),
            [Topic::Jobs, Topic::Job(job.parse().unwrap())]
        );
        let many = vec!["jobs"; MOST + 1].join(",");
        for refused in [
            "",
            "notifications",
            "jobs:",
            "jobs:cus_01h455vb4pex5vsknk084sn02q",
            "jobs,,jobs",
            &many,
        ] {
            assert_eq!(
                Topic::all(refused).unwrap_err().code(),
                "invalid-parameter",
                "{refused}"
            );
        }
    }
}
