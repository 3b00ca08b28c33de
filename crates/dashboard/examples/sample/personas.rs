use kale_dashboard::view::{
    form::{Choice, Field, Problems, Select, Stale, Wrong},
    format,
    parts::{Link, Swatch},
    persona_editor::{ColourChoice, MatrixCell, MatrixRow, PersonaEditorPage, PersonaPreview, RuleProblem},
    personas::{CrossCell, CrossRow, CrossTablePage, PersonaRow, PersonaVersionsPage, PersonasPage, VersionRow},
    rule::{Condition, Join, RuleNode, Subject, SubjectGroup, ValueKind},
    shell::Section,
};
use kale_domain::persona::Colour;

use super::{ALL, PERSONAS, Page, UNASSIGNED, band, crumb, empty, fragment, job, page, shell, tag};

fn list(typed: &str) -> PersonasPage {
    let sentences = [
        ("New", "First six months without a term: most decisions to leave happen here.", "Contract is Month-to-month and tenure is less than 6."),
        ("Service", "Pays for speed and gets no help with it.", "Internet service is Fiber optic and at least 1 of: tech support is No, online security is No."),
        ("Fit", "A smaller tariff may be right.", "Contract is Month-to-month and monthly charges are at least $80."),
        ("Value", "One household with several services.", "At least 4 of: streaming TV is Yes, streaming movies is Yes, online backup is Yes, device protection is Yes, multiple lines is Yes."),
        ("Steady", "Two-year contract and no open trouble.", "Contract is Two year."),
        ("Steady", "Decides once a year.", "Contract is One year."),
        ("Fit", "No internet at all.", "Internet service is No."),
    ];
    let personas = PERSONAS
        .iter()
        .zip(sentences)
        .enumerate()
        .map(|(nth, ((_, _, _, count), (category, description, sentence)))| PersonaRow {
            id: format!("per_{nth}"),
            tag: tag(nth, typed),
            category: category.to_owned(),
            description: format!("{description}{typed}"),
            sentence: sentence.to_owned(),
            place: (nth + 1).to_string(),
            priority: (900 - nth * 100).to_string(),
            count: format::number(*count),
            share: format::percent(*count, ALL),
            width: format::width(*count, 1530),
            customers_href: format!("/customers?filter[persona]=per_{nth}"),
            enabled: nth != 6,
            waiting: if nth == 3 { "Waits for data: live subscriptions.".to_owned() } else { String::new() },
            first: nth == 0,
            last: nth == 6,
        })
        .collect();
    PersonasPage {
        shell: shell(Section::Personas, "Personas", vec![], typed),
        band: Some(band(typed, None)),
        version: "Version 4, saved 22 Nov 2026 by Ada Okafor".to_owned(),
        personas,
        unassigned: UNASSIGNED.to_string(),
        unassigned_share: "1%".to_owned(),
        unassigned_width: format::width(UNASSIGNED, 1530),
        unassigned_href: "/customers?filter[persona]=none".to_owned(),
        empty: empty("id-card", "No personas yet. Your industry comes with a set to start from.", Some(Link::new("Take the set for Telecom", "/personas/new")), Some(Link::new("Start from nothing", "/personas/new"))),
        running: None,
        may_manage: true,
        may_assign: true,
        etag: "4".to_owned(),
    }
}

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
                subject("attribute:contract", "Contract", ValueKind::Text, "", &["Month-to-month", "One year", "Two year"]),
                subject("attribute:tenure", "Tenure", ValueKind::Number, "months", &[]),
                subject("attribute:internet_service", "Internet service", ValueKind::Text, "", &["DSL", "Fiber optic", "No"]),
                subject("attribute:tech_support", "Tech support", ValueKind::Text, "", &["Yes", "No", "No internet service"]),
                subject("attribute:churn", "Churn", ValueKind::Bool, "", &[]),
            ],
        },
        SubjectGroup {
            label: "Billing".to_owned(),
            subjects: vec![
                subject("metric:mrr", "MRR", ValueKind::Money, "USD", &[]),
                Subject {
                    note: "Waits for data: nobody has a value yet.".to_owned(),
                    ..subject("metric:days_to_renewal", "Days to renewal", ValueKind::Number, "days", &[])
                },
                subject("metric:next_attempt_at", "Next payment attempt", ValueKind::Date, "", &[]),
            ],
        },
        SubjectGroup { label: "Other".to_owned(), subjects: vec![subject("tag", "Tag", ValueKind::Tag, "", &["vip"])] },
    ]
}

fn condition(subject: Subject, operator: &str, values: &[&str], error: &str) -> RuleNode {
    RuleNode::Condition(Condition {
        subject,
        operator: operator.to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        error: error.to_owned(),
    })
}

fn rule(typed: &str, wrong: bool) -> RuleNode {
    RuleNode::Group {
        join: Join::All,
        root: true,
        children: vec![
            condition(subject("attribute:contract", "Contract", ValueKind::Text, "", &[]), "in", &["Month-to-month", &format!("Trial{typed}")], ""),
            condition(subject("attribute:tenure", "Tenure", ValueKind::Number, "months", &[]), "lt", &["6"], if wrong { "Expected a number of at least 0." } else { "" }),
            RuleNode::Group {
                join: Join::AtLeast(2),
                root: false,
                children: vec![
                    condition(subject("metric:mrr", "MRR", ValueKind::Money, "USD", &[]), "between", &["29.85", "80"], ""),
                    condition(subject("attribute:churn", "Churn", ValueKind::Bool, "", &[]), "eq", &["true"], ""),
                    condition(subject("attribute:tech_support", "Tech support", ValueKind::Text, "", &[]), "is_set", &[], ""),
                ],
            },
            RuleNode::Opaque {
                json: "{\"metric\":\"mrr\",\"op\":\"gte\",\"value\":{\"company_percentile\":75}}".to_owned(),
                sentence: format!("MRR is in the top quarter of the company{typed}"),
            },
        ],
    }
}

const RULE: &str = r#"{
  "all": [
    { "attribute": "contract", "op": "in", "value": ["Month-to-month", "Trial"] },
    { "attribute": "tenure", "op": "lt", "value": 6 }
  ]
}"#;

fn preview(typed: &str) -> PersonaPreview {
    let matrix = [[0, 0, 188, 0], [96, 0, 12, 0], [61, 31, 0, 4], [20, 0, 0, 0]];
    let shown = [0_usize, 1, 5, 7];
    PersonaPreview {
        problems: vec![],
        sentence: "Contract is one of Month-to-month, Trial and tenure is less than 6 and at least 2 of 3 more.".to_owned(),
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
                        count: if *count == 0 { String::new() } else { count.to_string() },
                        heat: u8::try_from(count / 40).unwrap_or(5).min(5),
                        diagonal: from == to,
                    })
                    .collect(),
            })
            .collect(),
        locked: "12 stay: put there by hand.".to_owned(),
    }
}

fn editor(typed: &str) -> PersonaEditorPage {
    PersonaEditorPage {
        shell: shell(Section::Personas, "New on a monthly plan", vec![crumb("Personas", "/personas")], typed),
        id: "per_0".to_owned(),
        action: "/personas/per_0".to_owned(),
        problems: Problems::default(),
        stale: None,
        name: Field::new("name", "Name").value(format!("New on a monthly plan{typed}")),
        description: Field::new("description", "What it means").value(format!("First six months without a term.{typed}")),
        category: Select::new(
            Field::new("category", "Category").value("new"),
            [("new", "New"), ("service", "Service"), ("fit", "Fit")].map(|(value, label)| Choice::new(value, label)),
        ),
        priority: Field::new("priority", "Priority").value("900").hint("The highest is asked first"),
        colours: Colour::ALL
            .map(|colour| ColourChoice { value: colour.name(), swatch: Swatch::of(colour, 0), selected: colour == Colour::Sun })
            .into(),
        enabled: true,
        rule: rule(typed, false),
        rule_json: format!("{RULE}{typed}"),
        sentence: "Contract is Month-to-month and tenure is less than 6.".to_owned(),
        subjects: subjects(typed),
        currency: "USD".to_owned(),
        reason: Field::new("reason", "Why this change").hint("Stands in the versions"),
        preview: preview(typed),
        may_manage: true,
        etag: "4".to_owned(),
    }
}

fn wrong_editor(typed: &str) -> PersonaEditorPage {
    PersonaEditorPage {
        problems: Problems { list: vec![Wrong { field: "priority".to_owned(), message: format!("Priority 900 is taken by Settled.{typed}") }] },
        stale: Some(Stale { text: format!("Maya{typed} changed the personas 2 min ago."), theirs: "/personas".to_owned(), etag: "5".to_owned() }),
        priority: Field::new("priority", "Priority").value("900").error("Priority 900 is taken by Settled."),
        rule: rule(typed, true),
        preview: wrong_preview(typed),
        ..editor(typed)
    }
}

fn wrong_preview(typed: &str) -> PersonaPreview {
    PersonaPreview {
        problems: vec![RuleProblem { pointer: "#/all/1/value".to_owned(), message: format!("Tenure: expected a number of at least 0.{typed}") }],
        ..preview(typed)
    }
}

fn cross(typed: &str) -> CrossTablePage {
    let shares: [(usize, u64, u64); 8] = [(0, 720, 692), (1, 560, 627), (2, 214, 390), (3, 190, 830), (4, 48, 1482), (5, 100, 790), (6, 24, 298), (7, 13, 65)];
    let cell = |part: u64, whole: u64| CrossCell {
        share: format::percent(part, whole),
        count: format::number(part),
        heat: u8::try_from(part * 6 / whole.max(1)).unwrap_or(5).min(5),
        href: "/customers?filter[attributes.churn]=true".to_owned(),
    };
    CrossTablePage {
        shell: shell(Section::Personas, "Compare", vec![crumb("Personas", "/personas")], typed),
        by: Select::new(
            Field::new("by", "Churn").value("churn"),
            [("churn", "Churn"), ("contract", "Contract"), ("internet_service", "Internet service")].map(|(value, label)| Choice::new(value, label)),
        ),
        finding: format!("51% of New on a monthly plan churned, against 27% of everybody.{typed}"),
        values: vec![format!("Yes{typed}"), "No".to_owned()],
        rows: shares
            .iter()
            .map(|(nth, yes, no)| CrossRow { persona: tag(*nth, typed), total: format::number(yes + no), cells: vec![cell(*yes, yes + no), cell(*no, yes + no)] })
            .collect(),
        total: Some(CrossRow { persona: tag(7, typed), total: "7,043".to_owned(), cells: vec![cell(1869, ALL), cell(5174, ALL)] }),
        empty: empty("table-2", "No attribute to compare by. They come with an upload.", Some(Link::new("Upload a file", "/data")), None),
    }
}

fn versions(typed: &str) -> PersonaVersionsPage {
    let row = |number: &str, reason: &str, change: &str| VersionRow {
        number: number.to_owned(),
        by: format!("Ada Okafor{typed}"),
        at: "22 Nov 2026, 14:05".to_owned(),
        reason: format!("{reason}{typed}"),
        changes: vec![format!("{change}{typed}")],
        current: number == "4",
    };
    PersonaVersionsPage {
        shell: shell(Section::Personas, "Versions", vec![crumb("Personas", "/personas")], typed),
        versions: vec![
            row("4", "Six months, not three: see the October numbers", "New on a monthly plan: rule"),
            row("3", "Split the bundle", "Household bundle added"),
            row("2", "", "Settled: priority 500 instead of 200"),
            row("1", "From the set for Telecom", "7 personas added"),
        ],
        may_manage: true,
        etag: "4".to_owned(),
    }
}

pub fn pages(typed: &str) -> Vec<Page> {
    let new = PersonaEditorPage {
        id: String::new(),
        action: "/personas".to_owned(),
        name: Field::new("name", "Name"),
        rule: RuleNode::Group { join: Join::All, root: true, children: vec![] },
        ..editor(typed)
    };
    vec![
        page("personas", &list(typed)),
        page("personas-running", &PersonasPage { running: Some(job("Applying persona rules", "3,200 of 7,043 customers", Some(45), "#personas")), ..list(typed) }),
        page("personas-empty", &PersonasPage { personas: vec![], band: None, ..list(typed) }),
        page("personas-read-only", &PersonasPage { may_manage: false, may_assign: false, ..list(typed) }),
        fragment("fragment-personas", &list(typed).as_list()),
        page("persona-edit", &editor(typed)),
        page("persona-new", &new),
        page("persona-wrong", &wrong_editor(typed)),
        page("persona-read-only", &PersonaEditorPage { may_manage: false, ..editor(typed) }),
        fragment("fragment-editor", &editor(typed).as_editor()),
        fragment("preview", &preview(typed)),
        fragment("preview-wrong", &wrong_preview(typed)),
        page("persona-versions", &versions(typed)),
        page("persona-table", &cross(typed)),
        page("persona-table-empty", &CrossTablePage { rows: vec![], ..cross(typed) }),
        fragment("fragment-cross", &cross(typed).as_table()),
    ]
}
