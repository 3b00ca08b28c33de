//! One test of one value, as a clause that is true or a clause that is false of a customer.

use bson::{Bson, Document, doc};
use jiff::{ToSpan as _, civil::Date};
use kale_rules::{
    expression::{Compare, DateTest, FoldedText, Leaf, NumberTest, Subject, Test, TextTest},
    rule::Field,
};

use super::nobody;
use crate::value;

/// Where the value stands in a customer's document.
fn path(subject: &Subject) -> String {
    match subject {
        Subject::Metric(metric) => format!("facts.m.{}", metric.name()),
        Subject::Attribute { key, .. } => format!("facts.a.{key}"),
        Subject::Field(field) => format!("facts.f.{}", field_name(*field)),
    }
}

/// The name of a field inside `facts.f`.
pub(crate) fn field_name(field: Field) -> &'static str {
    field.name()
}

/// The clause for *known to hold* (`wanted`) or *known not to hold*.
pub(super) fn when(leaf: &Leaf, wanted: bool, today: Date) -> Document {
    let path = path(leaf.subject());
    match leaf.test() {
        Test::IsSet => presence(&path, wanted),
        Test::IsNotSet => presence(&path, !wanted),
        Test::Number(test) => number(&path, test, wanted),
        Test::Money { currency, test } => match leaf.subject() {
            // A money metric is kept in the company's currency, the one rules are checked against.
            Subject::Metric(_) => number(&path, test, wanted),
            _ => doc! { "$and": [
                { format!("{path}.c"): currency.code() },
                number(&format!("{path}.n"), test, wanted),
            ] },
        },
        Test::Bool(flag) => doc! { path: *flag == wanted },
        Test::Date(test) => date(&path, *test, wanted, today),
        Test::Text(test) => text(&path, test, wanted),
        Test::Unresolved => nobody(),
    }
}

fn presence(path: &str, there: bool) -> Document {
    // A missing value is never stored, neither as null nor as an empty list.
    doc! { path: { "$exists": there } }
}

const fn operator(compare: Compare, wanted: bool) -> &'static str {
    match (compare, wanted) {
        (Compare::Eq, true) | (Compare::Ne, false) => "$eq",
        (Compare::Ne, true) | (Compare::Eq, false) => "$ne",
        (Compare::Lt, true) | (Compare::Gte, false) => "$lt",
        (Compare::Lte, true) | (Compare::Gt, false) => "$lte",
        (Compare::Gt, true) | (Compare::Lte, false) => "$gt",
        (Compare::Gte, true) | (Compare::Lt, false) => "$gte",
    }
}

fn number(path: &str, test: &NumberTest, wanted: bool) -> Document {
    let exact = |number| Bson::Decimal128(value::decimal(number));
    let list =
        |numbers: &[rust_decimal::Decimal]| -> Vec<Bson> { numbers.iter().copied().map(exact).collect() };
    match test {
        NumberTest::Compare(compare, number) => {
            doc! { path: { "$type": "number", operator(*compare, wanted): exact(*number) } }
        }
        NumberTest::Between(low, high) => between(path, "number", &exact(*low), &exact(*high), wanted),
        NumberTest::In(numbers) => doc! { path: { "$type": "number", membership(wanted): list(numbers) } },
        NumberTest::NotIn(numbers) => {
            doc! { path: { "$type": "number", membership(!wanted): list(numbers) } }
        }
    }
}

const fn membership(within: bool) -> &'static str {
    if within { "$in" } else { "$nin" }
}

fn between(path: &str, kind: &str, low: &Bson, high: &Bson, wanted: bool) -> Document {
    if wanted {
        doc! { path: { "$type": kind, "$gte": low, "$lte": high } }
    } else {
        doc! { "$or": [ { path: { "$type": kind, "$lt": low } }, { path: { "$type": kind, "$gt": high } } ] }
    }
}

fn date(path: &str, test: DateTest, wanted: bool, today: Date) -> Document {
    let day = |date| Bson::DateTime(value::day(date));
    match test {
        DateTest::Compare(compare, date) => {
            doc! { path: { "$type": "date", operator(compare, wanted): day(date) } }
        }
        DateTest::Between(low, high) => between(path, "date", &day(low), &day(high), wanted),
        DateTest::WithinLastDays(days) => {
            let first = today.saturating_sub(i64::from(days).saturating_sub(1).days());
            between(path, "date", &day(first), &day(today), wanted)
        }
    }
}

fn text(path: &str, test: &TextTest, wanted: bool) -> Document {
    let list =
        |texts: &[FoldedText]| -> Vec<Bson> { texts.iter().map(|text| Bson::from(text.folded())).collect() };
    match test {
        TextTest::Eq(text) => doc! { path: { "$type": "string", equality(wanted): text.folded() } },
        TextTest::Ne(text) => doc! { path: { "$type": "string", equality(!wanted): text.folded() } },
        TextTest::In(texts) => doc! { path: { "$type": "string", membership(wanted): list(texts) } },
        TextTest::NotIn(texts) => doc! { path: { "$type": "string", membership(!wanted): list(texts) } },
        TextTest::Contains(text) => pattern(path, literal(text.folded()), wanted),
        TextTest::StartsWith(text) => pattern(path, format!("^{}", literal(text.folded())), wanted),
    }
}

const fn equality(equal: bool) -> &'static str {
    if equal { "$eq" } else { "$ne" }
}

fn pattern(path: &str, pattern: String, wanted: bool) -> Document {
    // `s`: a dot is never written, but a line break in the text must not end it.
    let regex = doc! { "$regex": pattern, "$options": "s" };
    if wanted {
        doc! { "$and": [ { path: { "$type": "string" } }, { path: regex } ] }
    } else {
        doc! { "$and": [ { path: { "$type": "string" } }, { path: { "$not": regex } } ] }
    }
}

/// A text as a pattern that matches only it.
pub(crate) fn literal(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if c.is_ascii_control() {
            // As two hexadecimal digits: a control character below 128 has no more.
            pattern.push_str("\\x");
            pattern.extend(
                [u32::from(c) / 16, u32::from(c) % 16]
                    .iter()
                    .filter_map(|digit| char::from_digit(*digit, 16)),
            );
        } else {
            if c.is_ascii_punctuation() {
                pattern.push('\\');
            }
            pattern.push(c);
        }
    }
    pattern
}
