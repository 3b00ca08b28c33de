//! From the text of a query to [`ListParams`].

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use kale_domain::error::FieldError;

use super::{Fields, Filter, ListParams, ListSpec, Op, Sort};
use crate::Problem;

/// More parameters than any list has.
const MOST: usize = 64;
/// The longest text to search for, in characters.
const LONGEST_SEARCH: usize = 200;
/// The most values of one filter.
const MOST_VALUES: usize = 100;

type Result<T> = std::result::Result<T, Problem>;

impl ListSpec {
    /// What a request asks of this list.
    pub fn read(&self, request: &HttpRequest) -> Result<ListParams> {
        self.parse(request.query_string())
    }

    /// What the text of a query, still percent-encoded, asks of this list.
    ///
    /// 400 for a parameter that this list does not take, that stands there twice or has a wrong value: nothing is
    /// passed over.
    pub fn parse(&self, query: &str) -> Result<ListParams> {
        let mut params = ListParams {
            limit: Self::DEFAULT_LIMIT,
            cursor: None,
            sort: sort(self.default_sort),
            fields: Fields::default(),
            includes: Vec::new(),
            q: None,
            filters: Vec::new(),
            others: BTreeMap::new(),
            route: self.route,
        };
        let mut seen: Vec<String> = Vec::new();
        for (name, value) in pairs(query)? {
            if seen.len() >= MOST {
                return Err(
                    Problem::of("malformed").detail(format!("a list takes at most {MOST} parameters"))
                );
            }
            if seen.contains(&name) {
                return Err(duplicate(&name));
            }
            self.take(&mut params, &name, value)?;
            seen.push(name);
        }
        params
            .filters
            .sort_by(|a, b| (&a.name, a.op).cmp(&(&b.name, b.op)));
        Ok(params)
    }

    fn take(&self, params: &mut ListParams, name: &str, value: String) -> Result<()> {
        match name {
            "limit" => params.limit = limit(&value)?,
            "cursor" => params.cursor = Some(value),
            "sort" if !self.sorts.is_empty() => params.sort = self.sort(&value)?,
            "fields" if !self.fields.is_empty() => {
                params.fields = Fields::only(names("fields", &value, self.fields)?);
            }
            "include" if !self.includes.is_empty() => {
                params.includes = names("include", &value, self.includes)?;
            }

            "q" if self.search => params.q = search(&value)?,
            other if self.others.contains(&other) => {
                params.others.insert(other.to_owned(), value);
            }
            other => match filter_name(other) {
                Some((field, word)) => {
                    let filter = self.filter(other, field, word, &value)?;
                    if params
                        .filters
                        .iter()
                        .any(|one| one.name == filter.name && one.op == filter.op)
                    {
                        return Err(duplicate(other));
                    }
                    params.filters.push(filter);
                }
                None => return Err(self.unknown(other)),
            },
        }
        Ok(())
    }

    fn sort(&self, value: &str) -> Result<Sort> {
        let asked = sort(value);
        if is_one_of(self.sorts, &asked.field) {
            return Ok(asked);
        }
        let allowed = format!(
            "sort by one of {}, with a `-` before it for the largest first",
            listed(self.sorts)
        );
        Err(invalid("sort", "unknown-value", allowed))
    }

    fn filter(&self, parameter: &str, field: &str, word: Option<&str>, value: &str) -> Result<Filter> {
        let known = self.filters.iter().find(|(name, _)| is_one_of(&[name], field));
        let Some((_, ops)) = known else {
            return Err(self.unknown(parameter));
        };
        let op = word.map_or(Some(Op::Eq), Op::named).filter(|op| ops.contains(op));
        let Some(op) = op else {
            let names: Vec<&str> = ops.iter().map(|op| op.name()).collect();
            let message = format!("`{}` can be compared by {}", shown(field), listed(&names));
            return Err(invalid(parameter, "unknown-operator", message));
        };
        let values = if op.takes_several() {
            split(value)
        } else {
            vec![value.to_owned()]
        };
        if values.len() > MOST_VALUES {
            let message = format!("a filter takes at most {MOST_VALUES} values");
            return Err(invalid(parameter, "too-many", message));
        }
        if values.iter().any(String::is_empty) {
            return Err(invalid(
                parameter,
                "empty",
                "a value is empty; use `exists` to ask for what has none",
            ));
        }
        if op == Op::Exists && !matches!(value, "true" | "false") {
            return Err(invalid(
                parameter,
                "unknown-value",
                "`exists` is `true` or `false`",
            ));
        }
        Ok(Filter {
            name: field.to_owned(),
            op,
            values,
        })
    }

    fn unknown(&self, name: &str) -> Problem {
        let mut known = vec!["limit", "cursor"];
        let optional = [
            ("sort", !self.sorts.is_empty()),
            ("fields", !self.fields.is_empty()),
            ("include", !self.includes.is_empty()),
            ("q", self.search),
        ];
        known.extend(optional.iter().filter(|(_, taken)| *taken).map(|(name, _)| *name));
        known.extend(self.others);
        let filters: Vec<String> = self
            .filters
            .iter()
            .map(|(name, _)| format!("filter[{name}]"))
            .collect();
        known.extend(filters.iter().map(String::as_str));
        let mut message = format!("this list takes {}", listed(&known));
        if let Some((field, _)) = filter_name(name)
            && self.filters.iter().any(|(known, _)| *known == "attributes.*")
        {
            let hint = [
                "; an attribute is asked for as `filter[attributes.",
                &shown(field),
                "]`",
            ];
            message.push_str(&hint.concat());
        }
        Problem::of("unknown-parameter")
            .detail(format!("there is no parameter `{}`; {message}", shown(name)))
            .error(FieldError::new(
                format!("?{}", shown(name)),
                "unknown-parameter",
                message,
            ))
    }
}

/// Refuses every parameter of a route that takes none.
pub(crate) fn refuse_all(query: &str) -> Result<()> {
    match pairs(query)?.first() {
        None => Ok(()),
        Some((name, _)) => Err(Problem::of("unknown-parameter").detail(format!(
            "there is no parameter `{}`; this route takes none",
            shown(name)
        ))),
    }
}

/// Names separated by commas, each of them known.
fn names(parameter: &str, value: &str, known: &[&str]) -> Result<Vec<String>> {
    let names: Vec<&str> = value.split(',').map(str::trim).collect();
    match names.iter().find(|name| !is_one_of(known, name)) {
        Some(strange) => {
            let message = format!("`{}` is none of {}", shown(strange), listed(known));
            Err(invalid(parameter, "unknown-value", message))
        }
        None => Ok(names.into_iter().map(str::to_owned).collect()),
    }
}

fn sort(text: &str) -> Sort {
    let (field, descending) = text
        .strip_prefix('-')
        .map_or((text, false), |field| (field, true));
    Sort {
        field: field.to_owned(),
        descending,
    }
}

fn limit(value: &str) -> Result<u16> {
    let plain = value.bytes().all(|b| b.is_ascii_digit());
    let parsed = value
        .parse()
        .ok()
        .filter(|limit| plain && (1..=ListSpec::MAX_LIMIT).contains(limit));
    parsed.ok_or_else(|| {
        invalid(
            "limit",
            "out-of-range",
            format!("`limit` is a whole number from 1 to {}", ListSpec::MAX_LIMIT),
        )
    })
}

fn search(value: &str) -> Result<Option<String>> {
    let words = value.trim();
    if words.chars().count() > LONGEST_SEARCH {
        let message = format!("search for at most {LONGEST_SEARCH} characters");
        return Err(invalid("q", "length", message));
    }
    Ok((!words.is_empty()).then(|| words.to_owned()))
}

/// `filter[name]` or `filter[name][op]`.
fn filter_name(parameter: &str) -> Option<(&str, Option<&str>)> {
    let inner = parameter.strip_prefix("filter[")?.strip_suffix(']')?;
    let (field, word) = inner
        .split_once("][")
        .map_or((inner, None), |(field, word)| (field, Some(word)));
    let clean = |text: &str| !text.is_empty() && !text.contains(['[', ']']);
    (clean(field) && word.is_none_or(clean)).then_some((field, word))
}

fn is_one_of(known: &[&str], name: &str) -> bool {
    known.iter().any(|known| match known.strip_suffix('*') {
        Some(prefix) => name.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty()),
        None => *known == name,
    })
}

/// Values separated by commas; `\,` is a comma and `\\` a backslash.
fn split(text: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let literal = match letter {
            ',' => {
                values.push(String::new());
                continue;
            }
            '\\' => letters.next().unwrap_or('\\'),
            other => other,
        };
        if let Some(last) = values.last_mut() {
            last.push(literal);
        }
    }
    values
}

fn pairs(query: &str) -> Result<Vec<(String, String)>> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Ok((decode(name)?, decode(value)?))
        })
        .collect()
}

fn decode(text: &str) -> Result<String> {
    let wrong = || Problem::of("malformed").detail("the query is not percent-encoded UTF-8");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = rest.next().and_then(hex).ok_or_else(wrong)?;
                let low = rest.next().and_then(hex).ok_or_else(wrong)?;
                high * 16 + low
            }
            plain => plain,
        });
    }
    let decoded = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
    decoded.ok_or_else(wrong)
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

fn invalid(parameter: &str, code: &'static str, message: impl Into<String>) -> Problem {
    let message = message.into();
    let error = FieldError::new(format!("?{}", shown(parameter)), code, message.clone());
    Problem::of("invalid-parameter").detail(message).error(error)
}

fn duplicate(name: &str) -> Problem {
    let message = format!("`{}` stands there twice", shown(name));
    let error = FieldError::new(format!("?{}", shown(name)), "duplicate", message.clone());
    Problem::of("duplicate-parameter").detail(message).error(error)
}

/// What a caller sent, short enough to repeat.
fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
