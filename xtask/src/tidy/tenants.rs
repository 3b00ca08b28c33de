//! Inside persistence too, a company's records are reached through `Scoped`: who opens a collection by hand, or asks
//! past the wrapper, is named here.

use super::Violation;
use crate::source::{code_only, functions, without_tests};
use crate::workspace::Workspace;

const RULE: &str = "tenants";
const WHERE: &str = "crates/persistence/src/";

/// Files that open collections themselves: what belongs to no company, or to each in its key, and the wrapper.
const OPENERS: [&str; 28] = [
    "access.rs",
    "access/set_up.rs",
    "audit/chain.rs",
    "blob_folder.rs",
    "companies.rs",
    "companies/purge.rs",
    "companies/sorting.rs",
    "customers/removed.rs",
    "identity/attempts.rs",
    "identity/events.rs",
    "identity/links.rs",
    "identity/sessions.rs",
    "jobs.rs",
    "kept_mails.rs",
    "live.rs",
    "locks.rs",
    "migrations.rs",
    "migrations/lease.rs",
    "outbox.rs",
    "schedules.rs",
    "scoped.rs",
    "seal/ring_check.rs",
    "seal/rotation.rs",
    "sign_ins.rs",
    "sign_ins/links.rs",
    "store.rs",
    "store/query_shapes.rs",
    "viewer/handles.rs",
];

/// Functions that ask past the wrapper with a filter that another function of their crate made for the company, or
/// that find out which company it is.
const NARROWED: [(&str, &str); 18] = [
    ("api_keys.rs", "by_token"),
    ("api_records.rs", "create"),
    // What belongs to no company.
    ("audit.rs", "find"),
    ("customers/count.rs", "number"),
    ("customers/export.rs", "export"),
    ("customers/judged.rs", "for_each_judged"),
    ("customers/list.rs", "read"),
    ("customers/persona.rs", "set_persona"),
    ("events.rs", "add"),
    ("file_rows/pointer.rs", "allocate"),
    ("idempotency.rs", "begin"),
    ("sessions.rs", "untouched"),
    // Companies, for whoever wakes their counts.
    ("sessions/counting.rs", "dirty_companies"),
    ("usage.rs", "dirty_companies"),
    ("rollups/state.rs", "outdated"),
    // Kale admins, who are in no company.
    ("users.rs", "admin_in"),
    ("users.rs", "update_admin"),
    // Whether there is such a company, and not which.
    ("viewer/settings.rs", "lists_origin"),
];

/// Looks for collections that are opened, and for questions past the wrapper that do not name the company.
pub(super) fn check(workspace: &Workspace) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in &workspace.files {
        let Some(name) = file.path.strip_prefix(WHERE) else {
            continue;
        };
        if !file.has_extension("rs") || name.contains("tests") || name.starts_with("testing") {
            continue;
        }
        let Some(text) = file.text() else { continue };
        let code = without_tests(&code_only(text));
        let lines: Vec<&str> = code.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let opens = line.contains(".collection(") || line.contains(".collection::<");
            if opens && !OPENERS.contains(&name) {
                let message =
                    "a collection is opened here; take `Scoped`, or say in `tidy/tenants.rs` why not";
                found.push(Violation::error(RULE, &file.path, Some(at + 1), message));
            }
        }
        for function in functions(&code) {
            let body = lines.iter().skip(function.line - 1).take(function.lines);
            let body: Vec<&str> = body.copied().collect();
            let narrowed = body.iter().any(|line| line.contains("within("))
                || NARROWED.contains(&(name, function.name.as_str()));
            if let Some(at) = body.iter().position(|line| line.contains(".raw()"))
                && !narrowed
            {
                let message = format!(
                    "`{}` asks past `Scoped` and does not say `within(tenant, …)`; say it, or in `tidy/tenants.rs` why not",
                    function.name
                );
                found.push(Violation::error(
                    RULE,
                    &file.path,
                    Some(function.line + at),
                    message,
                ));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::{messages, with_files};
    use super::*;

    #[test]
    fn a_collection_that_is_opened_and_a_question_without_a_company_are_caught() {
        let bad = "async fn all(store: &Store) {\n    store.database().collection::<Document>(\"customers\");\n    \
                   records(store)\n        .raw()\n        .find(doc! {});\n}\n";
        let good = "async fn some(store: &Store, tenant: Tenant) {\n    records(store)\n        .raw()\n        \
                    .find(within(tenant, doc! {}));\n}\n";
        let found = messages(&check(&with_files(&[
            ("crates/persistence/src/customers/list.rs", bad),
            ("crates/persistence/src/customers/tests/list.rs", bad),
            ("crates/persistence/src/customers/good.rs", good),
            ("crates/web/src/lib.rs", bad),
        ])));
        assert!(
            found.contains("error[tenants] crates/persistence/src/customers/list.rs:2\n"),
            "{found}"
        );
        assert!(
            found.contains("error[tenants] crates/persistence/src/customers/list.rs:4\n    `all` asks past"),
            "{found}"
        );
        assert_eq!(found.matches("error[").count(), 2, "{found}");
    }
}
