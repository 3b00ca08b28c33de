//! What a text may have filled in: `{{subscription.plan|"your plan"}}`.

use std::{collections::BTreeMap, fmt, str::FromStr};

use kale_domain::metric::Metric;
use serde::{Deserialize, Serialize};

/// The variables a text may use, beside `metric.<name of the metric catalogue>`.
///
/// `preview.*` is what the billing provider says would happen; `offer.*` are the parameters of the card's offer;
/// `receipt.*` exists once the walk has ended.
pub const NAMES: [&str; 36] = [
    "company.name",
    "customer.name",
    "customer.first_name",
    "contact.email",
    "account.billing_email",
    "subscription.plan",
    "subscription.price",
    "subscription.interval",
    "subscription.quantity",
    "subscription.ends_on",
    "subscription.renews_on",
    "subscription.notice_by",
    "subscription.contract_ends_on",
    "subscription.trial_ends_on",
    "subscription.store_name",
    "preview.next_amount",
    "preview.next_date",
    "preview.resume_on",
    "preview.pause_on",
    "preview.discount_ends_on",
    "preview.price_after",
    "preview.final_amount",
    "offer.name",
    "offer.plan",
    "offer.percent",
    "offer.months",
    "offer.days",
    "offer.amount",
    "offer.quantity",
    "offer.price",
    "offer.difference",
    "expert.name",
    "expert.reply_time",
    "receipt.number",
    "receipt.time",
    "receipt.arranged_by",
];

/// A variable that exists.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Variable(String);

/// There is no variable of that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no variable; allowed: {names}, and `metric.` with a metric's name", names = NAMES.join(", "))]
pub struct UnknownVariable(String);

impl Variable {
    /// Its name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The metric it shows, if it shows one.
    #[must_use]
    pub fn metric(&self) -> Option<Metric> {
        self.0.strip_prefix("metric.")?.parse().ok()
    }
}

impl FromStr for Variable {
    type Err = UnknownVariable;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let metric = name
            .strip_prefix("metric.")
            .is_some_and(|name| name.parse::<Metric>().is_ok());
        if metric || NAMES.contains(&name) {
            Ok(Self(name.to_owned()))
        } else {
            // A hostile name may be as long as the text; nobody needs to read all of it again.
            Err(UnknownVariable(name.chars().take(64).collect()))
        }
    }
}

impl TryFrom<String> for Variable {
    type Error = UnknownVariable;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse()
    }
}

impl From<Variable> for String {
    fn from(variable: Variable) -> Self {
        variable.0
    }
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the variables stand for, in the reader's words (dates and amounts already written out).
pub type Values = BTreeMap<Variable, String>;

/// A text cut into words and variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// As it stands.
    Words(&'a str),
    /// Filled in.
    Variable {
        /// Its name as it was written, which may not exist.
        name: &'a str,
        /// What stands there where the value is not known.
        default: Option<String>,
    },
}

/// The braces of a text can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyntaxError {
    /// `{{` without `}}`.
    #[error("`{{{{` is never closed; expected `}}}}`")]
    Unclosed,
    /// What follows the name is no default.
    #[error("`{0}` can't be read; expected `{{{{name}}}}` or `{{{{name|\"default\"}}}}`")]
    Unreadable(String),
}

/// Cuts a text into words and variables.
pub fn pieces(text: &str) -> Result<Vec<Piece<'_>>, SyntaxError> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((words, after)) = rest.split_once("{{") {
        if !words.is_empty() {
            pieces.push(Piece::Words(words));
        }
        let (piece, after) = variable(after)?;
        pieces.push(piece);
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    Ok(pieces)
}

/// Reads what follows `{{`.
fn variable(text: &str) -> Result<(Piece<'_>, &str), SyntaxError> {
    let unreadable = || SyntaxError::Unreadable(text.chars().take(40).collect());
    let end = text.find(['|', '}']).ok_or(SyntaxError::Unclosed)?;
    let (name, rest) = text.split_at_checked(end).ok_or_else(unreadable)?;
    let name = name.trim();
    if let Some(after) = rest.strip_prefix("}}") {
        return Ok((Piece::Variable { name, default: None }, after));
    }
    let quoted = rest
        .strip_prefix('|')
        .and_then(|rest| rest.trim_start().strip_prefix('"'))
        .ok_or_else(unreadable)?;
    let mut default = String::new();
    let mut chars = quoted.chars();
    loop {
        match chars.next() {
            Some('"') => break,
            Some('\\') => default.extend(chars.next()),
            Some(c) => default.push(c),
            None => return Err(SyntaxError::Unclosed),
        }
    }
    let after = chars
        .as_str()
        .trim_start()
        .strip_prefix("}}")
        .ok_or_else(unreadable)?;
    let default = Some(default);
    Ok((Piece::Variable { name, default }, after))
}

/// How a value is made harmless where it is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escaping {
    /// Not at all: the reader escapes, or shows it as plain text.
    Plain,
    /// For the text of HTML and for quoted attributes; the words of the text are escaped too.
    Html,
    /// For Markdown: a value is never read as markup; the words of the text stay markup.
    Markdown,
}

/// A value is not known and has no default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing(pub String);

/// Fills in a text. A text whose braces can't be read has no filled form: it is never shown with its braces.
pub fn fill(text: &str, values: &Values, escaping: Escaping) -> Result<String, Missing> {
    let pieces = pieces(text).map_err(|error| Missing(error.to_string()))?;
    let mut filled = String::with_capacity(text.len());
    for piece in pieces {
        match piece {
            Piece::Words(words) if escaping == Escaping::Html => html(words, &mut filled),
            Piece::Words(words) => filled.push_str(words),
            Piece::Variable { name, default } => {
                let known = name.parse::<Variable>().ok().and_then(|name| values.get(&name));
                let value = known
                    .filter(|value| !value.trim().is_empty())
                    .or(default.as_ref())
                    .ok_or_else(|| Missing(name.to_owned()))?;
                escape(value, escaping, &mut filled);
            }
        }
    }
    Ok(filled)
}

/// A text for whoever knows no values: each variable as its default, else as its name, `‹customer name›`. One whose braces
/// can't be read stays as it is.
#[must_use]
pub fn described(text: &str) -> String {
    let Ok(pieces) = pieces(text) else {
        return text.to_owned();
    };
    let said = pieces.into_iter().map(|piece| match piece {
        Piece::Words(words) => words.to_owned(),
        Piece::Variable {
            default: Some(words), ..
        } => words,
        Piece::Variable { name, default: None } => format!("‹{}›", name.replace(['.', '_'], " ")),
    });
    said.collect()
}

fn escape(value: &str, escaping: Escaping, into: &mut String) {
    // One line, whatever the value holds: a line break could start a block of its own.
    let line: String = value
        .chars()
        .map(|c| {
            if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
                ' '
            } else {
                c
            }
        })
        .collect();
    match escaping {
        Escaping::Plain => into.push_str(&line),
        Escaping::Html => html(&line, into),
        Escaping::Markdown => {
            for c in line.chars() {
                if c.is_ascii_punctuation() {
                    into.push('\\');
                }
                into.push(c);
            }
        }
    }
}

fn html(text: &str, into: &mut String) {
    for c in text.chars() {
        match c {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&#39;"),
            c => into.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(pairs: &[(&str, &str)]) -> Values {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_text_can_be_described_without_any_value() {
        let text = "{{expert.name|\"Our team\"}} writes to {{customer.first_name}}.";
        assert_eq!(described(text), "Our team writes to ‹customer first name›.");
        assert_eq!(described("{{oops"), "{{oops");
    }

    #[test]
    fn a_value_a_default_or_nothing() {
        let text = r#"{{ customer.first_name | "the \"new\" one" }}, {{subscription.plan}} ends"#;
        let plan = values(&[("subscription.plan", "Pro")]);

        assert_eq!(
            fill(text, &plan, Escaping::Plain).unwrap(),
            r#"the "new" one, Pro ends"#
        );
        assert_eq!(
            fill(text, &Values::new(), Escaping::Plain),
            Err(Missing("subscription.plan".to_owned()))
        );
    }

    #[test]
    fn braces_that_cannot_be_read_are_told() {
        assert_eq!(pieces("a {{b"), Err(SyntaxError::Unclosed));
        assert_eq!(pieces("{{a|\"b}}"), Err(SyntaxError::Unclosed));
        assert!(matches!(pieces("{{a|b}}"), Err(SyntaxError::Unreadable(_))));
        assert!(matches!(pieces("{{a} b}}"), Err(SyntaxError::Unreadable(_))));
        assert_eq!(pieces("a } b }} {c}").unwrap().len(), 1);
    }

    #[test]
    fn the_catalogue_is_closed() {
        assert!("metric.tenure_days".parse::<Variable>().is_ok());
        assert!("metric.shoe_size".parse::<Variable>().is_err());
        assert!("customer.password".parse::<Variable>().is_err());
        assert!(NAMES.iter().all(|name| name.parse::<Variable>().is_ok()));
    }

    proptest! {
        #[test]
        fn a_value_never_becomes_markup(value in "\\PC*[<>&\"'*_\\[\\]()`#\n!|]\\PC*") {
            let values = values(&[("customer.name", &value)]);
            let Ok(html) = fill("<b>{{customer.name}}</b>", &values, Escaping::Html) else { return Ok(()) };
            prop_assert!(!html.contains(['<', '>', '"', '\'']));

            let markdown = fill("{{customer.name}}", &values, Escaping::Markdown).unwrap();
            let mut chars = markdown.chars();
            while let Some(c) = chars.next() {
                prop_assert!(!c.is_control());
                if c == '\\' {
                    prop_assert!(chars.next().is_some_and(|c| c.is_ascii_punctuation()));
                } else {
                    prop_assert!(!c.is_ascii_punctuation());
                }
            }
        }

        #[test]
        fn any_text_can_be_filled_or_refused(text in "[{}|\"\\\\ a.]{0,40}") {
            let filled = fill(&text, &Values::new(), Escaping::Plain);
            prop_assert!(filled.is_ok() || text.contains("{{"));
        }
    }
}
