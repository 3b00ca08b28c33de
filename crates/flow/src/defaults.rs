//! The content that comes with the product: the reasons, three global templates and the exit profiles. Data; nothing in this crate
//! reads it by itself.

use std::collections::BTreeMap;

use kale_domain::{error::FieldError, reason::ReasonKey};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    fair_exit::ExitProfile,
    read::{Reader, joined},
    reason::{BillingProvider, Reason, ReasonCategory},
    text::Text,
    tree::CardTree,
};

const TEMPLATES: [&str; 3] = [
    include_str!("../content/templates/cancel_saas.json"),
    include_str!("../content/templates/cancel_telecom.json"),
    include_str!("../content/templates/cancel_direct.json"),
];
const PROFILES: &str = include_str!("../content/exit_profiles.json");
const REASONS: &str = include_str!("../content/reasons.json");

/// The built-in content can't be read. Ours to fix: a test reads all of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the built-in content can't be read: {0}")]
pub struct DefaultsError(String);

/// A template that comes with the product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuiltIn {
    /// Its immutable name: `cancel_saas`.
    pub key: String,
    /// What it is called.
    pub title: String,
    /// What it does, in one sentence.
    pub summary: String,
    /// The reasons it asks about.
    pub reasons: Vec<ReasonKey>,
    /// What of the full template needs kinds of cards that come later.
    pub left_out: Vec<LeftOut>,
    /// Its cards, with ids of their own: a workflow is made with [`copy_tree`](crate::copy::copy_tree).
    pub tree: CardTree,
}

/// A part of a template that is not there yet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    key: String,
    title: String,
    summary: String,
    reasons: Vec<ReasonKey>,
    left_out: Vec<LeftOut>,
    tree: Value,
}

/// The global templates.
pub fn templates() -> Result<Vec<BuiltIn>, DefaultsError> {
    TEMPLATES.into_iter().map(template).collect()
}

fn template(text: &str) -> Result<BuiltIn, DefaultsError> {
    let mut reader = Reader::default();
    let written: Option<Written> = reader.typed(&json(text)?, "#");
    let written = reader.finish(written).map_err(|errors| unreadable(&errors))?;
    let tree = CardTree::parse(&written.tree, "#/tree").map_err(|errors| unreadable(&errors))?;
    Ok(BuiltIn {
        key: written.key,
        title: written.title,
        summary: written.summary,
        reasons: written.reasons,
        left_out: written.left_out,
        tree,
    })
}

/// The exit profiles, `base` first.
pub fn exit_profiles() -> Result<Vec<ExitProfile>, DefaultsError> {
    let document = json(PROFILES)?;
    let profiles = document.as_array().map_or(&[][..], Vec::as_slice);
    let profiles = profiles.iter().enumerate().map(|(index, profile)| {
        ExitProfile::parse(profile, &format!("#/{index}")).map_err(|errors| unreadable(&errors))
    });
    profiles.collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenReason {
    key: ReasonKey,
    category: ReasonCategory,
    title: String,
    text: Text,
    follow_up: Text,
    provider_codes: BTreeMap<BillingProvider, Vec<String>>,
}

/// The reasons every company starts with, in their order.
pub fn reasons() -> Result<Vec<Reason>, DefaultsError> {
    let mut reader = Reader::default();
    let written: Option<Vec<WrittenReason>> = reader.typed(&json(REASONS)?, "#");
    let written = reader.finish(written).map_err(|errors| unreadable(&errors))?;
    let reasons = (1..).zip(written).map(|(order, reason)| Reason {
        key: reason.key,
        category: reason.category,
        title: reason.title,
        text: reason.text,
        follow_up: reason.follow_up,
        provider_codes: reason.provider_codes,
        // Room between two for one's own.
        order: order * 10,
        archived: false,
        version: 1,
    });
    Ok(reasons.collect())
}

fn json(text: &str) -> Result<Value, DefaultsError> {
    serde_json::from_str(text).map_err(|error| DefaultsError(error.to_string()))
}

fn unreadable(errors: &[FieldError]) -> DefaultsError {
    DefaultsError(joined(errors))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use kale_domain::money::Currency;
    use kale_rules::check::Schema;

    use super::*;
    use crate::{
        check::{Against, check},
        fair_exit::fair_exit,
        problem::Problem,
        text::Locale,
    };

    #[test]
    fn every_template_passes_the_checks_and_is_fair() {
        let base = &exit_profiles().unwrap()[..1];
        let keys: Vec<String> = templates()
            .unwrap()
            .into_iter()
            .map(|template| template.key)
            .collect();
        assert_eq!(keys, ["cancel_saas", "cancel_telecom", "cancel_direct"]);
        for template in templates().unwrap() {
            let reasons: BTreeSet<ReasonKey> = template.reasons.iter().cloned().collect();
            let against = Against {
                schema: &Schema::empty(Currency::USD),
                default_locale: &Locale::english(),
                locales: &[],
                reasons: &reasons,
                offers: None,
            };
            let none: [Problem; 0] = [];
            assert_eq!(check(&template.tree, &against), none, "{}", template.key);
            assert_eq!(fair_exit(&template.tree, base), none, "{}", template.key);
            assert!(!template.left_out.is_empty());
        }
    }

    #[test]
    fn there_are_twenty_reasons_and_the_right_not_to_give_one() {
        let reasons = reasons().unwrap();
        let keys: BTreeSet<&str> = reasons.iter().map(|reason| reason.key.as_str()).collect();
        assert_eq!((reasons.len(), keys.len()), (21, 21));
        assert_eq!(reasons[20].key.as_str(), "no_answer");
        assert!(reasons.is_sorted_by_key(|reason| reason.order));
        for reason in &reasons {
            assert!(
                !reason.text.is_blank() && !reason.title.is_empty(),
                "{}",
                reason.key
            );
        }
        for template in templates().unwrap() {
            for key in &template.reasons {
                assert!(keys.contains(key.as_str()), "{key} of {}", template.key);
            }
        }
    }

    #[test]
    fn the_stricter_profiles_name_themselves_and_their_source() {
        let profiles = exit_profiles().unwrap();
        let keys: Vec<&str> = profiles.iter().map(|profile| profile.key.as_str()).collect();
        assert_eq!(keys, ["base", "us_ca", "de", "uk_2027", "none_b2b"]);
        let telecom = templates().unwrap().remove(1);
        let direct = templates().unwrap().remove(2);

        let problems = fair_exit(&telecom.tree, &profiles);
        assert!(!problems.is_empty());
        for problem in problems {
            assert_eq!(problem.field.code, "too-many-questions");
            assert_eq!(problem.rule.unwrap().profile, "uk_2027");
        }
        assert_eq!(fair_exit(&direct.tree, &profiles), []);
        assert!(profiles[2].duties().any(|(key, _)| key == "public_entry"));
    }
}
