//! The parameters of an offer as the fields of a form, and back.

use std::collections::BTreeMap;

use kale_application::offers::{OfferKind, OfferTerms};
use kale_domain::{
    error::FieldError,
    money::{Currency, Money},
};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::frame::Form;

/// How a parameter is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Whole,
    Money,
    Text,
}

/// A parameter: its name, how it is typed, whether it has to be there, what it is called, what helps.
pub(super) type Param = (&'static str, Shape, bool, &'static str, &'static str);

/// The parameters of a kind.
pub(super) const fn of(kind: OfferKind) -> &'static [Param] {
    match kind {
        OfferKind::Pause => &[("months", Shape::Whole, true, "Months", "1 to 12")],
        OfferKind::ChangePlan => &[
            ("plan", Shape::Text, true, "Plan", "What subscribers call it"),
            (
                "price",
                Shape::Money,
                false,
                "Price",
                "What it costs per interval; empty: not said",
            ),
            ("difference", Shape::Text, false, "Difference", "In one line"),
        ],
        OfferKind::ChangeQuantity => &[("quantity", Shape::Whole, true, "Seats", "At least 1")],
        OfferKind::ApplyDiscount => &[
            ("percent", Shape::Whole, true, "Percent", "1 to 100"),
            ("months", Shape::Whole, true, "Months", "1 to 36"),
        ],
        OfferKind::ExtendTrial | OfferKind::PostponeBilling => {
            &[("days", Shape::Whole, true, "Days", "1 to 365")]
        }
        OfferKind::Refund => &[("amount", Shape::Money, false, "Amount", "Empty: the last payment")],
        OfferKind::Credit => &[("amount", Shape::Money, true, "Amount", "")],
        OfferKind::Custom => &[(
            "says",
            Shape::Text,
            true,
            "What is done",
            "In the words of your team",
        )],
        OfferKind::Reactivate | OfferKind::PaymentLink | OfferKind::Contact => &[],
    }
}

/// What stands in the fields, by name.
pub(super) type Typed = BTreeMap<&'static str, String>;

/// The terms of an offer, as fields.
pub(super) fn typed(terms: &OfferTerms) -> Typed {
    let params = terms.params().unwrap_or_default();
    let field = |&(name, shape, ..): &Param| {
        let value = params.get(name)?;
        let text = match shape {
            Shape::Money => serde_json::from_value::<Money>(value.clone())
                .ok()?
                .major()
                .to_string(),
            Shape::Whole => value.to_string(),
            Shape::Text => value.as_str()?.to_owned(),
        };
        Some((name, text))
    };
    of(terms.kind()).iter().filter_map(field).collect()
}

/// What was sent.
pub(super) fn sent(kind: OfferKind, form: &Form) -> Typed {
    let field = |&(name, ..): &Param| (name, form.get(&format!("params.{name}")).trim().to_owned());
    of(kind).iter().map(field).collect()
}

/// The parameters for the use case. It says itself what is missing or out of bounds.
pub(super) fn read(kind: OfferKind, typed: &Typed, currency: Currency) -> Result<Value, Vec<FieldError>> {
    let (mut params, mut wrong) = (Map::new(), Vec::new());
    for &(name, shape, is_required, ..) in of(kind) {
        let text = typed.get(name).map_or("", String::as_str);
        if text.is_empty() {
            if is_required {
                let at = format!("#/params/{name}");
                wrong.push(FieldError::new(at, "missing", "this has to be said"));
            }
            continue;
        }
        match value(shape, text, currency) {
            Ok(value) => {
                params.insert(name.to_owned(), value);
            }
            Err(message) => wrong.push(FieldError::new(format!("#/params/{name}"), "wrong-type", message)),
        }
    }
    if wrong.is_empty() {
        Ok(Value::Object(params))
    } else {
        Err(wrong)
    }
}

fn value(shape: Shape, text: &str, currency: Currency) -> Result<Value, String> {
    match shape {
        Shape::Text => Ok(json!(text)),
        Shape::Whole => match text.parse::<u32>() {
            Ok(number) => Ok(json!(number)),
            Err(_) => Err("expected a whole number".to_owned()),
        },
        Shape::Money => {
            let major: Decimal = text
                .replace(',', "")
                .parse()
                .map_err(|_no_number| "expected an amount such as 19.99".to_owned())?;
            let money = Money::from_major(major, currency).map_err(|error| error.to_string())?;
            Ok(json!(money))
        }
    }
}

/// The currency that the terms speak in, if they do.
pub(super) fn currency(terms: &OfferTerms) -> Option<Currency> {
    let params = terms.params().ok()?;
    let amounts = of(terms.kind())
        .iter()
        .filter(|(_, shape, ..)| *shape == Shape::Money);
    amounts
        .filter_map(|(name, ..)| serde_json::from_value::<Money>(params.get(*name)?.clone()).ok())
        .map(|money| money.currency)
        .next()
}

/// The terms in a few words: `Months 3`.
pub(super) fn said(terms: &OfferTerms) -> String {
    let typed = typed(terms);
    let code = currency(terms).map(|currency| format!(" {}", currency.code()));
    let parts = of(terms.kind()).iter().filter_map(|(name, shape, _, label, _)| {
        let unit = code
            .as_deref()
            .filter(|_| *shape == Shape::Money)
            .unwrap_or_default();
        Some(format!("{label}: {}{unit}", typed.get(name)?))
    });
    parts.collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(kind: OfferKind, params: &Value) -> OfferTerms {
        OfferTerms::parse(kind, params, "#/params").unwrap()
    }

    #[test]
    fn what_stands_in_the_form_is_what_the_offer_says() {
        let money = json!({ "amount_minor": 1_990, "currency": "EUR" });
        for offer in [
            terms(OfferKind::Pause, &json!({ "months": 3 })),
            terms(
                OfferKind::ChangePlan,
                &json!({ "plan": "Solo", "price": money, "difference": "One seat" }),
            ),
            terms(OfferKind::ApplyDiscount, &json!({ "percent": 20, "months": 6 })),
            terms(OfferKind::Refund, &json!({})),
            terms(OfferKind::Credit, &json!({ "amount": money })),
            terms(OfferKind::Custom, &json!({ "says": "A new router" })),
            terms(OfferKind::Contact, &json!({})),
        ] {
            let currency = currency(&offer).unwrap_or(Currency::USD);
            let read = read(offer.kind(), &typed(&offer), currency).unwrap();
            assert_eq!(OfferTerms::parse(offer.kind(), &read, "#").unwrap(), offer);
        }
        let credit = terms(OfferKind::Credit, &json!({ "amount": money }));
        assert_eq!(said(&credit), "Amount: 19.90 EUR");
    }

    #[test]
    fn every_parameter_that_is_wrong_is_named_and_no_kind_is_without_fields() {
        let typed = Typed::from([("percent", "a lot".to_owned()), ("months", String::new())]);
        let wrong = read(OfferKind::ApplyDiscount, &typed, Currency::USD).unwrap_err();
        let pointers: Vec<&str> = wrong.iter().map(|one| one.pointer.as_str()).collect();
        assert_eq!(pointers, ["#/params/percent", "#/params/months"]);
        let typed = Typed::from([("amount", "19.999".to_owned())]);
        assert!(read(OfferKind::Credit, &typed, Currency::USD).is_err());
    }
}
