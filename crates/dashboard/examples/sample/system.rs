#![expect(clippy::too_many_lines, reason = "invented data is long and has no branches")]

use kale_dashboard::view::{
    audit::{AuditChange, AuditPage, AuditRow, AuditSeal},
    customer::Fact,
    form::{Choice, Field, Problems, Select, Wrong},
    jobs::{JobPage, JobRow, JobTab, JobsPage},
    parts::{Link, Pager, Tone},
    settings::{ApiKeysPage, GeneralPage, KeyRow, NewKey, PermissionChoice, SettingsTab},
    shell::Section,
};
use kale_domain::{access::Permission, company::Industry};

use super::{Page, chip, crumb, empty, fragment, job, page, shell};

fn tabs(current: &str) -> Vec<SettingsTab> {
    [("General", "/settings"), ("API keys", "/settings/api-keys")]
        .map(|(label, href)| SettingsTab {
            label,
            href,
            current: label == current,
        })
        .into()
}

/// Jobs as the first page lists them.
pub(crate) fn rows(typed: &str) -> Vec<JobRow> {
    jobs(typed).jobs
}

fn jobs(typed: &str) -> JobsPage {
    let row = |title: &str, subject: Option<&str>, state, note: &str, progress| JobRow {
        id: "job_01h455vb4pex5vsknk084sn02q".to_owned(),
        title: title.to_owned(),
        subject: subject.map(|label| Link::new(format!("{label}{typed}"), "/data/uploads/upl_1")),
        state,
        note: format!("{note}{typed}"),
        by: "Ada Okafor".to_owned(),
        at: "6 min ago".to_owned(),
        took: "4 min 20 s".to_owned(),
        progress,
    };
    JobsPage {
        shell: shell(Section::Jobs, "Jobs", vec![], typed),
        tabs: [("All", "", true), ("Running", "1", false), ("Failed", "1", false)]
            .map(|(label, count, current)| JobTab {
                label,
                count: count.to_owned(),
                href: "/jobs".to_owned(),
                current,
            })
            .into(),
        state: "",
        housekeeping: false,
        jobs: vec![
            row(
                "Check a file",
                Some("telco_november.csv"),
                chip("Running", Tone::Sky),
                "",
                Some(job(
                    "Checking telco_november.csv",
                    "3,200 of 7,043 rows",
                    Some(45),
                    "#jobs",
                )),
            ),
            row(
                "Apply persona rules",
                None,
                chip("Done", Tone::Leaf),
                "7,043 customers, 412 moved",
                None,
            ),
            row(
                "Import a file",
                Some("telco_october.csv"),
                chip("Gave up", Tone::Stem),
                "The file could not be opened: it was deleted.",
                None,
            ),
            row(
                "Export customers",
                None,
                chip("Stopped", Tone::Plain),
                "1,200 of 7,043 rows",
                None,
            ),
        ],
        empty: empty(
            "activity",
            "No jobs. Uploads, imports and rule changes start them.",
            Some(Link::new("Upload a file", "/data")),
            None,
        ),
        pager: Pager {
            summary: "Showing 1 to 4".to_owned(),
            previous: None,
            restarts: false,
            next: Some("/jobs?cursor=x".to_owned()),
        },
    }
}

fn one_job(typed: &str, failed: bool) -> JobPage {
    JobPage {
        shell: shell(Section::Jobs, "Check a file", vec![crumb("Jobs", "/jobs")], typed),
        id: "job_01h455vb4pex5vsknk084sn02q".to_owned(),
        title: "Check a file".to_owned(),
        subject: Some(Link::new(
            format!("telco_november.csv{typed}"),
            "/data/uploads/upl_1",
        )),
        state: if failed {
            chip("Gave up", Tone::Stem)
        } else {
            chip("Running", Tone::Sky)
        },
        progress: (!failed).then(|| {
            job(
                "Checking telco_november.csv",
                "3,200 of 7,043 rows",
                Some(45),
                "#job",
            )
        }),
        error: if failed {
            format!("The file could not be opened: it was deleted.{typed}")
        } else {
            String::new()
        },
        facts: vec![
            Fact::new("Started by", format!("Ada Okafor{typed}")),
            Fact::new("Asked for", "22 Nov 2026, 14:05"),
            Fact::new("Attempts", "1").note("of 5"),
            Fact::new("Id", "job_01h455vb4pex5vsknk084sn02q"),
        ],
        may_cancel: !failed,
        may_retry: failed,
    }
}

fn general(typed: &str) -> GeneralPage {
    GeneralPage {
        shell: shell(Section::Settings, "Settings", vec![], typed),
        problems: Problems::default(),
        stale: None,
        name: Field::new("name", "Name").value(format!("Northwind Telecom{typed}")),
        slug: "northwind".to_owned(),
        industry: Select::new(
            Field::new("industry", "Industry")
                .value("telecom")
                .hint("Decides which personas are offered to start from"),
            Industry::ALL.map(|industry| Choice::new(industry.key(), industry.title())),
        ),
        time_zone: Field::new("time_zone", "Time zone")
            .value("Europe/Oslo")
            .hint("Days begin and end here"),
        time_zones: ["Europe/Oslo", "Europe/Berlin", "America/New_York"]
            .map(str::to_owned)
            .into(),
        currency: Select::new(
            Field::new("currency", "Currency")
                .value("USD")
                .hint("Changing it recomputes every amount"),
            [("USD", "USD, US dollar"), ("EUR", "EUR, euro")].map(|(value, label)| Choice::new(value, label)),
        ),
        sortable: ["Tenure", "Total charges", "Contract", "Churn"]
            .map(|label| Choice {
                selected: label == "Tenure",
                ..Choice::new(label.to_lowercase(), format!("{label}{typed}"))
            })
            .into(),
        sortable_error: String::new(),
        sortable_limit: 3,
        etag: "3".to_owned(),
        tabs: tabs("General"),
    }
}

fn keys(typed: &str, created: bool) -> ApiKeysPage {
    let row = |name: &str, live: bool, permissions: &[&str]| KeyRow {
        id: "key_01h455vb4pex5vsknk084sn02q".to_owned(),
        name: format!("{name}{typed}"),
        hint: "kale_…x7Qd".to_owned(),
        permissions: permissions.iter().map(|text| (*text).to_owned()).collect(),
        created: format!("Made by Ada Okafor{typed}, 3 Sep 2026"),
        last_used: if live { "6 min ago" } else { "never" }.to_owned(),
        expires: if live {
            "3 Sep 2027".to_owned()
        } else {
            String::new()
        },
        state: if live {
            chip("Works", Tone::Leaf)
        } else {
            chip("Revoked", Tone::Plain)
        },
        live,
        may_rotate: live,
    };
    ApiKeysPage {
        shell: shell(Section::Settings, "Settings", vec![], typed),
        created: created.then(|| NewKey {
            name: format!("Nightly sync{typed}"),
            token: "kale_01h455vb4pex5vsknk084sn02q_Zk3qP0wXn8RrT2vYb6LmC9".to_owned(),
        }),
        problems: if created {
            Problems::default()
        } else {
            Problems {
                list: vec![Wrong {
                    field: "permission".to_owned(),
                    message: "Choose at least one permission.".to_owned(),
                }],
            }
        },
        name: Field::new("name", "What it is for"),
        expires: Select::new(
            Field::new("expires", "Works for").value("365"),
            [
                ("90", "90 days"),
                ("365", "a year"),
                ("never", "ever, until revoked"),
            ]
            .map(|(value, label)| Choice::new(value, label)),
        ),
        permissions: Permission::ALL
            .iter()
            .filter(|permission| permission.grantable_to_keys())
            .map(|permission| PermissionChoice {
                name: permission.name(),
                label: permission.name().replace(['.', '_'], " "),
                selected: *permission == Permission::ReadCustomers,
            })
            .collect(),
        permissions_error: if created {
            String::new()
        } else {
            "Choose at least one permission.".to_owned()
        },
        keys: vec![
            row("Nightly sync", true, &["Read customers", "Write customers"]),
            row("Old warehouse", false, &["Read customers"]),
        ],
        empty: empty(
            "key-round",
            "No keys yet. A program that calls the API needs one.",
            None,
            Some(Link::new("Read about the API", "/docs")),
        ),
        tabs: tabs("API keys"),
    }
}

fn audit(typed: &str) -> AuditPage {
    let change = |field: &str, before: &str, after: &str| AuditChange {
        field: field.to_owned(),
        before: format!("{before}{typed}"),
        after: format!("{after}{typed}"),
    };
    let row = |actor: &str, action: &str, target: &str, changes| AuditRow {
        at: "22 Nov 2026, 14:05".to_owned(),
        actor: format!("{actor}{typed}"),
        initials: if actor == "Kale" {
            String::new()
        } else {
            "AO".to_owned()
        },
        action: action.to_owned(),
        target: Link::new(format!("{target}{typed}"), "/customers/cus_1"),
        changes,
        request_id: "01JD8Q5ZT7N4".to_owned(),
    };
    AuditPage {
        shell: shell(Section::Audit, "Audit", vec![], typed),
        action: Select::new(
            Field::new("action", "What"),
            [("", "Everything"), ("persona_assigned", "Persona assigned")]
                .map(|(value, label)| Choice::new(value, label)),
        ),
        actor: Select::new(
            Field::new("actor", "Who"),
            [("", "Everybody"), ("usr_1", "Ada Okafor")].map(|(value, label)| Choice::new(value, label)),
        ),
        target: "cus_01h455vb4pex5vsknk084sn02q".to_owned(),
        from: "2026-11-01".to_owned(),
        to: String::new(),
        export: "/audit/export.csv".to_owned(),
        sealed: Some(AuditSeal {
            entries: "1,204".to_owned(),
            head: format!("1204:{}", "9f86d081884c7d65".repeat(4)),
            at: "22 Nov 2026, 14:05".to_owned(),
        }),
        entries: vec![
            row(
                "Ada Okafor",
                "assigned a persona to",
                "Maya Lindqvist",
                vec![
                    change("persona", "New on a monthly plan", "Fibre without support"),
                    change("locked", "no", "yes"),
                ],
            ),
            row("Kale", "imported", "telco_customers.csv", vec![]),
            row(
                "Ada Okafor",
                "changed the settings of",
                "Northwind Telecom",
                vec![change("currency", "EUR", "USD")],
            ),
        ],
        empty: empty(
            "scroll-text",
            "No entries match.",
            Some(Link::new("Show everything", "/audit")),
            None,
        ),
        pager: Pager {
            summary: "Showing 1 to 3".to_owned(),
            previous: Some("/audit".to_owned()),
            restarts: false,
            next: None,
        },
        clear: "/audit".to_owned(),
    }
}

pub(crate) fn pages(typed: &str) -> Vec<Page> {
    vec![
        page("jobs", &jobs(typed)),
        page(
            "jobs-empty",
            &JobsPage {
                jobs: vec![],
                ..jobs(typed)
            },
        ),
        fragment("fragment-jobs", &jobs(typed).as_list()),
        page("job", &one_job(typed, false)),
        page("job-failed", &one_job(typed, true)),
        fragment("fragment-job", &one_job(typed, true).as_body()),
        page("settings", &general(typed)),
        fragment("fragment-settings", &general(typed).as_form()),
        page("api-keys", &keys(typed, false)),
        page("api-keys-new", &keys(typed, true)),
        page(
            "api-keys-empty",
            &ApiKeysPage {
                keys: vec![],
                ..keys(typed, true)
            },
        ),
        fragment("fragment-keys", &keys(typed, false).as_keys()),
        page("audit", &audit(typed)),
        page(
            "audit-empty",
            &AuditPage {
                entries: vec![],
                ..audit(typed)
            },
        ),
        fragment("fragment-audit", &audit(typed).as_list()),
    ]
}
