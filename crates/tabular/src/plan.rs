//! How the rows of a file are read: a mapping that was checked.

use std::sync::Arc;

use kale_domain::{
    attribute::{AttributeDefinition, AttributeValue},
    customer::{EXTERNAL_ID_CHARS, NAME_CHARS, TEXT_CHARS},
    email::Email,
    money::{AmountError, Currency, Money},
    upload::Target,
};

use crate::{
    country,
    row::Row,
    value::{DateFormat, NumberFormat, boolean},
};

/// A checked mapping; made by [`crate::check_mapping`]. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ReadPlan {
    plan: Arc<Plan>,
}

impl ReadPlan {
    pub(crate) fn new(plan: Plan) -> Self {
        Self { plan: Arc::new(plan) }
    }

    /// The attributes the rows have, in the order of their names; [`Row::attributes`] points into it by position.
    /// A definition that did not exist before has the header as its label.
    #[must_use]
    pub fn attributes(&self) -> &[AttributeDefinition] {
        &self.plan.attributes
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }
}

#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) columns: Vec<Column>,
    pub(crate) attributes: Vec<AttributeDefinition>,
    pub(crate) row_number_is_key: bool,
}

/// One mapped column.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) header: String,
    pub(crate) slot: Slot,
    pub(crate) cell: CellType,
}

/// Where a value goes in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    ExternalId,
    Name,
    Email,
    Domain,
    BillingId,
    TicketingId,
    Plan,
    Amount,
    Tier,
    Attribute(usize),
}

impl Slot {
    /// The place of a target; `None` for what is not read.
    pub(crate) fn of(target: &Target, attributes: &[AttributeDefinition]) -> Option<Self> {
        Some(match target {
            Target::ExternalId => Self::ExternalId,
            Target::Name => Self::Name,
            Target::Email => Self::Email,
            Target::Domain => Self::Domain,
            Target::BillingId => Self::BillingId,
            Target::TicketingId => Self::TicketingId,
            Target::Plan => Self::Plan,
            Target::Amount => Self::Amount,
            Target::Tier => Self::Tier,
            Target::Attribute(key) => {
                Self::Attribute(attributes.iter().position(|attribute| attribute.key == *key)?)
            }
            Target::Ignore => return None,
        })
    }
}

/// How a cell is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CellType {
    Text,
    Number(NumberFormat),
    Integer(NumberFormat),
    Boolean,
    Date(DateFormat),
    Money(NumberFormat, Currency),
    Country,
}

/// Why a value can't be taken.
#[derive(Debug)]
pub(crate) struct Wrong {
    pub(crate) code: &'static str,
    pub(crate) reason: String,
}

impl Wrong {
    fn new(code: &'static str, reason: impl Into<String>) -> Self {
        Self {
            code,
            reason: reason.into(),
        }
    }
}

impl Column {
    /// Puts the value of a cell that is not empty into the row.
    pub(crate) fn place(&self, cell: &str, row: &mut Row) -> Result<(), Wrong> {
        match self.slot {
            Slot::ExternalId => row.external_id = key_text(cell)?,
            Slot::Name => row.name = Some(text(cell, NAME_CHARS)?),
            Slot::Email => {
                let email: Email = cell
                    .parse()
                    .map_err(|e| Wrong::new("not-an-email", format!("{e}")))?;
                row.email = Some(email);
            }
            Slot::Domain => row.domain = Some(domain(cell)?),
            Slot::BillingId => row.billing_id = Some(key_text(cell)?),
            Slot::TicketingId => row.ticketing_id = Some(key_text(cell)?),
            Slot::Plan => row.plan = Some(text(cell, NAME_CHARS)?),
            Slot::Tier => row.tier = Some(text(cell, NAME_CHARS)?),
            Slot::Amount => {
                if let AttributeValue::Money(money) = self.cell.value(cell)? {
                    row.amount = Some(money);
                }
            }
            Slot::Attribute(position) => row.attributes.push((position, self.cell.value(cell)?)),
        }
        Ok(())
    }
}

impl CellType {
    fn value(self, cell: &str) -> Result<AttributeValue, Wrong> {
        Ok(match self {
            Self::Text => AttributeValue::Text(text(cell, TEXT_CHARS)?),
            Self::Number(format) => AttributeValue::Number(number(cell, format)?),
            Self::Integer(format) => {
                let integer = format.integer(cell).ok_or_else(|| {
                    let example = if format == NumberFormat::Comma {
                        "1234 or 1.234"
                    } else {
                        "1234"
                    };
                    Wrong::new(
                        "not-an-integer",
                        format!("expected a whole number such as {example}"),
                    )
                })?;
                AttributeValue::Integer(integer)
            }
            Self::Boolean => {
                let wrong = || Wrong::new("not-a-boolean", "expected 1, 0, true or false");
                AttributeValue::Boolean(boolean(cell).ok_or_else(wrong)?)
            }
            Self::Date(format) => {
                let wrong = || {
                    Wrong::new(
                        "not-a-date",
                        format!("expected a day written as {}", format.name()),
                    )
                };
                AttributeValue::Date(format.date(cell).ok_or_else(wrong)?)
            }
            Self::Money(format, currency) => {
                let money = Money::from_major(number(cell, format)?, currency).map_err(|error| {
                    let code = match error {
                        AmountError::TooPrecise(_) => "too-precise",
                        AmountError::TooLarge => "too-large",
                    };
                    let places = currency.exponent();
                    Wrong::new(code, format!("{error}; {currency} has {places} decimal places"))
                })?;
                AttributeValue::Money(money)
            }
            Self::Country => {
                let wrong = || {
                    Wrong::new(
                        "not-a-country",
                        "expected an ISO 3166 code of two letters such as DE, GB or US",
                    )
                };
                AttributeValue::Country(country::code(cell).ok_or_else(wrong)?.to_owned())
            }
        })
    }
}

fn number(cell: &str, format: NumberFormat) -> Result<rust_decimal::Decimal, Wrong> {
    format.decimal(cell).ok_or_else(|| {
        let example = match format {
            NumberFormat::Point => "1234.56, without a sign for thousands",
            NumberFormat::Comma => "1.234,56 or 1234,56",
        };
        Wrong::new("not-a-number", format!("expected a number such as {example}"))
    })
}

fn text(cell: &str, most: usize) -> Result<String, Wrong> {
    if cell.len() > most && cell.chars().nth(most).is_some() {
        return Err(Wrong::new(
            "too-long",
            format!("expected at most {most} characters"),
        ));
    }
    Ok(cell.to_owned())
}

/// An id is also shown in addresses and logs, so it holds no line ends and the like.
fn key_text(cell: &str) -> Result<String, Wrong> {
    if cell.chars().any(char::is_control) {
        return Err(Wrong::new(
            "control-character",
            "expected an id without line ends and other control characters",
        ));
    }
    text(cell, EXTERNAL_ID_CHARS)
}

fn domain(cell: &str) -> Result<String, Wrong> {
    if is_domain(cell) {
        Ok(cell.to_lowercase())
    } else {
        Err(Wrong::new(
            "not-a-domain",
            "expected a domain such as example.com, without https:// and path",
        ))
    }
}

/// Whether the text is the dotted name of a host.
pub(crate) fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}
