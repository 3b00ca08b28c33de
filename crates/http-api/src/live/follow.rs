//! `GET /live`

use actix_web::{HttpResponse, get, web::Data};
use futures::{Stream, StreamExt as _, stream};
use kale_application::{
    access::Caller,
    live::{Live, LiveEvent},
    work::Work,
};
use kale_domain::{access::Permission, job::JobStatus};
use kale_web::{
    Authenticated, Drain, Problem, Query as Asked,
    permission::SIGNED_IN,
    sse::{self, Event},
};

use super::topic::{Params, Topic};
use crate::{jobs, view::job::JobView};

/// Tells what changes, as server-sent events.
///
/// `job` carries a job: first each one that is asked for by its id, as it is, then whatever changes. `reset` says that
/// something may have been missed: read again what you show. A comment every 15 seconds keeps the connection open. A
/// stream lasts half an hour at most; connect again and read again.
#[utoipa::path(
    tag = "Jobs",
    operation_id = "follow_changes",
    params(Params),
    responses((status = 200, description = "Events; the data of `job` is a job", body = String,
        content_type = "text/event-stream",
        example = "event: job\ndata: {\"id\":\"job_01h455vb4pex5vsknk084sn02q\",\"state\":\"leased\"}\n\n")),
    extensions(("x-permission" = json!(SIGNED_IN)), ("x-problems" = json!(["not-found"]))),
)]
#[get("/live")]
#[tracing::instrument(name = "api.live.follow", skip_all)]
pub(crate) async fn handle(
    Authenticated(caller): Authenticated,
    work: Data<Work>,
    live: Data<Live>,
    drain: Data<Drain>,
    Asked(params): Asked<Params>,
) -> Result<HttpResponse, Problem> {
    let topics = Topic::all(&params.topics)?;
    let tenant = caller.tenant().ok_or_else(Problem::choose_a_company)?;
    // Before anything is read, so that nothing falls between.
    let events = live.subscribe(tenant);
    let now = allowed(&caller, &work, &topics).await?;

    Ok(sse::respond(frames(now, events, topics), drain.get_ref().clone()))
}

/// The single jobs as they are; a problem where one of the topics is not for this caller.
async fn allowed(caller: &Caller, work: &Work, topics: &[Topic]) -> Result<Vec<JobStatus>, Problem> {
    let mut now = Vec::new();
    for topic in topics {
        match topic {
            Topic::Jobs if caller.may(Permission::ReadJobs) => {}
            Topic::Jobs => return Err(Problem::forbidden(Permission::ReadJobs)),
            Topic::Job(id) => now.push(jobs::visible(caller, work, *id).await?.1),
        }
    }
    Ok(now)
}

fn frames(
    now: Vec<JobStatus>,
    events: impl Stream<Item = LiveEvent>,
    topics: Vec<Topic>,
) -> impl Stream<Item = Event> {
    let first = now.into_iter().map(|job| Event::new("job", &JobView::from(job)));
    let later = events.filter_map(move |event| {
        let frame = match event {
            LiveEvent::Reset => Some(Event::new("reset", &serde_json::json!({}))),
            LiveEvent::Job(job) => {
                let wanted = topics
                    .iter()
                    .any(|topic| matches!(topic, Topic::Jobs) || *topic == Topic::Job(job.id));
                wanted.then(|| Event::new("job", &JobView::from(job.as_ref().clone())))
            }
        };
        std::future::ready(frame)
    });
    stream::iter(first).chain(later)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kale_domain::job::JobState;

    use super::*;
    use crate::view::job::tests::job;

    #[actix_web::test]
    async fn a_single_job_is_heard_of_and_no_other() {
        let followed = job(JobState::Queued);
        let other = JobStatus {
            id: "job_01h455vb4pex5vsknk084sn0zz".parse().unwrap(),
            ..followed.clone()
        };
        let events = [
            LiveEvent::Job(Arc::new(other)),
            LiveEvent::Reset,
            LiveEvent::Job(Arc::new(job(JobState::Leased))),
        ];
        let topics = vec![Topic::Job(followed.id)];

        let heard: Vec<Event> = frames(vec![followed], stream::iter(events.clone()), topics)
            .collect()
            .await;
        let states = |text: &str| {
            ["queued", "leased", "reset"]
                .into_iter()
                .find(|word| text.contains(word))
                .unwrap()
        };
        assert_eq!(
            heard
                .iter()
                .map(|frame| states(frame.as_str()))
                .collect::<Vec<_>>(),
            ["queued", "reset", "leased"]
        );

        let all: Vec<Event> = frames(Vec::new(), stream::iter(events), vec![Topic::Jobs])
            .collect()
            .await;
        assert_eq!(all.len(), 3);
    }
}
