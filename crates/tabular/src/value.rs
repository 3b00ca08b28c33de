//! How single values are written: numbers, dates, yes and no.

use jiff::civil::Date;
use rust_decimal::Decimal;

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberFormat {
    /// `1234.56`
    Point,
    /// `1.234,56` or `1234,56`
    Comma,
}

impl NumberFormat {
    /// The names in a mapping.
    pub(crate) const NAMES: [&str; 2] = ["1234.56", "1.234,56"];

    /// From the name in a mapping.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "1234.56" => Some(Self::Point),
            "1.234,56" => Some(Self::Comma),
            _ => None,
        }
    }

    /// The name in a mapping.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Point => "1234.56",
            Self::Comma => "1.234,56",
        }
    }

    /// The number, exactly; `None` where it is none or has more than 28 digits.
    pub(crate) fn decimal(self, text: &str) -> Option<Decimal> {
        match self {
            Self::Point => decimal(text),
            Self::Comma => decimal(&point(text)?),
        }
    }

    /// The whole number; `None` where it is none or does not fit 64 bits.
    pub(crate) fn integer(self, text: &str) -> Option<i64> {
        match self {
            Self::Point => integer(text),
            Self::Comma => integer(&point(text)?),
        }
    }
}

fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    // `i64::from_str` would take the sign too; what it must not see is a second one.
    if digits.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

/// `-12.5`: digits with at most one point, and a digit on both sides of it.
fn decimal(text: &str) -> Option<Decimal> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        all => (false, all),
    };
    let (mut mantissa, mut scale, mut point, mut last_digit) = (0_i64, 0_u32, false, false);
    for byte in digits {
        last_digit = byte.is_ascii_digit();
        if last_digit {
            // Saturation can't be reached below 19 digits; longer numbers take the exact way below.
            mantissa = mantissa.saturating_mul(10).saturating_add(i64::from(byte - b'0'));
            scale += u32::from(point);
        } else if *byte == b'.' && !point && scale == 0 && digits.first() != Some(&b'.') {
            point = true;
        } else {
            return None;
        }
    }
    if !last_digit {
        return None;
    }
    if digits.len() <= 18 {
        return Some(Decimal::new(if negative { -mantissa } else { mantissa }, scale));
    }
    Decimal::from_str_exact(text).ok()
}

/// `1.234,56` as `1234.56`; `None` where the groups are not of three digits.
fn point(text: &str) -> Option<String> {
    let (whole, fraction) = match text.split_once(',') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let mut out = String::with_capacity(text.len());
    for (position, group) in whole.split('.').enumerate() {
        let digits = group
            .strip_prefix(['+', '-'])
            .filter(|_| position == 0)
            .unwrap_or(group);
        let first = position == 0 && (!whole.contains('.') || digits.len() <= 3);
        if !(first || digits.len() == 3) || digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        out.push_str(group);
    }
    if let Some(fraction) = fraction {
        if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        out.push('.');
        out.push_str(fraction);
    }
    Some(out)
}

/// Whether the text is a number in either writing.
pub(crate) fn is_number(text: &str) -> bool {
    NumberFormat::Point.decimal(text).is_some() || NumberFormat::Comma.decimal(text).is_some()
}

/// `1`, `0`, `true`, `false`, in letters of any case.
///
/// `Yes` and `No` are words a company compares as text (beside `No internet service`), not truth values.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" => Some(true),
        "0" => Some(false),
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// How a date is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateFormat {
    /// `2026-01-31`
    Iso,
    /// `31/01/2026`
    DaySlash,
    /// `01/31/2026`
    MonthSlash,
    /// `31.01.2026`
    DayDot,
}

impl DateFormat {
    /// The names in a mapping.
    pub(crate) const NAMES: [&str; 4] = ["yyyy-mm-dd", "dd/mm/yyyy", "mm/dd/yyyy", "dd.mm.yyyy"];

    /// From the name in a mapping.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "yyyy-mm-dd" => Some(Self::Iso),
            "dd/mm/yyyy" => Some(Self::DaySlash),
            "mm/dd/yyyy" => Some(Self::MonthSlash),
            "dd.mm.yyyy" => Some(Self::DayDot),
            _ => None,
        }
    }

    /// The name in a mapping.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Iso => "yyyy-mm-dd",
            Self::DaySlash => "dd/mm/yyyy",
            Self::MonthSlash => "mm/dd/yyyy",
            Self::DayDot => "dd.mm.yyyy",
        }
    }

    /// The day; `None` where the text is none in this writing. Day and month may have one digit, except in ISO.
    pub(crate) fn date(self, text: &str) -> Option<Date> {
        let separator = match self {
            Self::Iso => '-',
            Self::DaySlash | Self::MonthSlash => '/',
            Self::DayDot => '.',
        };
        let mut parts = text.split(separator);
        let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let (year, month, day) = match self {
            Self::Iso if second.len() == 2 && third.len() == 2 => (first, second, third),
            Self::Iso => return None,
            Self::MonthSlash => (third, first, second),
            Self::DaySlash | Self::DayDot => (third, second, first),
        };
        let two = |part: &str| {
            if part.len() <= 2 {
                digits(part).and_then(|n| i8::try_from(n).ok())
            } else {
                None
            }
        };
        let year = if year.len() == 4 { digits(year) } else { None };
        Date::new(year?, two(month)?, two(day)?).ok()
    }
}

fn digits(text: &str) -> Option<i16> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

/// The text as it stands in a report: at most 80 characters.
pub(crate) fn shorten(text: &str) -> String {
    const CHARS: usize = 80;
    match text.char_indices().nth(CHARS) {
        None => text.to_owned(),
        Some(_) => text.chars().take(CHARS - 1).chain(['…']).collect(),
    }
}
