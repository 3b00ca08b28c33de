//! Analytics with invented figures.

use kale_dashboard::view::{
    analytics::{AnalyticsPage, Bars, Days, Panel, ShareRow, Shares, Span, Story},
    chart::{Bar, Columns, Counted, Interval, Key, Shade, Share, Table},
    form::{Choice, Field, Select},
    parts::Link,
    shell::Section,
};

use super::{Page, empty, fragment, page, shell};

fn select(name: &str, label: &str, choices: &[(&str, &str)]) -> Select {
    Select::new(
        Field::new(name, label),
        choices.iter().map(|(value, label)| Choice::new(*value, *label)),
    )
}

fn key(label: &str, shade: Shade, value: &str) -> Key {
    Key {
        label: label.to_owned(),
        shade,
        value: value.to_owned(),
    }
}

fn share(low: u64, at: u64, high: u64) -> Share {
    let percent = |tenths: u64| format!("{}.{}%", tenths / 10, tenths % 10);
    Share::Told(Interval {
        share: percent(at),
        between: format!("{} to {}", percent(low), percent(high)),
        low,
        at,
        high,
    })
}

fn panel(id: &str, title: &str, note: &str, table: Table) -> Panel {
    Panel {
        id: id.to_owned(),
        title: title.to_owned(),
        note: note.to_owned(),
        table,
        csv: format!("/api/v1/analytics/overview.csv?part={id}"),
    }
}

fn days() -> Days {
    let counted: Vec<Counted> = (0..30_u64)
        .map(|day| Counted {
            label: format!("{} Nov 2026", day + 1),
            parts: vec![
                (Shade::Stayed, "stayed".to_owned(), (day * 7 + 3) % 6),
                (Shade::Cancelled, "cancelled".to_owned(), (day * 5 + 1) % 8),
                (Shade::Undecided, "undecided".to_owned(), day % 3),
            ],
        })
        .collect();
    let mut table = Table::new(["Day", "Stayed", "Cancelled", "Undecided"]);
    table.rows = counted
        .iter()
        .map(|one| {
            let mut row = vec![one.label.clone()];
            row.extend(one.parts.iter().map(|(_, _, n)| n.to_string()));
            row
        })
        .collect();
    Days {
        panel: panel("by-day", "Day by day", "Sessions by the day they began", table),
        columns: Columns::of("Sessions of 30 days by how they ended".to_owned(), &counted),
        keys: vec![
            key("Ended without a cancellation", Shade::Stayed, ""),
            key("Cancelled", Shade::Cancelled, ""),
            key("Undecided", Shade::Undecided, ""),
        ],
    }
}

fn reasons(typed: &str) -> Bars {
    let counts = [
        ("It costs too much", 41, 63),
        ("Not using it enough", 30, 22),
        ("Something else", 4, 31),
    ];
    let mut table = Table::new(["Reason", "Named", "Stayed"]);
    table.rows = counts
        .iter()
        .map(|(label, stayed, left)| {
            vec![
                format!("{label}{typed}"),
                (stayed + left).to_string(),
                stayed.to_string(),
            ]
        })
        .collect();
    Bars {
        panel: panel(
            "reasons",
            "Why people leave",
            "Reasons named, 191 sessions",
            table,
        ),
        bars: counts
            .iter()
            .map(|(label, stayed, left)| {
                let parts = [(Shade::Stayed, *stayed), (Shade::Cancelled, *left)];
                Bar::new(format!("{label}{typed}"), &parts, 104)
            })
            .collect(),
        keys: vec![
            key("Stayed", Shade::Stayed, ""),
            key("Cancelled", Shade::Cancelled, ""),
        ],
        none: "Nobody named a reason.",
    }
}

fn workflows(typed: &str) -> Shares {
    Shares {
        panel: panel(
            "workflows",
            "Workflows",
            "",
            Table::new(["Workflow", "Sessions", "Finished"]),
        ),
        share: "Immediate deflection",
        rows: vec![
            ShareRow {
                of: Link::new(format!("Cancel flow{typed}"), "/analytics/workflows/wfl_1"),
                figures: vec!["248".to_owned(), "214".to_owned()],
                share: share(383, 449, 516),
            },
            ShareRow {
                of: Link::new(format!("Direct{typed}"), "/analytics/workflows/wfl_2"),
                figures: vec!["12".to_owned(), "9".to_owned()],
                share: Share::TooFew("9 of the 20 it needs".to_owned()),
            },
        ],
        none: "",
    }
}

fn analytics(typed: &str) -> AnalyticsPage {
    AnalyticsPage {
        shell: shell(Section::Analytics, "Analytics", vec![], typed),
        title: "Analytics".to_owned(),
        about: None,
        span: Span {
            action: "/analytics".to_owned(),
            days: select("days", "Days", &[("30", "Last 30 days"), ("90", "Last 90 days")]),
            persona: Some(select("persona", "Persona", &[("", "Every persona")])),
            channel: select("channel", "Channel", &[("", "Every channel")]),
            version: None,
            said: "24 Oct to 22 Nov 2026, days in Europe/Berlin".to_owned(),
            waiting: String::new(),
        },
        empty: None,
        story: Story {
            finished: "214 subscribers".to_owned(),
            nobody: false,
            deflected: "96".to_owned(),
            deflection: share(383, 449, 516),
            n: "n = 214".to_owned(),
            outcomes: vec![
                (key("Stayed", Shade::Stayed, "71"), 71),
                (key("Stayed, smaller", Shade::Smaller, "18"), 18),
                (key("To be contacted", Shade::Waiting, "7"), 7),
                (key("Cancelled", Shade::Cancelled, "118"), 118),
            ],
            at_stake: "$18,230 a month, of which $9,100 was cancelled".to_owned(),
            apart: vec![key("Closed without an answer", Shade::Undecided, "34")],
        },
        days: days(),
        bars: vec![reasons(typed)],
        shares: vec![workflows(typed)],
    }
}

pub(crate) fn pages(typed: &str) -> Vec<Page> {
    let nobody = AnalyticsPage {
        empty: Some(empty(
            "chart-column",
            "Nobody has walked a workflow in these days.",
            None,
            None,
        )),
        ..analytics(typed)
    };
    vec![
        page("analytics", &analytics(typed)),
        page("analytics-empty", &nobody),
        fragment("analytics-results", &analytics(typed).as_results()),
    ]
}
