//! `GET /offers/new`, `GET /offers/{id}` and what people change: make, save, archive and bring back.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::offers::{NewOffer, Offer, OfferChanges, OfferError, OfferKind, Offers};
use kale_domain::{
    error::{Classify as _, ErrorKind},
    id::OfferId,
};
use kale_web::{NoQuery, Path, Problem, Query as Asked, permission::ManageOffers};
use serde::Deserialize;

use super::{
    page::{Typed, kinds, page, stale},
    params,
};
use crate::{
    frame::{Form, Here},
    view::parts::Tone,
};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    kind: Option<OfferKind>,
}

#[tracing::instrument(name = "dashboard.offers.blank", skip_all)]
pub(crate) async fn blank(
    here: Here<ManageOffers>,
    Asked(asked): Asked<Params>,
) -> Result<HttpResponse, Problem> {
    let Some(kind) = asked.kind else {
        return here.frame.page(StatusCode::OK, kinds(&here).render());
    };
    let typed = Typed {
        kind,
        name: String::new(),
        params: params::Typed::new(),
        currency: here.company()?.currency,
    };
    let page = page(&here, None, &typed, &[], None);
    here.frame.page(StatusCode::OK, page.render())
}

#[tracing::instrument(name = "dashboard.offers.show", skip_all)]
pub(crate) async fn show(
    here: Here<ManageOffers>,
    offers: Data<Offers>,
    Path(id): Path<OfferId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let offer = offers.get(here.tenant(), id).await?;
    let typed = Typed::of(&offer, here.company()?.currency);
    let page = page(&here, Some(&offer), &typed, &[], None);
    here.frame.page(StatusCode::OK, page.render())
}

#[tracing::instrument(name = "dashboard.offers.add", skip_all)]
pub(crate) async fn add(
    here: Here<ManageOffers>,
    offers: Data<Offers>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let kind = OfferKind::ALL
        .into_iter()
        .find(|kind| kind.name() == form.get("kind"));
    let Some(kind) = kind else {
        return here
            .frame
            .page(StatusCode::UNPROCESSABLE_ENTITY, kinds(&here).render());
    };
    let typed = Typed {
        kind,
        name: form.get("name").to_owned(),
        params: params::sent(kind, &form),
        currency: here.company()?.currency,
    };
    let made = match params::read(kind, &typed.params, typed.currency) {
        Ok(params) => {
            let new = NewOffer {
                name: typed.name.clone(),
                kind,
                params,
            };
            offers.create(here.tenant(), here.caller(), new).await
        }
        Err(wrong) => Err(OfferError::Invalid(wrong)),
    };
    match made {
        Ok(offer) => {
            let said = format!(
                "“{}” is made. It is shown where an offer card names it.",
                offer.name
            );
            Ok(here.frame.see_other_saying("/offers", said, Tone::Leaf))
        }
        Err(OfferError::Invalid(wrong)) => {
            let page = page(&here, None, &typed, &wrong, None);
            here.frame.page(StatusCode::UNPROCESSABLE_ENTITY, page.render())
        }
        Err(error) => Err(error.into()),
    }
}

#[tracing::instrument(name = "dashboard.offers.save", skip_all)]
pub(crate) async fn save(
    here: Here<ManageOffers>,
    offers: Data<Offers>,
    Path(id): Path<OfferId>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let there = offers.get(here.tenant(), id).await?;
    let kind = there.terms.kind();
    let typed = Typed {
        name: form.get("name").to_owned(),
        params: params::sent(kind, &form),
        ..Typed::of(&there, here.company()?.currency)
    };
    match params::read(kind, &typed.params, typed.currency) {
        Ok(params) => {
            let changes = OfferChanges {
                name: Some(typed.name.clone()),
                params: Some(params),
                archived: None,
            };
            change(&here, &offers, &there, &form, changes, &typed, "saved").await
        }
        Err(wrong) => {
            let page = page(&here, Some(&there), &typed, &wrong, None);
            here.frame.page(StatusCode::UNPROCESSABLE_ENTITY, page.render())
        }
    }
}

/// Archives it, or brings it back: the field `archived` says which.
#[tracing::instrument(name = "dashboard.offers.archive", skip_all)]
pub(crate) async fn archive(
    here: Here<ManageOffers>,
    offers: Data<Offers>,
    Path(id): Path<OfferId>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let there = offers.get(here.tenant(), id).await?;
    let archived = form.is_on("archived");
    let changes = OfferChanges {
        archived: Some(archived),
        ..OfferChanges::default()
    };
    let typed = Typed::of(&there, here.company()?.currency);
    let done = if archived { "archived" } else { "back" };
    change(&here, &offers, &there, &form, changes, &typed, done).await
}

async fn change(
    here: &Here<ManageOffers>,
    offers: &Offers,
    there: &Offer,
    form: &Form,
    changes: OfferChanges,
    typed: &Typed,
    done: &str,
) -> Result<HttpResponse, Problem> {
    let changed = offers
        .change(here.tenant(), here.caller(), there.id, form.version()?, changes)
        .await;
    let (status, wrong, theirs) = match changed {
        Ok(offer) => {
            let said = format!("“{}” is {done}.", offer.name);
            return Ok(here.frame.see_other_saying("/offers", said, Tone::Leaf));
        }
        Err(OfferError::Invalid(wrong)) => (StatusCode::UNPROCESSABLE_ENTITY, wrong, None),
        Err(error) if error.kind() == ErrorKind::Stale => {
            (StatusCode::PRECONDITION_FAILED, Vec::new(), Some(stale(there.id)))
        }
        Err(error) => return Err(error.into()),
    };
    let now = offers.get(here.tenant(), there.id).await?;
    let page = page(here, Some(&now), typed, &wrong, theirs);
    here.frame.page(status, page.render())
}
