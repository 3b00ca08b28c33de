//! Number literals: decimals, shares, counts, amounts, and percentiles of them.

use kale_domain::error::FieldError;
use rust_decimal::Decimal;

use super::{Typed, collected, compare, items, joined, money_text, pair, percentile_text, wrong_type};
use crate::{
    check::Schema,
    expression::{NumberTest, Test},
    kind::Kind,
    rule::{Literal, Op, SubjectName},
};

/// A share beyond this was meant in percent: 10 is 1,000 %.
const MAX_RATIO: i64 = 10;

/// The numbers of one comparison.
pub(super) struct Numbers<'a> {
    pub(super) subject: &'a SubjectName,
    pub(super) kind: Kind,
    pub(super) schema: &'a Schema,
}

/// A number, unless it is a percentile of values nobody has yet; and its words.
type Resolved = (Option<Decimal>, String);

impl Numbers<'_> {
    pub(super) fn test(&self, op: Op, value: &Literal, at: &str) -> Result<Typed, Vec<FieldError>> {
        let (test, shown) = match op {
            Op::In | Op::NotIn => {
                let numbers = self.list(value, at, false)?;
                let shown = joined(numbers.iter().map(|(_, shown)| shown.clone()));
                let numbers: Vec<Decimal> = numbers.into_iter().filter_map(|(number, _)| number).collect();
                (
                    Some(if op == Op::In {
                        NumberTest::In(numbers)
                    } else {
                        NumberTest::NotIn(numbers)
                    }),
                    shown,
                )
            }
            Op::Between => {
                let numbers = self.list(value, at, true)?;
                let shown = numbers
                    .iter()
                    .map(|(_, shown)| shown.as_str())
                    .collect::<Vec<_>>()
                    .join(" and ");
                let count = numbers.len();
                let known: Vec<Decimal> = numbers.into_iter().filter_map(|(number, _)| number).collect();
                if count == 2 && known.len() < 2 {
                    (None, shown)
                } else {
                    let (low, high) = pair(known, at)?;
                    (Some(NumberTest::Between(low, high)), shown)
                }
            }
            _ => {
                let (number, shown) = self.number(value, at, true).map_err(|error| vec![error])?;
                (
                    number.map(|number| NumberTest::Compare(compare(op), number)),
                    shown,
                )
            }
        };
        let test = match test {
            None => Test::Unresolved,
            Some(test) if self.kind == Kind::Money => Test::Money {
                currency: self.schema.currency,
                test,
            },
            Some(test) => Test::Number(test),
        };
        Ok(Typed { test, shown })
    }

    fn list(&self, value: &Literal, at: &str, percentiles: bool) -> Result<Vec<Resolved>, Vec<FieldError>> {
        collected(
            items(self.subject, value, at)?
                .into_iter()
                .map(|(at, value)| self.number(value, &at, percentiles)),
        )
    }

    fn number(&self, value: &Literal, at: &str, percentiles: bool) -> Result<Resolved, FieldError> {
        match value {
            Literal::Number(number) => {
                let number = self.fitting(number.normalize(), at)?;
                Ok((Some(number), self.words(number)))
            }
            Literal::Money(money) if self.kind == Kind::Money => {
                if money.currency != self.schema.currency {
                    let message = format!(
                        "`{}` is in {}, the company's currency, not in {}",
                        self.subject.name(),
                        self.schema.currency,
                        money.currency
                    );
                    return Err(FieldError::new(
                        format!("{at}/currency"),
                        "wrong-currency",
                        message,
                    ));
                }
                let number = Decimal::from(money.amount_minor);
                Ok((Some(number), self.words(number)))
            }
            Literal::Percentile(percentile) if percentiles => {
                let known = self
                    .schema
                    .percentiles
                    .get(&(self.subject.clone(), *percentile))
                    .copied();
                let words = percentile_text(*percentile);
                Ok(match known {
                    Some(number) => (Some(number), format!("{words} ({})", self.words(number))),
                    None => (None, words),
                })
            }
            other => Err(wrong_type(self.subject, self.kind, other, at)),
        }
    }

    /// The number, if it is one such a value can have.
    fn fitting(&self, number: Decimal, at: &str) -> Result<Decimal, FieldError> {
        let whole = matches!(self.kind, Kind::Count | Kind::Whole | Kind::Money);
        if whole && number.scale() > 0 {
            let why = if self.kind == Kind::Money {
                format!(
                    ": it is counted in minor units, 1999 is {}",
                    money_text(Decimal::from(1999), self.schema.currency)
                )
            } else {
                String::new()
            };
            let message = format!("`{}` is compared with a whole number{why}", self.subject.name());
            return Err(FieldError::new(at, "not-whole", message));
        }
        if self.kind == Kind::Count && number.is_sign_negative() && !number.is_zero() {
            let message = format!("`{}` is a count, which is never negative", self.subject.name());
            return Err(FieldError::new(at, "out-of-range", message));
        }
        if self.kind == Kind::Ratio && number.abs() > Decimal::from(MAX_RATIO) {
            let message = format!("`{}` is a share: write 0.8 for 80 %", self.subject.name());
            return Err(FieldError::new(at, "bad-unit", message));
        }
        Ok(number)
    }

    fn words(&self, number: Decimal) -> String {
        if self.kind == Kind::Money {
            money_text(number, self.schema.currency)
        } else {
            number.round_dp(6).normalize().to_string()
        }
    }
}
