//! Attribute values in the store: folded and typed for rules and filters, with the shown text apart where it differs.

use std::collections::BTreeMap;

use bson::{Bson, Document, doc};
use kale_domain::{
    attribute::{AttributeKey, AttributeType, AttributeValue},
    fold::fold,
    money::{Currency, Money},
};

use crate::{
    error::{Result, StoreError},
    value,
};

/// The form rules compare: texts folded, numbers exact, days as dates, amounts as `{c, n}`.
pub(crate) fn fact(attribute: &AttributeValue) -> Bson {
    match attribute {
        AttributeValue::Text(text) | AttributeValue::Country(text) => Bson::String(fold(text)),
        AttributeValue::Number(number) => Bson::Decimal128(value::decimal(*number)),
        AttributeValue::Integer(number) => Bson::Int64(*number),
        AttributeValue::Boolean(flag) => Bson::Boolean(*flag),
        AttributeValue::Date(date) => Bson::DateTime(value::day(*date)),
        AttributeValue::Money(money) => {
            Bson::Document(doc! { "c": money.currency.code(), "n": money.amount_minor })
        }
    }
}

/// The text to show, where folding changed it.
pub(crate) fn shown(attribute: &AttributeValue) -> Option<&str> {
    match attribute {
        AttributeValue::Text(text) | AttributeValue::Country(text) if fold(text) != *text => Some(text),
        _ => None,
    }
}

/// Splits values into what rules compare and what is shown.
pub(crate) fn split(values: &BTreeMap<AttributeKey, AttributeValue>) -> (Document, Document) {
    let mut facts = Document::new();
    let mut texts = Document::new();
    for (key, attribute) in values {
        facts.insert(key.as_str(), fact(attribute));
        if let Some(text) = shown(attribute) {
            texts.insert(key.as_str(), text);
        }
    }
    (facts, texts)
}

/// Puts them together again. The kind of a text (text or country) comes from the definition.
pub(crate) fn join(
    facts: &Document,
    texts: &Document,
    kinds: &BTreeMap<AttributeKey, AttributeType>,
) -> Result<BTreeMap<AttributeKey, AttributeValue>> {
    facts
        .iter()
        .map(|(name, fact)| {
            let corrupt = || StoreError::corrupt("attribute", format!("`{name}` is nothing we write"));
            let key: AttributeKey = name.parse().map_err(|_not_a_key| corrupt())?;
            let attribute = one(fact, texts.get_str(name).ok(), kinds.get(&key)).ok_or_else(corrupt)?;
            Ok((key, attribute))
        })
        .collect()
}

fn one(fact: &Bson, shown: Option<&str>, kind: Option<&AttributeType>) -> Option<AttributeValue> {
    Some(match fact {
        Bson::String(folded) => {
            let text = shown.unwrap_or(folded).to_owned();
            if kind == Some(&AttributeType::Country) {
                AttributeValue::Country(text)
            } else {
                AttributeValue::Text(text)
            }
        }
        Bson::Decimal128(number) => AttributeValue::Number(value::from_decimal(*number)?),
        Bson::Int64(number) => AttributeValue::Integer(*number),
        Bson::Int32(number) => AttributeValue::Integer(i64::from(*number)),
        Bson::Boolean(flag) => AttributeValue::Boolean(*flag),
        Bson::DateTime(at) => AttributeValue::Date(value::from_day(*at)),
        Bson::Document(amount) => AttributeValue::Money(Money {
            amount_minor: amount.get_i64("n").ok()?,
            currency: amount.get_str("c").ok()?.parse::<Currency>().ok()?,
        }),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_nobody_can_read_is_told_and_not_left_out() {
        let read = |facts| join(&facts, &Document::new(), &BTreeMap::new());

        assert_eq!(read(doc! { "seats": 3_i64 }).unwrap().len(), 1);
        for facts in [
            doc! { "seats": Bson::Null },
            doc! { "seats": { "c": "USD" } },
            doc! { "not a key": 3_i64 },
        ] {
            assert!(
                matches!(read(facts.clone()), Err(StoreError::Corrupt { .. })),
                "{facts}"
            );
        }
    }
}
