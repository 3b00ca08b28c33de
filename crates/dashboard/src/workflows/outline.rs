//! The cards of a tree as a nested list.

use kale_application::workflows::{
    Branch, Card, CardTree, Locale, Text,
    card::CardKind,
    element::{Element, ElementKind},
    said::{Role, said},
};

use super::{conditions, words};
use crate::view::workflows::{Lane, OutlineCard};

/// A tree that is shown in one language.
pub(super) struct Outline<'t> {
    pub(super) tree: &'t CardTree,
    pub(super) locale: &'t Locale,
}

impl Outline<'_> {
    /// The whole tree.
    pub(super) fn lane(&self) -> Lane {
        Lane {
            label: String::new(),
            cards: self.cards(self.tree.cards()),
        }
    }

    fn branch(&self, branch: &Branch) -> Lane {
        Lane {
            label: conditions::sentence(&branch.when, self.tree, self.locale),
            cards: self.cards(&branch.cards),
        }
    }

    fn cards(&self, cards: &[Card]) -> Vec<OutlineCard> {
        cards.iter().map(|card| self.card(card)).collect()
    }

    fn card(&self, card: &Card) -> OutlineCard {
        let when = card.visible_when.as_ref();
        OutlineCard {
            look: words::card_look(card.kind.name()),
            title: title(card, self.tree, self.locale),
            lines: self.lines(card),
            when: when.map_or_else(String::new, |when| {
                format!(
                    "Shown only where this holds: {}",
                    conditions::sentence(when, self.tree, self.locale)
                )
            }),
            lanes: card.branches.iter().map(|branch| self.branch(branch)).collect(),
        }
    }

    fn text<'a>(&self, text: &'a Text) -> &'a str {
        text.read(self.locale, self.locale).unwrap_or_default()
    }

    /// Everything a card says and asks below its title.
    fn lines(&self, card: &Card) -> Vec<String> {
        let mut lines: Vec<String> = card
            .elements
            .iter()
            .flat_map(|element| self.element(element))
            .collect();
        let buttons: Vec<&str> = said(card)
            .into_iter()
            .filter(|said| said.element.is_none() && said.role != Role::Title)
            .map(|said| self.text(said.text))
            .filter(|text| !text.is_empty())
            .collect();
        if !buttons.is_empty() {
            lines.push(format!("Buttons: {}", buttons.join(" · ")));
        }
        lines
    }

    fn element(&self, element: &Element) -> Vec<String> {
        let mut lines = vec![self.label(&element.kind)];
        let options = element.kind.options().iter();
        lines.extend(options.map(|option| format!("◦ {}", self.text(&option.text))));
        lines.retain(|line| !line.is_empty());
        lines
    }

    fn label(&self, kind: &ElementKind) -> String {
        let words = match kind {
            ElementKind::Heading(words) | ElementKind::Text(words) => self.text(&words.text),
            ElementKind::SingleChoice(choice) | ElementKind::MultiChoice(choice) => self.text(&choice.label),
            ElementKind::Rating(rating) => self.text(&rating.label),
            ElementKind::ShortText(text) | ElementKind::LongText(text) => match self.text(&text.label) {
                "" => "In own words",
                label => label,
            },
            ElementKind::Checkbox(checkbox) => self.text(&checkbox.label),
            ElementKind::CallToAction(call) => self.text(&call.label),
            ElementKind::Offer(_) => "Offer",
        };
        let note = words::element_note(kind);
        match (words.is_empty(), note.is_empty()) {
            (false, false) => format!("{words}: {note}"),
            (true, _) => note,
            (_, true) => words.to_owned(),
        }
    }
}

/// What an element says or asks; `None` where it says nothing of its own.
pub(super) fn asked(element: &Element, locale: &Locale) -> Option<String> {
    let tree = &CardTree::empty();
    let label = Outline { tree, locale }.label(&element.kind);
    Some(label).filter(|label| !label.is_empty())
}

/// What a card is called: its title, or what it is.
pub(super) fn title(card: &Card, tree: &CardTree, locale: &Locale) -> String {
    if let CardKind::Jump(jump) = &card.kind {
        let target = tree
            .card(jump.to)
            .filter(|target| !matches!(target.kind, CardKind::Jump(_)));
        return target.map_or_else(
            || "To another card".to_owned(),
            |target| format!("To “{}”", title(target, tree, locale)),
        );
    }
    match (card.title.read(locale, locale), &card.kind) {
        (Some(title), _) => title.to_owned(),
        (None, CardKind::Outcome(end)) => words::outcome_label(end.outcome).to_owned(),
        (None, kind) => format!("{} without a title", words::card_look(kind.name()).label),
    }
}

#[cfg(test)]
mod tests {
    use kale_application::templates::Templates;

    use super::*;

    fn outline(tree: &CardTree) -> Lane {
        let locale = &Locale::english();
        Outline { tree, locale }.lane()
    }

    fn count(lane: &Lane) -> usize {
        let below = |card: &OutlineCard| card.lanes.iter().map(count).sum::<usize>();
        lane.cards.iter().map(|card| 1 + below(card)).sum()
    }

    #[test]
    fn every_card_of_every_template_stands_in_its_outline() {
        for template in Templates.list().unwrap() {
            let lane = outline(&template.tree);
            assert_eq!(count(&lane), template.tree.all().len());
            assert!(!lane.cards[0].lines.is_empty(), "{}", template.key);
        }
    }

    #[test]
    fn a_jump_is_called_by_where_it_goes() {
        let lane = outline(&Templates.get("cancel_saas").unwrap().tree);
        let offer = &lane.cards[0].lanes[0].cards[0];
        let jump = &offer.lanes[0].cards[0];
        assert!(jump.title.starts_with("To “"), "{}", jump.title);
    }
}
