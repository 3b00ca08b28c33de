//! A customer as a program sends it, read and checked.

use std::collections::{BTreeMap, BTreeSet};

use kale_domain::{
    attribute::{AttributeDefinition, AttributeKey, AttributeType, AttributeValue},
    customer::{EXTERNAL_ID_CHARS, NAME_CHARS, TEXT_CHARS},
    email::Email,
    error::FieldError,
    money::{LARGEST, Money},
};
use kale_persistence::file_rows::RowValues;
use rust_decimal::Decimal;
use serde_json::Value;

/// A customer as a program sends it. What is absent is left as it was; `null` in attributes takes a value away.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CustomerInput {
    /// Its key.
    pub external_id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its e-mail address.
    pub email: Option<String>,
    /// Its domain.
    pub domain: Option<String>,
    /// The plan it is on.
    pub plan: Option<String>,
    /// What it pays per month.
    pub mrr: Option<Money>,
    /// Its product tier.
    pub tier: Option<String>,
    /// The company's own attributes, as JSON values.
    pub attributes: BTreeMap<String, Value>,
}

/// The most attributes one input may give.
const ATTRIBUTES: usize = 200;
/// The most attributes of a company that inputs may define: all of one customer fit into its record.
const DEFINED: usize = 500;

/// An input, read: its key, what it gives, and the attributes it takes away.
pub(super) type Read = (String, RowValues, BTreeSet<AttributeKey>);

/// Reads an input, or says everything that is wrong with it. Attributes that are new are added to `kinds` and `new`,
/// unless something is wrong.
pub(super) fn values(
    input: CustomerInput,
    kinds: &mut BTreeMap<AttributeKey, AttributeType>,
    new: &mut Vec<AttributeDefinition>,
) -> Result<Read, Vec<FieldError>> {
    let mut wrong = Vec::new();
    let external_id = input.external_id.trim().to_owned();
    if external_id.is_empty()
        || external_id.chars().count() > EXTERNAL_ID_CHARS
        || external_id.chars().any(char::is_control)
    {
        let message =
            format!("an external id has 1 to {EXTERNAL_ID_CHARS} characters and no control characters");
        wrong.push(FieldError::new("#/external_id", "length", message));
    }
    let mut text = |name: &str, text: Option<String>| -> Option<String> {
        let text = text
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())?;
        if text.chars().count() > NAME_CHARS {
            let message = format!("at most {NAME_CHARS} characters");
            wrong.push(FieldError::new(format!("#/{name}"), "too-long", message));
        }
        Some(text)
    };
    let (name, domain) = (text("name", input.name), text("domain", input.domain));
    let (plan, tier) = (text("plan", input.plan), text("tier", input.tier));
    let email = input
        .email
        .as_deref()
        .map(str::parse::<Email>)
        .transpose()
        .unwrap_or_else(|error| {
            wrong.push(FieldError::new("#/email", "not-an-email", error.to_string()));
            None
        });
    if input.mrr.is_some_and(|mrr| mrr.bounded().is_none()) {
        let message = format!("at most {LARGEST} minor units");
        wrong.push(FieldError::new("#/mrr/amount_minor", "out-of-range", message));
    }
    let mut found = Vec::new();
    let (attributes, cleared) = attributes(input.attributes, kinds, &mut found, &mut wrong);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    // Only what is taken defines anything.
    kinds.extend(found.iter().map(|one| (one.key.clone(), one.kind)));
    new.extend(found);
    let email = email.map(|email| email.to_string());
    let values = RowValues {
        name,
        email,
        domain,
        plan,
        tier,
        amount: input.mrr,
        attributes,
        ..RowValues::default()
    };
    Ok((external_id, values, cleared))
}

type Given = (BTreeMap<AttributeKey, AttributeValue>, BTreeSet<AttributeKey>);

/// The attributes an input gives and takes away.
fn attributes(
    given: BTreeMap<String, Value>,
    kinds: &BTreeMap<AttributeKey, AttributeType>,
    new: &mut Vec<AttributeDefinition>,
    wrong: &mut Vec<FieldError>,
) -> Given {
    if given.len() > ATTRIBUTES {
        wrong.push(FieldError::new(
            "#/attributes",
            "too-many",
            format!("at most {ATTRIBUTES} attributes"),
        ));
        return Given::default();
    }
    let (mut set, mut cleared) = (BTreeMap::new(), BTreeSet::new());
    for (key, value) in given {
        match attribute(&key, &value, kinds, new) {
            Ok((key, Some(value))) => {
                set.insert(key, value);
            }
            Ok((key, None)) => {
                cleared.insert(key);
            }
            Err(error) => wrong.push(error),
        }
    }
    (set, cleared)
}

/// An attribute of a JSON value: of the kind it is defined with, or, where it is new, of the kind the value shows.
fn attribute(
    name: &str,
    value: &Value,
    kinds: &BTreeMap<AttributeKey, AttributeType>,
    new: &mut Vec<AttributeDefinition>,
) -> Result<(AttributeKey, Option<AttributeValue>), FieldError> {
    let pointer = format!("#/attributes/{}", name.replace('~', "~0").replace('/', "~1"));
    let key: AttributeKey = name
        .parse()
        .map_err(|error| FieldError::new(&pointer, "invalid-name", format!("`{name}`: {error}")))?;
    if value.is_null() {
        return Ok((key, None));
    }
    let kind = kinds
        .get(&key)
        .copied()
        .or_else(|| shown_kind(value))
        .ok_or_else(|| {
            FieldError::new(
                &pointer,
                "invalid-value",
                "an attribute is a text, a number, true or false, or null",
            )
        })?;
    let typed = typed(kind, value).ok_or_else(|| {
        let message = format!(
            "`{key}` is of the type {}; `{value}` can't be read as one",
            kind.name()
        );
        FieldError::new(&pointer, "wrong-type", message)
    })?;
    if !kinds.contains_key(&key) {
        if kinds.len() + new.len() >= DEFINED {
            let message = format!("`{key}` would be new, and a company has at most {DEFINED} attributes");
            return Err(FieldError::new(&pointer, "too-many", message));
        }
        new.push(AttributeDefinition {
            label: name.replace('_', " "),
            key: key.clone(),
            kind,
        });
    }
    Ok((key, Some(typed)))
}

fn shown_kind(value: &Value) -> Option<AttributeType> {
    match value {
        Value::String(_) => Some(AttributeType::Text),
        Value::Bool(_) => Some(AttributeType::Boolean),
        Value::Number(_) => Some(AttributeType::Number),
        _ => None,
    }
}

fn typed(kind: AttributeType, value: &Value) -> Option<AttributeValue> {
    Some(match kind {
        AttributeType::Text => {
            let text = value.as_str()?.trim();
            if text.is_empty() || text.chars().count() > TEXT_CHARS {
                return None;
            }
            AttributeValue::Text(text.to_owned())
        }
        AttributeType::Country => {
            let code = value.as_str()?;
            if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
                return None;
            }
            AttributeValue::Country(code.to_owned())
        }
        AttributeType::Number => AttributeValue::Number(decimal(value)?),
        AttributeType::Integer => AttributeValue::Integer(value.as_i64()?),
        AttributeType::Boolean => AttributeValue::Boolean(value.as_bool()?),
        AttributeType::Date => AttributeValue::Date(value.as_str()?.parse().ok()?),
        AttributeType::Money => {
            let amount: Money = serde_json::from_value(value.clone()).ok()?;
            AttributeValue::Money(amount.bounded()?)
        }
    })
}

fn decimal(value: &Value) -> Option<Decimal> {
    let text = value.as_number()?.to_string();
    text.parse().or_else(|_| Decimal::from_scientific(&text)).ok()
}

/// What a source record says, for people.
pub(super) fn shown(values: &RowValues) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    let texts = [
        ("name", &values.name),
        ("email", &values.email),
        ("domain", &values.domain),
        ("billing_id", &values.billing_id),
        ("ticketing_id", &values.ticketing_id),
        ("plan", &values.plan),
        ("tier", &values.tier),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            fields.insert(name.to_owned(), text.clone());
        }
    }
    if let Some(amount) = values.amount {
        fields.insert(
            "amount".to_owned(),
            format!("{} {}", amount.major(), amount.currency),
        );
    }
    for (key, value) in &values.attributes {
        fields.insert(format!("attributes.{key}"), value.to_string());
    }
    fields
}
