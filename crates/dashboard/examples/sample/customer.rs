#![expect(clippy::too_many_lines, reason = "invented data is long and has no branches")]

use kale_dashboard::view::{
    customer::{
        AssignForm, AuditLine, CustomerPage, ExpertsForm, Fact, MetricGroup, PeekFragment, PersonaMove,
        SourceRecord, WalkedLine,
    },
    form::{Choice, Field, Select},
    parts::{Link, PersonaTag, Tone},
    shell::Section,
    trace::{Judged, TraceNode, Verdict, Why},
};

use super::{PERSONAS, chip, crumb, shell, tag};

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
            judged(
                0,
                Verdict::No,
                false,
                "Contract is Month-to-month and tenure is less than 6 months.",
            ),
            judged(
                1,
                Verdict::Yes,
                true,
                "Internet service is Fiber optic and at least 1 of: tech support is No, online security is No, open tickets is at least 1.",
            ),
            judged(
                2,
                Verdict::Yes,
                false,
                "Contract is Month-to-month and monthly charges are at least $80.",
            ),
            judged(3, Verdict::Unknown, false, "Live subscriptions is at least 2."),
        ],
    }
}

fn history(typed: &str) -> Vec<PersonaMove> {
    [
        (0, 1, "rule, version 4", "22 Nov 2026"),
        (7, 0, "Ada Okafor: “called us”", "3 Sep 2026"),
    ]
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

pub(crate) fn one(typed: &str, locked: bool) -> CustomerPage {
    CustomerPage {
        shell: shell(
            Section::Customers,
            "Maya Lindqvist",
            vec![crumb("Customers", "/customers")],
            typed,
        ),
        id: "cus_01h455vb4pex5vsknk084sn02q".to_owned(),
        name: format!("Maya Lindqvist{typed}"),
        initials: "ML".to_owned(),
        detail: "customer 4187, from telco_customers.csv".to_owned(),
        persona: PersonaTag {
            locked,
            ..tag(1, typed)
        },
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
                metrics: vec![
                    Fact::new("MRR", "$107.95").note("per month"),
                    Fact::new("Plan", "Fibre 500"),
                ],
                waiting: "34 more wait for data: no billing system is connected.".to_owned(),
            },
            MetricGroup {
                label: "Support",
                metrics: vec![],
                waiting: "9 wait for data.".to_owned(),
            },
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
        sessions: Some(vec![WalkedLine {
            id: "ses_01h455vb4pex5vsknk084sn02q".to_owned(),
            started: "14 Nov 2026, 09:12".to_owned(),
            channel: "Hosted page",
            chips: vec![chip("Saved", Tone::Leaf)],
        }]),
        sessions_href: "/sessions?customer=cus_1".to_owned(),
        audit: Some(vec![AuditLine {
            text: "Persona assigned".to_owned(),
            actor: format!("Ada Okafor{typed}"),
            at: "3 Sep 2026".to_owned(),
        }]),
        audit_href: "/audit?target=cus_1".to_owned(),
        assign: Some(AssignForm {
            persona: Select::new(
                Field::new("persona", "Persona").value("per_1"),
                PERSONAS
                    .iter()
                    .enumerate()
                    .map(|(nth, (name, ..))| Choice::new(format!("per_{nth}"), *name)),
            ),
            reason: Field::new("reason", "Why").hint("Stands in the history"),
            locked,
        }),
        tags_field: Some(
            Field::new("tags", "Tags")
                .value("vip, spring campaign")
                .hint("Separated by commas"),
        ),
        tags: vec!["vip".to_owned(), format!("spring campaign{typed}")],
        experts: vec![format!("Nora Voss{typed}")],
        experts_form: Some(ExpertsForm {
            people: ["Bo Aalto", "Nora Voss"]
                .map(|name| Choice::new(name, format!("{name}{typed}")).chosen_if("Nora Voss"))
                .into(),
            error: typed.to_owned(),
        }),
        etag: "7".to_owned(),
        stale: None,
    }
}

pub(crate) fn peek(typed: &str) -> PeekFragment {
    PeekFragment {
        id: "cus_01h455vb4pex5vsknk084sn02q".to_owned(),
        name: format!("Maya Lindqvist{typed}"),
        initials: "ML".to_owned(),
        detail: "customer 4187".to_owned(),
        persona: tag(1, typed),
        persona_since: "since 22 Nov 2026, by rule".to_owned(),
        facts: vec![
            Fact::new("MRR", "$107.95"),
            Fact::new("Tenure", "3"),
            Fact::new("Contract", "Monthly"),
        ],
        why: "Fibre, and nobody helps: no tech support.".to_owned(),
        nearest_flip: "If tech support were Yes, the persona would be High bill, monthly.".to_owned(),
        attributes: attributes(typed),
        history: history(typed),
    }
}
