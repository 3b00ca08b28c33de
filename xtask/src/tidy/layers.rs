//! The crate graph: an arrow only goes down, along the edges listed here.

use super::Violation;
use crate::workspace::{Member, Use, Workspace};

const RULE: &str = "layers";

/// One row of the table in ARCHITECTURE.md.
struct Row {
    /// The package, without the prefix `kale-`.
    name: &'static str,
    /// Its layer; tests stand above all.
    layer: u8,
    /// Our crates it may use.
    uses: &'static [&'static str],
}

const fn row(name: &'static str, layer: u8, uses: &'static [&'static str]) -> Row {
    Row { name, layer, uses }
}

/// The layer of everything that only serves tests and developers.
const DEV: u8 = 6;

/// What the tests of any crate may use, whatever its layer: the testkit, and the real database it stands on.
const FOR_TESTS: [&str; 2] = ["testkit", "devdb"];

/// What a page, an API or the hosted flow stands on. `rules` and `tabular` are for their read-only types.
const EDGE: &[&str] = &[
    "application",
    "web",
    "domain",
    "rules",
    "tabular",
    "config",
    "telemetry",
];

/// What a use case stands on: everything below but the provider crates and the settings.
const USE_CASES: &[&str] = &[
    "domain",
    "telemetry",
    "http-client",
    "rules",
    "flow",
    "matching",
    "measures",
    "tabular",
    "integrations",
    "blobs",
    "mailer",
    "risk",
    "persistence",
    "jobs",
];

/// What one provider stands on.
const PROVIDER: &[&str] = &["integrations", "http-client", "domain", "telemetry"];

/// Every crate with the edges it may have. A new crate is a new row here and in ARCHITECTURE.md.
const TABLE: &[Row] = &[
    row("domain", 0, &[]),
    row("config", 0, &[]),
    row("telemetry", 0, &[]),
    row("http-client", 0, &[]),
    row("rules", 1, &["domain"]),
    row("flow", 1, &["domain", "rules"]),
    row("matching", 1, &["domain"]),
    row("measures", 1, &["domain", "flow"]),
    row("tabular", 1, &["domain"]),
    row("integrations", 1, &["domain", "http-client"]),
    row("blobs", 1, &["domain"]),
    row("mailer", 1, &["domain"]),
    row("risk", 1, &["domain"]),
    row(
        "persistence",
        2,
        &["domain", "rules", "flow", "measures", "telemetry"],
    ),
    row("jobs", 3, &["persistence", "domain", "telemetry"]),
    row("application", 3, USE_CASES),
    row("web", 4, &["domain", "application", "config", "telemetry"]),
    row("http-api", 4, EDGE),
    row("viewer", 4, EDGE),
    row("dashboard", 4, EDGE),
    row("sandbox", 4, &["domain", "http-client", "config", "telemetry"]),
    row("devdb", 4, &["domain", "http-client", "config", "telemetry"]),
];

/// Checks every edge between our crates against the table, and every crate's folder against its name.
pub(super) fn check(workspace: &Workspace) -> Vec<Violation> {
    let mut found = Vec::new();
    for member in &workspace.members {
        let short = short(&member.name);
        found.extend(folder(member, short));
        let Some(row) = find(short) else {
            found.push(Violation::error(RULE, &member.manifest, None, format!(
                "`{}` is in no layer; give it a row in xtask/src/tidy/layers.rs and in ARCHITECTURE.md, as low as it can stand",
                member.name
            )));
            continue;
        };
        for used in &member.uses {
            let ours = workspace.members.iter().any(|other| other.name == used.package);
            if ours && !allowed(&row, used) {
                found.push(edge(member, used, &row));
            }
        }
    }
    found
}

fn edge(member: &Member, used: &Use, row: &Row) -> Violation {
    let allowed = if row.uses.is_empty() {
        "none of our crates".to_owned()
    } else {
        row.uses.join(", ")
    };
    Violation::error(
        RULE,
        &member.manifest,
        None,
        format!(
            "`{}` (layer {}) may not use `{}`; it may use: {allowed}. Move the code down, or pass what is needed through a \
         trait or a parameter from above",
            member.name, row.layer, used.package
        ),
    )
}

fn allowed(row: &Row, used: &Use) -> bool {
    let target = short(&used.package);
    if row.layer >= DEV {
        return row.name != "xtask";
    }
    if row.name == "kale" {
        return find(target).is_some_and(|target| target.layer < DEV) || used.dev;
    }
    let below = find(target).is_some_and(|target| target.layer < row.layer);
    row.uses.contains(&target) || (used.dev && (below || FOR_TESTS.contains(&target)))
}

fn find(short: &str) -> Option<Row> {
    match short {
        "kale" => Some(row("kale", 5, &[])),
        "testkit" => Some(row("testkit", DEV, &[])),
        "tests" => Some(row("tests", DEV, &[])),
        "xtask" => Some(row("xtask", DEV, &[])),
        name if name.starts_with("integration-") => Some(row("integration-…", 2, PROVIDER)),
        name => TABLE
            .iter()
            .find(|row| row.name == name)
            .map(|found| row(found.name, found.layer, found.uses)),
    }
}

/// The layer of a crate, if the table knows it.
pub(super) fn layer(package: &str) -> Option<u8> {
    find(short(package)).map(|row| row.layer)
}

/// Whether a crate only serves tests and developers.
pub(super) fn is_dev(package: &str) -> bool {
    layer(package).is_some_and(|layer| layer >= DEV)
}

fn short(package: &str) -> &str {
    package.strip_prefix("kale-").unwrap_or(package)
}

fn folder(member: &Member, short: &str) -> Option<Violation> {
    let expected = match short {
        "kale" => "bin/kale/Cargo.toml".to_owned(),
        "tests" | "xtask" => format!("{short}/Cargo.toml"),
        name => format!("crates/{name}/Cargo.toml"),
    };
    (member.manifest != expected).then(|| {
        let message = format!(
            "`{}` belongs into {expected}: a folder is named as its package without `kale-`",
            member.name
        );
        Violation::error(RULE, &member.manifest, None, message)
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{member, messages};
    use super::*;

    fn graph(members: Vec<Member>) -> String {
        messages(&check(&Workspace {
            members,
            ..Workspace::default()
        }))
    }

    #[test]
    fn an_arrow_that_goes_up_is_caught() {
        let found = graph(vec![
            member("kale-domain", &["kale-persistence"]),
            member("kale-persistence", &["kale-domain"]),
        ]);
        assert!(
            found.contains("`kale-domain` (layer 0) may not use `kale-persistence`"),
            "{found}"
        );
        assert_eq!(found.matches("error[").count(), 1, "{found}");
    }

    #[test]
    fn an_arrow_between_siblings_is_caught() {
        let stripe = member(
            "kale-integration-stripe",
            &["kale-integration-slack", "kale-integrations"],
        );
        let found = graph(vec![
            stripe,
            member("kale-integration-slack", &[]),
            member("kale-integrations", &["kale-http-client"]),
        ]);
        assert!(found.contains("may not use `kale-integration-slack`"), "{found}");
        assert_eq!(found.matches("error[").count(), 1, "{found}");
    }

    #[test]
    fn an_edge_that_skips_the_use_cases_is_caught() {
        let found = graph(vec![
            member("kale-dashboard", &["kale-persistence"]),
            member("kale-persistence", &[]),
        ]);
        assert!(
            found.contains("`kale-dashboard` (layer 4) may not use `kale-persistence`"),
            "{found}"
        );
    }

    #[test]
    fn a_crate_outside_the_table_or_its_folder_is_caught() {
        let mut stray = member("kale-web", &[]);
        stray.manifest = "crates/http/Cargo.toml".to_owned();
        let found = graph(vec![member("kale-leftovers", &[]), stray]);
        assert!(found.contains("`kale-leftovers` is in no layer"), "{found}");
        assert!(found.contains("belongs into crates/web/Cargo.toml"), "{found}");
    }

    #[test]
    fn tests_may_use_the_testkit_and_the_binary_may_use_all() {
        let found = graph(vec![
            member("kale-rules", &["kale-domain", "dev kale-testkit"]),
            member("kale-domain", &[]),
            member("kale-testkit", &["kale"]),
            member("kale", &["kale-rules", "kale-domain"]),
        ]);
        assert_eq!(found, "");
    }

    #[test]
    fn every_edge_of_the_table_goes_down_or_is_between_named_crates() {
        for row in TABLE {
            for used in row.uses {
                let target = find(used).unwrap_or_else(|| panic!("{used} is not in the table"));
                assert!(target.layer <= row.layer, "{} may not use {used}", row.name);
            }
        }
    }
}
