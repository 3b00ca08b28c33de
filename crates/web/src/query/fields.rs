//! Answering only the fields that were asked for.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::Problem;

/// The fields to answer: all, or those named and `id`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields(Option<BTreeSet<String>>);

impl Fields {
    /// Only these, and `id`.
    #[must_use]
    pub fn only(names: impl IntoIterator<Item = String>) -> Self {
        let mut names: BTreeSet<String> = names.into_iter().collect();
        names.insert("id".to_owned());
        Self(Some(names))
    }

    /// Whether that field is to be answered, so that what it costs can be saved.
    #[must_use]
    pub fn wants(&self, name: &str) -> bool {
        self.0.as_ref().is_none_or(|names| names.contains(name))
    }

    /// The thing as JSON, with these fields alone.
    pub fn apply<T: Serialize>(&self, thing: &T) -> Result<Value, Problem> {
        let mut value = serde_json::to_value(thing).map_err(|error| Problem::internal(&error))?;
        if let (Value::Object(fields), Some(names)) = (&mut value, &self.0) {
            fields.retain(|name, _| names.contains(name));
        }
        Ok(value)
    }
}
