//! Money: whole minor units and a currency, never a float.

use std::{fmt, str::FromStr};

use rust_decimal::{Decimal, prelude::ToPrimitive as _};
use serde::{Deserialize, Serialize};

/// An ISO 4217 currency with a minor unit (funds codes and metals have none and are refused).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Currency(iso_currency::Currency);

/// The text is no currency code we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a currency: expected an ISO 4217 code such as USD, EUR or JPY")]
pub struct ParseCurrencyError;

impl Currency {
    /// US dollars, the default of a new company.
    pub const USD: Self = Self(iso_currency::Currency::USD);

    /// Three capital letters.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimal places the minor unit has: JPY 0, USD 2, KWD 3.
    #[must_use]
    pub fn exponent(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }

    /// `$`, `€`; the code where there is no own symbol.
    #[must_use]
    pub fn symbol(self) -> String {
        self.0.symbol().to_string()
    }
}

/// By code.
impl Ord for Currency {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.code().cmp(other.code())
    }
}

impl PartialOrd for Currency {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl FromStr for Currency {
    type Err = ParseCurrencyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        iso_currency::Currency::from_code(text)
            .filter(|currency| currency.exponent().is_some())
            .map(Self)
            .ok_or(ParseCurrencyError)
    }
}

impl TryFrom<String> for Currency {
    type Error = ParseCurrencyError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An exact amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Whole minor units: 1999 is USD 19.99, JPY 1999, KWD 1.999.
    pub amount_minor: i64,
    /// What it is counted in.
    pub currency: Currency,
}

/// The largest amount of one customer, in minor units, either way: the sum of a million of them is still exact.
pub const LARGEST: i64 = 1_000_000_000_000;

/// The number can't be an amount of that currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// More decimal places than the minor unit has.
    #[error("has more decimal places than {0} allows")]
    TooPrecise(Currency),
    /// Beyond what an account can hold.
    #[error("is too large an amount")]
    TooLarge,
}

impl Money {
    /// Itself, where it is no larger than [`LARGEST`].
    #[must_use]
    pub fn bounded(self) -> Option<Self> {
        (-LARGEST..=LARGEST).contains(&self.amount_minor).then_some(self)
    }

    /// From an amount in major units (`19.99`), exactly.
    pub fn from_major(major: Decimal, currency: Currency) -> Result<Self, AmountError> {
        let minor = major
            .checked_mul(Decimal::from(10_i64.pow(currency.exponent())))
            .ok_or(AmountError::TooLarge)?
            .normalize();
        if minor.scale() > 0 {
            return Err(AmountError::TooPrecise(currency));
        }
        let amount_minor = minor
            .to_i64()
            .filter(|amount| (-LARGEST..=LARGEST).contains(amount))
            .ok_or(AmountError::TooLarge)?;
        Ok(Self {
            amount_minor,
            currency,
        })
    }

    /// The amount in major units.
    #[must_use]
    pub fn major(self) -> Decimal {
        Decimal::new(self.amount_minor, self.currency.exponent())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn minor_units_follow_the_currency() {
        let major: Decimal = "1999".parse().unwrap();

        assert_eq!(
            Money::from_major(major, currency("JPY")).unwrap().amount_minor,
            1999
        );
        assert_eq!(
            Money::from_major(major, currency("USD")).unwrap().amount_minor,
            199_900
        );
        assert_eq!(
            Money::from_major(major, currency("KWD")).unwrap().amount_minor,
            1_999_000
        );
    }

    #[test]
    fn a_tenth_of_a_cent_is_refused() {
        let major: Decimal = "0.001".parse().unwrap();
        assert_eq!(
            Money::from_major(major, Currency::USD),
            Err(AmountError::TooPrecise(Currency::USD))
        );
    }

    #[test]
    fn an_amount_that_sums_could_not_hold_is_refused() {
        let largest = Money {
            amount_minor: LARGEST,
            currency: Currency::USD,
        };
        assert_eq!(largest.bounded(), Some(largest));
        for minor in [LARGEST + 1, -LARGEST - 1, i64::MAX, i64::MIN] {
            let money = Money {
                amount_minor: minor,
                currency: Currency::USD,
            };
            assert_eq!(money.bounded(), None);
            assert_eq!(
                Money::from_major(money.major(), Currency::USD),
                Err(AmountError::TooLarge)
            );
        }
    }

    #[test]
    fn gold_is_no_currency() {
        assert_eq!("XAU".parse::<Currency>(), Err(ParseCurrencyError));
        assert_eq!("usd".parse::<Currency>(), Err(ParseCurrencyError));
    }

    proptest! {
        #[test]
        fn major_and_minor_are_the_same_amount(minor in -LARGEST..=LARGEST, code in prop::sample::select(vec!["JPY", "EUR", "KWD"])) {
            let money = Money { amount_minor: minor, currency: currency(code) };
            prop_assert_eq!(Money::from_major(money.major(), money.currency), Ok(money));
        }
    }
}
