//! What stands beside the cards when a card is chosen.

use kale_application::{
    offers::Offer,
    reasons::Reason,
    workflows::{Card, CardTree, Locale, Problem, card::CardKind, element::Element},
};

use super::{
    cards, elements,
    filled::Filled,
    fresh::{element_kinds, element_look},
    options,
    selection::Selection,
    spot::{Spot, described, lane_cards, spot_of, spots, standing},
    whens,
};
use crate::{
    frame::Form,
    view::{
        builder::{CardPanel, ElementForm, ElementRow, Finding, LaneRow, WhenSelect},
        form::{Choice, Field, Problems, Select},
        format,
        parts::Link,
    },
    words::{quoted, sentence},
    workflows::{conditions, outline, words},
};

/// The form that was sent and not kept.
#[derive(Debug, Default)]
pub(super) struct Sent<'a> {
    /// What was typed; `None` where nothing was sent.
    pub(super) form: Option<&'a Form>,
    /// What was wrong with it.
    pub(super) problems: Problems,
}

impl Sent<'_> {
    /// What was typed into the form that does this.
    fn typed(&self, verb: &str) -> Option<&Form> {
        let verb_of = |form: &Form| form.get("do").split(' ').next().unwrap_or_default() == verb;
        self.form.filter(|form| verb_of(form))
    }
}

/// What a panel is made from.
pub(super) struct Paneling<'a> {
    pub(super) workflow: &'a str,
    pub(super) tree: &'a CardTree,
    pub(super) locale: &'a Locale,
    pub(super) chosen: &'a Selection,
    pub(super) found: &'a [Problem],
    pub(super) offers: &'a [Offer],
    pub(super) reasons: &'a [Reason],
    pub(super) sent: &'a Sent<'a>,
}

impl Paneling<'_> {
    fn filled(&self, verb: &str) -> Filled<'_> {
        Filled {
            typed: self.sent.typed(verb),
            problems: &self.sent.problems,
            locale: self.locale,
        }
    }

    /// The panel of a card.
    pub(super) fn card(&self, card: &Card) -> CardPanel {
        let ends = matches!(card.kind, CardKind::Jump(_) | CardKind::Outcome(_));
        let spot = spot_of(self.tree, card.id).unwrap_or(Spot { lane: None, index: 0 });
        let cards = lane_cards(self.tree, spot.lane).unwrap_or_default();
        CardPanel {
            id: card.id.to_string(),
            look: words::card_look(card.kind.name()),
            title: outline::title(card, self.tree, self.locale),
            place: standing(self.tree, card.id, self.locale),
            close: self.chosen.nothing().href(self.workflow),
            locked: card.locked_by_template,
            problems: self.sent.problems.clone(),
            findings: self
                .found
                .iter()
                .filter(|problem| problem.card == Some(card.id))
                .map(|problem| finding(problem, None))
                .collect(),
            inputs: cards::inputs(card, self.tree, &self.filled("card")),
            elements: self.elements(card),
            element_kinds: element_kinds(card),
            lanes: self.lanes(card),
            new_lane: (!ends).then(|| self.when(card, None)),
            when: card.visible_when.as_ref().map_or_else(String::new, |when| {
                let when = conditions::sentence(when, self.tree, self.locale);
                format!("Shown only where this holds: {when}")
            }),
            to: self.to(card, spot),
            first: spot.index == 0,
            last: spot.index.saturating_add(1) >= cards.len(),
            preview: match card.kind {
                CardKind::Jump(_) => String::new(),
                _ => format!(
                    "/workflows/{}/preview?card={}&at={}",
                    self.workflow,
                    card.id,
                    self.tree.revision()
                ),
            },
        }
    }

    fn elements(&self, card: &Card) -> Vec<ElementRow> {
        let last = card.elements.len().saturating_sub(1);
        let row = |(index, element): (usize, &Element)| ElementRow {
            id: element.id.to_string(),
            look: element_look(element.kind.name()),
            text: outline::asked(element, self.locale).unwrap_or_default(),
            href: self.chosen.element(card.id, element.id).href(self.workflow),
            first: index == 0,
            last: index == last,
            form: (self.chosen.element == Some(element.id)).then(|| self.element(card, element)),
        };
        card.elements.iter().enumerate().map(row).collect()
    }

    fn element(&self, card: &Card, element: &Element) -> ElementForm {
        let filled = self.filled("element");
        let is_choice = matches!(element.kind.name(), "single_choice" | "multi_choice");
        ElementForm {
            inputs: elements::inputs(&element.kind, self.offers, &filled),
            options: is_choice.then(|| options::rows(element.kind.options(), self.reasons, &filled)),
            close: self.chosen.card(card.id).href(self.workflow),
        }
    }

    fn lanes(&self, card: &Card) -> Vec<LaneRow> {
        let last = card.branches.len().saturating_sub(1);
        let lanes = card.branches.iter().enumerate();
        let row = lanes.map(|(index, lane)| LaneRow {
            id: lane.id.to_string(),
            label: conditions::sentence(&lane.when, self.tree, self.locale),
            cards: format::count(
                u64::try_from(lane.cards.len()).unwrap_or(u64::MAX),
                "card",
                "cards",
            ),
            href: self.chosen.lane(card.id, lane.id).href(self.workflow),
            first: index == 0,
            last: index == last,
            form: (self.chosen.lane == Some(lane.id)).then(|| self.when(card, Some(lane.id))),
            close: self.chosen.card(card.id).href(self.workflow),
        });
        row.collect()
    }

    /// The condition of a lane; of a new one where none is named.
    fn when(&self, card: &Card, lane: Option<kale_domain::id::BranchId>) -> WhenSelect {
        let (verb, name, label) = match lane {
            Some(_) => ("lane", "when", "Taken where"),
            None => ("add-lane", "new-when", "Another lane where"),
        };
        let mut field = Field::new(name, label).error(self.sent.problems.at(name));
        if let Some(form) = self.sent.typed(verb) {
            field = field.value(form.get(name));
        }
        let lane = card.branches.iter().find(|branch| Some(branch.id) == lane);
        whens::select(self.tree, card, lane, field, self.locale)
    }

    /// Every place where the card could stand.
    fn to(&self, card: &Card, own: Spot) -> Select {
        let behind = Spot {
            index: own.index.saturating_add(1),
            ..own
        };
        let places = spots(self.tree, card.id)
            .into_iter()
            .filter(|(spot, _)| *spot != own && *spot != behind)
            .map(|(spot, depth)| {
                let indent = "\u{2003}".repeat(depth);
                let label = described(self.tree, spot, self.locale);
                Choice::new(spot.to_string(), format!("{indent}{label}"))
            });
        Select::new(Field::new("to-place", "Move to"), places)
    }
}

/// One thing the checks found, with the way to its card.
pub(super) fn finding(problem: &Problem, card: Option<Link>) -> Finding {
    Finding {
        refuses: problem.is_error(),
        message: sentence(&quoted(&problem.field.message)),
        card,
        rule: problem.rule.as_ref().map_or_else(String::new, |rule| {
            let market = words::profile_label(&rule.profile);
            format!("Fair exit, {market}: {}", rule.source)
        }),
    }
}
