//! The page of one offer.

use kale_application::offers::{Offer, OfferKind};
use kale_domain::{error::FieldError, id::OfferId, money::Currency};
use kale_web::{etag::etag, permission::ManageOffers};

use super::params::{self, Shape};
use crate::{
    frame::Here,
    view::{
        form::{Field, Problems, Stale},
        offers::{OfferPage, OffersKindsPage},
        parts::Link,
        shell::{Crumb, Section, Shell},
    },
    words::{quoted, sentence},
    workflows::offer_label,
};

/// What stands in the form.
pub(super) struct Typed {
    pub(super) kind: OfferKind,
    pub(super) name: String,
    pub(super) params: params::Typed,
    pub(super) currency: Currency,
}

impl Typed {
    /// As an offer stands. Its amounts stay in their currency.
    pub(super) fn of(offer: &Offer, company: Currency) -> Self {
        Self {
            kind: offer.terms.kind(),
            name: offer.name.clone(),
            params: params::typed(&offer.terms),
            currency: params::currency(&offer.terms).unwrap_or(company),
        }
    }
}

fn shell(here: &Here<ManageOffers>, title: &str) -> Shell {
    let mut shell = here.shell(Section::Offers, title);
    shell.crumbs = vec![Crumb {
        label: "Offers".to_owned(),
        href: "/offers".to_owned(),
    }];
    shell
}

/// Which kind a new one is.
pub(super) fn kinds(here: &Here<ManageOffers>) -> OffersKindsPage {
    let kinds = OfferKind::ALL.into_iter();
    OffersKindsPage {
        shell: shell(here, "New offer"),
        kinds: kinds
            .map(|kind| Link::new(offer_label(kind), format!("/offers/new?kind={}", kind.name())))
            .collect(),
    }
}

/// The page of an offer, or of one to be made.
pub(super) fn page(
    here: &Here<ManageOffers>,
    offer: Option<&Offer>,
    typed: &Typed,
    wrong: &[FieldError],
    stale: Option<Stale>,
) -> OfferPage {
    let wrong: Vec<FieldError> = wrong
        .iter()
        .map(|error| {
            let message = sentence(&quoted(&error.message));
            FieldError::new(error.pointer.clone(), error.code.clone(), message)
        })
        .collect();
    let problems = Problems::of(&wrong);
    let title = offer.map_or("New offer", |offer| offer.name.as_str());
    let fields = params::of(typed.kind)
        .iter()
        .map(|(name, shape, _, label, hint)| {
            let at = format!("params.{name}");
            let label = match shape {
                Shape::Money => format!("{label}, in {}", typed.currency.code()),
                Shape::Whole | Shape::Text => (*label).to_owned(),
            };
            let error = problems.at(&at);
            let value = typed.params.get(name).cloned().unwrap_or_default();
            Field::new(at, label).value(value).hint(*hint).error(error)
        });
    OfferPage {
        shell: shell(here, title),
        title: title.to_owned(),
        id: offer.map(|offer| offer.id.to_string()).unwrap_or_default(),
        kind: typed.kind.name(),
        kind_label: offer_label(typed.kind),
        archived: offer.is_some_and(|offer| offer.archived),
        etag: etag(offer.map_or(0, |offer| offer.version)),
        name: Field::new("name", "Name")
            .value(typed.name.clone())
            .hint("What your team calls it")
            .error(problems.at("name")),
        params: fields.collect(),
        problems,
        stale,
    }
}

pub(super) fn stale(id: OfferId) -> Stale {
    Stale {
        text: "Somebody changed this offer in between.".to_owned(),
        theirs: format!("/offers/{id}"),
    }
}
