//! `GET /jobs`

use std::collections::BTreeMap;

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::{companies::Companies, live::JobFilter, uploads::Uploads, work::Work};
use kale_domain::{
    id::{JobId, UploadId},
    job::{JobState, JobStatus},
};
use kale_web::{Problem, Query as Asked, permission::ReadJobs};
use serde::Deserialize;

use super::{Place, words};
use crate::{
    frame::{Here, Query},
    people::People,
    view::{
        format,
        jobs::{JobRow, JobTab, JobsPage},
        parts::{Empty, Link, Pager},
        shell::Section,
    },
};

/// How many stand on a page.
const PAGE: u32 = 25;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    state: Option<JobState>,
    /// With housekeeping that ended well.
    #[serde(default)]
    housekeeping: bool,
    cursor: Option<JobId>,
}

#[tracing::instrument(name = "dashboard.jobs.list", skip_all)]
pub(crate) async fn handle(
    here: Here<ReadJobs>,
    work: Data<Work>,
    companies: Data<Companies>,
    uploads: Data<Uploads>,
    Asked(params): Asked<Params>,
) -> Result<HttpResponse, Problem> {
    let filter = JobFilter {
        state: params.state,
        housekeeping: params.housekeeping,
        ..JobFilter::default()
    };
    let mut found = work.list(here.tenant(), &filter, PAGE + 1, params.cursor).await?;
    let more = found.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    found.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let people = People::of(&companies, here.tenant(), here.caller()).await?;
    let files = files(&here, &uploads, &found).await?;
    let address = address(&params);
    let page = JobsPage {
        shell: here.shell(Section::Jobs, "Jobs"),
        tabs: tabs(&params),
        state: params.state.map_or("", JobState::name),
        housekeeping: params.housekeeping,
        empty: empty(params.state),
        pager: pager(&params, &found, more),
        jobs: found
            .iter()
            .map(|job| row(&here, &people, &files, &address, job))
            .collect(),
    };
    here.frame.answer(StatusCode::OK, |part| {
        if part {
            page.as_list().render()
        } else {
            page.render()
        }
    })
}

/// The names of the files that jobs are about.
pub(crate) async fn files<P>(
    here: &Here<P>,
    uploads: &Uploads,
    jobs: &[JobStatus],
) -> Result<BTreeMap<String, String>, Problem> {
    let mut names = BTreeMap::new();
    for subject in jobs.iter().filter_map(|job| job.subject.as_ref()) {
        let Ok(id) = subject.parse::<UploadId>() else {
            continue;
        };
        if !names.contains_key(subject)
            && let Some(name) = file(here, uploads, id).await?
        {
            names.insert(subject.clone(), name);
        }
    }
    Ok(names)
}

async fn file<P>(here: &Here<P>, uploads: &Uploads, id: UploadId) -> Result<Option<String>, Problem> {
    match uploads.get(here.tenant(), id).await {
        Ok(upload) => Ok(Some(upload.file.name)),
        // Jobs outlive what they were about.
        Err(kale_application::uploads::UploadError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What a job is about.
pub(super) fn subject(files: &BTreeMap<String, String>, job: &JobStatus) -> Option<Link> {
    let id = job.subject.as_ref()?;
    if let Some(name) = files.get(id) {
        return Some(Link::new(name, format!("/data/uploads/{id}")));
    }
    (id == "personas").then(|| Link::new("Personas", "/personas"))
}

fn row(
    here: &Here<ReadJobs>,
    people: &People,
    files: &BTreeMap<String, String>,
    address: &str,
    job: &JobStatus,
) -> JobRow {
    let progress = (!job.state.is_final()).then(|| {
        let place = Place {
            title: words::doing(&job.kind, about(files, job)),
            refresh: address.to_owned(),
            target: "#jobs",
            may_cancel: true,
        };
        place.progress(job, here.caller())
    });
    let ended = ended(here, people, files, job);
    match progress {
        Some(_) => JobRow {
            note: String::new(),
            progress,
            ..ended
        },
        None => ended,
    }
}

/// The name of the file a job is about, for its title.
pub(crate) fn about<'f>(files: &'f BTreeMap<String, String>, job: &JobStatus) -> &'f str {
    let name = job.subject.as_ref().and_then(|id| files.get(id));
    name.map_or("a file", String::as_str)
}

/// A job that does nothing any more.
pub(crate) fn ended<P>(
    here: &Here<P>,
    people: &People,
    files: &BTreeMap<String, String>,
    job: &JobStatus,
) -> JobRow {
    JobRow {
        id: job.id.to_string(),
        title: words::title(&job.kind),
        state: words::chip(job.state),
        note: words::note(job),
        by: people.name(job.started_by),
        at: here.ago(job.created_at),
        took: job.finished_at.map_or_else(String::new, |end| {
            format::duration(end.duration_since(job.created_at))
        }),
        progress: None,
        subject: subject(files, job),
    }
}

fn tabs(params: &Params) -> Vec<JobTab> {
    let tabs = [
        ("All", None),
        ("Running", Some(JobState::Leased)),
        ("Waiting", Some(JobState::Queued)),
        ("Trying again", Some(JobState::Scheduled)),
        ("Gave up", Some(JobState::Dead)),
        ("Stopped", Some(JobState::Cancelled)),
        ("Done", Some(JobState::Succeeded)),
    ];
    tabs.map(|(label, state)| JobTab {
        label,
        count: String::new(),
        href: asked(state, params.housekeeping).at("/jobs"),
        current: state == params.state,
    })
    .into()
}

fn asked(state: Option<JobState>, housekeeping: bool) -> Query {
    let housekeeping = if housekeeping { "true" } else { "" };
    Query::default()
        .with("state", state.map_or("", JobState::name))
        .with("housekeeping", housekeeping)
}

fn query(params: &Params) -> Query {
    asked(params.state, params.housekeeping)
}

fn address(params: &Params) -> String {
    let cursor = params.cursor.map(|id| id.to_string()).unwrap_or_default();
    query(params).with("cursor", cursor).at("/jobs")
}

fn pager(params: &Params, shown: &[JobStatus], more: bool) -> Pager {
    if params.cursor.is_none() && !more {
        return Pager::default();
    }
    let last = shown.last().map(|job| job.id.to_string()).unwrap_or_default();
    Pager {
        summary: format!(
            "{} on this page, newest first",
            format::count(u64::try_from(shown.len()).unwrap_or(0), "job", "jobs")
        ),
        previous: params.cursor.map(|_| query(params).at("/jobs")),
        restarts: false,
        next: more.then(|| query(params).with("cursor", last).at("/jobs")),
    }
}

fn empty(state: Option<JobState>) -> Empty {
    match state {
        None => Empty {
            icon: "activity",
            text: "No jobs. Uploads, imports and rule changes start them.".to_owned(),
            action: Some(Link::new("Upload a file", "/data")),
            other: None,
        },
        Some(_) => Empty {
            icon: "activity",
            text: "No job is in this state.".to_owned(),
            action: None,
            other: Some(Link::new("All jobs", "/jobs")),
        },
    }
}
