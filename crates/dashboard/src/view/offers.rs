//! What a company offers.

use askama::Template;

use super::{
    form::{Field, Problems, Stale},
    parts::{Empty, Link},
    shell::Shell,
};

/// One offer of the list.
#[derive(Debug)]
pub struct OfferRow {
    /// The id: `ofr_…`.
    pub id: String,
    /// What staff call it.
    pub name: String,
    /// `Pause`
    pub kind: &'static str,
    /// Its terms in a few words; empty where it has none.
    pub says: String,
    /// Whether it can't be offered any more.
    pub archived: bool,
}

/// The offers.
#[derive(Debug, Template)]
#[template(path = "offers.html")]
pub struct OffersPage {
    /// What stands around it.
    pub shell: Shell,
    /// The offers, newest first.
    pub offers: Vec<OfferRow>,
    /// What stands in place of offers.
    pub empty: Empty,
    /// Whether this person may change them.
    pub may_manage: bool,
}

/// Which kind a new offer is.
#[derive(Debug, Template)]
#[template(path = "offer_kinds.html")]
pub struct OffersKindsPage {
    /// What stands around it.
    pub shell: Shell,
    /// The kinds.
    pub kinds: Vec<Link>,
}

/// One offer, or one to be made.
#[derive(Debug, Template)]
#[template(path = "offer.html")]
pub struct OfferPage {
    /// What stands around it.
    pub shell: Shell,
    /// What staff call it.
    pub title: String,
    /// The id; empty where it is to be made.
    pub id: String,
    /// What kind it is: `pause`; never changed.
    pub kind: &'static str,
    /// `Pause`
    pub kind_label: &'static str,
    /// Whether it can't be offered any more.
    pub archived: bool,
    /// The version, for `_etag`.
    pub etag: String,
    /// What was wrong with the form when it was sent.
    pub problems: Problems,
    /// Somebody else changed it in between.
    pub stale: Option<Stale>,
    /// The field `name`.
    pub name: Field,
    /// The fields `params.months` …
    pub params: Vec<Field>,
}
