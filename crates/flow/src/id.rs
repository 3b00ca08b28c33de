//! The identifiers of a tree's parts.
//!
//! They are immutable, so that editing a text never rewrites a past figure. Their text form is that of every other id
//! (`crd_01h455vb4pex5vsknk084sn02q`); the prefixes differ from those of [`kale_domain::id`].

use std::{fmt, str::FromStr};

use kale_domain::id::suffix;
use serde::{Deserialize, Serialize};
use typeid_suffix::prelude::TypeIdSuffix;
use uuid::Uuid;

/// The text is not an identifier of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an identifier such as `{prefix}_01h455vb4pex5vsknk084sn02q`")]
pub struct ParseIdError {
    prefix: &'static str,
}

macro_rules! typed_ids {
    ($($(#[$meta:meta])* $name:ident = $prefix:literal;)+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
            #[serde(into = "String", try_from = "String")]
            pub struct $name(Uuid);

            impl $name {
                /// What its text form starts with, without the underscore.
                pub const PREFIX: &'static str = $prefix;

                /// Wraps a UUID that came from [`Ids`](kale_domain::clock::Ids) or from the store.
                #[must_use]
                pub const fn from_uuid(uuid: Uuid) -> Self {
                    Self(uuid)
                }

                /// The sixteen bytes the store keeps.
                #[must_use]
                pub const fn uuid(self) -> Uuid {
                    self.0
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(f, concat!($prefix, "_{}"), suffix(self.0))
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Display::fmt(self, f)
                }
            }

            impl FromStr for $name {
                type Err = ParseIdError;

                fn from_str(text: &str) -> Result<Self, Self::Err> {
                    parse(text, concat!($prefix, "_"))
                        .map(Self)
                        .ok_or(ParseIdError { prefix: $prefix })
                }
            }

            impl From<$name> for String {
                fn from(id: $name) -> Self {
                    id.to_string()
                }
            }

            impl TryFrom<String> for $name {
                type Error = ParseIdError;

                fn try_from(text: String) -> Result<Self, Self::Error> {
                    text.parse()
                }
            }
        )+

        /// Every prefix of this crate.
        pub const PREFIXES: &[&str] = &[$($prefix),+];
    };
}

/// One spelling only: the decoder accepts upper case, an identifier does not.
fn parse(text: &str, prefix: &str) -> Option<Uuid> {
    let tail = text.strip_prefix(prefix)?;
    if tail.bytes().any(|b| b.is_ascii_uppercase()) {
        return None;
    }
    TypeIdSuffix::from_str(tail).ok().map(|suffix| suffix.to_uuid())
}

typed_ids! {
    /// A card of a template or workflow.
    CardId = "crd";
    /// A branch of a card: a lane of cards under a condition.
    BranchId = "brn";
    /// An element of a card.
    ElementId = "elm";
    /// An option of a choice.
    OptionId = "opt";
    /// An offer of a company.
    OfferId = "ofr";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_of_one_kind_and_has_one_spelling() {
        let card = CardId::from_uuid(Uuid::from_u128(7)).to_string();

        assert_eq!(card.parse::<ElementId>(), Err(ParseIdError { prefix: "elm" }));
        assert_eq!(card.parse::<CardId>().unwrap().uuid(), Uuid::from_u128(7));
        assert!(card.to_uppercase().parse::<CardId>().is_err());
    }

    #[test]
    fn no_prefix_is_used_twice_here_or_in_the_domain() {
        let mut prefixes = [PREFIXES, kale_domain::id::PREFIXES].concat();
        let all = prefixes.len();
        prefixes.sort_unstable();
        prefixes.dedup();
        assert_eq!(prefixes.len(), all);
    }

    /// A condition tells answers to rules as facts under the id's own text.
    #[test]
    fn an_identifier_is_a_legal_name_of_a_fact() {
        let id = ElementId::from_uuid(Uuid::from_u128(u128::MAX)).to_string();

        assert!(id.parse::<kale_domain::attribute::AttributeKey>().is_ok());
    }
}
