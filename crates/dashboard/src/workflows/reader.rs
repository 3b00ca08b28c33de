//! What the pages of workflows are read from.

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use futures::{FutureExt as _, future::LocalBoxFuture};
use kale_application::{
    companies::Companies,
    offers::Offers,
    reasons::Reasons,
    templates::Templates,
    workflows::{Workflow, Workflows},
};
use kale_domain::audit::Actor;
use kale_web::Problem;

use crate::{frame::Here, people::People};

/// The use cases that a page of workflows asks.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(super) workflows: Data<Workflows>,
    pub(super) templates: Templates,
    pub(super) offers: Data<Offers>,
    pub(super) reasons: Data<Reasons>,
    companies: Data<Companies>,
}

impl FromRequest for Reader {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move {
            Ok(Self {
                workflows: Data::extract(&request).await?,
                templates: Templates,
                offers: Data::extract(&request).await?,
                reasons: Data::extract(&request).await?,
                companies: Data::extract(&request).await?,
            })
        }
        .boxed_local()
    }
}

impl Reader {
    /// The names of the company's people.
    pub(super) async fn people<P>(&self, here: &Here<P>) -> Result<People, Problem> {
        People::of(&self.companies, here.tenant(), here.caller()).await
    }
}

/// Who changed it last, and when: `Ada Okafor, 6 min ago`.
pub(super) fn changed<P>(here: &Here<P>, people: &People, workflow: &Workflow) -> String {
    match &workflow.edited {
        Some(edit) if edit.at >= workflow.updated_at => {
            let name = match &edit.by {
                Actor::User { id } => people.person(*id),
                Actor::ApiKey { .. } => "A program".to_owned(),
                Actor::System => "Kale".to_owned(),
                Actor::Erased => "Somebody".to_owned(),
            };
            format!("{name}, {}", here.ago(edit.at))
        }
        _ => format!("Changed {}", here.ago(workflow.updated_at)),
    }
}
