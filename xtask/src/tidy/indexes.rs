//! Every unique index starts with its collection's key, so that the data can be sharded by company later.

use serde_json::Value;

use super::Violation;
use crate::workspace::{File, Workspace};

const RULE: &str = "indexes";

/// Collections that belong to the installation, not to a company; their natural keys are global.
pub(super) const OF_THE_INSTALLATION: [&str; 1] = ["companies"];

/// Checks the unique indexes of all migrations.
pub(super) fn check(workspace: &Workspace) -> Vec<Violation> {
    let migrations = workspace
        .files
        .iter()
        .filter(|file| file.path.starts_with("migrations/") && file.has_extension("json"));
    migrations.flat_map(in_migration).collect()
}

fn in_migration(file: &File) -> Vec<Violation> {
    let parsed: Result<Value, _> = serde_json::from_slice(&file.bytes);
    let migration = match parsed {
        Ok(migration) => migration,
        Err(error) => {
            let message = format!("this is not JSON ({error}); see migrations/README.md for the format");
            return vec![Violation::error(RULE, &file.path, Some(error.line()), message)];
        }
    };
    let Some(commands) = migration.get("commands").and_then(Value::as_array) else {
        let message = "a migration is `{\"description\": …, \"commands\": […]}`; see migrations/README.md";
        return vec![Violation::error(RULE, &file.path, None, message)];
    };
    commands
        .iter()
        .flat_map(|command| in_command(file, command))
        .collect()
}

fn in_command(file: &File, command: &Value) -> Vec<Violation> {
    let Some(collection) = command.get("createIndexes").and_then(Value::as_str) else {
        return Vec::new();
    };
    if OF_THE_INSTALLATION.contains(&collection) {
        return Vec::new();
    }
    let indexes = command
        .get("indexes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let unique = indexes.filter(|index| index.get("unique").and_then(Value::as_bool) == Some(true));
    unique
        .filter(|index| !starts_with_the_company(index))
        .map(|index| {
            let name = index.get("name").and_then(Value::as_str).unwrap_or("without a name");
            let message = format!(
                "the unique index `{name}` of `{collection}` starts with neither `_id` nor `company_id`; put `company_id` \
                 first, or, if the collection belongs to no company, list it in xtask/src/tidy/indexes.rs"
            );
            Violation::error(RULE, &file.path, line_of(file, name), message)
        })
        .collect()
}

fn starts_with_the_company(index: &Value) -> bool {
    let first = index
        .get("key")
        .and_then(Value::as_object)
        .and_then(|key| key.keys().next());
    first.is_some_and(|field| field == "_id" || field.starts_with("_id.") || field == "company_id")
}

fn line_of(file: &File, name: &str) -> Option<usize> {
    let quoted = format!("\"{name}\"");
    file.text()?
        .lines()
        .position(|line| line.contains(&quoted))
        .map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{messages, with_files};
    use super::*;

    const MIGRATION: &str = r#"{"description": "x", "commands": [
        {"createIndexes": "customers", "indexes": [
            {"name": "by_email", "key": {"email": 1, "company_id": 1}, "unique": true},
            {"name": "by_company", "key": {"company_id": 1, "email": 1}, "unique": true},
            {"name": "by_name", "key": {"name": 1}}]},
        {"createIndexes": "companies", "indexes": [{"name": "by_slug", "key": {"slug": 1}, "unique": true}]}
    ]}"#;

    #[test]
    fn a_unique_index_that_crosses_companies_is_caught() {
        let found = messages(&check(&with_files(&[("migrations/0001_start.json", MIGRATION)])));
        assert!(
            found.contains("0001_start.json:3\n    the unique index `by_email`"),
            "{found}"
        );
        assert_eq!(found.matches("error[").count(), 1, "{found}");
    }

    #[test]
    fn a_migration_that_cannot_be_read_is_caught() {
        let found = messages(&check(&with_files(&[
            ("migrations/0001_a.json", "{,"),
            ("migrations/0002_b.json", "{}"),
        ])));
        assert!(
            found.contains("this is not JSON") && found.contains("0002_b.json\n    a migration is"),
            "{found}"
        );
    }
}
