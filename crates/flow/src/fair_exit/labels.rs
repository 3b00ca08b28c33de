//! Declining is as plain and as readable as accepting.

use std::collections::BTreeMap;

use super::{
    DeclineLabel,
    look::{Line, Look, spoken},
};
use crate::{card::CardKind, check::problem, problem::Problem, said::Role, text::Locale, wording::same};

pub(super) fn plain(
    look: &Look<'_>,
    locales: &BTreeMap<Locale, Vec<DeclineLabel>>,
    found: &mut Vec<Problem>,
) {
    for line in look.lines().iter().filter(|line| line.said.role.is_decline()) {
        let Some(allowed) = spoken(line.locale, locales) else {
            found.push(unreviewed(line, "decline-unreviewed"));
            continue;
        };
        let names: Vec<&str> = allowed.iter().map(|allowed| allowed.label.as_str()).collect();
        match allowed.iter().find(|allowed| same(line.text, &allowed.label)) {
            None => {
                let message = format!("a button that declines is plain; allowed: {}", names.join(", "));
                found.push(line.problem("decline-not-plain", message));
            }
            Some(allowed) if allowed.not_before_confirm && look.is_before_confirm(line.slot) => {
                let message = "this label is only plain where nothing is cancelled next";
                found.push(line.problem("decline-not-plain", message));
            }
            Some(_) => {}
        }
    }
}

fn unreviewed(line: &Line<'_>, code: &'static str) -> Problem {
    let message = format!(
        "nobody has looked at labels in `{}` yet; keep it plain",
        line.locale
    );
    line.problem(code, message).warning()
}

/// The button that cancels says so, and the one beside it does not.
pub(super) fn cancelling(look: &Look<'_>, locales: &BTreeMap<Locale, Vec<String>>, found: &mut Vec<Problem>) {
    for line in &look.lines() {
        let cancels = match line.said.role {
            Role::Cancel => true,
            Role::Keep => false,
            _ => continue,
        };
        let Some(allowed) = spoken(line.locale, locales) else {
            if cancels {
                found.push(unreviewed(line, "cancel-unreviewed"));
            }
            continue;
        };
        let says_so = allowed.iter().any(|allowed| same(line.text, allowed));
        if cancels && !says_so {
            let message = format!("the button that cancels says so; allowed: {}", allowed.join(", "));
            found.push(line.problem("cancel-not-plain", message));
        }
        if !cancels && says_so {
            let message = "this button keeps the subscription; its label says that it cancels";
            found.push(line.problem("keep-not-plain", message));
        }
    }
}

pub(super) fn readable(look: &Look<'_>, max_chars: usize, found: &mut Vec<Problem>) {
    for line in look.lines().iter().filter(|line| line.said.role.is_way_out()) {
        let letters = line.text.chars().filter(|c| c.is_alphabetic()).count();
        if letters < 2 || line.text.chars().count() > max_chars {
            let message = format!(
                "a button that declines or cancels is as readable as the one beside it: 2 letters to {max_chars} characters"
            );
            found.push(line.problem("decline-unreadable", message));
        }
    }
    for (card, slot) in look.cards() {
        let (accept, decline) = match &card.kind {
            CardKind::Offer(offer) => (&offer.accept, &offer.decline),
            CardKind::HandOff(hand_off) => (&hand_off.accept, &hand_off.decline),
            CardKind::Confirm(confirm) => (&confirm.keep, &confirm.cancel),
            _ => continue,
        };
        let key = if matches!(card.kind, CardKind::Confirm(_)) {
            "cancel"
        } else {
            "decline"
        };
        for (locale, _) in accept
            .all()
            .filter(|(locale, _)| decline.exactly(locale).is_none())
        {
            let at = format!("/settings/{key}/{locale}");
            let message = format!("this button has no text in `{locale}`, the one beside it has");
            found.push(problem(card, slot, &at, "decline-missing", message));
        }
        if accept.is_blank() && decline.is_blank() {
            let at = format!("/settings/{key}");
            found.push(problem(
                card,
                slot,
                &at,
                "decline-missing",
                "this button has no text",
            ));
        }
    }
}
