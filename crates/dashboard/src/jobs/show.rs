//! `GET /jobs/{id}`

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::{companies::Companies, uploads::Uploads, work::Work};
use kale_domain::{
    access::Permission,
    id::JobId,
    job::{JobState, JobStatus},
};
use kale_web::{NoQuery, Path, Problem, permission::ReadJobs};

use super::{
    Place,
    list::{files, subject},
    words,
};
use crate::{
    frame::Here,
    people::People,
    view::{
        customer::Fact,
        format,
        jobs::JobPage,
        shell::{Crumb, Section},
    },
    words::sentence,
};

#[tracing::instrument(name = "dashboard.jobs.show", skip_all)]
pub(crate) async fn handle(
    here: Here<ReadJobs>,
    work: Data<Work>,
    companies: Data<Companies>,
    uploads: Data<Uploads>,
    Path(id): Path<JobId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let job = work.get(here.tenant(), id).await?;
    let people = People::of(&companies, here.tenant(), here.caller()).await?;
    let files = files(&here, &uploads, std::slice::from_ref(&job)).await?;
    let subject = subject(&files, &job);
    let title = words::title(&job.kind);
    let mut shell = here.shell(Section::Jobs, title.clone());
    shell.crumbs = vec![Crumb {
        label: "Jobs".to_owned(),
        href: "/jobs".to_owned(),
    }];
    let about = subject.as_ref().map_or("a file", |link| link.label.as_str());
    let place = Place {
        title: words::doing(&job.kind, about),
        refresh: format!("/jobs/{id}"),
        target: "#job",
        may_cancel: false,
    };
    let manages = here.may(Permission::ManageJobs);
    let page = JobPage {
        shell,
        id: id.to_string(),
        title,
        state: words::chip(job.state),
        progress: (!job.state.is_final()).then(|| place.progress(&job, here.caller())),
        error: job
            .last_error
            .as_deref()
            .filter(|_| job.state != JobState::Succeeded)
            .map(sentence)
            .unwrap_or_default(),
        facts: facts(&here, &people, &job),
        may_cancel: manages && !job.state.is_final(),
        may_retry: manages && matches!(job.state, JobState::Dead | JobState::Cancelled),
        subject,
    };
    here.frame.answer(StatusCode::OK, |part| {
        if part {
            page.as_body().render()
        } else {
            page.render()
        }
    })
}

fn facts(here: &Here<ReadJobs>, people: &People, job: &JobStatus) -> Vec<Fact> {
    let mut facts = vec![
        Fact::new("Started by", people.name(job.started_by)),
        Fact::new("Asked for", here.instant(job.created_at)),
        Fact::new("Attempts", job.attempts.to_string()).note(format!("of {}", job.max_attempts)),
    ];
    if job.state == JobState::Scheduled {
        facts.push(Fact::new("Next try", here.instant(job.run_at)));
    }
    if let Some(end) = job.finished_at {
        let took = format::duration(end.duration_since(job.created_at));
        facts.push(Fact::new("Ended", here.instant(end)).note(format!("after {took}")));
    }
    if job.state.is_final() && !job.progress.note.is_empty() {
        facts.push(Fact::new("Said last", job.progress.note.clone()));
    }
    facts.push(Fact::new("Id", job.id.to_string()));
    facts
}
