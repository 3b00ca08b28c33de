//! When a lane is taken, in words.

use kale_application::workflows::{CardTree, Condition, Locale, element::Element};
use kale_domain::id::{CardId, ElementId};
use serde_json::{Map, Value};

use super::outline;

/// `“It costs more than I want to pay”`, `Accepted`, `Contract is One year`.
pub(super) fn sentence(condition: &Condition, tree: &CardTree, locale: &Locale) -> String {
    // A condition is written as JSON and nothing else.
    let json = serde_json::to_value(condition).unwrap_or_default();
    let told = Telling { tree, locale }.told(&json);
    let mut chars = told.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The tree whose cards and answers are named.
struct Telling<'t> {
    tree: &'t CardTree,
    locale: &'t Locale,
}

impl Telling<'_> {
    fn told(&self, json: &Value) -> String {
        let Value::Object(node) = json else {
            return json.to_string();
        };
        let members = |key: &str, with: &str| {
            let members = node.get(key)?.as_array()?.iter();
            let members: Vec<String> = members.map(|one| self.told(one)).collect();
            Some(members.join(with))
        };
        if let Some(all) = members("all", " and ") {
            return if all.is_empty() { "always".to_owned() } else { all };
        }
        if let Some(any) = members("any", " or ") {
            return any;
        }
        if let Some(inner) = node.get("not") {
            return format!("not ({})", self.told(inner));
        }
        if let Some(tag) = node.get("tag").and_then(Value::as_str) {
            return format!("tagged {tag}");
        }
        self.comparison(node).unwrap_or_else(|| json.to_string())
    }

    fn comparison(&self, node: &Map<String, Value>) -> Option<String> {
        let op = node.get("op")?.as_str()?;
        let value = node.get("value");
        if let Some(id) = node.get("decision").and_then(Value::as_str) {
            let decided = value.map_or_else(|| "decided".to_owned(), plain);
            let card = id.parse::<CardId>().ok().and_then(|id| self.tree.card(id));
            return Some(match (op, card) {
                ("eq", Some(_)) => decided,
                (_, Some(card)) => format!("{} {} {decided}", self.asked(card), verb(op)),
                (_, None) => format!("{decided}, on a card that is gone"),
            });
        }
        if let Some(id) = node.get("answer").and_then(Value::as_str) {
            let id = id.parse::<ElementId>().ok()?;
            return Some(self.answer(id, op, value));
        }
        let subject = ["attribute", "metric", "field"]
            .into_iter()
            .find_map(|key| node.get(key)?.as_str())?;
        let value = value.map(plain).unwrap_or_default();
        let told = format!("{} {} {value}", subject.replace('_', " "), verb(op));
        Some(told.trim_end().to_owned())
    }

    fn answer(&self, id: ElementId, op: &str, value: Option<&Value>) -> String {
        let Some((card, element)) = self.tree.element(id) else {
            return "an answer that is gone".to_owned();
        };
        let words = match value {
            Some(Value::Array(values)) => {
                let values: Vec<String> = values.iter().map(|value| self.option(element, value)).collect();
                values.join(" or ")
            }
            Some(value) => self.option(element, value),
            None => String::new(),
        };
        let chosen = matches!(op, "eq" | "in" | "contains") && !element.kind.options().is_empty();
        if chosen {
            return words;
        }
        let told = format!("{} {} {words}", self.asked(card), verb(op));
        told.trim_end().to_owned()
    }

    fn option(&self, element: &Element, value: &Value) -> String {
        let options = element.kind.options();
        if options.is_empty() {
            return plain(value);
        }
        let text = value.as_str().unwrap_or_default();
        match options.iter().find(|option| option.id.to_string() == text) {
            Some(option) => {
                let words = option.text.read(self.locale, self.locale);
                format!("“{}”", words.unwrap_or("an option without words"))
            }
            None => "an option that is gone".to_owned(),
        }
    }

    fn asked(&self, card: &kale_application::workflows::Card) -> String {
        format!("“{}”", outline::title(card, self.tree, self.locale))
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn verb(op: &str) -> &str {
    match op {
        "eq" => "is",
        "ne" => "is not",
        "lt" => "is less than",
        "lte" => "is at most",
        "gt" => "is more than",
        "gte" => "is at least",
        "between" => "is between",
        "in" => "is one of",
        "not_in" => "is none of",
        "starts_with" => "starts with",
        "is_set" => "is known",
        "is_not_set" => "is not known",
        "before" => "is before",
        "after" => "is after",
        "within_last_days" => "was in the last days:",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use kale_application::templates::Templates;
    use serde_json::json;

    use super::*;

    fn said(tree: &CardTree, json: &Value) -> String {
        let condition = Condition::parse(json, "#").unwrap();
        sentence(&condition, tree, &Locale::english())
    }

    #[test]
    fn a_lane_is_called_by_the_answer_or_the_decision_that_opens_it() {
        let tree = Templates.get("cancel_saas").unwrap().tree;
        let asked = &tree.cards()[0];
        let offer = &asked.branches[0].cards[0];

        assert_eq!(
            sentence(&asked.branches[0].when, &tree, &Locale::english()),
            "“It costs more than I want to pay”"
        );
        assert_eq!(
            sentence(&offer.branches[0].when, &tree, &Locale::english()),
            "Accepted"
        );
        let gone = json!({ "answer": "elm_01h455vb4pex5vsknk084sn02q", "op": "is_set" });
        assert_eq!(said(&tree, &gone), "An answer that is gone");
    }

    #[test]
    fn facts_of_the_customer_are_told_too() {
        let tree = CardTree::empty();
        let both = json!({ "all": [
            { "attribute": "contract", "op": "in", "value": ["One year", "Two year"] },
            { "not": { "attribute": "seats_used", "op": "gte", "value": 5 } }
        ] });
        assert_eq!(
            said(&tree, &both),
            "Contract is one of One year, Two year and not (seats used is at least 5)"
        );
        assert_eq!(said(&tree, &json!({ "tag": "vip" })), "Tagged vip");
    }
}
