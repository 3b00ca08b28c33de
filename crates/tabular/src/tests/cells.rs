//! Single values.

use jiff::civil::date;
use proptest::prelude::*;

use crate::{
    escape, unescape,
    value::{DateFormat, NumberFormat, shorten},
};

#[test]
fn numbers_are_read_exactly_or_not_at_all() {
    let point = |text| NumberFormat::Point.decimal(text).map(|n| n.to_string());
    for (text, read) in [
        ("0", Some("0")),
        ("-12.50", Some("-12.50")),
        ("+3", Some("3")),
        ("1234567890123456789.25", Some("1234567890123456789.25")),
        ("99999999999999999999999999999", None),
        ("", None),
        ("-", None),
        (".", None),
        (".5", None),
        ("5.", None),
        ("1.2.3", None),
        ("1,234.56", None),
        ("--1", None),
        ("1e5", None),
        ("٣", None),
    ] {
        assert_eq!(point(text).as_deref(), read, "{text}");
    }
    let comma = |text| NumberFormat::Comma.decimal(text).map(|n| n.to_string());
    for (text, read) in [
        ("1.234,56", Some("1234.56")),
        ("1234,56", Some("1234.56")),
        ("-1.234.567", Some("-1234567")),
        ("12.34,5", None),
        ("1.23", None),
        ("1234.567", None),
        ("1,2,3", None),
        (",5", None),
    ] {
        assert_eq!(comma(text).as_deref(), read, "{text}");
    }
    assert_eq!(NumberFormat::Point.integer("--1"), None);
    assert_eq!(
        NumberFormat::Point.integer("-9223372036854775808"),
        Some(i64::MIN)
    );
    assert_eq!(NumberFormat::Point.integer("9223372036854775808"), None);
}

#[test]
fn dates_are_read_in_their_format_only() {
    let day = Some(date(2024, 3, 5));

    assert_eq!(DateFormat::Iso.date("2024-03-05"), day);
    assert_eq!(DateFormat::DaySlash.date("5/3/2024"), day);
    assert_eq!(DateFormat::MonthSlash.date("03/05/2024"), day);
    assert_eq!(DateFormat::DayDot.date("05.03.2024"), day);
    for text in [
        "2024-3-5",
        "2023-02-29",
        "24-03-05",
        "2024-03-05T00:00",
        "",
        "a-b-c",
        "2024-+1-05",
    ] {
        assert_eq!(DateFormat::Iso.date(text), None, "{text}");
    }
    assert_eq!(DateFormat::DaySlash.date("5/3/24"), None);
}

#[test]
fn formulas_are_disarmed_and_numbers_left_alone() {
    for text in [
        "=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "\rx", "\n=1", "＝1", "＠x", "-1e5", "+", "'=1", "''-5",
    ] {
        assert_eq!(escape(text), format!("'{text}"), "{text:?}");
    }
    for text in [
        "", "-12.5", "+3", "-0,5", "1-2", "a=b", "'quoted'", "'", "O'Neill",
    ] {
        assert_eq!(escape(text), text, "{text:?}");
    }
}

#[test]
fn a_long_value_is_shortened_to_eighty_characters() {
    assert_eq!(shorten(&"ü".repeat(80)), "ü".repeat(80));
    assert_eq!(shorten(&"ü".repeat(81)), format!("{}…", "ü".repeat(79)));
}

proptest! {
    #[test]
    fn what_is_escaped_is_given_back_and_never_a_formula(text in "['=+@＝＋－＠\t\r\n-]{0,3}\\PC{0,8}") {
        let escaped = escape(&text);
        prop_assert_eq!(unescape(&escaped), text.as_str());
        if escaped.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n']) {
            prop_assert!(text[1..].chars().all(|c| c.is_ascii_digit() || c == '.' || c == ','), "{}", text);
        }
    }

    #[test]
    fn every_decimal_is_read_as_it_is_written(mantissa in any::<i64>(), scale in 0_u32..19) {
        let number = rust_decimal::Decimal::new(mantissa, scale);
        prop_assert_eq!(NumberFormat::Point.decimal(&number.to_string()), Some(number));
        let comma = number.to_string().replace('.', ",");
        prop_assert_eq!(NumberFormat::Comma.decimal(&comma), Some(number));
    }
}
