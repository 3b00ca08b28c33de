//! The query of the customer list: what is asked for, and which page of it.

#[cfg(test)]
mod tests;

use kale_application::customers::{CustomerError, ListRequest};
use kale_domain::error::FieldError;
use kale_web::{Fields, ListParams, ListSpec, Problem};

use super::view::FIELDS;

/// The page of the list. What the list is asked for stands in it as one text, so that a cursor is bound to it.
const PAGE: ListSpec = ListSpec {
    route: "GET /api/v1/customers",
    sorts: &[],
    default_sort: "name",
    filters: &[],
    fields: FIELDS,
    includes: &["count"],
    search: false,
    others: &[LIST],
};
const LIST: &str = "list";
/// What a caller may send beside `q`, `sort` and filters.
const KNOWN: [&str; 4] = ["limit", "cursor", "fields", "include"];

/// What is asked for, and which page of it.
#[derive(Debug)]
pub(super) struct ListQuery {
    /// Search, filters and sorting.
    pub(super) request: ListRequest,
    /// Limit, cursor, fields and whether to count.
    pub(super) page: ListParams,
}

/// Reads the text of a query, still percent-encoded; 400 for whatever it should not hold.
pub(super) fn read(query: &str) -> Result<ListQuery, Problem> {
    let (request, rest) = ListRequest::parse(query)?;
    let mut page = Vec::with_capacity(rest.len() + 1);
    for (name, value) in rest {
        if !KNOWN.contains(&name.as_str()) {
            return Err(unknown(&name));
        }
        page.push(format!("{name}={}", encode(&value)));
    }
    page.push(format!("{LIST}={}", encode(&request.canonical())));
    Ok(ListQuery {
        request,
        page: PAGE.parse(&page.join("&"))?,
    })
}

/// The fields of one customer that `fields=a,b` asks for.
pub(super) fn fields(text: Option<&str>) -> Result<Fields, Problem> {
    match text {
        None => Ok(Fields::default()),
        Some(text) => Ok(PAGE.parse(&format!("fields={}", encode(text)))?.fields),
    }
}

/// The same list as a field of a body: a query string, without page. Errors point to the field.
pub(super) fn in_body(filter: Option<&str>) -> Result<ListRequest, Problem> {
    filter
        .map_or_else(|| Ok(ListRequest::default()), ListRequest::parse_only)
        .map_err(at_filter)
}

/// Errors of parameters as errors of the body's `filter`.
pub(super) fn at_filter(error: CustomerError) -> Problem {
    match error {
        CustomerError::BadQuery(wrong) => {
            let moved = |error: FieldError| {
                let message = format!("{}: {}", error.pointer.trim_start_matches('?'), error.message);
                FieldError::new("#/filter", error.code, message)
            };
            Problem::validation(wrong.into_iter().map(moved).collect())
        }
        other => other.into(),
    }
}

fn unknown(name: &str) -> Problem {
    let name: String = name.chars().take(60).collect();
    let message = "this list takes `q`, `sort`, `filter[name]`, `filter[name][op]`, `limit`, `cursor`, `fields` and \
                   `include`";
    Problem::of("unknown-parameter")
        .detail(format!("there is no parameter `{name}`; {message}"))
        .error(FieldError::new(format!("?{name}"), "unknown-parameter", message))
}

/// Every byte escaped: nobody reads it.
fn encode(text: &str) -> String {
    use std::fmt::Write as _;

    text.bytes()
        .fold(String::with_capacity(text.len() * 3), |mut all, byte| {
            // Writing to a text does not fail.
            let _infallible = write!(all, "%{byte:02x}");
            all
        })
}
