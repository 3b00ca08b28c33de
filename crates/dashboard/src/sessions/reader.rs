//! What the pages of sessions are read from.

use std::collections::BTreeMap;

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use futures::{FutureExt as _, future::LocalBoxFuture};
use kale_application::{
    customers::Customers, offers::Offers, personas::Personas, reasons::Reasons, sessions::Sessions,
    workflows::Workflows,
};
use kale_domain::{
    access::Permission,
    id::{CustomerId, OfferId, WorkflowId},
    reason::ReasonKey,
};
use kale_web::Problem;

use crate::frame::Here;

/// How many workflows a list of sessions is narrowed by at most: the newest.
const WORKFLOWS: u32 = 200;

/// The use cases that a page of sessions asks.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(super) sessions: Data<Sessions>,
    pub(super) personas: Data<Personas>,
    customers: Data<Customers>,
    workflows: Data<Workflows>,
    reasons: Data<Reasons>,
    offers: Data<Offers>,
}

impl FromRequest for Reader {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move {
            Ok(Self {
                sessions: Data::extract(&request).await?,
                personas: Data::extract(&request).await?,
                customers: Data::extract(&request).await?,
                workflows: Data::extract(&request).await?,
                reasons: Data::extract(&request).await?,
                offers: Data::extract(&request).await?,
            })
        }
        .boxed_local()
    }
}

impl Reader {
    /// What these customers are called, for those who may see customers.
    pub(super) async fn customers<P>(
        &self,
        here: &Here<P>,
        ids: &[CustomerId],
    ) -> Result<BTreeMap<CustomerId, String>, Problem> {
        if ids.is_empty() || !here.may(Permission::ReadCustomers) {
            return Ok(BTreeMap::new());
        }
        Ok(self.customers.labels(here.reach(), ids).await?)
    }

    /// What the workflows are called, newest first, for those who may see workflows.
    pub(super) async fn workflows<P>(&self, here: &Here<P>) -> Result<Vec<(WorkflowId, String)>, Problem> {
        if !here.may(Permission::ReadWorkflows) {
            return Ok(Vec::new());
        }
        let all = self.workflows.list(here.tenant(), None, WORKFLOWS, None).await?;
        Ok(all
            .into_iter()
            .map(|workflow| (workflow.id, workflow.name))
            .collect())
    }

    /// What the offers are called, for those who may see offers.
    pub(super) async fn offers<P>(&self, here: &Here<P>) -> Result<BTreeMap<OfferId, String>, Problem> {
        if !here.may(Permission::ReadOffers) {
            return Ok(BTreeMap::new());
        }
        let all = self.offers.list(here.tenant()).await?;
        Ok(all.into_iter().map(|offer| (offer.id, offer.name)).collect())
    }

    /// What the reasons are called, for those who may see reasons.
    pub(super) async fn reasons<P>(&self, here: &Here<P>) -> Result<BTreeMap<ReasonKey, String>, Problem> {
        if !here.may(Permission::ReadReasons) {
            return Ok(BTreeMap::new());
        }
        let all = self.reasons.list(here.tenant()).await?;
        Ok(all.into_iter().map(|reason| (reason.key, reason.title)).collect())
    }
}
