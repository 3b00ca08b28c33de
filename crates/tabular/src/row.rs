//! One row, typed.

use kale_domain::{
    attribute::{AttributeDefinition, AttributeValue},
    email::Email,
    money::Money,
};
use sha2::{Digest as _, Sha256};

/// A row of a file, read by a [`crate::ReadPlan`]. What is `None` had no value or no column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line of the file it begins on; the header is line 1.
    pub line: u64,
    /// Its number among the rows, from 1.
    pub number: u64,
    /// Its key; never empty.
    pub external_id: String,
    /// The customer's name.
    pub name: Option<String>,
    /// The customer's e-mail address.
    pub email: Option<Email>,
    /// The customer's domain, in lower case.
    pub domain: Option<String>,
    /// The customer's id in the billing system.
    pub billing_id: Option<String>,
    /// The customer's id in the help desk.
    pub ticketing_id: Option<String>,
    /// The name of the plan.
    pub plan: Option<String>,
    /// The amount paid per month.
    pub amount: Option<Money>,
    /// The product tier.
    pub tier: Option<String>,
    /// The attributes that have a value: position in [`crate::ReadPlan::attributes`], ascending, and value.
    pub attributes: Vec<(usize, AttributeValue)>,
    pub(crate) hash: [u8; 16],
}

impl Row {
    pub(crate) fn new(line: u64, number: u64, attributes: usize) -> Self {
        Self {
            line,
            number,
            external_id: String::new(),
            name: None,
            email: None,
            domain: None,
            billing_id: None,
            ticketing_id: None,
            plan: None,
            amount: None,
            tier: None,
            attributes: Vec::with_capacity(attributes),
            hash: [0; 16],
        }
    }

    /// A hash of what the row says: equal for equal values, whatever order the columns have and whatever else
    /// stands in the file. It is stored and compared with later files, so it never changes between versions.
    ///
    /// The first 16 bytes of the SHA-256 of the values in a fixed order (the fields, then the attributes by name),
    /// each as tag, name and value with their lengths; a number without trailing zeros. An empty cell adds nothing.
    #[must_use]
    pub const fn hash(&self) -> [u8; 16] {
        self.hash
    }

    /// A hash of the key alone, for [`crate::DuplicateKeys`]: the first 16 bytes of its SHA-256.
    #[must_use]
    pub fn key(&self) -> [u8; 16] {
        short(self.external_id.as_bytes())
    }

    /// Computes the hash once all values are there. `buffer` is reused from row to row.
    pub(crate) fn seal(&mut self, attributes: &[AttributeDefinition], buffer: &mut Vec<u8>) {
        buffer.clear();
        let email = self.email.as_ref().map(Email::as_str);
        put(buffer, 1, self.external_id.as_bytes());
        let fields = [
            (2, self.name.as_deref()),
            (3, email),
            (4, self.domain.as_deref()),
            (5, self.billing_id.as_deref()),
            (6, self.ticketing_id.as_deref()),
            (7, self.plan.as_deref()),
            (8, self.tier.as_deref()),
        ];
        for (tag, value) in fields {
            if let Some(value) = value {
                put(buffer, tag, value.as_bytes());
            }
        }
        if let Some(amount) = self.amount {
            put_money(buffer, 9, amount);
        }
        for (position, value) in &self.attributes {
            if let Some(attribute) = attributes.get(*position) {
                put(buffer, 10, attribute.key.as_str().as_bytes());
                put_value(buffer, value);
            }
        }
        self.hash = short(buffer);
    }
}

fn short(bytes: &[u8]) -> [u8; 16] {
    Sha256::digest(bytes).first_chunk().copied().unwrap_or_default()
}

fn put(buffer: &mut Vec<u8>, tag: u8, value: &[u8]) {
    buffer.push(tag);
    buffer.extend_from_slice(&u32::try_from(value.len()).unwrap_or(u32::MAX).to_le_bytes());
    buffer.extend_from_slice(value);
}

fn put_money(buffer: &mut Vec<u8>, tag: u8, money: Money) {
    put(buffer, tag, &money.amount_minor.to_le_bytes());
    put(buffer, tag, money.currency.code().as_bytes());
}

fn put_value(buffer: &mut Vec<u8>, value: &AttributeValue) {
    match value {
        AttributeValue::Text(text) => put(buffer, 20, text.as_bytes()),
        AttributeValue::Number(number) => {
            let number = number.normalize();
            put(buffer, 21, &number.mantissa().to_le_bytes());
            put(buffer, 21, &number.scale().to_le_bytes());
        }
        AttributeValue::Integer(integer) => put(buffer, 22, &integer.to_le_bytes()),
        AttributeValue::Boolean(boolean) => put(buffer, 23, &[u8::from(*boolean)]),
        AttributeValue::Date(date) => {
            put(buffer, 24, &date.year().to_le_bytes());
            put(buffer, 24, &date.month().to_le_bytes());
            put(buffer, 24, &date.day().to_le_bytes());
        }
        AttributeValue::Money(money) => put_money(buffer, 25, *money),
        AttributeValue::Country(code) => put(buffer, 26, code.as_bytes()),
    }
}
