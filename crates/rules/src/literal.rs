//! The literals of a comparison, typed for the kind of value they are compared with.

use jiff::civil::Date;
use kale_domain::{customer::Lifecycle, error::FieldError, money::Currency};
use rust_decimal::{Decimal, prelude::ToPrimitive as _};

use crate::{
    check::Schema,
    expression::{Compare, DateTest, FoldedText, Test, TextTest},
    kind::Kind,
    rule::{Comparison, Literal, Op, SubjectName},
    suggestion::hint,
};

mod numbers;

use numbers::Numbers;

/// The furthest `within_last_days` looks back: a century.
const MAX_DAYS: u16 = 36_500;

/// A test, and its literal in words.
pub(crate) struct Typed {
    pub(crate) test: Test,
    pub(crate) shown: String,
}

/// The test that a comparison asks for. The operator has been found to fit the kind.
pub(crate) fn test(
    comparison: &Comparison,
    kind: Kind,
    schema: &Schema,
    at: &str,
) -> Result<Typed, Vec<FieldError>> {
    let subject = &comparison.subject;
    let typed = match (comparison.op, &comparison.value) {
        (Op::IsSet, _) => {
            return Ok(Typed {
                test: Test::IsSet,
                shown: String::new(),
            });
        }
        (Op::IsNotSet, _) => {
            return Ok(Typed {
                test: Test::IsNotSet,
                shown: String::new(),
            });
        }
        (_, None) => {
            return Err(vec![FieldError::new(
                at,
                "missing-value",
                "`value` is missing: what is it compared with?",
            )]);
        }
        (op, Some(value)) => match kind {
            Kind::Bool => bool_test(subject, op, value, at),
            Kind::Date => date_test(subject, op, value, at),
            Kind::Text | Kind::Country | Kind::Lifecycle => text_test(subject, kind, op, value, at),
            Kind::Number | Kind::Ratio | Kind::Count | Kind::Whole | Kind::Money => Numbers {
                subject,
                kind,
                schema,
            }
            .test(op, value, at),
        },
    }?;
    Ok(typed)
}

/// A literal in words, whatever it is compared with.
pub(crate) fn plain(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) => quoted(text),
        Literal::Number(number) => number.normalize().to_string(),
        Literal::Bool(holds) => holds.to_string(),
        Literal::Percentile(percentile) => percentile_text(*percentile),
        Literal::Money(money) => format!("{} {}", money.currency, money.major()),
        Literal::List(values) => joined(values.iter().map(plain)),
    }
}

/// An amount of minor units in words: `USD 19.99`. A percentile may lie between two minor units.
pub(crate) fn money_text(minor: Decimal, currency: Currency) -> String {
    let exponent = currency.exponent();
    let minor = minor.round_dp(2).normalize();
    match minor.to_i64().filter(|_| minor.scale() == 0) {
        Some(whole) => format!("{currency} {}", Decimal::new(whole, exponent)),
        None => format!("{currency} {}", minor * Decimal::new(1, exponent)),
    }
}

fn percentile_text(percentile: Decimal) -> String {
    format!("the company's percentile {}", percentile.normalize())
}

/// As it is, where a reader sees where it ends; else in quotation marks.
fn quoted(text: &str) -> String {
    let text = text.trim();
    let plain = |c: char| c.is_alphanumeric() || " -_.@+/&'".contains(c);
    if text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("“{text}”")
    }
}

fn joined(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Vec<_>>().join(", ")
}

fn wrong_type(
    subject: &SubjectName,
    expected: impl std::fmt::Display,
    found: &Literal,
    at: &str,
) -> FieldError {
    let found = match found {
        Literal::Text(_) => "text",
        Literal::Number(_) => "a number",
        Literal::Bool(_) => "true or false",
        Literal::Percentile(_) => "a percentile",
        Literal::Money(_) => "an amount",
        Literal::List(_) => "a list",
    };
    FieldError::new(
        at,
        "wrong-type",
        format!(
            "`{}` is compared with {expected}, not with {found}",
            subject.name()
        ),
    )
}

/// What went well, if everything went well; else everything that did not.
fn collected<T>(results: impl Iterator<Item = Result<T, FieldError>>) -> Result<Vec<T>, Vec<FieldError>> {
    let mut values = Vec::new();
    let mut errors = Vec::new();
    for result in results {
        match result {
            Ok(value) => values.push(value),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        Ok(values)
    } else {
        Err(errors)
    }
}

/// The items of a list literal, each with its place.
fn items<'a>(
    subject: &SubjectName,
    value: &'a Literal,
    at: &str,
) -> Result<Vec<(String, &'a Literal)>, Vec<FieldError>> {
    let Literal::List(values) = value else {
        return Err(vec![wrong_type(subject, "a list of values", value, at)]);
    };
    Ok(values
        .iter()
        .enumerate()
        .map(|(index, value)| (format!("{at}/{index}"), value))
        .collect())
}

/// The two items of `between`.
fn pair<T: PartialOrd>(values: Vec<T>, at: &str) -> Result<(T, T), Vec<FieldError>> {
    let [low, high] = <[T; 2]>::try_from(values).map_err(|values| {
        let message = format!(
            "`between` takes a list of two values, the lower first, not {}",
            values.len()
        );
        vec![FieldError::new(at, "list-length", message)]
    })?;
    if low > high {
        let message = "`between` takes the lower value first; these are the other way round";
        return Err(vec![FieldError::new(at, "reversed-range", message)]);
    }
    Ok((low, high))
}

const fn compare(op: Op) -> Compare {
    match op {
        Op::Ne => Compare::Ne,
        Op::Lt | Op::Before => Compare::Lt,
        Op::Lte => Compare::Lte,
        Op::Gt | Op::After => Compare::Gt,
        Op::Gte => Compare::Gte,
        _ => Compare::Eq,
    }
}

fn bool_test(subject: &SubjectName, op: Op, value: &Literal, at: &str) -> Result<Typed, Vec<FieldError>> {
    let Literal::Bool(holds) = value else {
        return Err(vec![wrong_type(subject, Kind::Bool, value, at)]);
    };
    Ok(Typed {
        test: Test::Bool(*holds != (op == Op::Ne)),
        shown: holds.to_string(),
    })
}

fn day(subject: &SubjectName, value: &Literal, at: &str) -> Result<Date, FieldError> {
    let Literal::Text(text) = value else {
        return Err(wrong_type(subject, Kind::Date, value, at));
    };
    // The parser takes more forms than the one we promise.
    let plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    text.parse().ok().filter(|_| plain).ok_or_else(|| {
        FieldError::new(
            at,
            "invalid-date",
            format!("`{}` is a day: expected one such as 2026-03-01", subject.name()),
        )
    })
}

fn date_test(subject: &SubjectName, op: Op, value: &Literal, at: &str) -> Result<Typed, Vec<FieldError>> {
    let (test, shown) = match op {
        Op::WithinLastDays => {
            let Literal::Number(days) = value else {
                return Err(vec![wrong_type(subject, "a whole number of days", value, at)]);
            };
            let whole = days
                .to_u16()
                .filter(|n| Decimal::from(*n) == *days && (1..=MAX_DAYS).contains(n));
            let Some(days) = whole else {
                let message = format!("expected a whole number of days from 1 to {MAX_DAYS}");
                return Err(vec![FieldError::new(at, "out-of-range", message)]);
            };
            (DateTest::WithinLastDays(days), days.to_string())
        }
        Op::Between => {
            let days = collected(
                items(subject, value, at)?
                    .into_iter()
                    .map(|(at, value)| day(subject, value, &at)),
            )?;
            let (from, to) = pair(days, at)?;
            (DateTest::Between(from, to), format!("{from} and {to}"))
        }
        _ => {
            let date = day(subject, value, at).map_err(|error| vec![error])?;
            (DateTest::Compare(compare(op), date), date.to_string())
        }
    };
    Ok(Typed {
        test: Test::Date(test),
        shown,
    })
}

fn text(subject: &SubjectName, kind: Kind, value: &Literal, at: &str) -> Result<FoldedText, FieldError> {
    let Literal::Text(text) = value else {
        return Err(wrong_type(subject, kind, value, at));
    };
    let folded = FoldedText::new(text);
    if kind == Kind::Lifecycle {
        let names = Lifecycle::ALL.map(Lifecycle::name);
        if !names.contains(&folded.folded()) {
            let near = hint(folded.folded(), names);
            let message = format!(
                "a customer is never `{text}`; allowed: {}{near}",
                names.join(", ")
            );
            return Err(FieldError::new(at, "unknown-lifecycle", message));
        }
    }
    let two_letters = folded.folded().len() == 2 && folded.folded().bytes().all(|b| b.is_ascii_lowercase());
    if kind == Kind::Country && !two_letters {
        let message = format!(
            "`{}` is a country: expected a code of two letters such as DE",
            subject.name()
        );
        return Err(FieldError::new(at, "invalid-country", message));
    }
    Ok(folded)
}

fn text_test(
    subject: &SubjectName,
    kind: Kind,
    op: Op,
    value: &Literal,
    at: &str,
) -> Result<Typed, Vec<FieldError>> {
    let words = |text: &FoldedText| {
        // States are read as words; other texts may mean their underscores.
        if kind == Kind::Lifecycle {
            text.folded().replace('_', " ")
        } else {
            quoted(text.written())
        }
    };
    if matches!(op, Op::In | Op::NotIn) {
        let texts = items(subject, value, at)?
            .into_iter()
            .map(|(at, value)| text(subject, kind, value, &at));
        let texts = collected(texts)?;
        let shown = joined(texts.iter().map(words));
        let test = if op == Op::In {
            TextTest::In(texts)
        } else {
            TextTest::NotIn(texts)
        };
        return Ok(Typed {
            test: Test::Text(test),
            shown,
        });
    }
    let literal = text(subject, kind, value, at).map_err(|error| vec![error])?;
    let shown = words(&literal);
    let test = match op {
        Op::Ne => TextTest::Ne(literal),
        Op::Contains => TextTest::Contains(literal),
        Op::StartsWith => TextTest::StartsWith(literal),
        _ => TextTest::Eq(literal),
    };
    Ok(Typed {
        test: Test::Text(test),
        shown,
    })
}
