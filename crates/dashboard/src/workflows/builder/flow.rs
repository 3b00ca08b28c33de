//! The cards as they follow each other.

use kale_application::workflows::{
    Branch, Card, CardTree, Locale, Problem, Text, card::CardKind, element::ElementKind,
};
use kale_domain::id::BranchId;

use super::{
    selection::Selection,
    spot::{Spot, described},
};
use crate::{
    view::{
        builder::{FlowArm, FlowCard, FlowLane, Gap},
        parts::{Chip, Tone},
    },
    words::{quoted, sentence},
    workflows::{conditions, outline, words},
};

/// A tree with what is chosen in it.
pub(super) struct Flow<'a> {
    pub(super) workflow: &'a str,
    pub(super) tree: &'a CardTree,
    pub(super) locale: &'a Locale,
    pub(super) problems: &'a [Problem],
    pub(super) chosen: &'a Selection,
}

/// How many lanes may stand beside each other, and how deep, before they stand below each other instead.
const WIDE: usize = 4;
const DEEP: usize = 3;

/// Whether lanes beside each other can be read: few, and not deep.
pub(super) fn fits_beside(cards: &[Card], depth: usize) -> bool {
    cards.iter().all(|card| {
        card.branches.len() <= WIDE
            && (card.branches.is_empty() || depth < DEEP)
            && card
                .branches
                .iter()
                .all(|branch| fits_beside(&branch.cards, depth.saturating_add(1)))
    })
}

impl Flow<'_> {
    /// The whole tree.
    pub(super) fn whole(&self) -> FlowLane {
        self.lane(None, self.tree.cards())
    }

    fn lane(&self, lane: Option<BranchId>, cards: &[Card]) -> FlowLane {
        let last = cards.len().saturating_sub(1);
        FlowLane {
            cards: cards
                .iter()
                .enumerate()
                .map(|(index, card)| self.card(card, Spot { lane, index }, index == last))
                .collect(),
            end: (lane.is_none() || !ends(cards)).then(|| {
                self.gap(Spot {
                    lane,
                    index: cards.len(),
                })
            }),
        }
    }

    fn gap(&self, spot: Spot) -> Gap {
        let place = described(self.tree, spot, self.locale);
        let mut chars = place.chars();
        let place = chars
            .next()
            .map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect());
        Gap {
            spot: spot.to_string(),
            href: self.chosen.adding(spot).href(self.workflow),
            label: format!("Add a card {place}"),
            current: self.chosen.add() == Some(spot),
        }
    }

    fn card(&self, card: &Card, spot: Spot, last: bool) -> FlowCard {
        let found: Vec<&Problem> = self
            .problems
            .iter()
            .filter(|problem| problem.card == Some(card.id))
            .collect();
        let worst = found.iter().find(|problem| problem.is_error()).or(found.first());
        FlowCard {
            id: card.id.to_string(),
            look: words::card_look(card.kind.name()),
            title: outline::title(card, self.tree, self.locale),
            text: self.text(card),
            href: self.chosen.card(card.id).href(self.workflow),
            current: self.chosen.card == Some(card.id),
            chips: chips(card),
            warn: worst.map(|problem| warning(problem, found.len())),
            first: spot.index == 0,
            last,
            gap: self.gap(spot),
            arms: card
                .branches
                .iter()
                .map(|branch| self.arm(card, branch))
                .collect(),
        }
    }

    fn arm(&self, card: &Card, branch: &Branch) -> FlowArm {
        FlowArm {
            id: branch.id.to_string(),
            label: conditions::sentence(&branch.when, self.tree, self.locale),
            href: self.chosen.lane(card.id, branch.id).href(self.workflow),
            lane: self.lane(Some(branch.id), &branch.cards),
        }
    }

    /// The first thing it says below its title.
    fn text(&self, card: &Card) -> String {
        if let CardKind::Outcome(end) = &card.kind {
            return format!("Ends as: {}", words::outcome_label(end.outcome).to_lowercase());
        }
        let read = |text: &Text| {
            let text = text.read(self.locale, self.locale)?;
            Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        let said = card.elements.iter().find_map(|element| match &element.kind {
            ElementKind::Heading(words) | ElementKind::Text(words) => read(&words.text),
            ElementKind::SingleChoice(choice) => Some(format!("One of {} answers", choice.options.len())),
            ElementKind::MultiChoice(choice) => Some(format!("Any of {} answers", choice.options.len())),
            ElementKind::Offer(slot) => Some(words::offer_label(slot.kind).to_owned()),
            kind => Some(words::element_note(kind)),
        });
        let said = said.unwrap_or_default();
        let short: String = said.chars().take(90).collect();
        if short.len() < said.len() {
            format!("{short}…")
        } else {
            short
        }
    }
}

/// Whether nothing comes after these cards.
fn ends(cards: &[Card]) -> bool {
    cards.last().is_some_and(|card| {
        matches!(card.kind, CardKind::Jump(_) | CardKind::Outcome(_)) && card.visible_when.is_none()
    })
}

fn chips(card: &Card) -> Vec<Chip> {
    let chip = |on: bool, label: &str, tone| {
        on.then(|| Chip {
            label: label.to_owned(),
            tone,
        })
    };
    let some = chip(card.visible_when.is_some(), "For some", Tone::Sky);
    let locked = chip(card.locked_by_template, "Locked", Tone::Plain);
    some.into_iter().chain(locked).collect()
}

fn warning(problem: &Problem, count: usize) -> Chip {
    let message = sentence(&quoted(&problem.field.message));
    Chip {
        label: match count.saturating_sub(1) {
            0 => message,
            more => format!("{message} And {more} more."),
        },
        tone: if problem.is_error() { Tone::Stem } else { Tone::Sun },
    }
}

#[cfg(test)]
mod tests {
    use kale_application::templates::Templates;

    use super::*;

    fn count(lane: &FlowLane) -> usize {
        let below = |card: &FlowCard| card.arms.iter().map(|arm| count(&arm.lane)).sum::<usize>();
        lane.cards.iter().map(|card| below(card).saturating_add(1)).sum()
    }

    #[test]
    fn every_card_of_every_template_has_its_place_and_its_panel() {
        for template in Templates.list().unwrap() {
            let flow = Flow {
                workflow: "wfl_x",
                tree: &template.tree,
                locale: &Locale::english(),
                problems: &[],
                chosen: &Selection::default(),
            };
            let lane = flow.whole();
            assert_eq!(count(&lane), template.tree.all().len());
            let first = &lane.cards[0];
            assert!(first.href.contains(&first.id) && first.first);
            assert_eq!(first.gap.spot, "root 0");
            assert_eq!(first.gap.label, format!("Add a card before “{}”", first.title));
        }
    }

    #[test]
    fn many_or_deep_lanes_stand_below_each_other() {
        let direct = Templates.get("cancel_direct").unwrap().tree;
        let saas = Templates.get("cancel_saas").unwrap().tree;
        assert!(fits_beside(direct.cards(), 0));
        assert!(!fits_beside(saas.cards(), 0));
    }
}
