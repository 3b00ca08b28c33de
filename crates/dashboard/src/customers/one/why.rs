//! Why a customer has its persona, in words.

use std::collections::BTreeMap;

use kale_application::personas::{ExplainedPersona, Explanation};
use kale_domain::id::PersonaId;
use kale_rules::{flip::Flip, trace::Trace, truth::Truth};

use crate::{
    customers::personas::PersonaTags,
    view::trace::{Judged, TraceNode, Verdict, Why},
};

/// What the explanation says. `sentences` are the rules in one sentence each, `now` is the present time in words.
pub(super) fn why(
    explanation: &Explanation,
    personas: &PersonaTags,
    sentences: &BTreeMap<PersonaId, String>,
    now: &str,
) -> Why {
    let judged = |one: &ExplainedPersona| Judged {
        persona: personas.tag(Some(one.id), false),
        verdict: verdict(one.trace.truth),
        chosen: explanation.state.persona == Some(one.id),
        sentence: sentences
            .get(&one.id)
            .map(|text| format!("{text}."))
            .unwrap_or_default(),
        trace: node(&one.trace),
    };
    Why {
        summary: summary(explanation, personas),
        nearest_flip: nearest_flip(explanation, personas),
        judged_by: format!("Version {}, judged {now}", explanation.version),
        personas: explanation.personas.iter().map(judged).collect(),
    }
}

/// The one sentence above all.
pub(super) fn summary(explanation: &Explanation, personas: &PersonaTags) -> String {
    let rules = match explanation.by_rule {
        Some(id) => format!(
            "The first rule that matches is “{}”.",
            personas.tag(Some(id), false).name
        ),
        None if explanation.personas.is_empty() => "There is no rule yet.".to_owned(),
        None => "No rule matches.".to_owned(),
    };
    let state = &explanation.state;
    if state.is_locked() {
        return format!("A person decided; rules don’t move this customer. {rules}");
    }
    if state.by.is_some() && state.persona != explanation.by_rule {
        return format!("{rules} Values or rules changed since the customer was last judged.");
    }
    rules
}

/// The change that needs least: of the persona that matches to match no more, or of one above it to match.
pub(super) fn nearest_flip(explanation: &Explanation, personas: &PersonaTags) -> String {
    let flips = explanation
        .personas
        .iter()
        .filter_map(|one| Some((one, one.flip.as_ref()?)));
    let nearest = flips.min_by_key(|(_, flip)| flip.changes.len());
    nearest.map_or_else(String::new, |(one, flip)| {
        let name = personas.tag(Some(one.id), false).name;
        let outcome = if flip.matches {
            "would match"
        } else {
            "would match no more"
        };
        format!("Nearest change: {}. Then “{name}” {outcome}.", changes(flip))
    })
}

fn changes(flip: &Flip) -> String {
    let all: Vec<&str> = flip.changes.iter().map(|change| change.text.as_str()).collect();
    all.join(", and ")
}

fn node(trace: &Trace) -> TraceNode {
    let mut letters = trace.text.chars();
    let first = letters
        .next()
        .map(|first| first.to_uppercase().to_string())
        .unwrap_or_default();
    TraceNode {
        verdict: verdict(trace.truth),
        text: format!("{first}{}", letters.as_str()),
        value: trace.actual.clone().unwrap_or_default(),
        source: if trace.waiting {
            "waits for data".to_owned()
        } else {
            String::new()
        },
        children: trace.children.iter().map(node).collect(),
    }
}

const fn verdict(truth: Truth) -> Verdict {
    match truth {
        Truth::True => Verdict::Yes,
        Truth::False => Verdict::No,
        Truth::Unknown => Verdict::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use kale_domain::persona::{AssignedBy, PersonaState};
    use kale_rules::flip::Change;

    use super::*;
    use crate::customers::{
        one::tests::ada,
        personas::tests::{configuration, id},
    };

    fn explained(nth: u8, truth: Truth, changes: &[&str]) -> ExplainedPersona {
        let leaf = Trace {
            text: "tenure is less than 6".to_owned(),
            subject: Some("attributes.tenure".to_owned()),
            actual: Some("9".to_owned()),
            truth,
            waiting: false,
            children: vec![],
        };
        let change = |text: &&str| Change {
            leaf: 0,
            to: Truth::True,
            text: (*text).to_owned(),
        };
        ExplainedPersona {
            id: id(nth),
            name: String::new(),
            priority: u32::from(nth),
            matches: truth.matches(),
            trace: Trace {
                text: "all of these".to_owned(),
                subject: None,
                actual: None,
                truth,
                waiting: false,
                children: vec![leaf],
            },
            flip: Some(Flip {
                matches: !truth.matches(),
                changes: changes.iter().map(change).collect(),
            }),
        }
    }

    fn explanation() -> Explanation {
        Explanation {
            state: ada().persona,
            by_rule: Some(id(2)),
            version: 4,
            personas: vec![
                explained(
                    3,
                    Truth::False,
                    &["tenure would have to be less than 6 (is 9)", "b"],
                ),
                explained(2, Truth::True, &["c"]),
            ],
        }
    }

    #[test]
    fn the_nearest_change_is_the_one_that_needs_least() {
        let tags = PersonaTags::of(&configuration());
        let sentences = BTreeMap::from([(id(3), "Tenure is less than 6".to_owned())]);

        let why = why(&explanation(), &tags, &sentences, "22 Nov 2026, 14:05");

        assert_eq!(
            why.nearest_flip,
            "Nearest change: c. Then “Yearly contract” would match no more."
        );
        assert_eq!(
            why.summary,
            "The first rule that matches is “Yearly contract”. Values or rules changed since the customer was last judged."
        );
        assert_eq!(why.personas[0].sentence, "Tenure is less than 6.");
        assert!(why.personas[0].chosen && !why.personas[1].chosen);
        let leaf = &why.personas[0].trace.children[0];
        assert_eq!(
            (leaf.text.as_str(), leaf.value.as_str(), leaf.verdict),
            ("Tenure is less than 6", "9", Verdict::No)
        );
    }

    #[test]
    fn a_decision_by_hand_is_said_first() {
        let mut explanation = explanation();
        explanation.state = PersonaState {
            by: Some(AssignedBy::Manual {
                user: None,
                reason: None,
            }),
            ..explanation.state
        };
        let summary = summary(&explanation, &PersonaTags::of(&configuration()));
        assert!(summary.starts_with("A person decided"), "{summary}");
    }
}
