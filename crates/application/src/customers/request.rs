//! A list from the text of a query, the same for every surface: `q=ada&sort=-mrr&filter[mrr][gte]=1000`.

#[cfg(test)]
mod tests;

use kale_domain::error::FieldError;

use super::{error::CustomerError, filter::FilterTerm, list::ListRequest};

/// More parameters than any list has.
const PARAMETERS: usize = 64;
/// The longest text to search for, in characters.
const SEARCH_CHARS: usize = 200;
/// The longest text of one filter, in characters.
const VALUE_CHARS: usize = 4_000;

/// Parameters as name and value, decoded.
pub type Pairs = Vec<(String, String)>;

impl ListRequest {
    /// Takes `q`, `sort` and `filter[name][op]` out of the text of a query, still percent-encoded, and hands the other
    /// parameters back: what they mean is the surface's to say.
    ///
    /// `is_set` and `is_not_set` have no value, or `true`. Whether names, operators and values fit the company's
    /// customers is for [`Customers::prepare`](super::Customers::prepare). Pointers of errors name the parameter.
    pub fn parse(query: &str) -> Result<(Self, Pairs), CustomerError> {
        let pairs = pairs(query).map_err(|error| CustomerError::BadQuery(vec![error]))?;
        let mut request = Self::default();
        let (mut rest, mut wrong, mut seen) = (Vec::new(), Vec::new(), Vec::<String>::new());
        for (name, value) in pairs {
            if seen.contains(&name) {
                wrong.push(at(
                    &name,
                    "duplicate",
                    format!("`{}` stands there twice", shown(&name)),
                ));
                continue;
            }
            seen.push(name.clone());
            match name.as_str() {
                "q" => match search(&value) {
                    Ok(search) => request.search = search,
                    Err(error) => wrong.push(error),
                },
                "sort" => request.sort = Some(value),
                other if other.starts_with("filter[") => match term(other, value) {
                    Ok(term)
                        if request
                            .filters
                            .iter()
                            .any(|one| (&one.name, &one.op) == (&term.name, &term.op)) =>
                    {
                        wrong.push(at(
                            &name,
                            "duplicate",
                            format!("`{}` stands there twice", shown(&name)),
                        ));
                    }
                    Ok(term) => request.filters.push(term),
                    Err(error) => wrong.push(error),
                },
                _ => rest.push((name, value)),
            }
        }
        if wrong.is_empty() {
            Ok((request, rest))
        } else {
            Err(CustomerError::BadQuery(wrong))
        }
    }

    /// The same for a text that may hold nothing else, such as the filter of an export.
    pub fn parse_only(query: &str) -> Result<Self, CustomerError> {
        let (request, rest) = Self::parse(query)?;
        let wrong: Vec<FieldError> = rest
            .iter()
            .map(|(name, _)| {
                at(
                    name,
                    "unknown-parameter",
                    "only `q`, `sort` and `filter[…]` stand here".to_owned(),
                )
            })
            .collect();
        if wrong.is_empty() {
            Ok(request)
        } else {
            Err(CustomerError::BadQuery(wrong))
        }
    }

    /// A text that two requests share exactly if they walk the same list, whatever order their filters came in.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut filters: Vec<[&str; 3]> = self
            .filters
            .iter()
            .map(|term| [term.name.as_str(), term.op.as_str(), term.value.as_str()])
            .collect();
        filters.sort_unstable();
        serde_json::json!([self.sort.as_deref().unwrap_or("name"), self.search, filters]).to_string()
    }
}

fn search(value: &str) -> Result<Option<String>, FieldError> {
    let words = value.trim();
    if words.chars().count() > SEARCH_CHARS {
        return Err(at(
            "q",
            "too-long",
            format!("search for at most {SEARCH_CHARS} characters"),
        ));
    }
    Ok((!words.is_empty()).then(|| words.to_owned()))
}

/// `filter[name]` or `filter[name][op]`.
fn term(parameter: &str, value: String) -> Result<FilterTerm, FieldError> {
    let clean = |text: &str| !text.is_empty() && !text.contains(['[', ']']);
    let inner = parameter
        .strip_prefix("filter[")
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or_default();
    let (name, op) = inner.split_once("][").unwrap_or((inner, "eq"));
    if !clean(name) || !clean(op) {
        let message = "a filter is `filter[name]=value` or `filter[name][op]=value`".to_owned();
        return Err(at(parameter, "malformed", message));
    }
    if matches!(op, "is_set" | "is_not_set") {
        if !matches!(value.as_str(), "" | "true") {
            let message =
                format!("`{op}` takes no value; `is_set` and `is_not_set` are each other's opposite");
            return Err(at(parameter, "value-not-allowed", message));
        }
    } else if value.is_empty() {
        let message = "the value is empty; `is_not_set` finds what has none".to_owned();
        return Err(at(parameter, "empty", message));
    }
    if value.chars().count() > VALUE_CHARS {
        return Err(at(
            parameter,
            "too-long",
            format!("a filter has at most {VALUE_CHARS} characters"),
        ));
    }
    Ok(FilterTerm {
        name: name.to_owned(),
        op: op.to_owned(),
        value,
    })
}

fn at(parameter: &str, code: &'static str, message: String) -> FieldError {
    FieldError::new(format!("?{}", shown(parameter)), code, message)
}

/// What a caller sent, short enough to repeat.
fn shown(text: &str) -> String {
    text.chars().take(100).collect()
}

fn pairs(query: &str) -> Result<Pairs, FieldError> {
    let parts: Vec<&str> = query
        .trim_start_matches('?')
        .split('&')
        .filter(|part| !part.is_empty())
        .collect();
    if parts.len() > PARAMETERS {
        return Err(FieldError::new(
            "?",
            "too-many",
            format!("a list takes at most {PARAMETERS} parameters"),
        ));
    }
    parts
        .into_iter()
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let decoded = decode(name).zip(decode(value));
            decoded.ok_or_else(|| at(part, "malformed", "this is not percent-encoded UTF-8".to_owned()))
        })
        .collect()
}

/// `None` where an escape is broken or the bytes are no UTF-8; a NUL is refused too.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hex(rest.next()?)? * 16 + hex(rest.next()?)?,
            plain => plain,
        });
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}
