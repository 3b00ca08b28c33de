//! What a walker posts: `{"step": 1, "card": "crd_…", "action": "next", "answers": {"elm_…": …}}`.

use std::collections::BTreeMap;

use kale_domain::{
    error::FieldError,
    id::{CardId, ElementId},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::read::Reader;

/// What a walker does on a card. The list is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Goes on, with the answers given.
    Next,
    /// Returns to the card before.
    Back,
    /// Goes to the confirm card; on the confirm card, cancels.
    Cancel,
    /// Takes the offer, or asks for a person.
    Accept,
    /// Does not; on the confirm card, keeps the subscription.
    Decline,
    /// Follows the calls to action that are answered with yes, and stays on the card: the same step is expected next. No
    /// card lists it; the button of a call to action is the call itself.
    Follow,
}

/// One post of a walker.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Which step of the walk it means to be.
    pub step: u32,
    /// The card it was made on.
    pub card: CardId,
    /// What is done.
    pub action: Action,
    /// What was answered, not yet typed.
    #[serde(default)]
    pub answers: BTreeMap<ElementId, Value>,
}

impl Step {
    /// Reads a post, or says what is wrong with it; `base` is its JSON pointer.
    pub fn parse(value: &Value, base: &str) -> Result<Self, Vec<FieldError>> {
        let mut reader = Reader::default();
        let step = reader.typed(value, base);
        reader.finish(step)
    }
}
