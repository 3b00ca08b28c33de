//! Packages that must not come in, not even through somebody else's default features.

use super::Violation;
use crate::workspace::Workspace;

const RULE: &str = "locked";
const LOCK: &str = "Cargo.lock";

/// One TLS stack (rustls on aws-lc-rs), no system OpenSSL.
const REFUSED: [&str; 3] = ["ring", "openssl-sys", "native-tls"];

/// Looks for refused packages among those that are really used, on any platform.
///
/// The lock file also names what an unused feature could bring (rustls-webpki's `ring`, for one); that is never built.
pub(super) fn check(workspace: &Workspace) -> Vec<Violation> {
    let refused = workspace
        .packages
        .iter()
        .filter(|package| REFUSED.contains(&package.name.as_str()));
    refused
        .filter(|package| package.used)
        .map(|package| {
            let name = &package.name;
            let message = format!(
                "`{name}` comes in; `cargo tree --workspace --target all -i {name}` says through whom: switch that package's \
                 default features off and choose rustls with aws-lc-rs"
            );
            Violation::error(RULE, LOCK, None, message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::messages;
    use super::*;
    use crate::workspace::Package;

    fn package(name: &str, used: bool) -> Package {
        Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: None,
            used,
        }
    }

    #[test]
    fn a_second_tls_stack_is_caught() {
        let packages = vec![
            package("ring", true),
            package("native-tls", false),
            package("string", true),
        ];
        let found = messages(&check(&Workspace {
            packages,
            ..Workspace::default()
        }));
        assert!(found.contains("`ring` comes in"), "{found}");
        assert_eq!(found.matches("error[").count(), 1, "{found}");
    }
}
