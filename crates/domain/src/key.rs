//! Immutable names inside a company that people can read: of attributes, personas, reasons.

/// The text is no such key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 1 to {longest} lower-case letters, digits or underscores, starting with a letter")]
pub struct ParseKeyError {
    /// How long one may be.
    longest: usize,
}

/// Lower-case letters, digits and underscores, so that a key is the same in a rule, an address and a file.
pub(crate) fn read(text: &str, longest: usize) -> Result<String, ParseKeyError> {
    let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    let starts = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    if text.len() <= longest && starts && text.bytes().all(legal) {
        Ok(text.to_owned())
    } else {
        Err(ParseKeyError { longest })
    }
}

macro_rules! key {
    ($(#[$meta:meta])* $name:ident, $longest:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::key::ParseKeyError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::key::read(text, $longest).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::key::ParseKeyError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(key: $name) -> Self {
                key.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

pub(crate) use key;
