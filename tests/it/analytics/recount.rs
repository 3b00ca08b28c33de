//! A count from scratch that shares no line with the product: over the documents as the database has them.

use std::collections::{BTreeMap, BTreeSet};

use futures::TryStreamExt as _;
use mongodb::{
    Collection,
    bson::{Bson, Document, doc},
};
use serde_json::Value;

/// What a roll-up holds beside its cells.
const PLACE: [&str; 9] = [
    "_id",
    "company_id",
    "epoch",
    "workflow_id",
    "day",
    "version",
    "persona_id",
    "channel",
    "n",
];
/// The first parts of the cells that are recounted here.
pub(crate) const KINDS: [&str; 9] = [
    "state",
    "outcome",
    "decided",
    "card",
    "element",
    "reason",
    "decided_reason",
    "offer",
    "mrr",
];

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

    /// Whether something is counted in a cell that begins so.
    pub(crate) fn knows(&self, cell: &str) -> bool {
        self.0.keys().any(|key| key.contains(&format!(": {cell}")))
    }

    /// Whether something is counted in a cell that ends so.
    pub(crate) fn knows_end(&self, end: &str) -> bool {
        self.0.keys().any(|key| key.ends_with(end))
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
    books.0.retain(|_, number| *number != 0);
    books
}

/// What the roll-ups hold that is not recounted here, whatever number it has.
pub(crate) async fn strange(rollups: &Collection<Document>) -> Vec<String> {
    let mut found = Vec::new();
    for document in all(rollups).await {
        let beside = document.keys().filter(|key| !PLACE.contains(&key.as_str()));
        found.extend(beside.cloned());
        let cells = document.get_document("n").unwrap();
        let kinds = cells.keys().filter(|key| !KINDS.contains(&key.as_str()));
        found.extend(kinds.map(|kind| format!("n.{kind}")));
    }
    found
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

/// What the sessions say, and the versions they walked.
pub(crate) async fn recounted(sessions: &Collection<Document>, versions: &Collection<Document>) -> Books {
    let mut books = Books::default();
    let mut sessions = all(sessions).await;
    sessions.retain(|session| session.get_str("mode").unwrap() == "live");
    let versions = all(versions).await;
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
        let reasons = reasons(walk, &tree(&versions, session, version));
        let mut worth = Vec::new();
        if let Ok(outcome) = session.get_str("outcome") {
            add(format!("outcome.{outcome}"));
            if !sessions.iter().any(|other| follows(session, other)) {
                add(format!("decided.{outcome}"));
                for reason in &reasons {
                    add(format!("decided_reason.{reason}.{outcome}"));
                }
                worth = money(session, outcome);
            }
        }
        for reason in reasons {
            add(format!("reason.{reason}"));
        }
        for cell in cards(walk).into_iter().chain(offers(walk)).chain(answers(walk)) {
            add(cell);
        }
        for (cell, amount) in worth {
            books.add(&place, &cell, amount);
        }
    }
    books.0.retain(|_, number| *number != 0);
    books
}

/// The cards of the version that a session walks.
fn tree(versions: &[Document], session: &Document, version: i64) -> Value {
    let walked = versions.iter().find(|one| {
        one.get("workflow_id") == session.get("workflow_id") && one.get_i64("number").unwrap() == version
    });
    serde_json::from_str(walked.unwrap().get_str("tree").unwrap()).unwrap()
}

/// The reasons behind the options chosen on those cards of the tree that lie on the way, each once.
fn reasons(walk: &Document, tree: &Value) -> BTreeSet<String> {
    let mut way: BTreeSet<&str> = walk
        .get_array("trail")
        .unwrap()
        .iter()
        .map(|card| card.as_str().unwrap())
        .collect();
    let status = walk.get_document("status").unwrap();
    if let Ok(page) = status.get_str("page") {
        way.insert(page);
    }
    let mut chosen = BTreeSet::new();
    for (element, answer) in walk.get_document("answers").unwrap() {
        for option in options(answer.as_document().unwrap()) {
            chosen.insert((element.as_str(), option));
        }
    }
    let mut found = BTreeSet::new();
    meet(tree, &mut |card| {
        if !way.contains(card["id"].as_str().unwrap()) {
            return;
        }
        for element in card["elements"].as_array().unwrap() {
            for option in element["config"]["options"].as_array().into_iter().flatten() {
                let key = (element["id"].as_str().unwrap(), option["id"].as_str().unwrap());
                if let (true, Some(reason)) = (chosen.contains(&key), option["reason"].as_str()) {
                    found.insert(reason.to_owned());
                }
            }
        }
    });
    found
}

/// Meets everything that has elements, wherever it is.
fn meet(value: &Value, card: &mut impl FnMut(&Value)) {
    match value {
        Value::Object(fields) => {
            if fields.get("elements").is_some_and(Value::is_array) {
                card(value);
            }
            fields.values().for_each(|below| meet(below, card));
        }
        Value::Array(items) => items.iter().for_each(|below| meet(below, card)),
        _ => {}
    }
}

/// What a session that decides was worth a month, where that is known.
fn money(session: &Document, outcome: &str) -> Vec<(String, i64)> {
    let Ok(money) = session.get_document("mrr_at_stake") else {
        return Vec::new();
    };
    let currency = money.get_str("currency").unwrap();
    let amount = money.get_i64("amount_minor").unwrap();
    let mut cells = vec![
        (format!("mrr.{currency}.sessions"), 1),
        (format!("mrr.{currency}.at_stake"), amount),
    ];
    if outcome == "cancelled" {
        cells.push((format!("mrr.{currency}.cancelled"), amount));
    }
    cells
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

/// Each offer once, whatever cards show it: accepted where it was on one of them.
fn offers(walk: &Document) -> BTreeSet<String> {
    let decisions = walk.get_document("decisions").unwrap();
    let mut cells = BTreeSet::new();
    for shown in walk.get_array("offers").unwrap() {
        let shown = shown.as_document().unwrap();
        let offer = shown.get_str("offer").unwrap();
        cells.insert(format!("offer.{offer}.shown"));
        if let Ok(decision) = decisions.get_str(shown.get_str("card").unwrap()) {
            cells.insert(format!("offer.{offer}.{decision}"));
        }
    }
    let taken = |cell: &String| {
        let other = cell.replace(".declined", ".accepted");
        other != *cell && cells.contains(&other)
    };
    cells.iter().filter(|cell| !taken(cell)).cloned().collect()
}

/// The options that were chosen.
fn options(answer: &Document) -> Vec<&str> {
    match answer.get("value") {
        Some(Bson::Array(options)) => options.iter().map(|option| option.as_str().unwrap()).collect(),
        Some(Bson::String(option)) if answer.get_str("type").is_ok_and(|kind| kind == "option") => {
            vec![option]
        }
        _ => Vec::new(),
    }
}

fn answers(walk: &Document) -> Vec<String> {
    let mut cells = Vec::new();
    for (element, answer) in walk.get_document("answers").unwrap() {
        let answer = answer.as_document().unwrap();
        let given: Vec<String> = match answer.get_str("type").unwrap() {
            "option" | "options" => options(answer).into_iter().map(str::to_owned).collect(),
            "rating" => {
                let number = answer.get("value").unwrap();
                let number = number.as_i64().or_else(|| number.as_i32().map(i64::from));
                vec![format!("r{}", number.unwrap())]
            }
            "checked" if answer.get_bool("value").unwrap() => vec!["ticked".to_owned()],
            "checked" => vec!["unticked".to_owned()],
            "text" => vec!["text".to_owned()],
            "clicked" => vec!["clicked".to_owned()],
            other => panic!("{other}"),
        };
        cells.extend(
            given
                .into_iter()
                .map(|given| format!("element.{element}.{given}")),
        );
    }
    cells
}
