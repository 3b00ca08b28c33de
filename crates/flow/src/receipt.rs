//! What a walk that ended comes to, for the receipt: data only, no words.

use serde::Serialize;

use crate::{
    offer::OfferKind,
    outcome::Outcome,
    version::FlowVersion,
    walk::{Decision, Walk},
};
use kale_domain::id::{CardId, ElementId, OfferId};
use kale_domain::reason::ReasonKey;

/// What was decided, exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// How the walk ended; `None` while it has not.
    pub outcome: Option<Outcome>,
    /// The offers whose promise stands. None where the subscriber cancelled after all.
    pub promised: Vec<Promised>,
    /// The cards on which a person was asked to take over.
    pub handed_off: Vec<CardId>,
    /// The reasons given, in the order of the cards.
    pub reasons: Vec<ReasonKey>,
}

/// An offer that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Promised {
    /// On which card.
    pub card: CardId,
    /// In which element.
    pub element: ElementId,
    /// What kind it is.
    pub kind: OfferKind,
    /// The company's offer; `None` in a preview of a template.
    pub offer: Option<OfferId>,
}

impl Receipt {
    /// Of a walk.
    #[must_use]
    pub fn of(version: &FlowVersion, walk: &Walk) -> Self {
        let outcome = walk.outcome();
        let accepted = |card: &CardId| walk.decisions.get(card) == Some(&Decision::Accepted);
        let offers = walk.offers.iter().filter(|offer| accepted(&offer.card));
        let promised = offers.filter(|_| outcome != Some(Outcome::Cancelled));
        let handed_off = version
            .cards()
            .iter()
            .filter(|card| accepted(&card.id) && matches!(card.kind, crate::card::CardKind::HandOff(_)));
        Self {
            outcome,
            promised: promised
                .map(|offer| Promised {
                    card: offer.card,
                    element: offer.element,
                    kind: offer.kind,
                    offer: offer.offer,
                })
                .collect(),
            handed_off: handed_off.map(|card| card.id).collect(),
            reasons: reasons(version, walk),
        }
    }
}

/// The reasons that the answers on the way stand for.
#[must_use]
pub fn reasons(version: &FlowVersion, walk: &Walk) -> Vec<ReasonKey> {
    let counting = walk.counting();
    let mut found = Vec::new();
    for card in version.cards().iter().filter(|card| counting.contains(&card.id)) {
        for element in &card.elements {
            let chosen = walk
                .answers
                .get(&element.id)
                .map_or(&[][..], |answer| answer.options());
            let options = element.kind.options().iter();
            let reasons = options.filter(|option| chosen.contains(&option.id));
            for reason in reasons.filter_map(|option| option.reason.as_ref()) {
                if !found.contains(reason) {
                    found.push(reason.clone());
                }
            }
        }
    }
    found
}
