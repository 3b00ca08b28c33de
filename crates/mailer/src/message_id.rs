//! The Message-ID of a letter.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::Sender;

/// Names a letter to everybody who handles it. Two letters of one key have the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageId(String);

impl MessageId {
    /// That of a key, under the domain of the sender. The key itself can't be read from it.
    #[must_use]
    pub fn of(key: &str, sender: &Sender) -> Self {
        let digest = Sha256::digest(key.as_bytes());
        let name = hex::encode(digest.get(..16).unwrap_or_default());
        Self(format!("<{name}@{}>", sender.domain()))
    }

    /// The part before the `@`: 32 hexadecimal digits.
    #[must_use]
    pub fn name(&self) -> &str {
        let text = self.0.trim_start_matches('<');
        text.split_once('@').map_or(text, |(name, _)| name)
    }

    /// Its text, in angle brackets.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_has_one_id_and_another_has_another() {
        let sender: Sender = "Kale <kale@northwind.example>".parse().unwrap();
        let id = MessageId::of("invitation:1", &sender);
        assert_eq!(id, MessageId::of("invitation:1", &sender));
        assert_ne!(id, MessageId::of("invitation:2", &sender));
        assert_eq!(
            id.as_str(),
            "<13f7d23a9177f68500801895760405d6@northwind.example>"
        );
    }
}
