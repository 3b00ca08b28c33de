//! What somebody is to be told.

use std::fmt;

use jiff::Timestamp;
use kale_domain::{access::Role, email::Email};
use serde::{Deserialize, Serialize};

/// One mail to one person. What is written of it stands sealed in the store, since its link is a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Mail {
    /// The link that somebody asked for to sign in.
    SignIn(SignIn),
    /// That somebody is asked to join a company.
    Invitation(Invitation),
}

/// A link that signs its reader in once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Who asked.
    pub to: Email,
    /// The company it opens; `None` for a Kale admin, who chooses afterwards.
    pub company: Option<String>,
    /// The whole address of the link.
    pub link: Link,
    /// What can be typed in its place where it was asked for.
    pub code: Option<Code>,
    /// When the link ends.
    pub expires_at: Timestamp,
}

/// An invitation to a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Who is invited.
    pub to: Email,
    /// Where to.
    pub company: String,
    /// The name of who invites.
    pub invited_by: String,
    /// The part they will play.
    pub role: Role,
    /// The whole address of the page that accepts it.
    pub link: Link,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The company's IANA time zone, in which the day of the end is named.
    pub time_zone: String,
}

impl Mail {
    /// Where it goes.
    #[must_use]
    pub const fn to(&self) -> &Email {
        match self {
            Self::SignIn(mail) => &mail.to,
            Self::Invitation(mail) => &mail.to,
        }
    }

    /// When there is no use in it any more, because its link has ended.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        match self {
            Self::SignIn(mail) => mail.expires_at,
            Self::Invitation(mail) => mail.expires_at,
        }
    }
}

/// A whole web address that opens something for whoever has it. It never prints itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Link(String);

impl Link {
    /// Wraps an address that was just made.
    #[must_use]
    pub const fn new(address: String) -> Self {
        Self(address)
    }

    /// The address, for the letter.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}

/// Six digits that open something for whoever asked for them. They never print themselves.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Code(String);

impl Code {
    /// Wraps a code that was just made.
    #[must_use]
    pub const fn new(digits: String) -> Self {
        Self(digits)
    }

    /// The digits, for the letter.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_kept_and_never_printed() {
        let mail = Mail::SignIn(SignIn {
            to: "ada@northwind.example".parse().unwrap(),
            company: None,
            link: Link::new("https://kale.example/sign-in/link/secret".to_owned()),
            code: Some(Code::new("secret".to_owned())),
            expires_at: Timestamp::UNIX_EPOCH,
        });
        assert!(!format!("{mail:?}").contains("secret"));
        let Mail::SignIn(kept) = &mail else {
            panic!("it is one");
        };
        assert!(kept.link.reveal().ends_with("secret"));
    }
}
