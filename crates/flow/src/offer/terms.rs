//! What is offered, exactly: the parameters of each kind of offer.

use kale_domain::{error::FieldError, money::Money};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::OfferKind;
use crate::{
    read::{Reader, step},
    variable::{Values, Variable},
};

/// The longest name of a plan and the longest difference, in characters.
const LINE: usize = 120;
/// The longest words of an offer of the company's own, in characters.
const WORDS: usize = 500;

/// Parameters of a pause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// At most so many months: 1 to 12.
    pub months: u8,
}

/// Parameters of another plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangePlan {
    /// What subscribers call it.
    pub plan: String,
    /// What it costs per interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// What is different, in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<String>,
}

/// Parameters of another number of seats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeQuantity {
    /// How many: at least 1.
    pub quantity: u32,
}

/// Parameters of a discount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Discount {
    /// How much less: 1 to 100.
    pub percent: u8,
    /// For how many months: 1 to 36.
    pub months: u8,
}

/// Parameters of more time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Days {
    /// How many: 1 to 365.
    pub days: u16,
}

/// Parameters of a refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refund {
    /// How much; absent: the last payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
}

/// Parameters of a credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// How much.
    pub amount: Money,
}

/// No parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Parameters of an offer of the company's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Custom {
    /// What is done, in the words of staff.
    pub says: String,
}

macro_rules! terms {
    ($($variant:ident($params:ty);)+) => {
        /// What is offered. The list is closed; it is that of [`OfferKind`].
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(tag = "kind", content = "params", rename_all = "snake_case")]
        #[expect(missing_docs, reason = "the names are those of the kinds")]
        pub enum OfferTerms {
            $($variant($params),)+
        }

        impl OfferTerms {
            /// What kind of offer it is.
            #[must_use]
            pub const fn kind(&self) -> OfferKind {
                match self { $(Self::$variant(_) => OfferKind::$variant),+ }
            }

            fn read(kind: OfferKind, params: &Value, at: &str, reader: &mut Reader) -> Option<Self> {
                match kind { $(OfferKind::$variant => reader.typed(params, at).map(Self::$variant)),+ }
            }

            /// The parameters alone, as they are written.
            pub fn params(&self) -> Result<Value, serde_json::Error> {
                match self { $(Self::$variant(params) => serde_json::to_value(params)),+ }
            }
        }
    };
}

terms! {
    Pause(Pause);
    ChangePlan(ChangePlan);
    ChangeQuantity(ChangeQuantity);
    ApplyDiscount(Discount);
    ExtendTrial(Days);
    PostponeBilling(Days);
    Reactivate(Nothing);
    Refund(Refund);
    Credit(Amount);
    PaymentLink(Nothing);
    Contact(Nothing);
    Custom(Custom);
}

impl OfferTerms {
    /// Reads the parameters of a kind, or says everything that is wrong with them; `base` is their JSON pointer.
    pub fn parse(kind: OfferKind, params: &Value, base: &str) -> Result<Self, Vec<FieldError>> {
        let mut reader = Reader::default();
        let terms = Self::read(kind, params, base, &mut reader);
        if let Some(terms) = &terms {
            terms.bounds(base, &mut reader);
        }
        reader.finish(terms)
    }

    fn bounds(&self, at: &str, reader: &mut Reader) {
        let mut within = |name: &str, value: u32, least: u32, most: u32| {
            if !(least..=most).contains(&value) {
                let message = format!("expected {least} to {most}, not {value}");
                reader.wrong::<()>(step(at, name), "out-of-range", message);
            }
        };
        match self {
            Self::Pause(pause) => within("months", pause.months.into(), 1, 12),
            Self::ApplyDiscount(discount) => {
                within("percent", discount.percent.into(), 1, 100);
                within("months", discount.months.into(), 1, 36);
            }
            Self::ChangeQuantity(change) => within("quantity", change.quantity, 1, 1_000_000),
            Self::ExtendTrial(days) | Self::PostponeBilling(days) => {
                within("days", days.days.into(), 1, 365);
            }
            Self::ChangePlan(change) => {
                line("plan", &change.plan, LINE, at, reader);
                if let Some(difference) = &change.difference {
                    line("difference", difference, LINE, at, reader);
                }
                positive("price", change.price, at, reader);
            }
            Self::Refund(refund) => positive("amount", refund.amount, at, reader),
            Self::Credit(credit) => positive("amount", Some(credit.amount), at, reader),
            Self::Custom(custom) => line("says", &custom.says, WORDS, at, reader),
            Self::Reactivate(_) | Self::PaymentLink(_) | Self::Contact(_) => {}
        }
    }

    /// What the variables `offer.*` stand for; `money` writes an amount in the reader's way.
    #[must_use]
    pub fn values(&self, money: impl Fn(Money) -> String) -> Values {
        let mut all: Vec<(&str, Option<String>)> = Vec::new();
        match self {
            Self::Pause(pause) => all.push(("offer.months", Some(pause.months.to_string()))),
            Self::ChangePlan(change) => all.extend([
                ("offer.plan", Some(change.plan.clone())),
                ("offer.price", change.price.map(money)),
                ("offer.difference", change.difference.clone()),
            ]),
            Self::ChangeQuantity(change) => all.push(("offer.quantity", Some(change.quantity.to_string()))),
            Self::ApplyDiscount(discount) => all.extend([
                ("offer.percent", Some(discount.percent.to_string())),
                ("offer.months", Some(discount.months.to_string())),
            ]),
            Self::ExtendTrial(days) | Self::PostponeBilling(days) => {
                all.push(("offer.days", Some(days.days.to_string())));
            }
            Self::Refund(refund) => all.push(("offer.amount", refund.amount.map(money))),
            Self::Credit(credit) => all.push(("offer.amount", Some(money(credit.amount)))),
            Self::Reactivate(_) | Self::PaymentLink(_) | Self::Contact(_) | Self::Custom(_) => {}
        }
        let known = all.into_iter().filter_map(|(name, value)| {
            let variable: Variable = name.parse().ok()?;
            Some((variable, value?))
        });
        known.collect()
    }
}

fn line(name: &str, text: &str, most: usize, at: &str, reader: &mut Reader) {
    let length = text.trim().chars().count();
    if !(1..=most).contains(&length) {
        let message = format!("expected 1 to {most} characters, not {length}");
        reader.wrong::<()>(step(at, name), "length", message);
    }
}

fn positive(name: &str, amount: Option<Money>, at: &str, reader: &mut Reader) {
    if amount.is_some_and(|amount| amount.amount_minor <= 0) {
        reader.wrong::<()>(step(at, name), "out-of-range", "an amount is more than nothing");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_reads_back_what_it_writes() {
        let usd = json!({ "amount_minor": 500, "currency": "USD" });
        for (kind, params) in [
            (OfferKind::Pause, json!({ "months": 3 })),
            (
                OfferKind::ChangePlan,
                json!({ "plan": "Small", "price": usd, "difference": "No reports" }),
            ),
            (OfferKind::ChangeQuantity, json!({ "quantity": 4 })),
            (OfferKind::ApplyDiscount, json!({ "percent": 20, "months": 3 })),
            (OfferKind::ExtendTrial, json!({ "days": 14 })),
            (OfferKind::PostponeBilling, json!({ "days": 30 })),
            (OfferKind::Reactivate, json!({})),
            (OfferKind::Refund, json!({})),
            (OfferKind::Credit, json!({ "amount": usd })),
            (OfferKind::PaymentLink, json!({})),
            (OfferKind::Contact, json!({})),
            (OfferKind::Custom, json!({ "says": "Send a book" })),
        ] {
            let terms = OfferTerms::parse(kind, &params, "#/params").unwrap();
            assert_eq!((terms.kind(), terms.params().unwrap()), (kind, params));
        }
    }

    #[test]
    fn a_wrong_parameter_is_named_at_its_place() {
        for (kind, params, pointer) in [
            (OfferKind::Pause, json!({ "months": 13 }), "#/params/months"),
            (
                OfferKind::Pause,
                json!({ "months": 3, "free": true }),
                "#/params/free",
            ),
            (
                OfferKind::ApplyDiscount,
                json!({ "percent": 0, "months": 1 }),
                "#/params/percent",
            ),
            (OfferKind::ChangePlan, json!({ "plan": " " }), "#/params/plan"),
            (
                OfferKind::Credit,
                json!({ "amount": { "amount_minor": 0, "currency": "USD" } }),
                "#/params/amount",
            ),
            (OfferKind::Contact, json!({ "who": "us" }), "#/params/who"),
        ] {
            let errors = OfferTerms::parse(kind, &params, "#/params").unwrap_err();
            assert_eq!(errors[0].pointer, pointer, "{errors:?}");
        }
    }

    #[test]
    fn the_variables_of_a_card_are_the_parameters_of_its_offer() {
        let terms = OfferTerms::parse(
            OfferKind::ApplyDiscount,
            &json!({ "percent": 20, "months": 3 }),
            "#",
        )
        .unwrap();
        let values = terms.values(|money| money.amount_minor.to_string());
        let texts: Vec<(&str, &str)> = values
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(texts, [("offer.months", "3"), ("offer.percent", "20")]);
    }
}
