//! What a lane asks: an answer or a decision, here or on an earlier card.

use kale_application::workflows::{
    Branch, Card, CardTree, Condition, Locale,
    card::CardKind,
    element::{Element, ElementKind},
};
use kale_domain::error::FieldError;
use serde_json::{Value, json};

use crate::{
    view::{
        builder::{WhenGroup, WhenSelect},
        form::{Choice, Field},
    },
    workflows::{conditions, outline},
};

/// What a form calls the condition that is there and stays.
const AS_IT_IS: &str = "as it is";

/// The conditions that a lane of that card can be given, by what they are about.
fn groups(tree: &CardTree, card: &Card, locale: &Locale) -> Vec<(String, Vec<Value>)> {
    let layout = tree.layout();
    let own = layout.number(card.id);
    let mut earlier: Vec<&Card> = tree
        .all()
        .into_iter()
        .filter(|one| layout.number(one.id) <= own)
        .collect();
    // What is nearest is asked most.
    earlier.reverse();
    let mut groups = Vec::new();
    for card in earlier {
        let title = outline::title(card, tree, locale);
        let decisions = decisions(card);
        if !decisions.is_empty() {
            groups.push((title.clone(), decisions));
        }
        for element in &card.elements {
            let label = outline::asked(element, locale).unwrap_or_else(|| title.clone());
            let answers = answers(element);
            if !answers.is_empty() {
                groups.push((label, answers));
            }
        }
    }
    groups
}

fn decisions(card: &Card) -> Vec<Value> {
    let names: &[&str] = match card.kind {
        CardKind::Offer(_) | CardKind::HandOff(_) => &["accepted", "declined"],
        CardKind::Confirm(_) => &["cancelled", "kept"],
        _ => &[],
    };
    let one = |name: &&str| json!({ "decision": card.id, "op": "eq", "value": name });
    names.iter().map(one).collect()
}

fn answers(element: &Element) -> Vec<Value> {
    let one = |op: &str, value: Value| json!({ "answer": element.id, "op": op, "value": value });
    match &element.kind {
        ElementKind::SingleChoice(choice) | ElementKind::MultiChoice(choice) => {
            let options = choice.options.iter();
            options.map(|option| one("eq", json!(option.id))).collect()
        }
        ElementKind::Rating(rating) => {
            let (from, to) = rating.scale.ends();
            let at_most = (from..to).map(|number| one("lte", json!(number)));
            let at_least = (from.saturating_add(1)..=to).map(|number| one("gte", json!(number)));
            at_most.chain(at_least).collect()
        }
        ElementKind::Checkbox(_) => vec![one("eq", json!(true)), one("eq", json!(false))],
        ElementKind::CallToAction(_) => vec![one("eq", json!(true))],
        ElementKind::ShortText(_) | ElementKind::LongText(_) => ["is_set", "is_not_set"]
            .map(|op| json!({ "answer": element.id, "op": op }))
            .to_vec(),
        ElementKind::Heading(_) | ElementKind::Text(_) | ElementKind::Offer(_) => Vec::new(),
    }
}

/// As a form names it: `answer elm_… eq opt_…`.
fn code(condition: &Value) -> String {
    let part = |key: &str| match condition.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let about = if condition.get("answer").is_some() {
        "answer"
    } else {
        "decision"
    };
    let code = format!("{about} {} {} {}", part(about), part("op"), part("value"));
    code.trim_end().to_owned()
}

/// The field of a lane's condition, or of a new lane's: then its first free answer is chosen.
pub(super) fn select(
    tree: &CardTree,
    card: &Card,
    lane: Option<&Branch>,
    field: Field,
    locale: &Locale,
) -> WhenSelect {
    let present = lane.and_then(|lane| serde_json::to_value(&lane.when).ok());
    let taken: Vec<Value> = card
        .branches
        .iter()
        .filter_map(|branch| serde_json::to_value(&branch.when).ok())
        .collect();
    let all = groups(tree, card, locale);
    let known = present
        .as_ref()
        .is_some_and(|present| all.iter().any(|(_, those)| those.contains(present)));
    let free = || {
        let mut every = all.iter().flat_map(|(_, those)| those);
        every.find(|one| !taken.contains(one))
    };
    let chosen = match (&present, field.value.as_str()) {
        (_, typed) if !typed.is_empty() => typed.to_owned(),
        (Some(present), _) => code(present),
        (None, _) => free().map(code).unwrap_or_default(),
    };
    let own = lane.filter(|_| !known).map(|lane| {
        let words = conditions::sentence(&lane.when, tree, locale);
        Choice::new(AS_IT_IS, format!("As it is: {words}"))
    });
    let groups = all.iter().map(|(label, those)| WhenGroup {
        label: label.clone(),
        choices: those
            .iter()
            .map(|one| Choice::new(code(one), told(one, tree, locale)).chosen_if(&chosen))
            .collect(),
    });
    WhenSelect {
        field,
        own,
        groups: groups.collect(),
    }
}

/// A condition in words.
fn told(condition: &Value, tree: &CardTree, locale: &Locale) -> String {
    let parsed = Condition::parse(condition, "#");
    parsed.map_or_else(
        |_broken| String::new(),
        |condition| conditions::sentence(&condition, tree, locale),
    )
}

/// What was chosen; `None` where the condition stays as it is.
pub(super) fn read(
    tree: &CardTree,
    card: &Card,
    chosen: &str,
    locale: &Locale,
) -> Result<Option<Condition>, Vec<FieldError>> {
    if chosen == AS_IT_IS {
        return Ok(None);
    }
    let all = groups(tree, card, locale);
    let mut every = all.iter().flat_map(|(_, those)| those);
    match every.find(|one| code(one) == chosen) {
        Some(found) => Condition::parse(found, "#/when").map(Some),
        None => {
            let message = "Choose an answer or a decision that there is.";
            Err(vec![FieldError::new("#/when", "unknown-condition", message)])
        }
    }
}

#[cfg(test)]
mod tests {
    use kale_application::templates::Templates;

    use super::*;

    #[test]
    fn every_lane_of_every_template_can_be_chosen_again() {
        let english = Locale::english();
        for template in Templates.list().unwrap() {
            for card in template.tree.all() {
                for lane in &card.branches {
                    let field = Field::new("when", "Taken where");
                    let shown = select(&template.tree, card, Some(lane), field, &english);
                    let mut all = shown.groups.iter().flat_map(|group| &group.choices);
                    let chosen = all.find(|choice| choice.selected).or(shown.own.as_ref());
                    let chosen = chosen.unwrap().value.clone();
                    let read = read(&template.tree, card, &chosen, &english).unwrap();
                    assert_eq!(read.unwrap_or_else(|| lane.when.clone()), lane.when);
                }
            }
        }
    }

    #[test]
    fn a_new_lane_asks_for_the_first_answer_that_no_lane_asks_for() {
        let english = Locale::english();
        let tree = Templates.get("cancel_saas").unwrap().tree;
        let card = &tree.cards()[0];
        let field = Field::new("when", "Taken where");
        let shown = select(&tree, card, None, field.clone(), &english);
        let chosen: Vec<&Choice> = shown
            .groups
            .iter()
            .flat_map(|group| &group.choices)
            .filter(|choice| choice.selected)
            .collect();
        assert!(chosen.len() <= 1);
        for lane in &card.branches {
            let taken = code(&serde_json::to_value(&lane.when).unwrap());
            assert!(chosen.iter().all(|choice| choice.value != taken));
        }
        let of_lane = select(&tree, card, Some(&card.branches[0]), field, &english);
        let chosen = of_lane
            .groups
            .iter()
            .flat_map(|group| &group.choices)
            .find(|choice| choice.selected)
            .unwrap();
        assert_eq!(chosen.label, "“It costs more than I want to pay”");
        assert!(read(&tree, card, "answer x eq y", &english).is_err());
    }
}
