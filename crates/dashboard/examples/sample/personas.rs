#![expect(clippy::too_many_lines, reason = "invented data is long and has no branches")]

use kale_dashboard::view::{
    form::{Choice, Field, Select},
    format,
    parts::Link,
    persona_editor::PersonaEditorPage,
    personas::{
        CrossCell, CrossRow, CrossTablePage, PersonaRow, PersonaVersionsPage, PersonasPage, VersionRow,
    },
    rule::{Join, RuleNode},
    shell::Section,
};

use super::{
    ALL, PERSONAS, Page, UNASSIGNED, band, crumb,
    editor::{editor, preview, wrong_editor, wrong_preview},
    empty, fragment, job, page, shell, tag,
};

fn list(typed: &str) -> PersonasPage {
    let sentences = [
        (
            "New",
            "First six months without a term: most decisions to leave happen here.",
            "Contract is Month-to-month and tenure is less than 6.",
        ),
        (
            "Service",
            "Pays for speed and gets no help with it.",
            "Internet service is Fiber optic and at least 1 of: tech support is No, online security is No.",
        ),
        (
            "Fit",
            "A smaller tariff may be right.",
            "Contract is Month-to-month and monthly charges are at least $80.",
        ),
        (
            "Value",
            "One household with several services.",
            "At least 4 of: streaming TV is Yes, streaming movies is Yes, online backup is Yes, device protection is Yes, multiple lines is Yes.",
        ),
        (
            "Steady",
            "Two-year contract and no open trouble.",
            "Contract is Two year.",
        ),
        ("Steady", "Decides once a year.", "Contract is One year."),
        ("Fit", "No internet at all.", "Internet service is No."),
    ];
    let personas = PERSONAS
        .iter()
        .zip(sentences)
        .enumerate()
        .map(
            |(nth, ((_, _, _, count), (category, description, sentence)))| PersonaRow {
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
                waiting: if nth == 3 {
                    "Waits for data: live subscriptions.".to_owned()
                } else {
                    String::new()
                },
                first: nth == 0,
                last: nth == 6,
            },
        )
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
        empty: empty(
            "id-card",
            "No personas yet. Your industry comes with a set to start from.",
            None,
            Some(Link::new("Start from nothing", "/personas/new")),
        ),
        defaults: "Start from the set for Telecom".to_owned(),
        running: None,
        may_manage: true,
        may_assign: true,
        etag: "4".to_owned(),
    }
}

fn cross(typed: &str) -> CrossTablePage {
    let shares: [(usize, u64, u64); 8] = [
        (0, 720, 692),
        (1, 560, 627),
        (2, 214, 390),
        (3, 190, 830),
        (4, 48, 1482),
        (5, 100, 790),
        (6, 24, 298),
        (7, 13, 65),
    ];
    let cell = |part: u64, whole: u64| CrossCell {
        share: format::percent(part, whole),
        count: format::number(part),
        heat: u8::try_from(part * 6 / whole.max(1)).unwrap_or(5).min(5),
        href: "/customers?filter[attributes.churn]=true".to_owned(),
    };
    CrossTablePage {
        shell: shell(
            Section::Personas,
            "Compare",
            vec![crumb("Personas", "/personas")],
            typed,
        ),
        by: Select::new(
            Field::new("by", "Churn").value("churn"),
            [
                ("churn", "Churn"),
                ("contract", "Contract"),
                ("internet_service", "Internet service"),
            ]
            .map(|(value, label)| Choice::new(value, label)),
        ),
        finding: format!("51% of New on a monthly plan churned, against 27% of everybody.{typed}"),
        values: vec![format!("Yes{typed}"), "No".to_owned()],
        rows: shares
            .iter()
            .map(|(nth, yes, no)| CrossRow {
                persona: tag(*nth, typed),
                total: format::number(yes + no),
                cells: vec![cell(*yes, yes + no), cell(*no, yes + no)],
            })
            .collect(),
        total: Some(CrossRow {
            persona: tag(7, typed),
            total: "7,043".to_owned(),
            cells: vec![cell(1869, ALL), cell(5174, ALL)],
        }),
        empty: empty(
            "table-2",
            "No attribute to compare by. They come with an upload.",
            Some(Link::new("Upload a file", "/data")),
            None,
        ),
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
        shell: shell(
            Section::Personas,
            "Versions",
            vec![crumb("Personas", "/personas")],
            typed,
        ),
        versions: vec![
            row(
                "4",
                "Six months, not three: see the October numbers",
                "New on a monthly plan: rule",
            ),
            row("3", "Split the bundle", "Household bundle added"),
            row("2", "", "Settled: priority 500 instead of 200"),
            row("1", "From the set for Telecom", "7 personas added"),
        ],
        may_manage: true,
        etag: "4".to_owned(),
    }
}

pub(crate) fn pages(typed: &str) -> Vec<Page> {
    let new = PersonaEditorPage {
        id: String::new(),
        action: "/personas".to_owned(),
        name: Field::new("name", "Name"),
        rule: RuleNode::root(Join::All, vec![]),
        ..editor(typed)
    };
    vec![
        page("personas", &list(typed)),
        page(
            "personas-running",
            &PersonasPage {
                running: Some(job(
                    "Applying persona rules",
                    "3,200 of 7,043 customers",
                    Some(45),
                    "#personas",
                )),
                ..list(typed)
            },
        ),
        page(
            "personas-empty",
            &PersonasPage {
                personas: vec![],
                band: None,
                ..list(typed)
            },
        ),
        page(
            "personas-read-only",
            &PersonasPage {
                may_manage: false,
                may_assign: false,
                ..list(typed)
            },
        ),
        fragment("fragment-personas", &list(typed).as_list()),
        page("persona-edit", &editor(typed)),
        page("persona-new", &new),
        page("persona-wrong", &wrong_editor(typed)),
        page(
            "persona-read-only",
            &PersonaEditorPage {
                may_manage: false,
                ..editor(typed)
            },
        ),
        fragment("fragment-editor", &editor(typed).as_editor()),
        fragment("preview", &preview(typed)),
        fragment("preview-wrong", &wrong_preview(typed)),
        page("persona-versions", &versions(typed)),
        page("persona-table", &cross(typed)),
        page(
            "persona-table-empty",
            &CrossTablePage {
                rows: vec![],
                ..cross(typed)
            },
        ),
        fragment("fragment-cross", &cross(typed).as_table()),
    ]
}
