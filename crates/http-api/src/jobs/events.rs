//! `GET /jobs/{id}/events`

use actix_web::{HttpResponse, get, web::Data};
use futures::{Stream, StreamExt as _, future::ready, stream};
use kale_application::{
    live::{Followed, Live},
    work::{Work, WorkError},
};
use kale_domain::{id::JobId, job::JobStatus};
use kale_web::{
    Authenticated, Drain, NoQuery, Path as At, Problem,
    permission::{ReadJobs, Required as _},
    sse::{self, Event},
};

use crate::view::job::JobView;

/// Follows a job, as server-sent events.
///
/// First comes `snapshot` with the job as it is, then `change` whenever it differs, at the end `done` with the job once
/// more; then the stream closes. A comment every 15 seconds keeps the connection open. A stream lasts half an hour at
/// most: connect again, and it begins with a snapshot again.
#[utoipa::path(
    tag = "Jobs",
    operation_id = "follow_job",
    params(("id" = String, Path, description = "The job", example = "job_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "Events whose data is a job", body = String,
        content_type = "text/event-stream",
        example = "event: snapshot\ndata: {\"id\":\"job_01h455vb4pex5vsknk084sn02q\",\"state\":\"leased\"}\n\n")),
    extensions(("x-permission" = json!(ReadJobs::NAME)), ("x-permission-or" = json!("starter"))),
)]
#[get("/jobs/{id}/events")]
#[tracing::instrument(name = "api.jobs.events", skip_all)]
pub(crate) async fn handle(
    Authenticated(caller): Authenticated,
    work: Data<Work>,
    live: Data<Live>,
    drain: Data<Drain>,
    At(id): At<JobId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let (tenant, _) = super::visible(&caller, &work, id).await?;
    let followed = Followed::begin(&live, &work, tenant, id).await?;
    let now = followed.now().clone();

    Ok(sse::respond(
        frames(now, followed.changes()),
        drain.get_ref().clone(),
    ))
}

/// A store that fails ends the stream without `done`, so that the client connects again.
fn frames(
    now: JobStatus,
    changes: impl Stream<Item = Result<JobStatus, WorkError>>,
) -> impl Stream<Item = Event> {
    let first = of("snapshot", now);
    let later = changes.scan((), |(), change| {
        ready(match change {
            Ok(job) => Some(of("change", job)),
            Err(error) => {
                tracing::warn!(error = %error, "a followed job could not be read");
                None
            }
        })
    });
    stream::iter([first]).chain(later).flat_map(stream::iter)
}

fn of(event: &'static str, job: JobStatus) -> Vec<Event> {
    let ended = job.state.is_final();
    let view = JobView::from(job);
    let mut frames = vec![Event::new(event, &view)];
    if ended {
        frames.push(Event::new("done", &view));
    }
    frames
}

#[cfg(test)]
mod tests {
    use kale_domain::job::JobState;

    use super::*;
    use crate::view::job::tests::job;

    async fn names(now: JobState, changes: Vec<Result<JobStatus, WorkError>>) -> Vec<String> {
        let frames: Vec<Event> = frames(job(now), stream::iter(changes)).collect().await;
        let first_line = |frame: &Event| frame.as_str().lines().next().unwrap().to_owned();
        frames.iter().map(first_line).collect()
    }

    #[actix_web::test]
    async fn a_followed_job_comes_as_it_is_then_as_it_changes_and_done_closes() {
        assert_eq!(
            names(
                JobState::Queued,
                vec![Ok(job(JobState::Leased)), Ok(job(JobState::Succeeded))]
            )
            .await,
            ["event: snapshot", "event: change", "event: change", "event: done"]
        );
        assert_eq!(
            names(JobState::Dead, Vec::new()).await,
            ["event: snapshot", "event: done"]
        );
    }

    #[actix_web::test]
    async fn a_job_that_can_not_be_read_any_more_is_not_done() {
        assert_eq!(
            names(JobState::Queued, vec![Err(WorkError::NotFound)]).await,
            ["event: snapshot"]
        );
    }
}
