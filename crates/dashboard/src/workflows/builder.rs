//! The editor of a workflow: one form per edit, each of which becomes one operation of the draft.

mod cards;
mod elements;
mod filled;
mod flow;
mod fresh;
mod moves;
mod ops;
mod options;
mod overview;
mod page;
mod panel;
mod selection;
mod spot;
mod steps;
mod thought;
mod whens;

pub(super) use self::{
    ops::edit,
    page::{Showing, show},
    selection::Selection,
    steps::{redo, undo},
};

/// What a kind of element is called.
pub(super) fn element_word(kind: &str) -> &'static str {
    fresh::element_look(kind).label
}
