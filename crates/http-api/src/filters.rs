//! What every list says of a filter that it can't read.

use kale_domain::error::FieldError;
use kale_web::{Filter, Problem};

/// The value of a filter that takes one.
pub(crate) fn one_value(filter: &Filter) -> Result<&str, Problem> {
    match filter.values.as_slice() {
        [value] => Ok(value),
        _ => Err(wrong(&filter.name, "one value")),
    }
}

/// `filter[name]` has a value that is none of those; `expected` follows "is".
pub(crate) fn wrong(name: &str, expected: &str) -> Problem {
    let message = format!("`filter[{name}]` is {expected}");
    let error = FieldError::new(format!("?filter[{name}]"), "unknown-value", message.clone());
    Problem::of("invalid-parameter").detail(message).error(error)
}
