//! `/jobs`: background work.

mod act;
mod list;
mod show;
mod status;
pub(crate) mod words;

use kale_application::{Tenant, access::Caller};
use kale_domain::{
    access::Permission::{ManageJobs, ReadJobs},
    job::JobStatus,
};

pub(crate) use self::{
    list::{about, ended, files},
    status::JobEvent,
};
use crate::{
    routes::{
        Needs::{self, May},
        Routes,
    },
    view::parts::JobProgress,
};

pub(crate) fn routes(routes: &mut Routes<'_>) {
    let _all = routes
        .get("/jobs", May(ReadJobs), list::handle)
        .get("/jobs/{id}", May(ReadJobs), show::handle)
        .get("/jobs/{id}/status", Needs::Company, status::handle)
        .post("/jobs/{id}/cancel", May(ManageJobs), act::cancel)
        .post("/jobs/{id}/retry", May(ManageJobs), act::retry);
}

/// Where the progress of a job stands in a page, and what is asked for when it ends.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// What it does: `Checking telco_customers.csv`.
    pub(crate) title: String,
    /// The fragment to ask for when it ends.
    pub(crate) refresh: String,
    /// What that fragment replaces.
    pub(crate) target: &'static str,
    /// Whether it may be stopped from here.
    pub(crate) may_cancel: bool,
}

impl Place {
    /// The progress of a job, as this caller sees it.
    pub(crate) fn progress(self, job: &JobStatus, caller: &Caller) -> JobProgress {
        let reads = caller.may(ReadJobs);
        JobProgress {
            job: job.id.to_string(),
            title: self.title,
            note: words::note(job),
            percent: words::percent(job),
            href: if reads {
                format!("/jobs/{}", job.id)
            } else {
                String::new()
            },
            may_cancel: self.may_cancel && !job.state.is_final() && caller.may(ManageJobs),
            refresh: self.refresh,
            target: self.target,
        }
    }
}

/// Whether the caller may follow a job: any with the permission, else those they started.
pub(crate) fn follows(caller: &Caller, job: &JobStatus) -> bool {
    caller.may(ReadJobs) || job.started_by.is_some_and(|user| caller.user() == Some(user))
}

/// The company of a caller, for routes that any caller may use.
pub(crate) fn tenant(caller: &Caller) -> Result<Tenant, kale_web::Problem> {
    caller.tenant().ok_or_else(kale_web::Problem::choose_a_company)
}
