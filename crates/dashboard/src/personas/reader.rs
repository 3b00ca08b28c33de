//! What the pages of personas are read from.

use std::collections::BTreeMap;

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use futures::{FutureExt as _, future::LocalBoxFuture};
use kale_application::{
    companies::Companies, customers::Customers, live::JobFilter, personas::Personas, uploads::Uploads,
    work::Work,
};
use kale_domain::{
    access::Permission,
    attribute::AttributeKey,
    upload::{Target, Upload},
};
use kale_web::Problem;

use super::subjects::Subjects;
use crate::{
    frame::Here,
    jobs::{Place, words},
    view::parts::JobProgress,
};

/// The latest files that are looked into for values that occur.
const FILES: u32 = 3;

/// The use cases that a page of personas asks.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(super) personas: Data<Personas>,
    pub(super) customers: Data<Customers>,
    pub(super) companies: Data<Companies>,
    uploads: Data<Uploads>,
    work: Data<Work>,
}

impl FromRequest for Reader {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move {
            Ok(Self {
                personas: Data::extract(&request).await?,
                customers: Data::extract(&request).await?,
                companies: Data::extract(&request).await?,
                uploads: Data::extract(&request).await?,
                work: Data::extract(&request).await?,
            })
        }
        .boxed_local()
    }
}

impl Reader {
    /// What conditions can be about.
    pub(super) async fn subjects<P>(&self, here: &Here<P>) -> Result<Subjects, Problem> {
        let definitions = self.customers.attributes(here.reach()).await?;
        let samples = self.samples(here).await?;
        Ok(Subjects::of(&definitions, &samples, here.company()?.currency))
    }

    /// Values that occur, from the profiles of the latest files: counting all of them would take long.
    async fn samples<P>(&self, here: &Here<P>) -> Result<BTreeMap<AttributeKey, Vec<String>>, Problem> {
        let mut samples = BTreeMap::new();
        if here.may(Permission::ReadUploads) {
            for upload in self.uploads.list(here.tenant(), FILES, None).await? {
                for (key, values) in sampled(upload) {
                    samples.entry(key).or_insert(values);
                }
            }
        }
        Ok(samples)
    }

    /// The rules being applied just now, as far as this person may know.
    pub(super) async fn running<P>(&self, here: &Here<P>) -> Result<Option<JobProgress>, Problem> {
        if !here.may(Permission::ReadJobs) {
            return Ok(None);
        }
        let filter = JobFilter {
            kind: Some("assign_personas".to_owned()),
            ..JobFilter::default()
        };
        let jobs = self.work.list(here.tenant(), &filter, 5, None).await?;
        let running = jobs.iter().find(|job| !job.state.is_final());
        Ok(running.map(|job| {
            let place = Place {
                title: words::doing(&job.kind, ""),
                refresh: "/personas".to_owned(),
                target: "#personas",
                may_cancel: true,
            };
            place.progress(job, here.caller())
        }))
    }
}

fn sampled(upload: Upload) -> Vec<(AttributeKey, Vec<String>)> {
    let (Some(profile), Some(mapping)) = (upload.profile, upload.mapping) else {
        return Vec::new();
    };
    let of = |column: kale_domain::upload::ColumnProfile| match &mapping.columns.get(&column.header)?.to {
        Target::Attribute(key) => Some((key.clone(), column.samples)),
        _ => None,
    };
    profile.columns.into_iter().filter_map(of).collect()
}
