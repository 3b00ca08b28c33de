//! A version of a workflow, ready to be walked: immutable, numbered, its conditions typed.

use std::collections::BTreeMap;

use kale_domain::attribute::{AttributeKey, AttributeType};
use kale_rules::{
    check::{Schema, resolve},
    expression::Expression,
};

use crate::{
    card::{Card, CardKind},
    condition::{Asked, Condition},
    element::ElementKind,
    layout::Layout,
    paths::Paths,
    tree::CardTree,
};

/// One version, prepared.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowVersion {
    number: u32,
    offers_allowed: usize,
    /// In document order.
    cards: Vec<Card>,
    layout: Layout,
    /// The conditions of each card's branches.
    branches: Vec<Vec<Expression>>,
    visible: Vec<Option<Expression>>,
    /// How many cards the longest way from each one shows.
    longest: Vec<usize>,
}

impl FlowVersion {
    /// Prepares a tree.
    ///
    /// `schema` is the company's; a condition that does not fit its data any more holds for nobody. `offers_allowed` is
    /// what the exit profiles in force when it was published allow in one walk.
    #[must_use]
    pub fn new(number: u32, tree: &CardTree, schema: &Schema, offers_allowed: usize) -> Self {
        let schema = walk_schema(schema, tree);
        let typed = |condition: &Condition| resolve(condition.rule(), &schema);
        let cards: Vec<Card> = tree.all().into_iter().cloned().collect();
        let branches = cards
            .iter()
            .map(|card| card.branches.iter().map(|branch| typed(&branch.when)).collect());
        let visible = cards.iter().map(|card| card.visible_when.as_ref().map(typed));
        let layout = tree.layout();
        let all = tree.all();
        let shown = |card: &Card| usize::from(!matches!(card.kind, CardKind::Jump(_)));
        let longest = Paths::new(&all, &layout).heaviest(shown);
        Self {
            number,
            offers_allowed,
            branches: branches.collect(),
            visible: visible.collect(),
            longest,
            layout,
            cards,
        }
    }

    /// Its number.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// How many offers one walk may show.
    #[must_use]
    pub const fn offers_allowed(&self) -> usize {
        self.offers_allowed
    }

    /// Its cards in document order, each with what is below it.
    #[must_use]
    pub fn cards(&self) -> &[Card] {
        &self.cards
    }

    /// Where each card stands.
    #[must_use]
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// One card.
    #[must_use]
    pub fn card(&self, id: kale_domain::id::CardId) -> Option<&Card> {
        self.layout.number(id).and_then(|number| self.cards.get(number))
    }

    pub(crate) fn branches(&self, number: usize) -> &[Expression] {
        self.branches.get(number).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn visible(&self, number: usize) -> Option<&Expression> {
        self.visible.get(number).and_then(Option::as_ref)
    }

    pub(crate) fn longest_from(&self, number: usize) -> usize {
        self.longest.get(number).copied().unwrap_or(1)
    }

    /// The number of the confirm card.
    pub(crate) fn confirm(&self) -> Option<usize> {
        self.cards
            .iter()
            .position(|card| matches!(card.kind, CardKind::Confirm(_)))
    }
}

/// The company's schema, with the answers and decisions of this tree as facts.
#[must_use]
pub fn walk_schema(schema: &Schema, tree: &CardTree) -> Schema {
    let mut schema = schema.clone();
    let facts: BTreeMap<AttributeKey, AttributeType> =
        tree.all()
            .into_iter()
            .flat_map(|card| {
                let answers = card.elements.iter().filter_map(|element| {
                    Some((Asked::Answer(element.id).key()?, answer_type(&element.kind)?))
                });
                let decision = Asked::Decision(card.id)
                    .key()
                    .map(|key| (key, AttributeType::Text));
                answers.chain(decision).collect::<Vec<_>>()
            })
            .collect();
    schema.attributes.extend(facts);
    schema
}

/// What type of fact the answer to an element is.
const fn answer_type(kind: &ElementKind) -> Option<AttributeType> {
    match kind {
        ElementKind::SingleChoice(_)
        | ElementKind::MultiChoice(_)
        | ElementKind::ShortText(_)
        | ElementKind::LongText(_) => Some(AttributeType::Text),
        ElementKind::Rating(_) => Some(AttributeType::Integer),
        ElementKind::Checkbox(_) | ElementKind::CallToAction(_) => Some(AttributeType::Boolean),
        ElementKind::Heading(_) | ElementKind::Text(_) | ElementKind::Offer(_) => None,
    }
}
