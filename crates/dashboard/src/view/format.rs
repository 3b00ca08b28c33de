//! How numbers, amounts, days and sizes are written for people: British dates, thousands with commas.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use kale_domain::{attribute::AttributeValue, metric::MetricValue, money::Money};
use rust_decimal::Decimal;

/// `7,043`
#[must_use]
pub fn number(n: u64) -> String {
    group(&n.to_string())
}

/// `−1,204` with a real minus sign.
#[must_use]
pub fn signed(n: i64) -> String {
    let digits = group(&n.unsigned_abs().to_string());
    if n < 0 { format!("−{digits}") } else { digits }
}

/// `1,234.5`, without zeros at the end.
#[must_use]
pub fn decimal(n: Decimal) -> String {
    grouped(n.normalize())
}

/// `1,234.50`, with so many decimal places (a number with more keeps them): for columns.
#[must_use]
pub fn decimal_to(n: Decimal, places: u32) -> String {
    let mut n = n.normalize();
    n.rescale(places.max(n.scale()));
    grouped(n)
}

/// `$29.85`, `$1,740` where nothing stands after the point, `CHF 1,740` where the currency has no sign of its own.
#[must_use]
pub fn money(money: Money) -> String {
    let major = money.major();
    let whole = major.normalize();
    let digits = if whole.scale() == 0 {
        grouped(whole.abs())
    } else {
        grouped(major.abs())
    };
    let symbol = money.currency.symbol();
    let sign = if major.is_sign_negative() && !major.is_zero() {
        "−"
    } else {
        ""
    };
    let letters = symbol.chars().all(char::is_alphabetic);
    if letters {
        format!("{sign}{symbol} {digits}")
    } else {
        format!("{sign}{symbol}{digits}")
    }
}

/// `22 Nov 2026`
#[must_use]
pub fn date(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

/// `22 Nov 2026, 14:05` in that zone.
#[must_use]
pub fn instant(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%-d %b %Y, %H:%M").to_string()
}

/// `6 min ago`, `yesterday` never: the day itself once a day has passed.
#[must_use]
pub fn ago(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let minutes = now.duration_since(at).as_mins();
    match minutes {
        ..1 => "just now".to_owned(),
        1..60 => format!("{minutes} min ago"),
        60..1440 => format!("{} h ago", minutes / 60),
        _ => date(at.to_zoned(zone.clone()).date()),
    }
}

/// `4 min 20 s`
#[must_use]
pub fn duration(span: SignedDuration) -> String {
    let seconds = span.as_secs().max(0);
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// `954 kB`, in thousands as file managers show it.
#[must_use]
pub fn bytes(n: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    for (size, unit) in UNITS {
        if n >= size {
            let tenths = n.saturating_mul(10) / size;
            return if tenths < 100 && !tenths.is_multiple_of(10) {
                format!("{}.{} {unit}", tenths / 10, tenths % 10)
            } else {
                format!("{} {unit}", tenths / 10)
            };
        }
    }
    format!("{n} B")
}

/// The share in whole percent, rounded; a share that is there is never shown as none, nor one with a gap as all.
#[must_use]
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let exact = Decimal::from(part) * Decimal::from(100) / Decimal::from(whole);
    if part > 0 && exact < Decimal::ONE {
        "<1%".to_owned()
    } else if part < whole && exact > Decimal::from(99) {
        ">99%".to_owned()
    } else {
        format!("{}%", exact.round())
    }
}

/// The share as a CSS length between `0%` and `100%`, for bars.
#[must_use]
pub fn width(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "0%".to_owned();
    }
    let exact = Decimal::from(part.min(whole)) * Decimal::from(100) / Decimal::from(whole);
    format!("{}%", exact.round_dp(2).normalize())
}

/// `1 customer`, `7,043 customers`
#[must_use]
pub fn count(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// An attribute as a person reads it.
#[must_use]
pub fn attribute(value: &AttributeValue) -> String {
    match value {
        AttributeValue::Text(text) | AttributeValue::Country(text) => text.clone(),
        AttributeValue::Number(n) => decimal(*n),
        AttributeValue::Integer(n) => signed(*n),
        AttributeValue::Boolean(yes) => yes_no(*yes),
        AttributeValue::Date(day) => date(*day),
        AttributeValue::Money(amount) => money(*amount),
    }
}

/// A metric as a person reads it, without its unit.
#[must_use]
pub fn metric(value: &MetricValue) -> String {
    match value {
        MetricValue::Number(n) => decimal(*n),
        MetricValue::Money(amount) => money(*amount),
        MetricValue::Count(n) => signed(*n),
        MetricValue::Date(day) => date(*day),
        MetricValue::Bool(yes) => yes_no(*yes),
        MetricValue::Text(text) => text.clone(),
    }
}

/// Up to two letters that stand for a name: `Otter & Vale` gives `OV`.
#[must_use]
pub fn initials(name: &str) -> String {
    let mut words = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let first = words.next().unwrap_or("?");
    // Of a number, the first digits are the same in row after row.
    if first.chars().all(|c| c.is_ascii_digit()) {
        return "#".to_owned();
    }
    let letters: String = match words.next() {
        Some(second) => first.chars().take(1).chain(second.chars().take(1)).collect(),
        None => first.chars().take(2).collect(),
    };
    letters.to_uppercase()
}

/// One of four tints for the field behind somebody's initials; always the same for the same name.
#[must_use]
pub fn hue(name: &str) -> u32 {
    name.chars().map(u32::from).fold(0_u32, u32::wrapping_add) % 4
}

fn yes_no(yes: bool) -> String {
    if yes { "Yes".to_owned() } else { "No".to_owned() }
}

fn grouped(n: Decimal) -> String {
    let text = n.abs().to_string();
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let sign = if n.is_sign_negative() && !n.is_zero() {
        "−"
    } else {
        ""
    };
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{rest}", group(whole))
}

fn group(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(amount_minor: i64, code: &str) -> String {
        money(Money {
            amount_minor,
            currency: code.parse().unwrap(),
        })
    }

    #[test]
    fn thousands_are_grouped() {
        for (n, text) in [(0, "0"), (999, "999"), (7043, "7,043"), (1_000_000, "1,000,000")] {
            assert_eq!(number(n), text);
        }
        assert_eq!(signed(-1204), "−1,204");
        assert_eq!(decimal("1234.50".parse().unwrap()), "1,234.5");
    }

    #[test]
    fn an_amount_follows_its_currency() {
        assert_eq!(amount(174_000, "USD"), "$1,740");
        assert_eq!(amount(2_985, "USD"), "$29.85");
        assert_eq!(amount(2_980, "USD"), "$29.80");
        assert_eq!(amount(-500, "EUR"), "−€5");
        assert_eq!(amount(0, "EUR"), "€0");
        assert_eq!(amount(1_999, "JPY"), "¥1,999");
    }

    #[test]
    fn a_day_is_written_the_british_way() {
        assert_eq!(date(jiff::civil::date(2026, 11, 2)), "2 Nov 2026");
        let at: Timestamp = "2026-11-22T13:05:00Z".parse().unwrap();
        assert_eq!(
            instant(at, &TimeZone::fixed(jiff::tz::offset(1))),
            "22 Nov 2026, 14:05"
        );
        assert_eq!(
            ago(at, at + SignedDuration::from_mins(6), &TimeZone::UTC),
            "6 min ago"
        );
        assert_eq!(
            ago(at, at + SignedDuration::from_hours(30), &TimeZone::UTC),
            "22 Nov 2026"
        );
    }

    #[test]
    fn a_share_that_exists_is_never_shown_as_none() {
        assert_eq!(percent(1, 7043), "<1%");
        assert_eq!(percent(7042, 7043), ">99%");
        assert_eq!(percent(1869, 7043), "27%");
        assert_eq!(percent(0, 7043), "0%");
        assert_eq!(percent(0, 0), "–");
        assert_eq!(width(1, 3), "33.33%");
    }

    #[test]
    fn sizes_and_names_are_short() {
        assert_eq!(bytes(954_000), "954 kB");
        assert_eq!(bytes(1_250_000), "1.2 MB");
        assert_eq!(initials("Otter & Vale"), "OV");
        assert_eq!(initials("row 7"), "R7");
        assert_eq!(initials("4711"), "#");
        assert_eq!(initials(""), "?");
        assert_eq!(duration(SignedDuration::from_secs(260)), "4 min 20 s");
    }
}
