//! The page of a card.

use askama::Template;
use kale_application::sessions::{Action, Session, Shown};

use super::{
    Around, Faults,
    element::{Drawn, Kind, drawn},
    has_calls,
};
use crate::words::Words;

/// A button of a form.
#[derive(Debug)]
pub(super) struct Button {
    pub(super) action: &'static str,
    pub(super) label: String,
    /// Whether it has the brand's colour.
    pub(super) goes_on: bool,
    /// Whether it sends the form whatever is filled in.
    pub(super) anyhow: bool,
}

/// A card to be answered.
#[derive(Debug, Template)]
#[template(path = "flow/card.html")]
pub(super) struct CardPage<'a> {
    words: &'static Words,
    sheet: &'a str,
    company: &'a str,
    test: bool,
    handle: &'a str,
    secret: &'a str,
    session: String,
    version: u32,
    step: u32,
    card: String,
    /// Whether it has calls to action that open a page.
    calls: bool,
    progress: String,
    notice: &'a str,
    title: &'a str,
    elements: Vec<Drawn<'a>>,
    buttons: Vec<Button>,
    /// The way out, at the end of every card.
    cancel: Option<String>,
}

impl<'a> CardPage<'a> {
    pub(super) fn new(
        around: &'a Around<'_>,
        sheet: &'a str,
        session: &Session,
        card: &'a Shown,
        faults: &'a Faults,
        test: bool,
    ) -> Self {
        let words = around.words;
        let label = |name: &str, own: &str| {
            let label = card.labels.get(name).filter(|label| !label.trim().is_empty());
            label.cloned().unwrap_or_else(|| own.to_owned())
        };
        let cancels = card.actions.contains(&Action::Cancel);
        Self {
            words,
            sheet,
            company: around.company,
            test,
            handle: around.handle,
            secret: &around.secret,
            session: session.id.to_string(),
            version: session.walk.version,
            step: session.walk.step,
            card: card.id.to_string(),
            calls: has_calls(card),
            progress: words.step(card.progress.at, card.progress.of),
            notice: faults.notice.unwrap_or_default(),
            title: &card.title,
            elements: drawn(&card.elements, faults, words),
            buttons: buttons(card, words, label),
            cancel: cancels.then(|| label("cancel", words.cancel)),
        }
    }

    fn has_errors(&self) -> bool {
        self.elements.iter().any(|element| element.error.is_some())
    }
}

/// The buttons above the way out, in the order of the card's actions.
fn buttons(card: &Shown, words: &Words, label: impl Fn(&str, &str) -> String) -> Vec<Button> {
    let is_confirm = card.kind == "confirm";
    let may_skip =
        card.labels.contains_key("skip") && card.elements.iter().all(|one| one.required != Some(true));
    let mut all = Vec::new();
    for action in &card.actions {
        let (name, own, goes_on, anyhow) = match action {
            Action::Next => ("next", words.next, true, false),
            Action::Accept => ("accept", words.accept, true, false),
            Action::Decline if is_confirm => ("decline", words.keep, false, true),
            Action::Decline => ("decline", words.decline, false, true),
            Action::Back => ("back", words.back, false, true),
            // The way out has its own place; no card offers to follow, a call has its own button or box.
            Action::Cancel | Action::Follow => continue,
        };
        all.push(Button {
            action: name,
            label: if *action == Action::Back {
                own.to_owned()
            } else {
                label(name, own)
            },
            goes_on,
            anyhow,
        });
        if *action == Action::Next && may_skip {
            all.push(Button {
                action: "skip",
                label: label("skip", words.skip),
                goes_on: false,
                anyhow: true,
            });
        }
    }
    all
}
