//! Edits of a tree: each an operation with its exact inverse.
//!
//! Everything that changes a tree is an [`Op`]; the API's routes and the builder only build ops. An edit that would break
//! the tree changes nothing. Undoing posts the inverse, whose own inverse is the op again.

use kale_domain::error::{Classify, ErrorKind, FieldError};
use uuid::Uuid;

use crate::{
    card::{Branch, Card, CardKind},
    condition::Condition,
    element::Element,
    text::Text,
    tree::CardTree,
};
use kale_domain::id::{BranchId, CardId, ElementId};

mod apply;
mod touch;
mod wire;

pub use self::touch::touched;

/// One change of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// Puts in a card with everything below it.
    AddCard {
        /// The card.
        card: Box<Card>,
        /// Where.
        at: Place,
    },
    /// Changes what a card is and says, not what it holds.
    UpdateCard {
        /// Which.
        card: CardId,
        /// What it becomes.
        face: Box<Face>,
    },
    /// Moves a card with everything below it.
    MoveCard {
        /// Which.
        card: CardId,
        /// Where; the index counts without the card itself.
        to: Place,
    },
    /// Puts a copy of a card with everything below it right after it.
    DuplicateCard {
        /// Which.
        card: CardId,
    },
    /// Takes out a card with everything below it.
    DeleteCard {
        /// Which.
        card: CardId,
    },
    /// Puts in a branch with everything below it.
    AddBranch {
        /// Below which card.
        card: CardId,
        /// The branch.
        branch: Box<Branch>,
        /// Before which one.
        index: usize,
    },
    /// Changes when a branch is taken.
    UpdateBranch {
        /// Which.
        branch: BranchId,
        /// Its new condition.
        when: Condition,
    },
    /// Changes the order in which a card's branches are asked.
    MoveBranch {
        /// Which.
        branch: BranchId,
        /// Its new place, counted without itself.
        index: usize,
    },
    /// Takes out a branch with everything below it.
    DeleteBranch {
        /// Which.
        branch: BranchId,
    },
    /// Puts in an element.
    AddElement {
        /// Into which card.
        card: CardId,
        /// The element.
        element: Box<Element>,
        /// Before which one.
        index: usize,
    },
    /// Changes what the element of that id is.
    UpdateElement {
        /// What it becomes.
        element: Box<Element>,
    },
    /// Moves an element, within its card or into another.
    MoveElement {
        /// Which.
        element: ElementId,
        /// Into which card.
        to: CardId,
        /// Its new place, counted without itself.
        index: usize,
    },
    /// Puts a copy of an element right after it.
    DuplicateElement {
        /// Which.
        element: ElementId,
    },
    /// Takes out an element.
    DeleteElement {
        /// Which.
        element: ElementId,
    },
}

/// A place for a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// In which lane; `None` for the tree itself.
    pub branch: Option<BranchId>,
    /// Before which card of the lane; its length is the end.
    pub index: usize,
}

/// What a card is and says, without what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    /// What it is, with its settings.
    pub kind: CardKind,
    /// What it says first.
    pub title: Text,
    /// It is passed over unless this is known to hold.
    pub visible_when: Option<Condition>,
    /// Whether a workflow made from its template may not change it.
    pub locked_by_template: bool,
}

impl Face {
    /// That of a card.
    #[must_use]
    pub fn of(card: &Card) -> Self {
        Self {
            kind: card.kind.clone(),
            title: card.title.clone(),
            visible_when: card.visible_when.clone(),
            locked_by_template: card.locked_by_template,
        }
    }
}

/// What is being edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A template: its cards can be locked and unlocked.
    Template,
    /// A workflow: what its template locked stays.
    Workflow,
}

/// A tree after an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The tree, one revision later.
    pub tree: CardTree,
    /// What takes the edit back.
    pub inverse: Op,
    /// Whether somebody had changed the tree since the op's base, and the op was applied to the newer one.
    pub rebased: bool,
}

/// An edit was refused; nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The base is a revision that does not exist yet.
    #[error("revision {base} does not exist; the tree is at {current}")]
    UnknownRevision {
        /// What was asked.
        base: u64,
        /// What there is.
        current: u64,
    },
    /// The op names something the tree does not have.
    #[error("there is no `{0}` in this tree")]
    NotFound(String),
    /// The op names something that somebody else took out since its base.
    #[error("`{0}` was taken out by somebody else in between")]
    Stale(String),
    /// A card can't go into its own lanes.
    #[error("a card can't be moved into a lane below itself")]
    IntoItself,
    /// There is no such place.
    #[error("there is no place {index}; expected 0 to {length}")]
    OutOfRange {
        /// What was asked.
        index: usize,
        /// How many there are.
        length: usize,
    },
    /// The template's author locked the card.
    #[error("`{0}` is locked by the template this workflow was made from")]
    Locked(CardId),
    /// The tree would not hold together.
    #[error("the change would break the tree: {}", .0.first().map_or("", |error| error.message.as_str()))]
    Breaks(Vec<FieldError>),
}

impl Classify for EditError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound(_) => ErrorKind::NotFound,
            Self::UnknownRevision { .. } | Self::Stale(_) => ErrorKind::Stale,
            Self::Locked(_) => ErrorKind::Conflict,
            Self::IntoItself | Self::OutOfRange { .. } | Self::Breaks(_) => ErrorKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::UnknownRevision { .. } => "unknown-revision",
            Self::NotFound(_) => "not-in-tree",
            Self::Stale(_) => "tree-changed",
            Self::IntoItself => "into-itself",
            Self::OutOfRange { .. } => "no-such-place",
            Self::Locked(_) => "card-locked",
            Self::Breaks(_) => "breaks-tree",
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Breaks(errors) => errors.clone(),
            _ => Vec::new(),
        }
    }
}

/// Applies an op that was made against `base_revision`.
///
/// A newer tree takes it too as long as everything the op names is still there; a place beyond the end of a lane that
/// became shorter is then its end. `fresh` gives the ids of copies.
pub fn edit_tree(
    tree: &CardTree,
    base_revision: u64,
    op: Op,
    subject: Subject,
    fresh: &mut dyn FnMut() -> Uuid,
) -> Result<Edited, EditError> {
    let current = tree.revision();
    if base_revision > current {
        return Err(EditError::UnknownRevision {
            base: base_revision,
            current,
        });
    }
    let rebased = base_revision < current;
    let mut draft = apply::Draft::new(tree, subject, rebased);
    let inverse = draft.apply(op, fresh).map_err(|error| match error {
        EditError::NotFound(what) if rebased => EditError::Stale(what),
        error => error,
    })?;
    let tree = CardTree::new(current + 1, draft.cards).map_err(EditError::Breaks)?;
    Ok(Edited {
        tree,
        inverse,
        rebased,
    })
}

#[cfg(test)]
mod tests;
