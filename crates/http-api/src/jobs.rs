//! `/jobs`: background work.

mod cancel;
mod events;
mod list;
mod read;
mod retry;

use actix_web::{HttpResponse, HttpResponseBuilder, http::header};
use kale_application::{
    Tenant,
    access::Caller,
    work::{Work, WorkError},
};
use kale_domain::{access::Permission, id::JobId, job::JobStatus};
use kale_web::Problem;
use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list::handle)
        .service(read::handle)
        .service(events::handle)
        .service(cancel::handle)
        .service(retry::handle);
}

/// The answer to a request that started a job: 202, and where to look at it.
pub(crate) fn started(job: JobId) -> HttpResponseBuilder {
    let mut response = HttpResponse::Accepted();
    response.insert_header((header::LOCATION, format!("/api/v1/jobs/{job}")));
    response
}

/// A job that the caller may look at: with the permission any of the company, else those they started themselves.
///
/// Without the permission a job of somebody else and one that does not exist are answered alike.
pub(crate) async fn visible(caller: &Caller, work: &Work, id: JobId) -> Result<(Tenant, JobStatus), Problem> {
    let Some(tenant) = caller.tenant() else {
        return Err(Problem::choose_a_company());
    };
    let refused = Problem::forbidden(Permission::ReadJobs);
    let any = caller.may(Permission::ReadJobs);
    match work.get(tenant, id).await {
        Ok(job) if any || started_by(&job, caller) => Ok((tenant, job)),
        Ok(_) => Err(refused),
        Err(WorkError::NotFound) if !any => Err(refused),
        Err(error) => Err(error.into()),
    }
}

fn started_by(job: &JobStatus, caller: &Caller) -> bool {
    job.started_by.is_some_and(|user| caller.user() == Some(user))
}
