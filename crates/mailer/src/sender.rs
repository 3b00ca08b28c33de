//! Who mails come from.

use std::{fmt, str::FromStr};

use lettre::message::Mailbox;

/// An address that mails come from, with or without a name: `Kale <kale@example.com>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(Mailbox);

/// The text is no sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a sender: expected an address such as kale@example.com, or a name with it: Kale <kale@example.com>"
)]
pub struct ParseSenderError;

impl Sender {
    /// The part after the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.email.domain()
    }

    pub(crate) const fn mailbox(&self) -> &Mailbox {
        &self.0
    }
}

impl FromStr for Sender {
    type Err = ParseSenderError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains(char::is_control) {
            return Err(ParseSenderError);
        }
        match text.trim().parse() {
            Ok(mailbox) => Ok(Self(mailbox)),
            Err(_says_less) => Err(ParseSenderError),
        }
    }
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_has_an_address_and_maybe_a_name() {
        for text in ["kale@example.com", "Kale <kale@example.com>"] {
            let sender: Sender = text.parse().unwrap();
            assert_eq!(sender.domain(), "example.com", "{text}");
            assert_eq!(sender.to_string(), text);
        }
        for text in [
            "",
            "Kale",
            "Kale <>",
            "a@b\r\nBcc: c@d.example",
            "<kale@example.com",
        ] {
            assert_eq!(text.parse::<Sender>(), Err(ParseSenderError), "{text:?}");
        }
    }
}
