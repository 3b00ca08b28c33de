use kale_dashboard::view::{
    customer::CustomerPage,
    customers::{Bulk, Cell, Column, ColumnChoice, CustomersPage, OwnView, Row, Sorted, ViewTab},
    filters::{FilterChip, FilterForm, Filters, Hidden, ValueInput},
    form::{Choice, Field, Select},
    format,
    parts::{Chip, Link, Pager, PersonaTag, Tone},
    shell::Section,
};

use super::{
    PERSONAS, Page, band,
    customer::{one, peek},
    empty, fragment, page, shell, tag,
};

const PEOPLE: [(&str, usize, &str, u64, &str, bool); 14] = [
    ("Maya Lindqvist", 1, "Month-to-month", 10_795, "3", true),
    ("Tomás Herrera", 2, "Month-to-month", 10_570, "11", false),
    ("Ingrid Solheim", 1, "Month-to-month", 10_480, "8", true),
    ("Otter & Vale", 4, "Two year", 10_345, "70", false),
    ("Priya Natarajan", 3, "One year", 10_210, "34", false),
    ("Joost van Dijk", 2, "Month-to-month", 9_985, "22", false),
    ("Akua Mensah", 0, "Month-to-month", 9_560, "2", true),
    ("Brightwater Clinics", 4, "Two year", 9_410, "61", false),
    ("Luca Bianchi", 0, "Month-to-month", 8_920, "4", false),
    ("Hanna Kowalska", 5, "One year", 8_455, "25", false),
    ("Fjord Analytics", 3, "Two year", 8_025, "48", false),
    ("Yusuf Demir", 0, "Month-to-month", 7_990, "1", true),
    ("Saltmarsh Foods", 7, "One year", 2_005, "12", false),
    ("Quarry Labs", 6, "One year", 1_985, "45", false),
];

fn row(nth: usize, person: &(&str, usize, &str, u64, &str, bool), typed: &str) -> Row {
    let (name, persona, contract, mrr, tenure, churned) = person;
    let mrr = kale_domain::money::Money {
        amount_minor: i64::try_from(*mrr).unwrap_or_default(),
        currency: kale_domain::money::Currency::USD,
    };
    Row {
        id: format!("cus_01h455vb4pex5vsknk084sn{nth:03}"),
        name: format!("{name}{typed}"),
        detail: format!("customer {}{typed}", 4187 + nth),
        initials: format::initials(name),
        mrr_minor: mrr.amount_minor.to_string(),
        cells: vec![
            Cell::Persona(PersonaTag {
                locked: nth == 4,
                ..tag(*persona, typed)
            }),
            Cell::Text(format!("{contract}{typed}")),
            if nth == 9 {
                Cell::Unknown
            } else {
                Cell::Text((*tenure).to_owned())
            },
            Cell::Chip(if *churned {
                Chip {
                    label: "Churned".to_owned(),
                    tone: Tone::Stem,
                }
            } else {
                Chip {
                    label: "Active".to_owned(),
                    tone: Tone::Leaf,
                }
            }),
            Cell::Strong(format::money(mrr)),
        ],
    }
}

fn filter_form(id: &str, replaces: &str) -> FilterForm {
    FilterForm {
        id: id.to_owned(),
        field: "attributes.tenure".to_owned(),
        label: "Tenure".to_owned(),
        replaces: replaces.to_owned(),
        operators: vec![
            Choice::new("eq", "is"),
            Choice::new("gte", "is at least"),
            Choice::new("lt", "is less than").chosen_if("lt"),
        ],
        value: ValueInput::Line {
            kind: "number",
            value: if replaces.is_empty() {
                String::new()
            } else {
                "12".to_owned()
            },
            unit: "months".to_owned(),
            suggestions: vec!["6".to_owned(), "12".to_owned()],
        },
    }
}

fn several() -> FilterForm {
    FilterForm {
        id: "chip-persona".to_owned(),
        field: "persona".to_owned(),
        label: "Persona".to_owned(),
        replaces: "filter[persona]".to_owned(),
        operators: vec![Choice::new("in", "is one of")],
        value: ValueInput::Several(
            PERSONAS
                .iter()
                .enumerate()
                .map(|(nth, (name, ..))| Choice::new(format!("per_{nth}"), *name).chosen_if("per_1"))
                .collect(),
        ),
    }
}

fn filters(typed: &str, on: bool) -> Filters {
    let keep = vec![
        Hidden {
            name: "filter[attributes.tenure][lt]".to_owned(),
            value: "12".to_owned(),
        },
        Hidden {
            name: "sort".to_owned(),
            value: "-mrr".to_owned(),
        },
    ];
    let chips = vec![
        FilterChip {
            label: "Persona".to_owned(),
            operator: "is one of".to_owned(),
            value: format!("Fibre without support, High bill{typed}"),
            remove: "/customers?filter[attributes.tenure][lt]=12".to_owned(),
            form: several(),
        },
        FilterChip {
            label: "Tenure".to_owned(),
            operator: "is less than".to_owned(),
            value: "12 months".to_owned(),
            remove: "/customers?filter[persona]=per_1".to_owned(),
            form: filter_form("chip-tenure", "filter[attributes.tenure][lt]"),
        },
    ];
    Filters {
        search: if on { typed.to_owned() } else { String::new() },
        keep_for_search: keep.clone(),
        keep,
        chips: if on { chips } else { vec![] },
        fields: Select::new(
            Field::new("add_field", "Filter by").value("attributes.tenure"),
            [
                ("persona", "Persona"),
                ("mrr", "MRR"),
                ("attributes.tenure", "Tenure"),
                ("attributes.contract", "Contract"),
            ]
            .map(|(value, label)| Choice::new(value, label)),
        ),
        first: filter_form("add-filter", ""),
        clear: if on {
            "/customers".to_owned()
        } else {
            String::new()
        },
    }
}

fn views(typed: &str) -> Vec<ViewTab> {
    [
        ("All", "7,043", false),
        ("Slipping away", "1,791", true),
        ("Monthly, new", "", false),
        ("High bills", "", false),
    ]
    .map(|(name, count, current)| ViewTab {
        name: format!("{name}{typed}"),
        count: count.to_owned(),
        href: "/customers?view=viw_1".to_owned(),
        current,
        own: current.then(|| OwnView {
            id: "viw_01h455vb4pex5vsknk084sn02q".to_owned(),
            etag: "3".to_owned(),
            shared: true,
            changed: true,
        }),
    })
    .into()
}

fn columns() -> Vec<Column> {
    [
        ("persona", "Persona", false),
        ("attributes.contract", "Contract", false),
        ("attributes.tenure", "Tenure", true),
        ("attributes.churn", "Churn", false),
        ("mrr", "MRR", true),
    ]
    .map(|(key, label, numeric)| Column {
        key: key.to_owned(),
        label: label.to_owned(),
        numeric,
        sort: numeric.then(|| format!("/customers?sort=-{key}")),
        sorted: if key == "mrr" {
            Sorted::Descending
        } else {
            Sorted::No
        },
    })
    .into()
}

fn list(typed: &str) -> CustomersPage {
    CustomersPage {
        shell: shell(Section::Customers, "Customers", vec![], typed),
        band: Some(band(typed, Some(1))),
        views: views(typed),
        may_save_view: true,
        filters: filters(typed, true),
        column_choices: columns()
            .into_iter()
            .map(|column| ColumnChoice {
                key: column.key,
                label: column.label,
                shown: true,
            })
            .chain([ColumnChoice {
                key: "tier".to_owned(),
                label: format!("Tier{typed}"),
                shown: false,
            }])
            .collect(),
        columns: columns(),
        sort_by_name: "/customers?sort=name".to_owned(),
        name_sorted: Sorted::No,
        caption: "14 customers sorted by MRR, highest first".to_owned(),
        rows: PEOPLE
            .iter()
            .enumerate()
            .map(|(nth, person)| row(nth, person, typed))
            .collect(),
        empty: empty(
            "funnel",
            "No customers match these 2 filters.",
            Some(Link::new("Clear filters", "/customers")),
            None,
        ),
        pager: Pager {
            summary: "Showing 1 to 14 of 1,791".to_owned(),
            previous: None,
            restarts: false,
            next: Some("/customers?cursor=next".to_owned()),
        },
        bulk: Bulk {
            matching: "1,791".to_owned(),
            matching_exact: "1791".to_owned(),
            query: "filter[persona]=per_1,per_2".to_owned(),
            currency: "USD".to_owned(),
            exponent: 2,
            may_reassign: true,
            may_export: true,
            experts: ["Bo Aalto", "Nora Voss"]
                .map(|name| Choice::new(name, format!("{name}{typed}")))
                .into(),
        },
        export: "/customers/export.csv?filter[persona]=per_1".to_owned(),
        keep: vec![Hidden {
            name: "filter[persona]".to_owned(),
            value: format!("per_1{typed}"),
        }],
    }
}

pub(crate) fn pages(typed: &str) -> Vec<Page> {
    let full = list(typed);
    let filtered = CustomersPage {
        rows: vec![],
        pager: Pager::default(),
        ..list(typed)
    };
    let none = CustomersPage {
        band: None,
        views: vec![],
        rows: vec![],
        pager: Pager::default(),
        filters: filters(typed, false),
        empty: empty(
            "users",
            "No customers yet. Upload a file with one row per customer, and they appear here within a minute.",
            Some(Link::new("Upload a file", "/data")),
            Some(Link::new("Use the API instead", "/docs")),
        ),
        ..list(typed)
    };
    vec![
        page("customers", &full),
        page("customers-no-match", &filtered),
        page("customers-empty", &none),
        fragment("fragment-results", &full.as_results()),
        fragment("fragment-filter-form", &several()),
        fragment("peek", &peek(typed)),
        page("customer", &one(typed, false)),
        page(
            "customer-locked",
            &CustomerPage {
                why: None,
                history: vec![],
                ..one(typed, true)
            },
        ),
        fragment("fragment-customer", &one(typed, true).as_body()),
    ]
}
