//! What is said of sessions on pages.

use kale_application::sessions::{Channel, Decision, Mode, Outcome, Session, SessionState};

use crate::{
    view::parts::{Chip, Tone},
    workflows::outcome_label,
};

/// How a session stands: its outcome once it has one, else its state. A test says so.
pub(crate) fn chips(session: &Session) -> Vec<Chip> {
    let stands = match session.walk.outcome() {
        Some(outcome) => chip(outcome_label(outcome), outcome_tone(outcome)),
        None => chip(state_label(session.state()), state_tone(session.state())),
    };
    let test = (session.mode == Mode::Test).then(|| chip("Test", Tone::Sky));
    test.into_iter().chain([stands]).collect()
}

fn chip(label: &str, tone: Tone) -> Chip {
    Chip {
        label: label.to_owned(),
        tone,
    }
}

/// What a state is called.
pub(crate) const fn state_label(state: SessionState) -> &'static str {
    match state {
        SessionState::InProgress => "In progress",
        SessionState::Abandoned => "Abandoned",
        SessionState::Expired => "Expired",
        SessionState::Completed => "Completed",
    }
}

const fn state_tone(state: SessionState) -> Tone {
    match state {
        SessionState::InProgress => Tone::Sky,
        SessionState::Abandoned => Tone::Sun,
        SessionState::Expired | SessionState::Completed => Tone::Plain,
    }
}

const fn outcome_tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Saved | Outcome::Recovered | Outcome::Reactivated => Tone::Leaf,
        Outcome::Cancelled => Tone::Stem,
        Outcome::Contracted | Outcome::Deferred | Outcome::Escalated => Tone::Sun,
        Outcome::Redirected => Tone::Plain,
    }
}

/// Where a session is walked.
pub(crate) const fn channel_label(channel: Channel) -> &'static str {
    match channel {
        Channel::Hosted => "Hosted page",
        Channel::Api => "Your own program",
    }
}

/// What was decided on a card.
pub(super) fn decision_chip(decision: Option<Decision>) -> Chip {
    match decision {
        Some(Decision::Accepted) => chip("Accepted", Tone::Leaf),
        Some(Decision::Declined) => chip("Declined", Tone::Plain),
        Some(Decision::Cancelled) => chip("Cancelled", Tone::Stem),
        Some(Decision::Kept) => chip("Kept", Tone::Leaf),
        None => chip("Not decided", Tone::Plain),
    }
}
