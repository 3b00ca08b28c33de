//! Some packages have one owner, so that what they do has one shape everywhere.

use super::{Violation, layers};
use crate::workspace::{Member, Use, Workspace};

const RULE: &str = "owners";

/// The first layer that may know HTTP's server side.
const FIRST_WEB_LAYER: u8 = 4;

/// Checks who names the database driver, the web framework and the HTTP client.
pub(super) fn check(workspace: &Workspace) -> Vec<Violation> {
    let uses = workspace
        .members
        .iter()
        .flat_map(|member| member.uses.iter().map(move |used| (member, used)));
    uses.filter_map(|(member, used)| {
        complaint(member, used).map(|message| Violation::error(RULE, &member.manifest, None, message))
    })
    .collect()
}

fn complaint(member: &Member, used: &Use) -> Option<String> {
    let dev = used.dev || layers::is_dev(&member.name);
    let package = used.package.as_str();
    match package {
        "mongodb" | "bson" if member.name != "kale-persistence" && !dev => Some(format!(
            "`{package}` belongs to kale-persistence alone; add a repository method there and call that"
        )),
        "reqwest" if member.name != "kale-http-client" && !dev => Some(
            "`reqwest` belongs to kale-http-client alone: time-outs, retries and the address guard live there".to_owned(),
        ),
        name if is_actix(name) && !dev && layers::layer(&member.name).is_none_or(|layer| layer < FIRST_WEB_LAYER) => {
            Some(format!("`{name}` may be used from layer {FIRST_WEB_LAYER} up; below, speak of domain types, not of HTTP"))
        }
        _ => None,
    }
}

fn is_actix(package: &str) -> bool {
    package.starts_with("actix") || matches!(package, "tracing-actix-web" | "utoipa-actix-web" | "awc")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{member, messages};
    use super::*;

    #[test]
    fn a_package_outside_its_owner_is_caught() {
        let members = vec![
            member("kale-application", &["mongodb", "actix-web"]),
            member("kale-jobs", &["bson"]),
            member("kale-web", &["reqwest", "actix-web"]),
            member("kale-persistence", &["mongodb", "bson"]),
            member("kale-testkit", &["mongodb", "actix-web"]),
            member("kale-devdb", &["dev mongodb"]),
        ];
        let found = messages(&check(&Workspace {
            members,
            ..Workspace::default()
        }));
        for (file, package) in [
            ("application", "mongodb"),
            ("application", "actix-web"),
            ("jobs", "bson"),
            ("web", "reqwest"),
        ] {
            assert!(
                found.contains(&format!(
                    "error[owners] crates/{file}/Cargo.toml\n    `{package}`"
                )),
                "{found}"
            );
        }
        assert_eq!(found.matches("error[").count(), 4, "{found}");
    }
}
