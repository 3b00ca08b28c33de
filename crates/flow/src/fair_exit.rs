//! Fair exit: leaving is as easy as staying. The rules are data, one profile per market; this module only knows how to
//! check each kind of rule. Counsel decides which profiles apply; all that are given must hold, so the strictest wins.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kale_domain::error::FieldError;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    offer::OfferKind,
    problem::{Cited, Problem},
    read::Reader,
    text::Locale,
    tree::CardTree,
    variable::Variable,
};

mod answers;
mod counts;
mod ends;
mod exit;
mod labels;
mod look;
mod terms;
mod wordings;

use look::Look;

/// How many offers one walk may show where no profile says less.
pub const OFFERS: usize = 2;

/// What a market asks of a cancel flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExitProfile {
    /// Its immutable name: `base`, `de`.
    pub key: String,
    /// Where the rules come from, for people.
    pub source: String,
    /// The day they were last looked at.
    pub as_of: Date,
    /// What they are.
    pub rules: Vec<ExitRule>,
}

/// One rule of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum ExitRule {
    /// There is one confirm card, always shown, and nothing has to be answered on it. Nobody comes to an end before a card
    /// with the way to it was shown, and to one that keeps the subscription only by saying so.
    CancelOneClick {},
    /// At most so many offers on one way; those that stand in for another are dropped while walking and don't count.
    MaxOffers {
        /// How many.
        count: usize,
    },
    /// At most so many question cards on one way.
    MaxQuestions {
        /// How many.
        count: usize,
    },
    /// The subscriber is asked at most so often whether they are sure.
    MaxConfirms {
        /// How often.
        count: usize,
        /// What asks so, beside a confirm card.
        phrases: Phrases,
    },
    /// At most so many cards on one way before the confirm card, for whoever goes on card by card; offers that stand in for
    /// another are dropped while walking and don't count.
    MaxCards {
        /// How many.
        count: usize,
        /// Whether more of them refuse publishing; else they are a warning.
        refuses: bool,
    },
    /// At most so much to read on the confirm card, in each language, so that no text buries its buttons.
    MaxConfirmText {
        /// How many characters, titles and labels included.
        chars: usize,
        /// Whether more of them refuse publishing; else they are a warning.
        refuses: bool,
    },
    /// Elements of these kinds are never required; of no kinds given: no element at all.
    NoRequired {
        /// Which.
        kinds: Vec<String>,
    },
    /// What a button that declines may say.
    DeclineLabels {
        /// By language; where one is not listed, a person has to look.
        locales: BTreeMap<Locale, Vec<DeclineLabel>>,
    },
    /// What the button that cancels may say; the one that keeps says none of it.
    CancelLabels {
        /// By language; where one is not listed, a person has to look.
        locales: BTreeMap<Locale, Vec<String>>,
    },
    /// A way to decline is there, in every language in which accepting is, and as readable.
    DeclineReadable {
        /// The longest label, in characters.
        max_chars: usize,
    },
    /// Nobody has to speak to a person in order to leave.
    NoRequiredCall {},
    /// Wording that is refused.
    RefusedWording {
        /// What it is: `guilt`, `urgency`.
        key: String,
        /// Where it is refused.
        on: On,
        /// How it is recognised.
        phrases: Phrases,
        /// Why, for the person who wrote it.
        says: String,
    },
    /// What an offer of a kind has to say: the price after it, its end.
    OfferTerms {
        /// Of which kind.
        kind: OfferKind,
        /// The variables that say it, without a default that could hide them.
        variables: Vec<Variable>,
    },
    /// No box is ticked before anybody touched it.
    NoTickedBoxes {},
    /// A consent says no at most once.
    NoDoubleNegatives {
        /// The words that say no.
        phrases: Phrases,
    },
    /// Something that no tree can show and that has to hold all the same: a receipt, a public entry, a period.
    Duty {
        /// Its immutable name.
        key: String,
        /// What has to hold.
        says: String,
    },
}

/// Phrases by language. `*` stands for up to four words.
pub type Phrases = BTreeMap<Locale, Vec<String>>;

/// A label that may decline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclineLabel {
    /// What it says.
    pub label: String,
    /// Whether it is only plain where the confirm card does not come next.
    #[serde(default)]
    pub not_before_confirm: bool,
}

/// Where a wording is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum On {
    /// In every text.
    Anywhere,
    /// On every button but those that take an offer or keep the subscription.
    Button,
    /// In consents.
    Consent,
}

impl ExitProfile {
    /// Reads a profile, or says what is wrong with it; `base` is its JSON pointer.
    pub fn parse(value: &Value, base: &str) -> Result<Self, Vec<FieldError>> {
        let mut reader = Reader::default();
        let profile = reader.typed(value, base);
        reader.finish(profile)
    }

    /// What has to hold beyond the tree, by key.
    pub fn duties(&self) -> impl Iterator<Item = (&str, &str)> {
        self.rules.iter().filter_map(|rule| match rule {
            ExitRule::Duty { key, says } => Some((key.as_str(), says.as_str())),
            _ => None,
        })
    }
}

/// How many offers one walk may show under all of these profiles.
#[must_use]
pub fn offers_allowed(profiles: &[ExitProfile]) -> usize {
    let rules = profiles.iter().flat_map(|profile| &profile.rules);
    let counts = rules.filter_map(|rule| match rule {
        ExitRule::MaxOffers { count } => Some(*count),
        _ => None,
    });
    counts.min().unwrap_or(OFFERS)
}

/// Everything in a tree that one of the profiles refuses, in document order; each names its rule and source.
#[must_use]
pub fn fair_exit(tree: &CardTree, profiles: &[ExitProfile]) -> Vec<Problem> {
    let all = tree.all();
    let layout = tree.layout();
    let look = Look::new(&all, &layout);
    let mut problems: Vec<Problem> = Vec::new();
    for profile in profiles {
        let mut found = Vec::new();
        for rule in &profile.rules {
            judge(rule, &look, &mut found);
        }
        for mut problem in found {
            // What a stricter profile says again is said once.
            if problems.iter().any(|known| known.field == problem.field) {
                continue;
            }
            problem.rule = Some(Cited {
                profile: profile.key.clone(),
                source: profile.source.clone(),
            });
            problems.push(problem);
        }
    }
    problems.sort_by_key(|problem| problem.card.and_then(|card| layout.number(card)));
    problems
}

fn judge(rule: &ExitRule, look: &Look<'_>, found: &mut Vec<Problem>) {
    match rule {
        ExitRule::CancelOneClick {} => {
            exit::one_click(look, found);
            ends::check(look, found);
        }
        ExitRule::NoRequiredCall {} => exit::no_required_call(look, found),
        ExitRule::MaxOffers { count } => counts::offers(look, *count, found),
        ExitRule::MaxQuestions { count } => counts::questions(look, *count, found),
        ExitRule::MaxConfirms { count, phrases } => counts::confirms(look, *count, phrases, found),
        ExitRule::MaxCards { count, refuses } => counts::cards(look, *count, *refuses, found),
        ExitRule::MaxConfirmText { chars, refuses } => counts::confirm_text(look, *chars, *refuses, found),
        ExitRule::NoRequired { kinds } => answers::required(look, kinds, found),
        ExitRule::NoTickedBoxes {} => answers::ticked(look, found),
        ExitRule::NoDoubleNegatives { phrases } => answers::double_negatives(look, phrases, found),
        ExitRule::DeclineLabels { locales } => labels::plain(look, locales, found),
        ExitRule::CancelLabels { locales } => labels::cancelling(look, locales, found),
        ExitRule::DeclineReadable { max_chars } => labels::readable(look, *max_chars, found),
        ExitRule::RefusedWording {
            key,
            on,
            phrases,
            says,
        } => wordings::refused(look, key, *on, phrases, says, found),
        ExitRule::OfferTerms { kind, variables } => terms::said_of(look, *kind, variables, found),
        ExitRule::Duty { .. } => {}
    }
}

#[cfg(test)]
mod tests;
