//! What is told of subscribers, one thing at a time: user events. The names that Kale gives are a closed list, which
//! stands here and nowhere else.

use jiff::Timestamp;
use kale_domain::id::{CardId, CustomerId, ElementId, SessionId};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::effect::Effect;

macro_rules! names {
    ($($(#[$meta:meta])* $name:ident = $wire:literal;)+) => {
        /// What happens in a session.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum SessionEvent {
            $($(#[$meta])* $name,)+
        }

        impl SessionEvent {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The name on the wire.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $wire),+ }
            }
        }
    };
}

names! {
    /// A session began.
    Started = "session.started";
    /// Somebody came back to an abandoned one.
    Resumed = "session.resumed";
    /// It is over: by an outcome, or because nobody came back.
    Ended = "session.ended";
    /// A card was shown.
    CardViewed = "card.viewed";
    /// An element was answered, or answered otherwise.
    ElementAnswered = "element.answered";
    /// An offer was shown for the first time.
    OfferShown = "offer.shown";
    /// An offer was taken.
    OfferAccepted = "offer.accepted";
    /// An offer was not taken.
    OfferDeclined = "offer.declined";
    /// A call to action was followed.
    CtaClicked = "cta.clicked";
    /// A person was asked to take over.
    HandoverRequested = "handover.requested";
    /// A person took over.
    HandoverTaken = "handover.taken";
}

/// Beginnings of names that no program may give to events of its own: they are Kale's.
pub const RESERVED: [&str; 6] = ["session.", "card.", "element.", "offer.", "cta.", "handover."];
/// The beginning of what the viewer itself tells from inside a session.
pub const UI: &str = "ui.";

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserEvent {
    /// Its identity in the company, made by whoever tells it: told twice, it is one.
    pub id: Uuid,
    /// The session it happened in.
    pub session: Option<SessionId>,
    /// The customer it happened to.
    pub customer: Option<CustomerId>,
    /// What happened.
    pub name: String,
    /// When it happened.
    pub at: Timestamp,
    /// When Kale learnt of it.
    pub received_at: Timestamp,
    /// More about it.
    pub properties: Map<String, Value>,
    /// The card it happened on.
    pub card: Option<CardId>,
    /// The element it happened to.
    pub element: Option<ElementId>,
}

/// The identity of what happened in a session at a step: the same wherever and however often it is worked out.
#[must_use]
pub fn event_id(session: SessionId, step: u32, position: u32) -> Uuid {
    identity(
        b"kale event\0",
        session,
        &[step.to_be_bytes(), position.to_be_bytes()].concat(),
    )
}

/// The identity of what happened in a session beside its steps, in the change of that revision.
#[must_use]
pub(crate) fn beside_id(session: SessionId, revision: u64, position: u32) -> Uuid {
    let place = [revision.to_be_bytes().as_slice(), &position.to_be_bytes()].concat();
    identity(b"kale event beside\0", session, &place)
}

fn identity(what: &[u8], session: SessionId, place: &[u8]) -> Uuid {
    let hash: [u8; 32] = Sha256::new()
        .chain_update(what)
        .chain_update(session.uuid().as_bytes())
        .chain_update(place)
        .finalize()
        .into();
    let (head, _) = hash.split_at(16);
    let bytes = head.try_into().unwrap_or([0; 16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// What an effect is called, where it is told at all, and its card, element and properties.
pub(crate) type Told = (
    SessionEvent,
    Option<CardId>,
    Option<ElementId>,
    Map<String, Value>,
);

/// How an effect is told. A decision on the confirm card, and the way to it, are no events: the session's outcome says it.
pub(crate) fn told(effect: &Effect) -> Option<Told> {
    let (name, card, element) = match *effect {
        Effect::Started => (SessionEvent::Started, None, None),
        Effect::Resumed => (SessionEvent::Resumed, None, None),
        Effect::CardViewed { card } => (SessionEvent::CardViewed, Some(card), None),
        Effect::Answered { card, element } => (SessionEvent::ElementAnswered, Some(card), Some(element)),
        Effect::CallFollowed { card, element } => (SessionEvent::CtaClicked, Some(card), Some(element)),
        Effect::OfferShown { card } => (SessionEvent::OfferShown, Some(card), None),
        Effect::OfferAccepted { card } => (SessionEvent::OfferAccepted, Some(card), None),
        Effect::OfferDeclined { card } => (SessionEvent::OfferDeclined, Some(card), None),
        Effect::HandOffAsked { card } => (SessionEvent::HandoverRequested, Some(card), None),
        Effect::Ended { .. } => (SessionEvent::Ended, None, None),
        Effect::Decided { .. } | Effect::CancelAsked { .. } | Effect::Cancelled { .. } => return None,
    };
    let mut properties = Map::new();
    if let Effect::Ended { outcome } = effect {
        properties.insert("outcome".to_owned(), json!(outcome.name()));
    }
    Some((name, card, element, properties))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_of_ours_begins_so_that_no_program_may_use_it() {
        for event in SessionEvent::ALL {
            let name = event.name();
            assert!(
                RESERVED.iter().any(|reserved| name.starts_with(reserved)),
                "{name}"
            );
        }
        assert!(!RESERVED.contains(&UI));
    }

    #[test]
    fn what_happened_has_one_identity_and_nothing_else_has_it() {
        let session = |n| SessionId::from_uuid(Uuid::from_u128(n));
        let mut seen = BTreeSet::new();
        for id in 0..4 {
            for step in 0..20 {
                for position in 0..10 {
                    assert!(seen.insert(event_id(session(id), step, position)));
                    assert!(seen.insert(beside_id(session(id), step.into(), position)));
                }
            }
        }
        assert_eq!(event_id(session(1), 2, 3), event_id(session(1), 2, 3));
        assert_eq!(event_id(session(1), 2, 3).get_version_num(), 8);
    }
}
