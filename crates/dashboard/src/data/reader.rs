//! What the pages of uploads are read from.

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use futures::{FutureExt as _, future::LocalBoxFuture};
use kale_application::{
    companies::Companies, customers::Customers, live::JobFilter, uploads::Uploads, work::Work,
};
use kale_domain::{
    job::JobStatus,
    upload::{Upload, UploadState},
};
use kale_web::Problem;

use crate::frame::Here;

/// The use cases that a page of uploads asks.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(super) uploads: Data<Uploads>,
    pub(super) companies: Data<Companies>,
    pub(super) customers: Data<Customers>,
    pub(super) work: Data<Work>,
}

impl FromRequest for Reader {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move {
            Ok(Self {
                uploads: Data::extract(&request).await?,
                companies: Data::extract(&request).await?,
                customers: Data::extract(&request).await?,
                work: Data::extract(&request).await?,
            })
        }
        .boxed_local()
    }
}

impl Reader {
    /// The job that an upload waits for: the one its state names, else one about it that has not ended. Nothing is
    /// asked where none can be.
    pub(super) async fn job_of<P>(
        &self,
        here: &Here<P>,
        upload: &Upload,
    ) -> Result<Option<JobStatus>, Problem> {
        let rests = matches!(
            upload.state,
            UploadState::AwaitingMapping
                | UploadState::Validated { .. }
                | UploadState::Failed { .. }
                | UploadState::Cancelled { .. }
        );
        if rests {
            return Ok(None);
        }
        let filter = JobFilter {
            subject: Some(upload.id.to_string()),
            ..JobFilter::default()
        };
        let jobs = self.work.list(here.tenant(), &filter, 5, None).await?;
        let named = jobs.iter().find(|job| Some(job.id) == upload.state.job());
        Ok(named
            .or_else(|| jobs.iter().find(|job| !job.state.is_final()))
            .cloned())
    }
}
