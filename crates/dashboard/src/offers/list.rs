//! `GET /offers`

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::offers::{Offer, Offers};
use kale_domain::access::Permission;
use kale_web::{NoQuery, Problem, permission::ReadOffers};

use super::params;
use crate::{
    frame::Here,
    view::{
        offers::{OfferRow, OffersPage},
        parts::{Empty, Link},
        shell::Section,
    },
    workflows::offer_label,
};

#[tracing::instrument(name = "dashboard.offers.list", skip_all)]
pub(crate) async fn handle(
    here: Here<ReadOffers>,
    offers: Data<Offers>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let all = offers.list(here.tenant()).await?;
    let may_manage = here.may(Permission::ManageOffers);
    let page = OffersPage {
        shell: here.shell(Section::Offers, "Offers"),
        offers: all.iter().map(row).collect(),
        empty: Empty {
            icon: "tag",
            text: "No offers yet. A workflow shows one on an offer card.".to_owned(),
            action: may_manage.then(|| Link::new("New offer", "/offers/new")),
            other: None,
        },
        may_manage,
    };
    here.frame.page(StatusCode::OK, page.render())
}

fn row(offer: &Offer) -> OfferRow {
    OfferRow {
        id: offer.id.to_string(),
        name: offer.name.clone(),
        kind: offer_label(offer.terms.kind()),
        says: params::said(&offer.terms),
        archived: offer.archived,
    }
}
