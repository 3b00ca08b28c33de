//! A card: one step of a template or workflow.

use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap as _};
use serde_json::{Map, Value};

use crate::{
    condition::Condition,
    element::Element,
    outcome::Outcome,
    read::{Reader, step},
    text::Text,
};
use kale_domain::id::{BranchId, CardId};

/// How deep lanes may nest; a card of the tree itself is at 1.
pub const MAX_DEPTH: usize = 6;

/// One step. After it comes the first branch whose condition holds, else the next card of its lane; after the last card of
/// a lane, the card after the lane's parent: lanes rejoin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Its identity, which never changes.
    pub id: CardId,
    /// What it is, with its settings.
    pub kind: CardKind,
    /// What it says first.
    pub title: Text,
    /// What it holds, in order.
    pub elements: Vec<Element>,
    /// The lanes below it, in the order in which their conditions are asked.
    pub branches: Vec<Branch>,
    /// It is passed over unless this is known to hold.
    pub visible_when: Option<Condition>,
    /// Whether a workflow made from its template may not change it.
    pub locked_by_template: bool,
}

/// A lane of cards under a condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Branch {
    /// Its identity, which never changes.
    pub id: BranchId,
    /// When it is taken: where this is known to hold, and no earlier branch was taken.
    pub when: Condition,
    /// Its cards; a lane without cards goes on after its parent.
    pub cards: Vec<Card>,
}

macro_rules! card_kinds {
    ($($(#[$meta:meta])* $variant:ident($settings:ty) = $name:literal;)+) => {
        /// What a card is. The list is closed: a survey is a question card with one single choice; intro, education and
        /// contact are message cards with a look.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum CardKind {
            $($(#[$meta])* $variant($settings),)+
        }

        impl CardKind {
            /// The names on the wire.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// The name on the wire.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name),+ }
            }

            pub(crate) fn read(name: &str, settings: &Value, at: &str, reader: &mut Reader) -> Option<Self> {
                match name {
                    $($name => reader.typed(settings, &step(at, "settings")).map(Self::$variant),)+
                    other => {
                        let shown: String = other.chars().take(64).collect();
                        let allowed = Self::NAMES.join(", ");
                        reader.wrong(
                            step(at, "kind"),
                            "unknown-card-kind",
                            format!("`{shown}` is no kind of card; allowed: {allowed}"),
                        )
                    }
                }
            }

            pub(crate) fn write_settings<M: serde::ser::SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                match self { $(Self::$variant(settings) => map.serialize_entry("settings", settings)),+ }
            }
        }
    };
}

card_kinds! {
    /// Says something.
    Message(Message) = "message";
    /// Asks something.
    Question(Question) = "question";
    /// Makes one offer.
    Offer(OfferCard) = "offer";
    /// Where the subscriber cancels. Every other card has a way to it in one post.
    Confirm(Confirm) = "confirm";
    /// Asks a person to take over.
    HandOff(HandOff) = "hand_off";
    /// Is never shown: goes on elsewhere.
    Jump(Jump) = "jump";
    /// Ends the walk.
    Outcome(OutcomeCard) = "outcome";
}

/// Settings of a message card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Message {
    /// How it is drawn.
    pub look: Look,
    /// The button that goes on.
    pub next: Text,
}

/// How a message card is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Look {
    #[default]
    Plain,
    Intro,
    Education,
    Contact,
}

/// Settings of a question card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Question {
    /// The button that sends the answers.
    pub next: Text,
    /// The button that goes on without answers; blank: there is none.
    pub skip: Text,
}

/// Settings of an offer card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OfferCard {
    /// The button that takes the offer.
    pub accept: Text,
    /// The button that does not; as readable as the other one.
    pub decline: Text,
    /// Whether it stands in for an offer before it, and is dropped where only so many offers are allowed.
    pub fallback: bool,
}

/// Settings of a confirm card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Confirm {
    /// The button that cancels; also what the way to this card is called on every other card.
    pub cancel: Text,
    /// The button that keeps the subscription.
    pub keep: Text,
}

/// Settings of a hand-off card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HandOff {
    /// The button that asks for a person.
    pub accept: Text,
    /// The button that does not.
    pub decline: Text,
}

/// Settings of a jump.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jump {
    /// A later card in document order, or an outcome; so there are no cycles.
    pub to: CardId,
}

/// Settings of an outcome card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeCard {
    /// How the walk ends here.
    pub outcome: Outcome,
}

impl Card {
    /// A card that says nothing yet.
    #[must_use]
    pub fn new(id: CardId, kind: CardKind) -> Self {
        Self {
            id,
            kind,
            title: Text::default(),
            elements: Vec::new(),
            branches: Vec::new(),
            visible_when: None,
            locked_by_template: false,
        }
    }

    /// Reads a card with everything below it; `base` is its JSON pointer.
    pub fn parse(value: &Value, base: &str) -> Result<Self, Vec<kale_domain::error::FieldError>> {
        let mut reader = Reader::default();
        let card = Self::read(value, base, 1, &mut reader);
        reader.finish(card)
    }

    /// This card and all below it, in document order.
    #[must_use]
    pub fn subtree(&self) -> Vec<&Self> {
        let mut found = vec![self];
        for branch in &self.branches {
            for card in &branch.cards {
                found.extend(card.subtree());
            }
        }
        found
    }

    pub(crate) fn read(value: &Value, at: &str, depth: usize, reader: &mut Reader) -> Option<Self> {
        if depth > MAX_DEPTH {
            return reader.wrong(
                at,
                "tree-too-deep",
                format!("lanes may nest {MAX_DEPTH} deep; this is one deeper"),
            );
        }
        let written: Written = reader.typed(value, at)?;
        let settings = written.settings.unwrap_or_else(|| Value::Object(Map::new()));
        let kind = CardKind::read(&written.kind, &settings, at, reader);
        let elements = list(&written.elements, &step(at, "elements"), |value, at| {
            Element::read(value, at, reader)
        });
        let branches = list(&written.branches, &step(at, "branches"), |value, at| {
            Branch::read(value, at, depth, reader)
        });
        let visible_when = match &written.visible_when {
            Some(value) => Some(Condition::read(value, &step(at, "visible_when"), reader)?),
            None => None,
        };
        Some(Self {
            id: written.id,
            kind: kind?,
            title: written.title,
            elements: elements?,
            branches: branches?,
            visible_when,
            locked_by_template: written.locked_by_template,
        })
    }
}

impl Branch {
    /// Reads a branch with everything below it; `base` is its JSON pointer.
    pub fn parse(value: &Value, base: &str) -> Result<Self, Vec<kale_domain::error::FieldError>> {
        let mut reader = Reader::default();
        let branch = Self::read(value, base, 1, &mut reader);
        reader.finish(branch)
    }

    pub(crate) fn read(value: &Value, at: &str, depth: usize, reader: &mut Reader) -> Option<Self> {
        let written: WrittenBranch = reader.typed(value, at)?;
        let when = Condition::read(&written.when, &step(at, "when"), reader);
        let cards = list(&written.cards, &step(at, "cards"), |value, at| {
            Card::read(value, at, depth + 1, reader)
        });
        Some(Self {
            id: written.id,
            when: when?,
            cards: cards?,
        })
    }
}

/// Reads all of a list, so that the mistakes of every item are told.
pub(crate) fn list<T>(
    values: &[Value],
    at: &str,
    mut read: impl FnMut(&Value, &str) -> Option<T>,
) -> Option<Vec<T>> {
    let items: Vec<T> = values
        .iter()
        .enumerate()
        .filter_map(|(index, value)| read(value, &format!("{at}/{index}")))
        .collect();
    (items.len() == values.len()).then_some(items)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: CardId,
    kind: String,
    #[serde(default)]
    title: Text,
    #[serde(default)]
    elements: Vec<Value>,
    #[serde(default)]
    branches: Vec<Value>,
    #[serde(default)]
    visible_when: Option<Value>,
    #[serde(default)]
    locked_by_template: bool,
    #[serde(default)]
    settings: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBranch {
    id: BranchId,
    when: Value,
    #[serde(default)]
    cards: Vec<Value>,
}

impl Serialize for Card {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("kind", self.kind.name())?;
        map.serialize_entry("title", &self.title)?;
        map.serialize_entry("elements", &self.elements)?;
        map.serialize_entry("branches", &self.branches)?;
        if let Some(condition) = &self.visible_when {
            map.serialize_entry("visible_when", condition)?;
        }
        map.serialize_entry("locked_by_template", &self.locked_by_template)?;
        self.kind.write_settings(&mut map)?;
        map.end()
    }
}
