#![expect(clippy::too_many_lines, reason = "invented data is long and has no branches")]

use kale_dashboard::view::{
    customer::Fact,
    form::{Choice, Field, Problems, Select, Wrong},
    parts::{Banner, Chip, Step, StepState, Tone},
    shell::Section,
    upload::{
        BadValue, CheckReport, ColumnRow, ImportResult, MapForm, ProblemGroup, Stage, TargetGroup, UploadPage,
    },
};

use super::{Page, chip, crumb, fragment, job, page, shell};

const COLUMNS: [(&str, &str, &str, &str, &str, &str); 8] = [
    (
        "churn",
        "No, Yes",
        "2 different, none empty",
        "attributes.churn",
        "boolean",
        "",
    ),
    (
        "female",
        "1, 0",
        "2 different, none empty",
        "ignore",
        "boolean",
        "Gender may not be used by rules",
    ),
    (
        "tenure",
        "1, 34, 2",
        "73 different, none empty",
        "attributes.tenure",
        "integer",
        "",
    ),
    (
        "internet_service",
        "DSL, Fiber optic, No",
        "3 different, none empty",
        "attributes.internet_service",
        "text",
        "",
    ),
    (
        "contract",
        "Month-to-month, One year, Two year",
        "3 different, none empty",
        "attributes.contract",
        "text",
        "",
    ),
    (
        "payment_method",
        "Electronic check, Mailed check",
        "4 different, none empty",
        "attributes.payment_method",
        "text",
        "",
    ),
    (
        "monthly_charges",
        "29.85, 56.95, 53.85",
        "1,585 different, none empty",
        "amount",
        "money",
        "",
    ),
    (
        "total_charges",
        "29.85, 1889.5, 108.15",
        "11 empty",
        "attributes.total_charges",
        "number",
        "",
    ),
];

fn column(index: usize, typed: &str) -> ColumnRow {
    let (header, samples, profile, to, kind, sensitive) = COLUMNS[index];
    ColumnRow {
        index,
        header: format!("{header}{typed}"),
        samples: samples
            .split(", ")
            .map(|sample| format!("{sample}{typed}"))
            .collect(),
        profile: profile.to_owned(),
        targets: vec![
            TargetGroup {
                label: "Customer".to_owned(),
                choices: [
                    ("external_id", "Key"),
                    ("name", "Name"),
                    ("email", "E-mail"),
                    ("plan", "Plan"),
                    ("amount", "Amount per month"),
                    ("ignore", "Nowhere"),
                ]
                .map(|(value, label)| Choice::new(value, label).chosen_if(to))
                .into(),
            },
            TargetGroup {
                label: "Attribute".to_owned(),
                choices: vec![Choice::new(format!("attributes.{header}"), header).chosen_if(to)],
            },
        ],
        types: [
            ("text", "Text"),
            ("number", "Number"),
            ("integer", "Whole number"),
            ("boolean", "Yes or no"),
            ("date", "Date"),
            ("money", "Amount"),
            ("country", "Country"),
        ]
        .map(|(value, label)| Choice::new(value, label).chosen_if(kind))
        .into(),
        format: String::new(),
        currency: if kind == "money" {
            "USD".to_owned()
        } else {
            String::new()
        },
        sensitive: sensitive.to_owned(),
        suggested: index != 2,
        error: if index == 7 {
            "Two columns go to the same place. Give this one another target.".to_owned()
        } else {
            String::new()
        },
    }
}

fn map(typed: &str) -> Stage {
    Stage::Map(Box::new(MapForm {
        problems: Problems {
            list: vec![Wrong {
                field: "columns.7.to".to_owned(),
                message: format!("total_charges: two columns go to the same place.{typed}"),
            }],
        },
        about: "UTF-8, comma, 7,043 rows, 20 columns".to_owned(),
        columns: (0..COLUMNS.len()).map(|index| column(index, typed)).collect(),
        mode: Select::new(
            Field::new("mode", "Rows that exist already").value("upsert"),
            [
                ("append", "Refuse them: the file has only new customers"),
                ("upsert", "Change the mapped columns"),
                (
                    "replace",
                    "Change everything, and take out customers the file no longer has",
                ),
            ]
            .map(|(value, label)| Choice::new(value, label)),
        ),
        row_number: true,
        banner: Some(Banner {
            text: "Taken over from telco_october.csv, which had the same columns.".to_owned(),
            tone: Tone::Sky,
            action: None,
        }),
        currencies: ["USD", "EUR", "GBP"].map(str::to_owned).into(),
        etag: "2".to_owned(),
    }))
}

fn report(typed: &str) -> Stage {
    Stage::Checked(Box::new(CheckReport {
        ready: "6,812".to_owned(),
        rejected: "231".to_owned(),
        ready_rows: 6812,
        rejected_rows: 231,
        warnings: vec!["11 rows have no total_charges; the attribute stays unknown for them.".to_owned()],
        groups: [
            (
                "212 rows: monthly_charges is not a number",
                "for example line 48, “n/a”",
            ),
            (
                "19 rows: the key stands there twice",
                "for example line 603, “7590-VHVEG”",
            ),
        ]
        .map(|(title, example)| ProblemGroup {
            title: format!("{title}{typed}"),
            example: example.to_owned(),
            values: (48..53)
                .map(|line| BadValue {
                    line: line.to_string(),
                    column: "monthly_charges".to_owned(),
                    value: format!("n/a{typed}"),
                    reason: "Not a number; expected something like 29.85.".to_owned(),
                })
                .collect(),
        })
        .into(),
        cut: true,
        consequence:
            "6,812 rows can be imported. 6,812 new customers are added. Personas are applied afterwards."
                .to_owned(),
        on_rejected: Select::new(
            Field::new("rejected", "231 rows can’t be imported").value("stop"),
            [
                ("stop", "Import nothing; I correct the file"),
                ("skip", "Import the 6,812 others"),
            ]
            .map(|(value, label)| Choice::new(value, label)),
        ),
        problem: String::new(),
    }))
}

fn upload(typed: &str, at: usize, status: Chip, stage: Stage) -> UploadPage {
    let steps = ["File", "Map columns", "Check", "Import", "Done"];
    UploadPage {
        shell: shell(
            Section::Data,
            "telco_november.csv",
            vec![crumb("Data", "/data")],
            typed,
        ),
        id: "upl_01h455vb4pex5vsknk084sn02q".to_owned(),
        file: format!("telco_november.csv{typed}"),
        detail: "954 kB, uploaded by Ada Okafor, 6 min ago".to_owned(),
        state: status,
        steps: steps
            .into_iter()
            .enumerate()
            .map(|(nth, label)| Step {
                label,
                state: match nth.cmp(&at) {
                    std::cmp::Ordering::Less => StepState::Done,
                    std::cmp::Ordering::Equal => StepState::Current,
                    std::cmp::Ordering::Greater => StepState::Ahead,
                },
                href: (nth == 1 && at == 2).then(|| "/data/uploads/upl_1?step=map".to_owned()),
            })
            .collect(),
        stage,
        may_manage: true,
        may_cancel: at < 3,
    }
}

fn result() -> Stage {
    Stage::Imported(Box::new(ImportResult {
        figures: [
            ("Added", "6,812"),
            ("Changed", "0"),
            ("Unchanged", "0"),
            ("Skipped", "231"),
            ("Taken out", "0"),
        ]
        .map(|(label, value)| Fact::new(label, value))
        .into(),
        at: "22 Nov 2026, 14:05".to_owned(),
        undo_until: Some("22 Dec 2026".to_owned()),
        no_undo: String::new(),
        follow_up: Some(job(
            "Applying persona rules",
            "3,200 of 6,812 customers",
            Some(47),
            "#upload",
        )),
    }))
}

pub(crate) fn stages(typed: &str) -> Vec<Page> {
    let show = |name, at, label: &str, tone, stage| page(name, &upload(typed, at, chip(label, tone), stage));
    let when = || "22 Nov 2026, 14:05".to_owned();
    vec![
        show(
            "upload-reading",
            0,
            "Reading",
            Tone::Sky,
            Stage::Reading(job("Looking at telco_november.csv", "Reading", None, "#upload")),
        ),
        show("upload-map", 1, "Waits for mapping", Tone::Sun, map(typed)),
        show(
            "upload-checking",
            2,
            "Checking",
            Tone::Sky,
            Stage::Checking(job(
                "Checking telco_november.csv",
                "3,200 of 7,043 rows",
                Some(45),
                "#upload",
            )),
        ),
        show("upload-report", 2, "Checked", Tone::Sun, report(typed)),
        show(
            "upload-importing",
            3,
            "Importing",
            Tone::Sky,
            Stage::Importing(job(
                "Importing telco_november.csv",
                "6,100 of 6,812 rows",
                Some(89),
                "#upload",
            )),
        ),
        show("upload-done", 5, "Imported", Tone::Leaf, result()),
        show(
            "upload-undone",
            5,
            "Undone",
            Tone::Plain,
            Stage::Undone {
                at: when(),
                follow_up: Some(job("Bringing customers up to date", "Begins", None, "#upload")),
            },
        ),
        show(
            "upload-cancelled",
            1,
            "Cancelled",
            Tone::Plain,
            Stage::Cancelled { at: when() },
        ),
        show(
            "upload-failed",
            0,
            "Can’t be read",
            Tone::Stem,
            Stage::Failed {
                what: format!("The first line has two columns called “contract”.{typed}"),
                place: "Line 1".to_owned(),
                advice: "Give each column its own name and upload the file again.".to_owned(),
            },
        ),
        fragment(
            "fragment-upload",
            &upload(typed, 1, chip("Waits for mapping", Tone::Sun), map(typed)).as_body(),
        ),
    ]
}
