//! The narrowest type that reads every value of a column.

use kale_domain::{attribute::AttributeType, fold::fold};

use crate::{
    country,
    value::{DateFormat, NumberFormat, boolean},
};

const BOOLEAN: u16 = 1;
const INTEGER: u16 = 1 << 1;
const POINT: u16 = 1 << 2;
const COMMA: u16 = 1 << 3;
const ISO: u16 = 1 << 4;
const DAY_SLASH: u16 = 1 << 5;
const MONTH_SLASH: u16 = 1 << 6;
const DAY_DOT: u16 = 1 << 7;
const COUNTRY: u16 = 1 << 8;
const ALL: u16 = (1 << 9) - 1;

/// One value in so many may be a word among figures.
const RARE: u64 = 10;

const SAW_ZERO: u8 = 1;
const SAW_ONE: u8 = 1 << 1;
const SAW_WORD: u8 = 1 << 2;
const SAW_COMMA: u8 = 1 << 3;
const SAW_ANY: u8 = 1 << 4;

/// Which types still read every value seen so far.
///
/// Only `0`, `1`, `true` and `false` make a boolean; a column of `Yes` and `No` stays text, because companies
/// compare such words as text, beside others such as `No internet service`. A column of `1` alone is an integer:
/// nothing says that it is a yes. Digits with a leading zero or a plus are text (codes, telephone numbers), and so
/// are dates that could be read both ways round.
#[derive(Debug, Clone)]
pub(crate) struct Guess {
    fits: u16,
    /// As `fits`, as if the words had not been there.
    fits_figures: u16,
    saw: u8,
    values: u64,
    words: u64,
}

impl Guess {
    /// Nothing seen.
    pub(crate) const fn new() -> Self {
        Self {
            fits: ALL,
            fits_figures: ALL,
            saw: 0,
            values: 0,
            words: 0,
        }
    }

    /// Takes a value that is not empty into account.
    pub(crate) fn see(&mut self, value: &str) {
        self.saw |= SAW_ANY;
        match value {
            "0" => self.saw |= SAW_ZERO,
            "1" => self.saw |= SAW_ONE,
            _ if value.contains(',') => self.saw |= SAW_COMMA,
            _ if boolean(value).is_some() => self.saw |= SAW_WORD,
            _ => {}
        }
        self.values += 1;
        let is_word = !value.bytes().any(|byte| byte.is_ascii_digit());
        self.words += u64::from(is_word);
        for (bit, reads) in TESTS {
            if (self.fits | self.fits_figures) & bit != 0 && !reads(value) {
                self.fits &= !bit;
                if !is_word {
                    self.fits_figures &= !bit;
                }
            }
        }
    }

    /// The type, and its format where the usual one does not read it.
    pub(crate) fn decide(&self, header: &str, delimiter: char) -> (AttributeType, Option<&'static str>) {
        let (kind, format) = self.fitting(self.fits, header, delimiter);
        // A text that a few figures stand beside is no number; a number that a few words stand beside is one.
        if kind != AttributeType::Text || self.words == 0 || self.words.saturating_mul(RARE) > self.values {
            return (kind, format);
        }
        match self.fitting(self.fits_figures, header, delimiter) {
            (AttributeType::Boolean | AttributeType::Country, _) => (kind, format),
            figures => figures,
        }
    }

    fn fitting(&self, fits: u16, header: &str, delimiter: char) -> (AttributeType, Option<&'static str>) {
        let fits = |bit: u16| fits & bit != 0;
        let saw = |bits: u8| self.saw & bits == bits;
        let comma = Some(NumberFormat::Comma.name());
        if !saw(SAW_ANY) {
            (AttributeType::Text, None)
        } else if fits(BOOLEAN) && (saw(SAW_WORD) || saw(SAW_ZERO | SAW_ONE)) {
            (AttributeType::Boolean, None)
        } else if fits(INTEGER) {
            (AttributeType::Integer, None)
        } else if fits(POINT) {
            (AttributeType::Number, None)
        } else if fits(COMMA) && delimiter != ',' {
            (
                if saw(SAW_COMMA) {
                    AttributeType::Number
                } else {
                    AttributeType::Integer
                },
                comma,
            )
        } else if fits(ISO) {
            (AttributeType::Date, None)
        } else if fits(DAY_DOT) {
            (AttributeType::Date, Some(DateFormat::DayDot.name()))
        } else if fits(DAY_SLASH) && !fits(MONTH_SLASH) {
            (AttributeType::Date, Some(DateFormat::DaySlash.name()))
        } else if fits(MONTH_SLASH) && !fits(DAY_SLASH) {
            (AttributeType::Date, Some(DateFormat::MonthSlash.name()))
        } else if fits(COUNTRY) && names_country(header) {
            (AttributeType::Country, None)
        } else {
            (AttributeType::Text, None)
        }
    }
}

/// Whether a type reads a value.
type Test = fn(&str) -> bool;

/// Each type with its test.
const TESTS: [(u16, Test); 9] = [
    (BOOLEAN, |v| boolean(v).is_some()),
    (INTEGER, |v| {
        is_quantity(v) && NumberFormat::Point.integer(v).is_some()
    }),
    (POINT, |v| is_amount(v, NumberFormat::Point)),
    (COMMA, |v| is_amount(v, NumberFormat::Comma)),
    (ISO, |v| DateFormat::Iso.date(v).is_some()),
    (DAY_SLASH, |v| DateFormat::DaySlash.date(v).is_some()),
    (MONTH_SLASH, |v| DateFormat::MonthSlash.date(v).is_some()),
    (DAY_DOT, |v| DateFormat::DayDot.date(v).is_some()),
    (COUNTRY, |v| country::code(v).is_some()),
];

/// Whether digits count something: no plus, no leading zero.
fn is_quantity(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value).as_bytes();
    match digits {
        [b'+', ..] => false,
        [b'0', next, ..] => !next.is_ascii_digit(),
        _ => true,
    }
}

/// Whether the value is a number in that writing; a run of more than 18 digits is a code and no number.
fn is_amount(value: &str, format: NumberFormat) -> bool {
    let whole = value
        .bytes()
        .take_while(|b| *b != if format == NumberFormat::Comma { b',' } else { b'.' })
        .count();
    whole <= 24
        && is_quantity(value)
        && format.decimal(value).is_some()
        && (whole < value.len() || format.integer(value).is_some())
}

fn names_country(header: &str) -> bool {
    fold(header)
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| word == "country")
}
