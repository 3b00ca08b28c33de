use kale_dashboard::view::{
    form::{Choice, Field, Problems, Select, Stale, Wrong},
    parts::Swatch,
    persona_editor::{ColourChoice, MatrixCell, MatrixRow, PersonaEditorPage, PersonaPreview, RuleProblem},
    rule::{Condition, Join, RuleNode, Subject, SubjectGroup, ValueKind},
    shell::Section,
};
use kale_domain::persona::Colour;

use super::{band, crumb, shell, tag};

const RULE: &str = r#"{
  "all": [
    { "attribute": "contract", "op": "in", "value": ["Month-to-month", "Trial"] },
    { "attribute": "tenure", "op": "lt", "value": 6 }
  ]
}"#;

fn subject(value: &str, label: &str, kind: ValueKind, unit: &str, values: &[&str]) -> Subject {
    Subject {
        value: value.to_owned(),
        label: label.to_owned(),
        kind,
        unit: unit.to_owned(),
        exponent: if value == "metric:mrr" { 2 } else { 0 },
        suggestions: values.iter().map(|value| (*value).to_owned()).collect(),
        note: String::new(),
    }
}

fn subjects(typed: &str) -> Vec<SubjectGroup> {
    vec![
        SubjectGroup {
            label: format!("Attributes{typed}"),
            subjects: vec![
                subject(
                    "attribute:contract",
                    "Contract",
                    ValueKind::Text,
                    "",
                    &["Month-to-month", "One year", "Two year"],
                ),
                subject("attribute:tenure", "Tenure", ValueKind::Number, "months", &[]),
                subject(
                    "attribute:internet_service",
                    "Internet service",
                    ValueKind::Text,
                    "",
                    &["DSL", "Fiber optic", "No"],
                ),
                subject(
                    "attribute:tech_support",
                    "Tech support",
                    ValueKind::Text,
                    "",
                    &["Yes", "No", "No internet service"],
                ),
                subject("attribute:churn", "Churn", ValueKind::Bool, "", &[]),
            ],
        },
        SubjectGroup {
            label: "Billing".to_owned(),
            subjects: vec![
                subject("metric:mrr", "MRR", ValueKind::Money, "USD", &[]),
                Subject {
                    note: "Waits for data: nobody has a value yet.".to_owned(),
                    ..subject(
                        "metric:days_to_renewal",
                        "Days to renewal",
                        ValueKind::Number,
                        "days",
                        &[],
                    )
                },
                subject(
                    "metric:next_attempt_at",
                    "Next payment attempt",
                    ValueKind::Date,
                    "",
                    &[],
                ),
            ],
        },
        SubjectGroup {
            label: "Other".to_owned(),
            subjects: vec![subject("tag", "Tag", ValueKind::Tag, "", &["vip"])],
        },
    ]
}

fn condition(subject: Subject, operator: &str, values: &[&str], error: &str) -> RuleNode {
    RuleNode::condition(Condition {
        subject,
        operator: operator.to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        error: error.to_owned(),
    })
}

fn rule(typed: &str, wrong: bool) -> RuleNode {
    let text = |value, label| subject(value, label, ValueKind::Text, "", &[]);
    let error = if wrong {
        "Expected a number of at least 0."
    } else {
        ""
    };
    RuleNode::root(
        Join::All,
        vec![
            condition(
                text("attribute:contract", "Contract"),
                "in",
                &["Month-to-month", &format!("Trial{typed}")],
                "",
            ),
            condition(
                subject("attribute:tenure", "Tenure", ValueKind::Number, "months", &[]),
                "lt",
                &["6"],
                error,
            ),
            RuleNode::group(
                Join::AtLeast(2),
                vec![
                    condition(
                        subject("metric:mrr", "MRR", ValueKind::Money, "USD", &[]),
                        "between",
                        &["29.85", "80"],
                        "",
                    ),
                    condition(
                        subject("attribute:churn", "Churn", ValueKind::Bool, "", &[]),
                        "eq",
                        &["true"],
                        "",
                    ),
                    condition(text("attribute:tech_support", "Tech support"), "is_set", &[], ""),
                ],
            ),
            RuleNode::opaque(
                "{\"metric\":\"mrr\",\"op\":\"gte\",\"value\":{\"company_percentile\":75}}".to_owned(),
                format!("MRR is in the top quarter of the company{typed}"),
            ),
        ],
    )
}

pub(crate) fn preview(typed: &str) -> PersonaPreview {
    let matrix = [[0, 0, 188, 0], [96, 0, 12, 0], [61, 31, 0, 4], [20, 0, 0, 0]];
    let shown = [0_usize, 1, 5, 7];
    PersonaPreview {
        problems: vec![],
        sentence:
            "Contract is one of Month-to-month, Trial and tenure is less than 6 and at least 2 of 3 more."
                .to_owned(),
        after: "1,800".to_owned(),
        before: "1,412".to_owned(),
        change: "+388".to_owned(),
        matches: "1,940 customers, of whom 140 have a persona that is asked earlier".to_owned(),
        unknown: "128 can’t be judged: tenure is not known.".to_owned(),
        band: Some(band(typed, Some(0))),
        moved: "412 customers would move".to_owned(),
        columns: shown.iter().map(|nth| tag(*nth, typed)).collect(),
        rows: matrix
            .iter()
            .enumerate()
            .map(|(from, row)| MatrixRow {
                from: tag(shown[from], typed),
                cells: row
                    .iter()
                    .enumerate()
                    .map(|(to, count)| MatrixCell {
                        count: if *count == 0 {
                            String::new()
                        } else {
                            count.to_string()
                        },
                        heat: u8::try_from(count / 40).unwrap_or(5).min(5),
                        diagonal: from == to,
                    })
                    .collect(),
            })
            .collect(),
        locked: "12 stay: put there by hand.".to_owned(),
    }
}

pub(crate) fn editor(typed: &str) -> PersonaEditorPage {
    PersonaEditorPage {
        shell: shell(
            Section::Personas,
            "New on a monthly plan",
            vec![crumb("Personas", "/personas")],
            typed,
        ),
        id: "per_0".to_owned(),
        action: "/personas/per_0".to_owned(),
        problems: Problems::default(),
        stale: None,
        name: Field::new("name", "Name").value(format!("New on a monthly plan{typed}")),
        description: Field::new("description", "What it means")
            .value(format!("First six months without a term.{typed}")),
        category: Select::new(
            Field::new("category", "Category").value("new"),
            [("new", "New"), ("service", "Service"), ("fit", "Fit")]
                .map(|(value, label)| Choice::new(value, label)),
        ),
        priority: Field::new("priority", "Priority")
            .value("900")
            .hint("The highest is asked first"),
        colours: Colour::ALL
            .map(|colour| ColourChoice {
                value: colour.name(),
                swatch: Swatch::of(colour, 0),
                selected: colour == Colour::Sun,
            })
            .into(),
        enabled: true,
        rule: rule(typed, false),
        rule_json: format!("{RULE}{typed}"),
        sentence: "Contract is Month-to-month and tenure is less than 6.".to_owned(),
        subjects: subjects(typed),
        reason: Field::new("reason", "Why this change").hint("Stands in the versions"),
        preview: preview(typed),
        may_manage: true,
        etag: "4".to_owned(),
    }
}

pub(crate) fn wrong_editor(typed: &str) -> PersonaEditorPage {
    PersonaEditorPage {
        problems: Problems {
            list: vec![Wrong {
                field: "priority".to_owned(),
                message: format!("Priority 900 is taken by Settled.{typed}"),
            }],
        },
        stale: Some(Stale {
            text: format!("Maya{typed} changed the personas 2 min ago."),
            theirs: "/personas".to_owned(),
        }),
        priority: Field::new("priority", "Priority")
            .value("900")
            .error("Priority 900 is taken by Settled."),
        rule: rule(typed, true),
        preview: wrong_preview(typed),
        ..editor(typed)
    }
}

pub(crate) fn wrong_preview(typed: &str) -> PersonaPreview {
    PersonaPreview {
        problems: vec![RuleProblem {
            pointer: "#/all/1/value".to_owned(),
            message: format!("Tenure: expected a number of at least 0.{typed}"),
        }],
        ..preview(typed)
    }
}
