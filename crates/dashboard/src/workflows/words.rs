//! What parts of workflows are called on pages.

use kale_application::{
    offers::OfferKind,
    workflows::{
        Outcome, Trigger, WorkflowState,
        element::{CallAction, ElementKind, Notified, Scale},
    },
};

use crate::view::{
    parts::{Chip, Tone},
    workflows::KindLook,
};

/// How a kind of card looks, by its name on the wire.
pub(crate) fn card_look(kind: &str) -> KindLook {
    let (label, icon, tone) = match kind {
        "message" => ("Message", "message-square-text", Tone::Plain),
        "question" => ("Question", "list-checks", Tone::Sky),
        "offer" => ("Offer", "tag", Tone::Leaf),
        "confirm" => ("Confirm", "flag", Tone::Stem),
        "hand_off" => ("Hand-off", "users", Tone::Sun),
        "jump" => ("Jump", "arrow-right", Tone::Plain),
        _ => ("End", "circle-check", Tone::Plain),
    };
    KindLook { label, icon, tone }
}

/// What a kind of offer is called.
pub(crate) const fn offer_label(kind: OfferKind) -> &'static str {
    match kind {
        OfferKind::Pause => "Pause",
        OfferKind::ChangePlan => "Another plan",
        OfferKind::ChangeQuantity => "Another number of seats",
        OfferKind::ApplyDiscount => "Discount",
        OfferKind::ExtendTrial => "Longer trial",
        OfferKind::PostponeBilling => "Later bill",
        OfferKind::Reactivate => "Reactivation",
        OfferKind::Refund => "Refund",
        OfferKind::Credit => "Credit",
        OfferKind::PaymentLink => "Payment link",
        OfferKind::Contact => "A person gets in touch",
        OfferKind::Custom => "Something of your own",
    }
}

/// How a walk ends.
pub(crate) const fn outcome_label(outcome: Outcome) -> &'static str {
    match outcome {
        // Nobody knows yet who stays saved.
        Outcome::Saved => "Stayed",
        Outcome::Contracted => "Stayed, smaller",
        Outcome::Cancelled => "Cancelled",
        Outcome::Deferred => "To be contacted",
        Outcome::Escalated => "Handed to a person",
        Outcome::Recovered => "Payment mended",
        Outcome::Reactivated => "Came back",
        Outcome::Redirected => "Told where to cancel",
    }
}

/// What starts a walk.
pub(crate) const fn trigger_label(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::CancelIntent => "A subscriber wants to cancel",
        Trigger::Manual => "An expert starts it",
        Trigger::Api => "A program starts it",
    }
}

/// Where a workflow stands.
pub(super) fn state_chip(state: WorkflowState) -> Chip {
    let (label, tone) = match state {
        WorkflowState::Draft => ("Draft", Tone::Sun),
        WorkflowState::Live { .. } => ("Live", Tone::Leaf),
        WorkflowState::Paused { .. } => ("Paused", Tone::Sky),
        WorkflowState::Archived { .. } => ("Archived", Tone::Plain),
    };
    Chip {
        label: label.to_owned(),
        tone,
    }
}

/// What the rules of a market are called.
pub(super) fn profile_label(key: &str) -> String {
    match key {
        "base" => "Everywhere",
        "us_ca" => "California",
        "de" => "Germany",
        "uk_2027" => "United Kingdom from 2027",
        "none_b2b" => "Business customers",
        other => other,
    }
    .to_owned()
}

/// The version it speaks of.
pub(super) fn version(state: WorkflowState) -> String {
    state.version().map_or_else(
        || "Never published".to_owned(),
        |version| format!("Version {version}"),
    )
}

/// What is worth knowing of an element beside its words.
pub(super) fn element_note(kind: &ElementKind) -> String {
    match kind {
        ElementKind::Rating(rating) => {
            let (from, to) = rating.scale.ends();
            let what = match rating.scale {
                Scale::Nps => "How likely to recommend, ",
                Scale::Stars => "Stars, ",
                Scale::Range { .. } => "",
            };
            format!("{what}{from} to {to}")
        }
        ElementKind::Offer(slot) => offer_label(slot.kind).to_owned(),
        ElementKind::CallToAction(call) => match &call.action {
            CallAction::Notify {
                who: Notified::RetentionAdmin,
            } => "tells the retention admins".to_owned(),
            CallAction::Notify {
                who: Notified::RetentionExpert,
            } => "tells the customer’s expert".to_owned(),
            CallAction::Link { url } => format!("opens {}", url.as_str()),
            CallAction::BookCall => "opens the expert’s booking page".to_owned(),
        },
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use kale_application::workflows::card::CardKind;

    use super::*;

    #[test]
    fn every_kind_of_card_has_a_word_of_its_own() {
        let mut labels: Vec<&str> = CardKind::NAMES.iter().map(|kind| card_look(kind).label).collect();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), CardKind::NAMES.len());
    }
}
