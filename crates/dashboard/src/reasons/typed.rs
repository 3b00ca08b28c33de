//! What stands in the form of a reason.

use std::collections::BTreeMap;

use kale_application::{
    reasons::{BillingProvider, NewReason, Reason, ReasonCategory, ReasonChanges, Text},
    workflows::Locale,
};
use kale_domain::{error::FieldError, reason::ReasonKey};

use crate::frame::Form;

/// The billing systems that name reasons.
pub(super) const PROVIDERS: [(BillingProvider, &str); 3] = [
    (BillingProvider::Stripe, "Stripe"),
    (BillingProvider::Chargebee, "Chargebee"),
    (BillingProvider::Recurly, "Recurly"),
];
/// How many languages a form may name.
const MOST: usize = 60;

/// What stands in the form.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed {
    pub(super) key: String,
    pub(super) title: String,
    pub(super) category: String,
    pub(super) order: String,
    pub(super) texts: Vec<Words>,
    /// Codes with commas, by the name of the billing system.
    pub(super) codes: BTreeMap<&'static str, String>,
}

/// What is read in one language.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    pub(super) locale: String,
    pub(super) text: String,
    pub(super) follow_up: String,
}

impl Typed {
    /// Nothing yet, in English.
    pub(super) fn blank() -> Self {
        let english = Words {
            locale: Locale::english().to_string(),
            ..Words::default()
        };
        Self {
            category: ReasonCategory::Other.name().to_owned(),
            texts: vec![english, Words::default()],
            ..Self::default()
        }
    }

    /// As a reason stands, with room for one more language.
    pub(super) fn of(reason: &Reason) -> Self {
        let mut texts: BTreeMap<String, Words> = BTreeMap::new();
        for (locale, text) in reason.text.all() {
            let words = texts.entry(locale.to_string()).or_default();
            text.clone_into(&mut words.text);
        }
        for (locale, text) in reason.follow_up.all() {
            let words = texts.entry(locale.to_string()).or_default();
            text.clone_into(&mut words.follow_up);
        }
        let texts = texts.into_iter().map(|(locale, words)| Words { locale, ..words });
        let codes = reason.provider_codes.iter();
        Self {
            key: reason.key.to_string(),
            title: reason.title.clone(),
            category: reason.category.name().to_owned(),
            order: reason.order.to_string(),
            texts: texts.chain([Words::default()]).collect(),
            codes: codes
                .map(|(provider, codes)| (provider.name(), codes.join(", ")))
                .collect(),
        }
    }

    /// As it was sent.
    pub(super) fn read(form: &Form) -> Self {
        let text = |name: &str| form.get(name).trim().to_owned();
        let rows = (0..MOST).map(|row| Words {
            locale: text(&format!("texts.{row}.locale")),
            text: text(&format!("texts.{row}.text")),
            follow_up: text(&format!("texts.{row}.follow_up")),
        });
        let filled = |words: &Words| !(words.locale.is_empty() && words.text.is_empty());
        let codes =
            PROVIDERS.map(|(provider, _)| (provider.name(), text(&format!("codes.{}", provider.name()))));
        Self {
            key: text("key"),
            title: text("title"),
            category: text("category"),
            order: text("order"),
            texts: rows.filter(filled).chain([Words::default()]).collect(),
            codes: codes.into(),
        }
    }

    /// All of it, as a change.
    pub(super) fn changes(&self) -> Result<ReasonChanges, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let category = ReasonCategory::ALL
            .into_iter()
            .find(|category| category.name() == self.category);
        if category.is_none() {
            wrong.push(FieldError::new(
                "#/category",
                "unknown-value",
                "choose what it is about",
            ));
        }
        let order = self.order.parse::<u32>().ok();
        if order.is_none() && !self.order.is_empty() {
            wrong.push(FieldError::new("#/order", "wrong-type", "a whole number"));
        }
        let (mut text, mut follow_up) = (BTreeMap::new(), BTreeMap::new());
        let rows = self.texts.iter().enumerate();
        for (row, words) in rows.filter(|(_, words)| !(words.locale.is_empty() && words.text.is_empty())) {
            match words.locale.parse::<Locale>() {
                Ok(locale) if text.contains_key(&locale) => {
                    let at = format!("#/texts/{row}/locale");
                    wrong.push(FieldError::new(at, "twice", "this language stands above"));
                }
                Ok(locale) => {
                    text.insert(locale.clone(), words.text.clone());
                    if !words.follow_up.is_empty() {
                        follow_up.insert(locale, words.follow_up.clone());
                    }
                }
                Err(error) => {
                    let at = format!("#/texts/{row}/locale");
                    wrong.push(FieldError::new(at, "no-locale", error.to_string()));
                }
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(ReasonChanges {
            category,
            title: Some(self.title.clone()),
            text: Some(text.into_iter().collect::<Text>()),
            follow_up: Some(follow_up.into_iter().collect::<Text>()),
            provider_codes: Some(self.provider_codes()),
            order,
            archived: None,
        })
    }

    /// All of it, as a new reason.
    pub(super) fn new_reason(&self) -> Result<NewReason, Vec<FieldError>> {
        let changes = self.changes();
        let key = self
            .key
            .parse::<ReasonKey>()
            .map_err(|error| vec![FieldError::new("#/key", "no-key", error.to_string())]);
        match (changes, key) {
            (Ok(changes), Ok(key)) => Ok(NewReason {
                key,
                category: changes.category.unwrap_or(ReasonCategory::Other),
                title: changes.title.unwrap_or_default(),
                text: changes.text.unwrap_or_default(),
                follow_up: changes.follow_up.unwrap_or_default(),
                provider_codes: changes.provider_codes.unwrap_or_default(),
                order: changes.order,
            }),
            (changes, key) => {
                let mut wrong = key.err().unwrap_or_default();
                wrong.extend(changes.err().unwrap_or_default());
                Err(wrong)
            }
        }
    }

    fn provider_codes(&self) -> BTreeMap<BillingProvider, Vec<String>> {
        let of = |name: &str| -> Vec<String> {
            let codes = self.codes.get(name).map_or("", String::as_str).split(',');
            let codes = codes.map(|code| code.trim().to_owned());
            codes.filter(|code| !code.is_empty()).collect()
        };
        let all = PROVIDERS.map(|(provider, _)| (provider, of(provider.name())));
        all.into_iter().filter(|(_, codes)| !codes.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_is_sent_as_it_came_changes_nothing() {
        for reason in kale_application::reasons::Reasons::built_in().unwrap() {
            let typed = Typed::of(&reason);
            let changes = typed.changes().unwrap();
            assert_eq!(changes.text.as_ref(), Some(&reason.text), "{}", reason.key);
            assert_eq!(
                changes.follow_up.as_ref(),
                Some(&reason.follow_up),
                "{}",
                reason.key
            );
            assert_eq!(changes.provider_codes.as_ref(), Some(&reason.provider_codes));
            assert_eq!(changes.order, Some(reason.order));
        }
    }

    #[test]
    fn everything_that_is_wrong_is_named_at_its_field() {
        let fields = [
            ("key", "Not a key"),
            ("category", "nothing"),
            ("order", "last"),
            ("texts.0.locale", "en"),
            ("texts.0.text", "Too dear"),
            ("texts.1.locale", "en"),
            ("texts.2.text", "In no language"),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let wrong = Typed::read(&Form::of(fields.to_vec())).new_reason().unwrap_err();
        let pointers: Vec<&str> = wrong.iter().map(|one| one.pointer.as_str()).collect();
        assert_eq!(
            pointers,
            [
                "#/key",
                "#/category",
                "#/order",
                "#/texts/1/locale",
                "#/texts/2/locale"
            ]
        );
    }
}
