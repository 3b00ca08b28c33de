//! What a form of the editor asks for, as an operation.

use kale_application::{
    offers::Offer,
    workflows::{
        Branch, Card, Draft, Locale, Op, Workflows,
        element::{Element, ElementKind},
    },
};
use kale_domain::{
    error::FieldError,
    id::{BranchId, CardId, ElementId, OptionId},
};

use super::{
    cards, elements,
    fresh::Maker,
    moves::{Moved, Way, moved},
    options,
    selection::Selection,
    spot::Spot,
    whens,
};
use crate::frame::Form;

/// What comes of a form.
pub(super) struct Thought {
    /// What to do; `None` for nothing.
    pub(super) op: Option<Op>,
    /// What is shown then.
    pub(super) next: Selection,
    /// What is said then.
    pub(super) said: Option<String>,
}

/// Why nothing comes of it.
pub(super) enum Trouble {
    /// It is no form of ours.
    Malformed(&'static str),
    /// What it says can't be.
    Wrong(Vec<FieldError>),
    /// What it is about is not there any more.
    Gone,
}

impl From<Vec<FieldError>> for Trouble {
    fn from(wrong: Vec<FieldError>) -> Self {
        Self::Wrong(wrong)
    }
}

/// A form beside the draft it is about.
pub(super) struct Thinking<'a> {
    pub(super) workflows: &'a Workflows,
    pub(super) draft: &'a Draft,
    pub(super) offers: &'a [Offer],
    pub(super) back: &'a Selection,
    pub(super) form: &'a Form,
}

type Thoughts = Result<Thought, Trouble>;

const NOT_OURS: Trouble = Trouble::Malformed("`do` names an edit and what it is about");

impl Thinking<'_> {
    pub(super) fn thought(&self) -> Thoughts {
        let (verb, what) = self.form.get("do").split_once(' ').ok_or(NOT_OURS)?;
        match verb {
            "add" => self.add(what),
            "card" => self.card(what),
            "up" => self.moved(what, Way::Up),
            "down" => self.moved(what, Way::Down),
            "left" => self.moved(what, Way::Left),
            "right" => self.moved(what, Way::Right),
            "move" => {
                let to = Spot::read(self.form.get("to-place")).ok_or(Trouble::Malformed("no such place"))?;
                self.moved(what, Way::To(to))
            }
            "duplicate" => {
                let card = self.found(what)?.id;
                Ok(op(Op::DuplicateCard { card }, self.back.clone()))
            }
            "delete" => self.delete(what),
            "add-element" | "element" | "element-up" | "element-down" | "duplicate-element"
            | "delete-element" => self.about_element(verb, what),
            "add-lane" | "lane" | "lane-up" | "lane-down" | "delete-lane" => self.about_lane(verb, what),
            _ => Err(NOT_OURS),
        }
    }

    fn locale(&self) -> &Locale {
        &self.draft.workflow.demands.default_locale
    }

    const fn maker(&self) -> Maker<'_> {
        Maker {
            workflows: self.workflows,
            tree: &self.draft.tree,
            locale: &self.draft.workflow.demands.default_locale,
        }
    }

    fn found(&self, id: &str) -> Result<&Card, Trouble> {
        let id: CardId = id.parse().map_err(|_no_id| NOT_OURS)?;
        self.draft.tree.card(id).ok_or(Trouble::Gone)
    }

    fn add(&self, spot: &str) -> Thoughts {
        let spot = Spot::read(spot).ok_or(NOT_OURS)?;
        let made = self.maker().card(self.form.get("kind"), spot)?;
        let card = Box::new(made.ok_or(NOT_OURS)?);
        let next = self.back.card(card.id);
        let at = spot.into();
        Ok(op(Op::AddCard { card, at }, next))
    }

    fn card(&self, id: &str) -> Thoughts {
        let card = self.found(id)?;
        let face = Box::new(cards::face(card, self.form, self.locale())?);
        let next = self.back.card(card.id);
        Ok(op(Op::UpdateCard { card: card.id, face }, next))
    }

    fn moved(&self, id: &str, way: Way) -> Thoughts {
        let card = self.found(id)?.id;
        let found = moved(&self.draft.tree, card, way, self.locale());
        let (op, said) = match found.ok_or(Trouble::Gone)? {
            Moved::Op(op, said) => (Some(op), said),
            Moved::Stays(said) => (None, said),
        };
        Ok(Thought {
            op,
            next: self.back.clone(),
            said: Some(said),
        })
    }

    fn delete(&self, id: &str) -> Thoughts {
        let card = self.found(id)?;
        let below = card.subtree().len().saturating_sub(1);
        let said = match below {
            0 => "Deleted. Undo brings it back.".to_owned(),
            below => format!("Deleted, with {below} below it. Undo brings them back."),
        };
        let shown = self
            .back
            .card
            .is_some_and(|shown| card.subtree().iter().any(|one| one.id == shown));
        Ok(Thought {
            op: Some(Op::DeleteCard { card: card.id }),
            next: if shown {
                self.back.nothing()
            } else {
                self.back.clone()
            },
            said: Some(said),
        })
    }

    fn element(&self, id: &str) -> Result<(&Card, &Element), Trouble> {
        let id: ElementId = id.parse().map_err(|_no_id| NOT_OURS)?;
        self.draft.tree.element(id).ok_or(Trouble::Gone)
    }

    fn about_element(&self, verb: &str, id: &str) -> Thoughts {
        if verb == "add-element" {
            let card = self.found(id)?;
            let element = self.maker().element(self.form.get("kind")).ok_or(NOT_OURS)?;
            let next = self.back.element(card.id, element.id);
            let (card, index) = (card.id, card.elements.len());
            let element = Box::new(element);
            return Ok(op(Op::AddElement { card, element, index }, next));
        }
        let (card, element) = self.element(id)?;
        let next = self.back.element(card.id, element.id);
        let element_id = element.id;
        let at = card.elements.iter().position(|one| one.id == element_id);
        let at = at.ok_or(Trouble::Gone)?;
        match verb {
            "element" => {
                let element = Box::new(self.written(element)?);
                Ok(op(Op::UpdateElement { element }, next))
            }
            "duplicate-element" => Ok(op(Op::DuplicateElement { element: element_id }, next)),
            "delete-element" => {
                let next = self.back.card(card.id);
                Ok(op(Op::DeleteElement { element: element_id }, next))
            }
            verb => {
                let Some(index) = shifted(at, card.elements.len(), verb.ends_with("-up")) else {
                    return Ok(self.stays("It can’t go further."));
                };
                let op = Op::MoveElement {
                    element: element_id,
                    to: card.id,
                    index,
                };
                let of = card.elements.len();
                Ok(self.saying(op, format!("Moved to {} of {of}.", index.saturating_add(1))))
            }
        }
    }

    fn saying(&self, op: Op, said: String) -> Thought {
        Thought {
            op: Some(op),
            next: self.back.clone(),
            said: Some(said),
        }
    }

    fn stays(&self, said: &str) -> Thought {
        Thought {
            op: None,
            next: self.back.clone(),
            said: Some(said.to_owned()),
        }
    }

    /// The element by its form, and what a button in it does to its options.
    fn written(&self, element: &Element) -> Result<Element, Trouble> {
        let mut written = elements::read(element, self.form, self.offers, self.locale())?;
        let fresh = || OptionId::from_uuid(self.workflows.fresh_id());
        if let ElementKind::SingleChoice(choice) | ElementKind::MultiChoice(choice) = &mut written.kind {
            options::then(&mut choice.options, self.form.get("then"), fresh())?;
        }
        Ok(written)
    }

    fn about_lane(&self, verb: &str, id: &str) -> Thoughts {
        if verb == "add-lane" {
            let card = self.found(id)?;
            let when = whens::read(&self.draft.tree, card, self.form.get("new-when"), self.locale())?;
            let branch = Branch {
                id: BranchId::from_uuid(self.workflows.fresh_id()),
                when: when.ok_or(NOT_OURS)?,
                cards: Vec::new(),
            };
            let next = self.back.card(card.id);
            let (card, index) = (card.id, card.branches.len());
            let branch = Box::new(branch);
            return Ok(op(Op::AddBranch { card, branch, index }, next));
        }
        let id: BranchId = id.parse().map_err(|_no_id| NOT_OURS)?;
        let (card, lane) = self.draft.tree.branch(id).ok_or(Trouble::Gone)?;
        let at = card.branches.iter().position(|one| one.id == id);
        let at = at.ok_or(Trouble::Gone)?;
        match verb {
            "lane" => {
                let next = self.back.lane(card.id, lane.id);
                let read = whens::read(&self.draft.tree, card, self.form.get("when"), self.locale())?;
                match read {
                    Some(when) => Ok(op(Op::UpdateBranch { branch: id, when }, next)),
                    None => Ok(self.stays("The condition stays as it is.")),
                }
            }
            "delete-lane" => {
                let next = self.back.card(card.id);
                let mut thought = op(Op::DeleteBranch { branch: id }, next);
                thought.said = Some("The lane is deleted with its cards. Undo brings it back.".to_owned());
                Ok(thought)
            }
            verb => {
                let Some(index) = shifted(at, card.branches.len(), verb.ends_with("-up")) else {
                    return Ok(self.stays("It can’t go further."));
                };
                let said = format!(
                    "The lane is asked as {} of {}.",
                    index.saturating_add(1),
                    card.branches.len()
                );
                Ok(self.saying(Op::MoveBranch { branch: id, index }, said))
            }
        }
    }
}

/// An edit of which nothing needs to be said.
const fn op(op: Op, next: Selection) -> Thought {
    Thought {
        op: Some(op),
        next,
        said: None,
    }
}

/// One place before or behind, if there is one.
fn shifted(at: usize, of: usize, up: bool) -> Option<usize> {
    if up {
        at.checked_sub(1)
    } else {
        at.checked_add(1).filter(|next| *next < of)
    }
}
