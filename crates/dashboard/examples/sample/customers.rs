use kale_dashboard::view::{
    customer::{AssignForm, AuditLine, CustomerPage, Fact, MetricGroup, PeekFragment, PersonaMove, SourceRecord},
    customers::{Bulk, Cell, Column, ColumnChoice, CustomersPage, OwnView, Row, Sorted, ViewTab},
    filters::{FilterChip, FilterForm, Filters, Hidden, ValueInput},
    form::{Choice, Field, Select},
    format,
    parts::{Chip, Link, Pager, PersonaTag, Tone},
    shell::Section,
    trace::{Judged, TraceNode, Verdict, Why},
};

use super::{PERSONAS, Page, band, crumb, empty, fragment, page, shell, tag};

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
            Cell::Persona(PersonaTag { locked: nth == 4, ..tag(*persona, typed) }),
            Cell::Text(format!("{contract}{typed}")),
            if nth == 9 { Cell::Unknown } else { Cell::Text((*tenure).to_owned()) },
            Cell::Chip(if *churned {
                Chip { label: "Churned".to_owned(), tone: Tone::Stem }
            } else {
                Chip { label: "Active".to_owned(), tone: Tone::Leaf }
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
            value: if replaces.is_empty() { String::new() } else { "12".to_owned() },
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
        Hidden { name: "filter[attributes.tenure][lt]".to_owned(), value: "12".to_owned() },
        Hidden { name: "sort".to_owned(), value: "-mrr".to_owned() },
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
            [("persona", "Persona"), ("mrr", "MRR"), ("attributes.tenure", "Tenure"), ("attributes.contract", "Contract")]
                .map(|(value, label)| Choice::new(value, label)),
        ),
        first: filter_form("add-filter", ""),
        clear: if on { "/customers".to_owned() } else { String::new() },
    }
}

fn views(typed: &str) -> Vec<ViewTab> {
    [("All", "7,043", false), ("Slipping away", "1,791", true), ("Monthly, new", "", false), ("High bills", "", false)]
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
    [("persona", "Persona", false), ("attributes.contract", "Contract", false), ("attributes.tenure", "Tenure", true), ("attributes.churn", "Churn", false), ("mrr", "MRR", true)]
        .map(|(key, label, numeric)| Column {
            key: key.to_owned(),
            label: label.to_owned(),
            numeric,
            sort: numeric.then(|| format!("/customers?sort=-{key}")),
            sorted: if key == "mrr" { Sorted::Descending } else { Sorted::No },
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
            .map(|column| ColumnChoice { key: column.key, label: column.label, shown: true })
            .chain([ColumnChoice { key: "tier".to_owned(), label: format!("Tier{typed}"), shown: false }])
            .collect(),
        columns: columns(),
        sort_by_name: "/customers?sort=name".to_owned(),
        name_sorted: Sorted::No,
        caption: "14 customers sorted by MRR, highest first".to_owned(),
        rows: PEOPLE.iter().enumerate().map(|(nth, person)| row(nth, person, typed)).collect(),
        empty: empty("funnel", "No customers match these 2 filters.", Some(Link::new("Clear filters", "/customers")), None),
        pager: Pager {
            summary: "Showing 1 to 14 of 1,791".to_owned(),
            previous: None,
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
        },
        export: "/customers/export.csv?filter[persona]=per_1".to_owned(),
        keep: vec![Hidden { name: "filter[persona]".to_owned(), value: format!("per_1{typed}") }],
    }
}

fn trace(typed: &str) -> TraceNode {
    let leaf = |verdict, text: &str, value: &str| TraceNode {
        verdict,
        text: format!("{text}{typed}"),
        value: value.to_owned(),
        source: "telco_customers.csv, 22 Nov 2026".to_owned(),
        children: vec![],
    };
    let group = |verdict, text: &str, children| TraceNode {
        verdict,
        text: text.to_owned(),
        value: String::new(),
        source: String::new(),
        children,
    };
    group(
        Verdict::Yes,
        "All of these",
        vec![
            leaf(Verdict::Yes, "Internet service is Fiber optic", "Fiber optic"),
            group(
                Verdict::Yes,
                "At least 1 of these",
                vec![
                    leaf(Verdict::Yes, "Tech support is No", "No"),
                    leaf(Verdict::No, "Online security is No", "Yes"),
                    leaf(Verdict::Unknown, "Open tickets is at least 1", ""),
                ],
            ),
        ],
    )
}

fn why(typed: &str) -> Why {
    let judged = |nth, verdict, chosen, sentence: &str| Judged {
        persona: tag(nth, typed),
        verdict,
        chosen,
        sentence: sentence.to_owned(),
        trace: trace(typed),
    };
    Why {
        summary: "The first rule that matches is “Fibre without support”.".to_owned(),
        nearest_flip: format!("If tech support were Yes, the persona would be High bill, monthly.{typed}"),
        judged_by: "Version 4, judged 22 Nov 2026, 14:05".to_owned(),
        personas: vec![
            judged(0, Verdict::No, false, "Contract is Month-to-month and tenure is less than 6 months."),
            judged(1, Verdict::Yes, true, "Internet service is Fiber optic and at least 1 of: tech support is No, online security is No, open tickets is at least 1."),
            judged(2, Verdict::Yes, false, "Contract is Month-to-month and monthly charges are at least $80."),
            judged(3, Verdict::Unknown, false, "Live subscriptions is at least 2."),
        ],
    }
}

fn history(typed: &str) -> Vec<PersonaMove> {
    [(0, 1, "rule, version 4", "22 Nov 2026"), (7, 0, "Ada Okafor: “called us”", "3 Sep 2026")]
        .map(|(from, to, by, at)| PersonaMove {
            from: tag(from, typed),
            to: tag(to, typed),
            by: format!("{by}{typed}"),
            at: at.to_owned(),
        })
        .into()
}

fn attributes(typed: &str) -> Vec<Fact> {
    [
        ("Contract", "Month-to-month"),
        ("Tenure", "3"),
        ("Internet service", "Fiber optic"),
        ("Tech support", "No"),
        ("Payment method", "Electronic check"),
        ("Monthly charges", "$107.95"),
        ("Total charges", "$313.60"),
        ("Churn", "Yes"),
    ]
    .map(|(label, value)| Fact::new(label, format!("{value}{typed}")))
    .into()
}

fn one(typed: &str, locked: bool) -> CustomerPage {
    CustomerPage {
        shell: shell(Section::Customers, "Maya Lindqvist", vec![crumb("Customers", "/customers")], typed),
        id: "cus_01h455vb4pex5vsknk084sn02q".to_owned(),
        name: format!("Maya Lindqvist{typed}"),
        initials: "ML".to_owned(),
        detail: "customer 4187, from telco_customers.csv".to_owned(),
        persona: PersonaTag { locked, ..tag(1, typed) },
        persona_since: "since 22 Nov 2026, by rule".to_owned(),
        banner: None,
        facts: vec![
            Fact::new("MRR", "$107.95"),
            Fact::new("ARR", "$1,295.40"),
            Fact::new("Plan", "Fibre 500"),
            Fact::new("Since", "3 Sep 2026"),
        ],
        attributes: attributes(typed),
        metrics: vec![
            MetricGroup {
                label: "Billing",
                metrics: vec![Fact::new("MRR", "$107.95").note("per month"), Fact::new("Plan", "Fibre 500")],
                waiting: "34 more wait for data: no billing system is connected.".to_owned(),
            },
            MetricGroup { label: "Support", metrics: vec![], waiting: "9 wait for data.".to_owned() },
        ],
        sources: vec![SourceRecord {
            kind: "Customer-data file".to_owned(),
            external_id: format!("4187{typed}"),
            reason: "A column of a file says so".to_owned(),
            linked_at: "22 Nov 2026".to_owned(),
            origin: Some(Link::new("telco_customers.csv", "/data/uploads/upl_1")),
            fields: attributes(typed),
        }],
        why: Some(why(typed)),
        history: history(typed),
        audit: Some(vec![AuditLine {
            text: "Persona assigned".to_owned(),
            actor: format!("Ada Okafor{typed}"),
            at: "3 Sep 2026".to_owned(),
        }]),
        audit_href: "/audit?target=cus_1".to_owned(),
        assign: Some(AssignForm {
            persona: Select::new(
                Field::new("persona", "Persona").value("per_1"),
                PERSONAS.iter().enumerate().map(|(nth, (name, ..))| Choice::new(format!("per_{nth}"), *name)),
            ),
            reason: Field::new("reason", "Why").hint("Stands in the history"),
            locked,
        }),
        tags_field: Some(Field::new("tags", "Tags").value("vip, spring campaign").hint("Separated by commas")),
        tags: vec!["vip".to_owned(), format!("spring campaign{typed}")],
        etag: "7".to_owned(),
        stale: None,
    }
}

fn peek(typed: &str) -> PeekFragment {
    PeekFragment {
        id: "cus_01h455vb4pex5vsknk084sn02q".to_owned(),
        name: format!("Maya Lindqvist{typed}"),
        initials: "ML".to_owned(),
        detail: "customer 4187".to_owned(),
        persona: tag(1, typed),
        persona_since: "since 22 Nov 2026, by rule".to_owned(),
        facts: vec![Fact::new("MRR", "$107.95"), Fact::new("Tenure", "3"), Fact::new("Contract", "Monthly")],
        why: "Fibre, and nobody helps: no tech support.".to_owned(),
        nearest_flip: "If tech support were Yes, the persona would be High bill, monthly.".to_owned(),
        attributes: attributes(typed),
        history: history(typed),
    }
}

pub fn pages(typed: &str) -> Vec<Page> {
    let full = list(typed);
    let filtered = CustomersPage { rows: vec![], pager: Pager::default(), ..list(typed) };
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
        page("customer-locked", &CustomerPage { why: None, history: vec![], ..one(typed, true) }),
        fragment("fragment-customer", &one(typed, true).as_body()),
    ]
}
