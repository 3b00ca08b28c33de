//! Reads the `value` of a comparison.

use kale_domain::money::{Currency, Money};
use rust_decimal::Decimal;
use serde_json::{Map, Number, Value};

use super::{MAX_KEYS, Reader, kind_of, step};
use crate::rule::{Literal, MAX_LIST};

/// A JSON number, exactly; `None` beyond 28 digits.
fn decimal(number: &Number) -> Option<Decimal> {
    let text = number.to_string();
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return Decimal::from_str_exact(&text).ok();
    };
    let mantissa = Decimal::from_str_exact(mantissa).ok()?.normalize();
    let exponent: i32 = exponent.parse().ok()?;
    if mantissa.is_zero() {
        return Some(Decimal::ZERO);
    }
    let scale = i32::try_from(mantissa.scale()).ok()?.checked_sub(exponent)?;
    if let Ok(scale) = u32::try_from(scale) {
        return Decimal::try_from_i128_with_scale(mantissa.mantissa(), scale).ok();
    }
    let factor = 10_i128.checked_pow(scale.unsigned_abs())?;
    Decimal::try_from_i128_with_scale(mantissa.mantissa().checked_mul(factor)?, 0).ok()
}

impl Reader {
    pub(super) fn literal(&mut self, value: &Value, at: &str) -> Option<Literal> {
        let Value::Array(items) = value else {
            return self.scalar(value, at);
        };
        if items.is_empty() || items.len() > MAX_LIST {
            return self.wrong(
                at,
                "list-length",
                format!("expected a list of 1 to {MAX_LIST} values, not {}", items.len()),
            );
        }
        let values: Vec<Literal> = items
            .iter()
            .enumerate()
            .filter_map(|(index, item)| self.scalar(item, &format!("{at}/{index}")))
            .collect();
        (values.len() == items.len()).then_some(Literal::List(values))
    }

    fn scalar(&mut self, value: &Value, at: &str) -> Option<Literal> {
        match value {
            Value::Bool(holds) => Some(Literal::Bool(*holds)),
            Value::Number(number) => self.number(number, at).map(Literal::Number),
            Value::String(_) => self.text(value, at).map(Literal::Text),
            Value::Object(object) if object.contains_key("company_percentile") => self.percentile(object, at),
            Value::Object(object) if object.contains_key("amount_minor") => self.money(object, at),
            Value::Null => self.wrong(at, "wrong-type", "expected a value, not null; `is_not_set` asks for a missing value"),
            Value::Array(_) | Value::Object(_) => self.wrong(
                at,
                "wrong-type",
                format!("expected text, a number, true or false, {{\"company_percentile\": 75}} or {{\"amount_minor\": 1999, \"currency\": \"USD\"}}, not {}", kind_of(value)),
            ),
        }
    }

    fn number(&mut self, number: &Number, at: &str) -> Option<Decimal> {
        match decimal(number) {
            Some(number) => Some(number),
            None => self.wrong(at, "out-of-range", "expected a number of at most 28 digits"),
        }
    }

    fn percentile(&mut self, object: &Map<String, Value>, at: &str) -> Option<Literal> {
        self.only(object, &["company_percentile"], at);
        let at = step(at, "company_percentile");
        let number = match object.get("company_percentile") {
            Some(Value::Number(number)) => self.number(number, &at)?,
            _ => return self.wrong(at, "wrong-type", "expected a number from 0 to 100"),
        };
        if (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&number) {
            Some(Literal::Percentile(number))
        } else {
            self.wrong(at, "out-of-range", "expected a number from 0 to 100")
        }
    }

    fn money(&mut self, object: &Map<String, Value>, at: &str) -> Option<Literal> {
        self.only(object, &["amount_minor", "currency"], at);
        let amount_minor = object.get("amount_minor").and_then(Value::as_i64);
        if amount_minor.is_none() {
            self.wrong::<()>(
                step(at, "amount_minor"),
                "wrong-type",
                "expected a whole number of minor units, such as 1999 for USD 19.99",
            );
        }
        let currency = object
            .get("currency")
            .and_then(Value::as_str)
            .map(str::parse::<Currency>);
        match currency {
            Some(Ok(currency)) => Some(Literal::Money(Money {
                amount_minor: amount_minor?,
                currency,
            })),
            Some(Err(error)) => self.wrong(step(at, "currency"), "unknown-currency", error.to_string()),
            None => self.wrong(
                step(at, "currency"),
                "missing-key",
                "expected an ISO 4217 code such as USD",
            ),
        }
    }

    fn only(&mut self, object: &Map<String, Value>, allowed: &[&str], at: &str) {
        for key in object
            .keys()
            .filter(|key| !allowed.contains(&key.as_str()))
            .take(MAX_KEYS)
        {
            let shown: String = key.chars().take(64).collect();
            let message = format!("unknown key `{shown}`; allowed here: {}", allowed.join(", "));
            self.wrong::<()>(step(at, &shown), "unknown-key", message);
        }
    }
}
