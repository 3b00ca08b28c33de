//! A field of a body that may be null and may be left out, which is not the same.

use serde::{Deserialize, Deserializer};

/// What was said of it. The field has `#[serde(default)]`.
#[derive(Debug, Default)]
pub(crate) enum Stated<T> {
    /// Nothing.
    #[default]
    LeftOut,
    /// A value, or null.
    As(Option<T>),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Stated<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::As)
    }
}
