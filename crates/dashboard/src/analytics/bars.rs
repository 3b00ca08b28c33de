//! Bars: reasons, cards, answers.

use kale_application::{
    measures::{CardFigures, ElementFigures, FEWEST, Given, ReasonFigures},
    workflows::described,
};

use super::figures::{named, panel, share};
use crate::{
    view::{
        analytics::Bars,
        chart::{Bar, Shade, Share, Table},
        format,
    },
    workflows::card_look,
};

/// Why people leave, and what became of those who said so.
pub(super) fn reasons(reasons: &[ReasonFigures], csv: String) -> Bars {
    let longest = reasons.iter().map(|one| one.tally.sessions).max().unwrap_or(0);
    let title = |one: &ReasonFigures| one.title.clone().unwrap_or_else(|| one.key.to_string());
    let deflection = |one: &ReasonFigures| match share(one.tally.immediate_deflection) {
        Share::Told(told) => format!("{} ({})", told.share, told.between),
        Share::TooFew(said) => said,
    };
    let mut table = Table::new([
        "Reason",
        "Sessions",
        "Stayed",
        "Cancelled",
        "Neither",
        "Immediate deflection (95% interval)",
    ]);
    let bars = reasons.iter().map(|one| {
        let tally = &one.tally;
        let parts = [
            (Shade::Stayed, tally.stayed),
            (Shade::Cancelled, tally.left),
            (Shade::Undecided, tally.other()),
        ];
        let mut bar = Bar::new(title(one), &parts, longest);
        if let Share::Told(told) = share(tally.immediate_deflection) {
            bar.note = format!("{} stayed, {}", told.share, told.between);
        }
        bar
    });
    let bars = bars.collect();
    table.rows = reasons
        .iter()
        .map(|one| {
            let tally = &one.tally;
            let figures = [tally.sessions, tally.stayed, tally.left, tally.other()].map(format::number);
            std::iter::once(title(one))
                .chain(figures)
                .chain([deflection(one)])
                .collect()
        })
        .collect();
    Bars {
        panel: panel(
            "reasons",
            "Why people leave",
            "Sessions that gave the reason, and what was decided in them".to_owned(),
            table,
            csv,
        ),
        bars,
        keys: vec![
            named("stayed", Shade::Stayed),
            named("cancelled", Shade::Cancelled),
            named("neither, or not yet", Shade::Undecided),
        ],
        none: "Nobody gave a reason.",
    }
}

fn title(card: &CardFigures) -> String {
    let title = card.title.as_deref().map(described);
    title.unwrap_or_else(|| card_look(card.kind).label.to_owned())
}

/// What became of sessions at each card, in the order they are walked.
pub(super) fn cards(cards: &[CardFigures], csv: String) -> Bars {
    let seen: Vec<&CardFigures> = cards.iter().filter(|card| card.tally.viewed > 0).collect();
    let longest = seen.iter().map(|card| card.tally.viewed).max().unwrap_or(0);
    let mut table = Table::new(["Card", "Shown", "Went on", "Left here"]);
    table.rows = seen
        .iter()
        .map(|card| {
            let figures = [card.tally.viewed, card.tally.went_on, card.tally.left];
            std::iter::once(title(card))
                .chain(figures.map(format::number))
                .collect()
        })
        .collect();
    let bar = |card: &&CardFigures| {
        let tally = card.tally;
        let rest = tally
            .viewed
            .saturating_sub(tally.went_on)
            .saturating_sub(tally.left);
        let parts = [
            (Shade::Other, tally.went_on),
            (Shade::Waiting, rest),
            (Shade::Undecided, tally.left),
        ];
        let mut bar = Bar::new(title(card), &parts, longest);
        if tally.left > 0 {
            bar.note = format!("{} left here", format::number(tally.left));
            if tally.viewed >= FEWEST {
                bar.note = format!("{}, {}", bar.note, format::percent(tally.left, tally.viewed));
            }
        }
        bar
    };
    Bars {
        panel: panel(
            "cards",
            "Card by card",
            "Sessions that saw the card, and what they did there".to_owned(),
            table,
            csv,
        ),
        bars: seen.iter().map(bar).collect(),
        keys: vec![
            named("went on", Shade::Other),
            named("ended or are here", Shade::Waiting),
            named("left here", Shade::Undecided),
        ],
        none: "No card was shown.",
    }
}

/// What was answered to each question that has answers to count.
pub(super) fn questions<'a>(
    cards: &'a [CardFigures],
    csv: impl Fn() -> String + 'a,
) -> impl Iterator<Item = Bars> + 'a {
    let elements = cards
        .iter()
        .flat_map(|card| card.elements.iter().map(move |element| (card, element)));
    elements
        .filter(|(_, element)| element.answers.iter().any(|answer| answer.sessions > 0))
        .map(move |(card, element)| question(card, element, csv()))
}

fn question(card: &CardFigures, element: &ElementFigures, csv: String) -> Bars {
    let longest = element
        .answers
        .iter()
        .map(|answer| answer.sessions)
        .max()
        .unwrap_or(0);
    let bars: Vec<Bar> = element
        .answers
        .iter()
        .map(|answer| {
            let label = answer.label.as_deref().map(described);
            let label = label.unwrap_or_else(|| said(answer.answer));
            Bar::new(label, &[(Shade::Other, answer.sessions)], longest)
        })
        .collect();
    let mut table = Table::new(["Answer", "Sessions"]);
    table.rows = bars
        .iter()
        .map(|bar| vec![bar.label.clone(), bar.value.clone()])
        .collect();
    // A question without a label of its own is asked by the title of its card.
    let title = element.label.as_deref().map_or_else(|| title(card), described);
    Bars {
        panel: panel(
            element.element.to_string(),
            title,
            "Sessions that answered so".to_owned(),
            table,
            csv,
        ),
        bars,
        keys: Vec::new(),
        none: "",
    }
}

fn said(given: Given) -> String {
    match given {
        Given::Option(id) => id.to_string(),
        Given::Rating(number) => number.to_string(),
        Given::Text => "In words".to_owned(),
        Given::Ticked => "Ticked".to_owned(),
        Given::Unticked => "Not ticked".to_owned(),
        Given::Clicked => "Followed".to_owned(),
    }
}
