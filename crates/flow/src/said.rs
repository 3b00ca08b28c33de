//! Everything a card says, with the place and the role of each text.

use crate::{
    card::{Card, CardKind},
    element::ElementKind,
    text::Text,
};
use kale_domain::id::ElementId;

/// What a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// The card's title.
    Title,
    /// A heading or a paragraph.
    Body,
    /// What a question asks.
    Label,
    /// A line of help.
    Hint,
    /// An option of a choice.
    Option,
    /// What a checkbox agrees to.
    Consent,
    /// A button that goes on.
    Next,
    /// A button that goes on without answers.
    Skip,
    /// A button that takes an offer or asks for a person.
    Accept,
    /// A button that does not.
    Decline,
    /// The button that cancels.
    Cancel,
    /// The button that keeps the subscription.
    Keep,
    /// A call to action.
    Action,
}

impl Role {
    /// Whether the card can do without it: where it is blank, nothing is shown.
    #[must_use]
    pub const fn is_optional(self) -> bool {
        matches!(self, Self::Label | Self::Hint | Self::Skip)
    }

    /// Whether it is a way past an offer, a person or a question.
    #[must_use]
    pub const fn is_decline(self) -> bool {
        matches!(self, Self::Decline | Self::Skip)
    }

    /// Whether it is a way out: past something, or the cancellation itself.
    #[must_use]
    pub const fn is_way_out(self) -> bool {
        self.is_decline() || matches!(self, Self::Cancel)
    }

    /// Whether it is a button that leads on or out; those that take an offer or keep the subscription don't.
    #[must_use]
    pub const fn is_way_on(self) -> bool {
        self.is_way_out() || matches!(self, Self::Next | Self::Action)
    }
}

/// One text of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said<'a> {
    /// What it is for.
    pub role: Role,
    /// Its JSON pointer below the card: `/elements/0/config/label`.
    pub at: String,
    /// The element it belongs to.
    pub element: Option<ElementId>,
    /// What it says.
    pub text: &'a Text,
}

/// Everything a card says, in the order in which it is read. A jump says nothing.
#[must_use]
pub fn said(card: &Card) -> Vec<Said<'_>> {
    let own = |role: Role, at: &str, text| Said {
        role,
        at: at.to_owned(),
        element: None,
        text,
    };
    let mut found = Vec::new();
    if matches!(card.kind, CardKind::Jump(_)) {
        return found;
    }
    found.push(own(Role::Title, "/title", &card.title));
    for (index, element) in card.elements.iter().enumerate() {
        of_element(&element.kind, &mut |role, at, text| {
            found.push(Said {
                role,
                at: format!("/elements/{index}/config/{at}"),
                element: Some(element.id),
                text,
            });
        });
    }
    match &card.kind {
        CardKind::Message(message) => found.push(own(Role::Next, "/settings/next", &message.next)),
        CardKind::Question(question) => {
            found.push(own(Role::Next, "/settings/next", &question.next));
            found.push(own(Role::Skip, "/settings/skip", &question.skip));
        }
        CardKind::Offer(offer) => {
            found.push(own(Role::Accept, "/settings/accept", &offer.accept));
            found.push(own(Role::Decline, "/settings/decline", &offer.decline));
        }
        CardKind::Confirm(confirm) => {
            found.push(own(Role::Cancel, "/settings/cancel", &confirm.cancel));
            found.push(own(Role::Keep, "/settings/keep", &confirm.keep));
        }
        CardKind::HandOff(hand_off) => {
            found.push(own(Role::Accept, "/settings/accept", &hand_off.accept));
            found.push(own(Role::Decline, "/settings/decline", &hand_off.decline));
        }
        CardKind::Jump(_) | CardKind::Outcome(_) => {}
    }
    found
}

fn of_element<'a>(kind: &'a ElementKind, found: &mut dyn FnMut(Role, String, &'a Text)) {
    match kind {
        ElementKind::Heading(words) | ElementKind::Text(words) => {
            found(Role::Body, "text".to_owned(), &words.text);
        }
        ElementKind::SingleChoice(choice) | ElementKind::MultiChoice(choice) => {
            found(Role::Label, "label".to_owned(), &choice.label);
            for (index, option) in choice.options.iter().enumerate() {
                found(Role::Option, format!("options/{index}/text"), &option.text);
            }
        }
        ElementKind::Rating(rating) => found(Role::Label, "label".to_owned(), &rating.label),
        ElementKind::ShortText(text) | ElementKind::LongText(text) => {
            found(Role::Label, "label".to_owned(), &text.label);
            found(Role::Hint, "hint".to_owned(), &text.hint);
        }
        ElementKind::Checkbox(checkbox) => found(Role::Consent, "label".to_owned(), &checkbox.label),
        ElementKind::CallToAction(action) => found(Role::Action, "label".to_owned(), &action.label),
        ElementKind::Offer(_) => {}
    }
}
