//! What the editor shows: a card, one of its elements or lanes, a place; and how the cards are drawn.

use kale_domain::id::{BranchId, CardId, ElementId};
use serde::Deserialize;

use super::spot::Spot;
use crate::frame::Query;

/// How the cards are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::workflows) enum Look {
    /// Lanes beside each other.
    Tree,
    /// Lanes below their card.
    Outline,
}

impl Look {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Tree => "tree",
            Self::Outline => "outline",
        }
    }
}

/// The parameters of the page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Selection {
    /// The card whose panel is open.
    pub(super) card: Option<CardId>,
    /// The element of it whose form is open.
    pub(super) element: Option<ElementId>,
    /// The lane of it whose form is open.
    pub(super) lane: Option<BranchId>,
    /// The place where a card is to be put.
    add: Option<String>,
    /// How the cards are drawn, where somebody chose.
    pub(super) look: Option<Look>,
}

impl Selection {
    /// From a query string that a form brought back; what can't be read is left out.
    pub(super) fn read(text: &str) -> Self {
        let query = Query::read(text);
        Self {
            card: query.get("card").parse().ok(),
            element: query.get("element").parse().ok(),
            lane: query.get("lane").parse().ok(),
            add: Some(query.get("add").to_owned()).filter(|spot| !spot.is_empty()),
            look: match query.get("look") {
                "tree" => Some(Look::Tree),
                "outline" => Some(Look::Outline),
                _ => None,
            },
        }
    }

    /// Nothing chosen, drawn the same way.
    #[must_use]
    pub(super) fn nothing(&self) -> Self {
        Self {
            look: self.look,
            ..Self::default()
        }
    }

    /// That card.
    #[must_use]
    pub(super) fn card(&self, card: CardId) -> Self {
        Self {
            card: Some(card),
            ..self.nothing()
        }
    }

    /// That element of the card.
    #[must_use]
    pub(super) fn element(&self, card: CardId, element: ElementId) -> Self {
        Self {
            element: Some(element),
            ..self.card(card)
        }
    }

    /// That lane of the card.
    #[must_use]
    pub(super) fn lane(&self, card: CardId, lane: BranchId) -> Self {
        Self {
            lane: Some(lane),
            ..self.card(card)
        }
    }

    /// A card to be added there.
    #[must_use]
    pub(super) fn adding(&self, spot: Spot) -> Self {
        Self {
            add: Some(spot.to_string()),
            ..self.nothing()
        }
    }

    /// The same, drawn so.
    #[must_use]
    pub(super) fn drawn(&self, look: Look) -> Self {
        Self {
            look: Some(look),
            ..self.clone()
        }
    }

    /// The place where a card is to be put.
    pub(super) fn add(&self) -> Option<Spot> {
        Spot::read(self.add.as_deref()?)
    }

    /// As the parameters of an address.
    pub(super) fn query(&self) -> Query {
        let text = |id: Option<String>| id.unwrap_or_default();
        Query::default()
            .with("card", text(self.card.map(|id| id.to_string())))
            .with("element", text(self.element.map(|id| id.to_string())))
            .with("lane", text(self.lane.map(|id| id.to_string())))
            .with("add", text(self.add.clone()))
            .with("look", self.look.map_or("", Look::name))
    }

    /// As an address of the workflow; the part of the page that is about it is scrolled to where no script runs.
    pub(super) fn href(&self, workflow: &str) -> String {
        let address = self.query().at(&format!("/workflows/{workflow}"));
        if self.card.is_some() || self.add.is_some() {
            format!("{address}#panel")
        } else {
            address
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_comes_back_from_a_form() {
        let card: CardId = "crd_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        let shown = Selection::default().drawn(Look::Outline).card(card);
        assert_eq!(Selection::read(&shown.query().text()), shown);
        assert_eq!(
            shown.href("wfl_x"),
            format!("/workflows/wfl_x?card={card}&look=outline#panel")
        );
        let spot = Spot { lane: None, index: 3 };
        let adding = shown.adding(spot);
        assert_eq!(Selection::read(&adding.query().text()).add(), Some(spot));
        assert_eq!(Selection::read("card=x&look=y&z=1"), Selection::default());
    }
}
