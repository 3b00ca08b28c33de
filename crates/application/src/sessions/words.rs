//! Values in words, for the texts of a workflow.

use jiff::civil::Date;
use kale_domain::{metric::MetricValue, money::Money};
use kale_flow::variable::Variable;

/// A value under its variable's name, if there is one.
pub(super) fn named(name: &str, value: Option<String>) -> Option<(Variable, String)> {
    Some((name.parse().ok()?, value?))
}

/// What was measured.
pub(super) fn written(value: &MetricValue) -> String {
    match value {
        MetricValue::Number(number) => number.normalize().to_string(),
        MetricValue::Money(amount) => money(*amount),
        MetricValue::Count(number) => number.to_string(),
        MetricValue::Date(date) => day(*date),
        MetricValue::Bool(true) => "yes".to_owned(),
        MetricValue::Bool(false) => "no".to_owned(),
        MetricValue::Text(text) => text.clone(),
    }
}

/// A day: `14 November 2026`.
pub(super) fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// An amount: `$19.99`, `19.99 CHF`.
pub(super) fn money(amount: Money) -> String {
    let (symbol, code) = (amount.currency.symbol(), amount.currency.code());
    if symbol == code {
        format!("{} {code}", amount.major())
    } else {
        format!("{symbol}{}", amount.major())
    }
}

#[cfg(test)]
mod tests {
    use kale_domain::money::Currency;

    use super::*;

    #[test]
    fn amounts_and_days_are_written_out() {
        let amount = |amount_minor, code: &str| {
            let currency: Currency = code.parse().unwrap();
            money(Money {
                amount_minor,
                currency,
            })
        };
        assert_eq!(amount(1_999, "USD"), "$19.99");
        assert_eq!(amount(1_900, "EUR"), "€19.00");
        assert_eq!(amount(500, "JPY"), "¥500");
        assert_eq!(day(jiff::civil::date(2026, 11, 4)), "4 November 2026");
    }
}
