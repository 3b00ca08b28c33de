//! The way a subscriber went, in words.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kale_application::sessions::{
    OfferKind, Passed, Replay, Session, SessionEvent, SessionState, Shown, ShownElement,
};
use kale_domain::id::{CardId, OfferId};
use pulldown_cmark::{Event, Parser, TagEnd};
use serde_json::Value;

use super::words;
use crate::{
    view::{
        format,
        sessions::{Moment, PassedCard, PassedOption, PassedPart},
    },
    workflows::{card_look, offer_label},
};

/// The cards in order, with what happened between them, to the end.
pub(super) fn moments(replay: &Replay, offers: &BTreeMap<OfferId, String>) -> Vec<Moment> {
    let session = &replay.seen.session;
    let mut last: BTreeMap<CardId, usize> = BTreeMap::new();
    for (index, passed) in replay.path.iter().enumerate() {
        last.insert(passed.card.id, index);
    }
    let mut all: Vec<(Timestamp, Moment)> = Vec::new();
    let mut before = session.started_at;
    for (index, passed) in replay.path.iter().enumerate() {
        let at = passed.at.unwrap_or(before);
        let until = replay.path.get(index + 1).and_then(|next| next.at);
        let shown = Card {
            session,
            offers,
            passed,
            at,
            until,
            is_last: last.get(&passed.card.id) == Some(&index),
        };
        all.push((at, Moment::Card(Box::new(shown.drawn()))));
        before = at;
    }
    let resumed = replay
        .events
        .iter()
        .filter(|event| event.name == SessionEvent::Resumed.name());
    all.extend(resumed.map(|event| (event.at, note(session, "history", "Came back", event.at))));
    all.extend(ending(session).map(|moment| (session.ended_at.unwrap_or(session.last_seen_at), moment)));
    // What is told of the same instant keeps its order.
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, moment)| moment).collect()
}

/// Where nobody decided anything, that this is how it stands.
fn ending(session: &Session) -> Option<Moment> {
    let (text, at) = match session.state() {
        SessionState::InProgress | SessionState::Completed => return None,
        SessionState::Abandoned => ("Nothing since then: abandoned", session.last_seen_at),
        SessionState::Expired => (
            "Nobody came back within a day: expired",
            session.ended_at.unwrap_or(session.last_seen_at),
        ),
    };
    Some(note(session, "clock", text, at))
}

fn note(session: &Session, icon: &'static str, text: &str, at: Timestamp) -> Moment {
    Moment::Note {
        icon,
        text: text.to_owned(),
        at: after(session, at),
    }
}

/// `at the beginning`, `after 1 min 20 s`
fn after(session: &Session, at: Timestamp) -> String {
    let span = at.duration_since(session.started_at);
    if span.as_secs() < 1 {
        "at the beginning".to_owned()
    } else {
        format!("after {}", format::duration(span))
    }
}

/// A card while it is drawn.
struct Card<'a> {
    session: &'a Session,
    offers: &'a BTreeMap<OfferId, String>,
    passed: &'a Passed,
    at: Timestamp,
    until: Option<Timestamp>,
    /// Whether it was not shown again later.
    is_last: bool,
}

impl Card<'_> {
    fn drawn(&self) -> PassedCard {
        let Shown { kind, title, .. } = &self.passed.card;
        // A page's session begins with the first step: how long the first card was looked at nobody knows.
        let stood = self.until.map(|until| until.duration_since(self.at));
        let stood = stood.filter(|stood| stood.as_secs() > 0);
        let stood = stood.map(|stood| format!(", for {}", format::duration(stood)));
        let decides = matches!(*kind, "offer" | "hand_off" | "confirm") && self.is_last;
        PassedCard {
            look: card_look(kind),
            note: format!(
                "{}{}{}",
                after(self.session, self.at),
                stood.unwrap_or_default(),
                if self.is_last { "" } else { "; seen again below" }
            ),
            title: title.clone(),
            parts: self.parts(),
            decision: decides.then(|| {
                let decisions = &self.session.walk.decisions;
                words::decision_chip(decisions.get(&self.passed.card.id).copied())
            }),
            is_return: self.passed.is_return,
        }
    }

    fn parts(&self) -> Vec<PassedPart> {
        let elements = self.passed.card.elements.iter();
        elements.filter_map(|element| self.part(element)).collect()
    }

    fn part(&self, element: &ShownElement) -> Option<PassedPart> {
        let label = element.label.clone().unwrap_or_default();
        let answer = element.answer.as_ref().filter(|_| self.is_last);
        Some(match element.kind {
            "heading" => PassedPart::Heading(element.text.clone()?),
            "text" => PassedPart::Text(plain(element.text.as_deref()?)),
            "single_choice" | "multi_choice" => PassedPart::Options {
                label,
                options: element
                    .options
                    .iter()
                    .map(|option| PassedOption {
                        text: option.text.clone(),
                        chosen: answer.is_some_and(|answer| is_chosen(answer, &option.id.to_string())),
                    })
                    .collect(),
            },
            "offer" => {
                let known = element.offer.and_then(|id| self.offers.get(&id)).cloned();
                let kind = element.offer_kind.map_or("Offer", offer_label);
                PassedPart::Offer(known.map_or_else(|| kind.to_owned(), |name| format!("{name} ({kind})")))
            }
            kind => PassedPart::Answer {
                label,
                answer: match answer {
                    Some(answer) => said(kind, element, answer),
                    None if !self.is_last => "See below".to_owned(),
                    None if kind == "call_to_action" => "Not followed".to_owned(),
                    None => String::new(),
                },
            },
        })
    }
}

fn is_chosen(answer: &Value, option: &str) -> bool {
    match answer {
        Value::String(one) => one == option,
        Value::Array(several) => several.iter().any(|one| one == option),
        _ => false,
    }
}

/// An answer that is no option, in words.
fn said(kind: &str, element: &ShownElement, answer: &Value) -> String {
    match (kind, answer) {
        ("call_to_action", _) => "Followed".to_owned(),
        (_, Value::Bool(true)) => "Ticked".to_owned(),
        (_, Value::Bool(false)) => "Not ticked".to_owned(),
        (_, Value::Number(number)) => match element.scale {
            Some((from, to)) => format!("{number} on a scale from {from} to {to}"),
            None => number.to_string(),
        },
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

/// The words of a Markdown text, line by line.
fn plain(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for event in Parser::new(text) {
        match event {
            Event::Text(words) | Event::Code(words) | Event::Html(words) | Event::InlineHtml(words) => {
                if let Some(line) = lines.last_mut() {
                    line.push_str(&words);
                }
            }
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph | TagEnd::Item) => {
                lines.push(String::new());
            }
            _ => {}
        }
    }
    lines.retain(|line| !line.trim().is_empty());
    lines
}

/// What kinds of offers are called where only the kind is known.
pub(super) fn offer_name(
    kind: OfferKind,
    offer: Option<OfferId>,
    offers: &BTreeMap<OfferId, String>,
) -> String {
    let known = offer.and_then(|id| offers.get(&id)).cloned();
    known.unwrap_or_else(|| offer_label(kind).to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn markdown_is_read_as_the_lines_it_shows() {
        let text = "It costs **$3\\.50**.\nNot more.\n\n- one\n- [two](https://example.com)";
        assert_eq!(plain(text), ["It costs $3.50.", "Not more.", "one", "two"]);
    }

    #[test]
    fn one_option_or_several_are_chosen() {
        assert!(is_chosen(&json!("opt_1"), "opt_1"));
        assert!(is_chosen(&json!(["opt_2", "opt_1"]), "opt_1"));
        assert!(!is_chosen(&json!(["opt_2"]), "opt_1"));
        assert!(!is_chosen(&json!(true), "true"));
    }
}
