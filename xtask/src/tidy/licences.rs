//! Every package we ship may be shipped under our own licence.

use super::Violation;
use crate::workspace::{Package, Workspace};

const RULE: &str = "licences";
const LOCK: &str = "Cargo.lock";

/// What may come in for any package. Keep deny.toml equal.
const ALLOWED: [&str; 13] = [
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Unicode-3.0",
    "Zlib",
    "0BSD",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "BSL-1.0",
];

/// What may come in for one package only, because there is no other choice and the terms were read.
const FOR_ONE: [(&str, &str); 1] = [("aws-lc-sys", "OpenSSL")];

/// Evaluates the licence expression of every package in the lock file.
pub(super) fn check(workspace: &Workspace) -> Vec<Violation> {
    workspace
        .packages
        .iter()
        .filter_map(complaint)
        .map(|message| Violation::error(RULE, LOCK, None, message))
        .collect()
}

fn complaint(package: &Package) -> Option<String> {
    let Package {
        name,
        version,
        licence,
        ..
    } = package;
    let Some(expression) = licence else {
        return Some(format!(
            "`{name} {version}` states no licence; read its terms or choose another package"
        ));
    };
    let accepts = |term: &str| ALLOWED.contains(&term) || FOR_ONE.contains(&(name.as_str(), term));
    match Expression::of(expression).accepted(&accepts) {
        Some(true) => None,
        Some(false) => Some(format!(
            "`{name} {version}` is under `{expression}`, which is not on the list in xtask/src/tidy/licences.rs"
        )),
        None => Some(format!(
            "`{name} {version}` states `{expression}`, which is no SPDX expression; read its terms"
        )),
    }
}

/// An SPDX expression as words; `/` is how older packages wrote `OR`.
struct Expression {
    words: std::iter::Peekable<std::vec::IntoIter<String>>,
}

impl Expression {
    fn of(text: &str) -> Self {
        let spaced = text.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
        let words: Vec<String> = spaced.split_whitespace().map(ToOwned::to_owned).collect();
        Self {
            words: words.into_iter().peekable(),
        }
    }

    /// Whether it is satisfied; nothing if it can't be read.
    fn accepted(mut self, accepts: &impl Fn(&str) -> bool) -> Option<bool> {
        let value = self.any(accepts)?;
        self.words.next().is_none().then_some(value)
    }

    fn any(&mut self, accepts: &impl Fn(&str) -> bool) -> Option<bool> {
        let mut value = self.all(accepts)?;
        while self.words.next_if_eq("OR").is_some() {
            value |= self.all(accepts)?;
        }
        Some(value)
    }

    fn all(&mut self, accepts: &impl Fn(&str) -> bool) -> Option<bool> {
        let mut value = self.one(accepts)?;
        while self.words.next_if_eq("AND").is_some() {
            value &= self.one(accepts)?;
        }
        Some(value)
    }

    fn one(&mut self, accepts: &impl Fn(&str) -> bool) -> Option<bool> {
        let word = self.words.next()?;
        match word.as_str() {
            "(" => {
                let value = self.any(accepts)?;
                self.words.next_if_eq(")").map(|_| value)
            }
            ")" | "OR" | "AND" | "WITH" => None,
            term if self.words.next_if_eq("WITH").is_some() => {
                let exception = self.words.next()?;
                Some(accepts(&format!("{term} WITH {exception}")))
            }
            term => Some(accepts(term)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::messages;
    use super::*;

    fn judged(name: &str, licence: Option<&str>) -> String {
        let package = Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: licence.map(ToOwned::to_owned),
            used: true,
        };
        messages(&check(&Workspace {
            packages: vec![package],
            ..Workspace::default()
        }))
    }

    #[test]
    fn a_licence_off_the_list_is_caught() {
        for refused in [
            "GPL-3.0-or-later",
            "MIT AND GPL-2.0",
            "MPL-2.0",
            "Apache-2.0 WITH Strange-exception",
            "OpenSSL",
            "MIT OR",
            "(MIT",
        ] {
            assert!(
                judged("x", Some(refused)).contains("error[licences]"),
                "{refused}"
            );
        }
        assert!(judged("x", None).contains("states no licence"));
    }

    #[test]
    fn a_choice_that_holds_one_allowed_licence_passes() {
        for fine in [
            "MIT",
            "MIT/Apache-2.0",
            "Unlicense OR MIT",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR GPL-2.0",
        ] {
            assert_eq!(judged("x", Some(fine)), "", "{fine}");
        }
        assert_eq!(
            judged("aws-lc-sys", Some("ISC AND (Apache-2.0 OR ISC) AND OpenSSL")),
            ""
        );
    }
}
