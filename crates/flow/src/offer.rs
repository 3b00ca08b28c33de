//! What kinds of offers there are: the billing action that carries one out, or a person; and a company's own offers.

use kale_domain::id::OfferId;
use serde::{Deserialize, Serialize};

mod terms;

pub use self::terms::{
    Amount, ChangePlan, ChangeQuantity, Custom, Days, Discount, Nothing, OfferTerms, Pause, Refund,
};
use crate::check::OfferState;

/// The kind of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "the names are those of the billing actions they carry out"
)]
pub enum OfferKind {
    Pause,
    ChangePlan,
    ChangeQuantity,
    ApplyDiscount,
    ExtendTrial,
    PostponeBilling,
    Reactivate,
    Refund,
    Credit,
    PaymentLink,
    /// A person does it.
    Contact,
    /// The company's own.
    Custom,
}

impl OfferKind {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Pause,
        Self::ChangePlan,
        Self::ChangeQuantity,
        Self::ApplyDiscount,
        Self::ExtendTrial,
        Self::PostponeBilling,
        Self::Reactivate,
        Self::Refund,
        Self::Credit,
        Self::PaymentLink,
        Self::Contact,
        Self::Custom,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::ChangePlan => "change_plan",
            Self::ChangeQuantity => "change_quantity",
            Self::ApplyDiscount => "apply_discount",
            Self::ExtendTrial => "extend_trial",
            Self::PostponeBilling => "postpone_billing",
            Self::Reactivate => "reactivate",
            Self::Refund => "refund",
            Self::Credit => "credit",
            Self::PaymentLink => "payment_link",
            Self::Contact => "contact",
            Self::Custom => "custom",
        }
    }
}

/// An offer of a company: recorded where it is accepted, carried out by a person until billing is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Its identity, which never changes.
    pub id: OfferId,
    /// What staff call it.
    pub name: String,
    /// What it is, exactly.
    pub terms: OfferTerms,
    /// Whether it can't be offered any more. Past sessions keep it.
    pub archived: bool,
    /// Grows by one with every change.
    pub version: u64,
}

impl Offer {
    /// What the checks ask of it.
    #[must_use]
    pub fn state(&self) -> OfferState {
        OfferState {
            kind: self.terms.kind(),
            unavailable: self.archived.then(|| "it was archived".to_owned()),
        }
    }
}
