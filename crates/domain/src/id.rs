//! Typed identifiers: one prefix per entity, parsed once at the edge.
//!
//! The text form is a TypeID (`cus_01h455vb4pex5vsknk084sn02q`): a prefix and a UUIDv7 in base 32, so that ids sort by
//! their time of birth and can't be mixed up. The store keeps the sixteen bytes.

use std::{fmt, str::FromStr};

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

                /// Wraps a UUID that came from [`Ids`](crate::clock::Ids) or from the store.
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

        /// Every prefix in use, for the documentation and for the test that they differ.
        pub const PREFIXES: &[&str] = &[$($prefix),+];
    };
}

/// The base-32 text of a UUID, as it follows the prefix.
#[must_use]
pub fn suffix(uuid: Uuid) -> String {
    TypeIdSuffix::from(uuid).to_string()
}

fn parse(text: &str, prefix: &str) -> Option<Uuid> {
    let tail = text.strip_prefix(prefix)?;
    // The decoder accepts upper case; an identifier has one spelling only.
    if tail.bytes().any(|b| b.is_ascii_uppercase()) {
        return None;
    }
    TypeIdSuffix::from_str(tail).ok().map(|suffix| suffix.to_uuid())
}

typed_ids! {
    /// A company: one tenant.
    CompanyId = "cmp";
    /// A person who signs in.
    UserId = "usr";
    /// A key of a program that calls the API.
    ApiKeyId = "key";
    /// A sign-in of one user on one device.
    SignInId = "sgn";
    /// A link between a company and one provider account.
    ConnectionId = "con";
    /// A file a user gave us.
    UploadId = "upl";
    /// A customer of a company.
    CustomerId = "cus";
    /// The link of a source record to its customer.
    CustomerLinkId = "lnk";
    /// A persona.
    PersonaId = "per";
    /// A persona category.
    PersonaCategoryId = "pct";
    /// A saved view of the customer list.
    SavedViewId = "viw";
    /// A piece of durable background work.
    JobId = "job";
    /// An entry of the audit log.
    AuditEntryId = "aud";
    /// A notification.
    NotificationId = "ntf";
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
    /// A workflow of a company.
    WorkflowId = "wfl";
    /// A secret with which a company signs tokens of its subscribers.
    ViewerSecretId = "vsc";
    /// A subscriber's walk through a workflow.
    SessionId = "ses";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_of_another_kind_is_refused() {
        let company = CompanyId::from_uuid(Uuid::from_u128(7)).to_string();

        assert_eq!(company.parse::<CustomerId>(), Err(ParseIdError { prefix: "cus" }));
        assert_eq!(company.parse::<CompanyId>().unwrap().uuid(), Uuid::from_u128(7));
    }

    #[test]
    fn an_identifier_has_one_spelling() {
        let text = CustomerId::from_uuid(Uuid::from_u128(u128::MAX)).to_string();

        assert_eq!(text.parse::<CustomerId>().unwrap().to_string(), text);
        assert!(text.to_uppercase().parse::<CustomerId>().is_err());
        assert!(format!("{text}0").parse::<CustomerId>().is_err());
        assert!("cus_8zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<CustomerId>().is_err());
    }

    #[test]
    fn no_prefix_is_used_twice() {
        let mut prefixes = PREFIXES.to_vec();
        prefixes.sort_unstable();
        prefixes.dedup();
        assert_eq!(prefixes.len(), PREFIXES.len());
    }
}
