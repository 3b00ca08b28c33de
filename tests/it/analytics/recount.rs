//! A count from scratch that shares no line with the product: over the documents as the database has them.

use std::collections::BTreeMap;

use futures::TryStreamExt as _;
use mongodb::{
    Collection,
    bson::{Bson, Document, doc},
};

/// Numbers by place and cell.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Books(BTreeMap<String, i64>);

impl Books {
    fn add(&mut self, place: &str, cell: &str, number: i64) {
        *self.0.entry(format!("{place}: {cell}")).or_default() += number;
    }

    /// How many sessions there are.
    pub(crate) fn sessions(&self) -> i64 {
        let states = self.0.iter().filter(|(cell, _)| cell.contains(": state."));
        states.map(|(_, number)| number).sum()
    }
}

pub(crate) async fn all(of: &Collection<Document>) -> Vec<Document> {
    of.find(doc! {}).await.unwrap().try_collect().await.unwrap()
}

fn place(document: &Document, version: i64, day: &str) -> String {
    let part = |name: &str| document.get(name).unwrap().to_string();
    format!(
        "{} {version} {} {} {day}",
        part("workflow_id"),
        part("persona_id"),
        part("channel")
    )
}

/// The first ten characters of a time are its day in UTC.
fn day(document: &Document, name: &str) -> String {
    let at = document
        .get_datetime(name)
        .unwrap()
        .try_to_rfc3339_string()
        .unwrap();
    at[..10].to_owned()
}

/// What the roll-ups that are shown say.
pub(crate) async fn counted(rollups: &Collection<Document>, states: &Collection<Document>) -> Books {
    let states = all(states).await;
    let shown = states.first().map_or(0, |state| state.get_i64("shown").unwrap());
    let mut books = Books::default();
    for document in all(rollups).await {
        if document.get_i64("epoch").unwrap() != shown {
            continue;
        }
        let place = place(
            &document,
            document.get_i64("version").unwrap(),
            &day(&document, "day"),
        );
        below(&mut books, &place, "", document.get_document("n").unwrap());
    }
    // Reasons need the cards of the version: a test of their own looks at them.
    books
        .0
        .retain(|cell, number| *number != 0 && !cell.contains(": reason."));
    books
}

fn below(books: &mut Books, place: &str, path: &str, document: &Document) {
    for (name, value) in document {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        match value {
            Bson::Document(more) => below(books, place, &path, more),
            number => books.add(place, &path, number.as_i64().unwrap()),
        }
    }
}

/// What the sessions say.
pub(crate) async fn recounted(sessions: &Collection<Document>) -> Books {
    let mut books = Books::default();
    let mut sessions = all(sessions).await;
    sessions.retain(|session| session.get_str("mode").unwrap() == "live");
    for session in &sessions {
        let walk = session.get_document("walk").unwrap();
        let version = walk.get("version").unwrap();
        let version = version
            .as_i64()
            .or_else(|| version.as_i32().map(i64::from))
            .unwrap();
        let place = place(session, version, &day(session, "started_at"));
        let mut add = |cell: String| books.add(&place, &cell, 1);
        add(format!("state.{}", session.get_str("state").unwrap()));
        if let Ok(outcome) = session.get_str("outcome") {
            add(format!("outcome.{outcome}"));
            if !sessions.iter().any(|other| follows(session, other)) {
                add(format!("decided.{outcome}"));
            }
        }
        for cell in cards(walk).into_iter().chain(offers(walk)).chain(answers(walk)) {
            add(cell);
        }
    }
    books
}

/// Whether another session takes the place of one in the save window.
fn follows(one: &Document, other: &Document) -> bool {
    let same = |name: &str| one.get(name) == other.get(name);
    let apart = ["recovered", "reactivated"];
    let takes_part = |of: &Document| of.get_str("outcome").is_ok_and(|name| !apart.contains(&name));
    if !(takes_part(one) && takes_part(other) && same("customer_id") && same("subscription")) {
        return false;
    }
    let ended = |of: &Document| of.get_datetime("ended_at").unwrap().timestamp_millis();
    let id = |of: &Document| of.get("_id").unwrap().to_string();
    let later = (ended(other), id(other)) > (ended(one), id(one));
    later && ended(other) - ended(one) <= 30 * 24 * 3_600_000
}

fn cards(walk: &Document) -> Vec<String> {
    let status = walk.get_document("status").unwrap();
    let state = status.get_str("state").unwrap();
    let last = status
        .get_str("card")
        .or_else(|_| status.get_str("page"))
        .unwrap_or("");
    let mut seen: Vec<&str> = walk
        .get_array("viewed")
        .unwrap()
        .iter()
        .map(|viewed| viewed.as_document().unwrap().get_str("card").unwrap())
        .collect();
    seen.sort_unstable();
    seen.dedup();
    let mut cells = Vec::new();
    for card in seen {
        cells.push(format!("card.{card}.viewed"));
        if card != last {
            cells.push(format!("card.{card}.went_on"));
        }
    }
    if matches!(state, "abandoned" | "expired") {
        cells.push(format!("card.{last}.left"));
    }
    cells
}

fn offers(walk: &Document) -> Vec<String> {
    let decisions = walk.get_document("decisions").unwrap();
    let mut cells = Vec::new();
    for shown in walk.get_array("offers").unwrap() {
        let shown = shown.as_document().unwrap();
        let offer = shown.get_str("offer").unwrap();
        cells.push(format!("offer.{offer}.shown"));
        if let Ok(decision) = decisions.get_str(shown.get_str("card").unwrap()) {
            cells.push(format!("offer.{offer}.{decision}"));
        }
    }
    cells
}

fn answers(walk: &Document) -> Vec<String> {
    let mut cells = Vec::new();
    for (element, answer) in walk.get_document("answers").unwrap() {
        let answer = answer.as_document().unwrap();
        match answer.get_str("type").unwrap() {
            "option" => {
                let option = answer.get_str("value").unwrap();
                cells.push(format!("element.{element}.{option}"));
            }
            "options" => {
                for option in answer.get_array("value").unwrap() {
                    cells.push(format!("element.{element}.{}", option.as_str().unwrap()));
                }
            }
            "text" => cells.push(format!("element.{element}.text")),
            other => panic!("{other}"),
        }
    }
    cells
}
