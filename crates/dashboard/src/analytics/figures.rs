//! From figures to what pages draw of them.

use kale_application::{
    measures::{
        CardFigures, ElementFigures, FEWEST, Given, OfferFigures, Overview, Rate, ReasonFigures, Tally,
    },
    sessions::{Outcome, SessionState},
    workflows::described,
};
use kale_domain::money::Money;
use rust_decimal::{
    Decimal,
    prelude::{FromPrimitive as _, ToPrimitive as _},
};

use super::span::Asked;
use crate::{
    view::{
        analytics::{Bars, Days, Panel, ShareRow, Shares, Story},
        chart::{Bar, Columns, Counted, Interval, Key, Shade, Share, Table},
        format,
        parts::Link,
    },
    workflows::card_look,
};

/// Over more days than these a column is a week.
const MOST_COLUMNS: usize = 93;

/// The outcomes of a decision, in the order they are shown, and what they are called here: nobody knows yet who stays.
const DECIDED: [(Outcome, &str, Shade); 6] = [
    (Outcome::Saved, "Stayed", Shade::Stayed),
    (Outcome::Contracted, "Stayed, smaller", Shade::Smaller),
    (Outcome::Deferred, "To be contacted", Shade::Waiting),
    (Outcome::Escalated, "Handed to a person", Shade::Waiting),
    (Outcome::Redirected, "Told where to cancel", Shade::Other),
    (Outcome::Cancelled, "Cancelled", Shade::Cancelled),
];
/// What is no decision about leaving.
const BESIDE: [(Outcome, &str); 2] = [
    (Outcome::Recovered, "Payment mended"),
    (Outcome::Reactivated, "Came back"),
];

/// A rate as it is drawn; under twenty there is none.
pub(super) fn share(rate: Rate) -> Share {
    let Some(share) = rate.share else {
        return Share::TooFew(format!("{} of the {FEWEST} it needs", format::number(rate.n)));
    };
    let (low, at, high) = (tenths(share.low), tenths(share.value), tenths(share.high));
    let percent = |tenths: u64| format!("{}%", format::decimal_to(Decimal::from(tenths) / Decimal::TEN, 1));
    Share::Told(Interval {
        share: percent(at),
        between: format!("{} to {}", percent(low), percent(high)),
        low,
        at,
        high,
    })
}

/// In tenths of a percent.
fn tenths(part: f64) -> u64 {
    let exact = Decimal::from_f64(part).unwrap_or_default() * Decimal::ONE_THOUSAND;
    exact.round().to_u64().unwrap_or_default()
}

fn key(label: &str, shade: Shade, value: u64) -> Key {
    Key {
        label: label.to_owned(),
        shade,
        value: format::number(value),
    }
}

fn named(label: &str, shade: Shade) -> Key {
    Key {
        label: label.to_owned(),
        shade,
        value: String::new(),
    }
}

/// What the page opens with.
pub(super) fn story(total: &Tally) -> Story {
    let rate = total.immediate_deflection();
    let outcomes = DECIDED
        .into_iter()
        .map(|(outcome, label, shade)| (label, shade, total.decided(outcome)))
        .filter(|(.., number)| *number > 0);
    let beside = BESIDE
        .into_iter()
        .map(|(outcome, label)| (label, Shade::Other, total.decided(outcome)));
    let undecided = [
        (SessionState::Abandoned, "Left, may come back"),
        (SessionState::Expired, "Left without an answer"),
        (SessionState::InProgress, "Still walking"),
    ];
    let undecided = undecided.map(|(state, label)| (label, Shade::Undecided, total.state(state)));
    let apart = undecided
        .into_iter()
        .chain(beside)
        .filter(|(.., number)| *number > 0);
    Story {
        finished: format::count(rate.n, "subscriber", "subscribers"),
        deflected: format::number(rate.hits),
        nobody: rate.n == 0,
        deflection: share(rate),
        n: format!("n = {}", format::number(rate.n)),
        outcomes: outcomes
            .map(|(label, shade, number)| (key(label, shade, number), number))
            .collect(),
        at_stake: at_stake(total),
        apart: apart
            .map(|(label, shade, number)| key(label, shade, number))
            .collect(),
    }
}

/// `$18,230 a month, of which $9,100 was cancelled`
fn at_stake(total: &Tally) -> String {
    let said = total.worth().into_values().map(|(currency, worth)| {
        let money = |amount_minor| {
            format::money(Money {
                amount_minor,
                currency,
            })
        };
        format!(
            "{} a month, of which {} was cancelled",
            money(worth.at_stake),
            money(worth.cancelled)
        )
    });
    said.collect::<Vec<_>>().join(", and ")
}

const SERIES: [(&str, Shade); 5] = [
    ("without a cancellation", Shade::Stayed),
    ("cancelled", Shade::Cancelled),
    ("ended otherwise", Shade::Other),
    ("left undecided", Shade::Undecided),
    ("still walking", Shade::Waiting),
];

/// How sessions of a day stand, in the order of [`SERIES`].
fn standing(tally: &Tally) -> [u64; 5] {
    let sum = |outcomes: &[Outcome]| outcomes.iter().map(|outcome| tally.outcome(*outcome)).sum();
    [
        sum(&[
            Outcome::Saved,
            Outcome::Contracted,
            Outcome::Deferred,
            Outcome::Escalated,
        ]),
        tally.outcome(Outcome::Cancelled),
        sum(&[Outcome::Redirected, Outcome::Recovered, Outcome::Reactivated]),
        tally.state(SessionState::Abandoned) + tally.state(SessionState::Expired),
        tally.state(SessionState::InProgress),
    ]
}

/// Day by day, or week by week.
pub(super) fn days(overview: &Overview, csv: String) -> Days {
    let length = if overview.days.len() > MOST_COLUMNS { 7 } else { 1 };
    let columns: Vec<(String, [u64; 5])> = overview
        .days
        .chunks(length)
        .map(|days| {
            let label = days.first().map(|day| format::date(day.day)).unwrap_or_default();
            let sums = days.iter().map(|day| standing(&day.tally));
            let sums = sums.fold([0; 5], |mut sum, one| {
                sum.iter_mut().zip(one).for_each(|(sum, one)| *sum += one);
                sum
            });
            (label, sums)
        })
        .collect();
    let there = |nth: usize| {
        columns
            .iter()
            .any(|(_, sums)| sums.get(nth).is_some_and(|sum| *sum > 0))
    };
    let keys = SERIES.iter().enumerate().filter(|(nth, _)| there(*nth));
    let keys = keys.map(|(_, (label, shade))| named(label, *shade)).collect();
    let mut table = Table::new([if length == 1 { "Day" } else { "Week from" }, "Sessions"]);
    table.head.extend(SERIES.map(|(label, _)| label.to_owned()));
    table.rows = columns
        .iter()
        .map(|(label, sums)| {
            let all: u64 = sums.iter().sum();
            let mut row = vec![label.clone(), format::number(all)];
            row.extend(sums.iter().map(|sum| format::number(*sum)));
            row
        })
        .collect();
    let counted: Vec<Counted> = columns
        .into_iter()
        .map(|(label, sums)| Counted {
            label,
            parts: SERIES
                .iter()
                .zip(sums)
                .map(|((word, shade), sum)| (*shade, (*word).to_owned(), sum))
                .collect(),
        })
        .collect();
    let sessions = format::count(overview.total.sessions(), "session", "sessions");
    let title = if length == 1 { "Day by day" } else { "Week by week" };
    let note = "Every session, by the day it began".to_owned();
    Days {
        panel: panel("by-day", title, note, table, csv),
        columns: Columns::of(format!("{title}: {sessions} by how they stand"), &counted),
        keys,
    }
}

fn panel(id: impl Into<String>, title: impl Into<String>, note: String, table: Table, csv: String) -> Panel {
    Panel {
        id: id.into(),
        title: title.into(),
        note,
        table,
        csv,
    }
}

/// Why people leave.
pub(super) fn reasons(reasons: &[ReasonFigures], csv: String) -> Bars {
    let longest = reasons.iter().map(|one| one.sessions).max().unwrap_or(0);
    let title = |one: &ReasonFigures| one.title.clone().unwrap_or_else(|| one.key.to_string());
    let mut table = Table::new(["Reason", "Sessions"]);
    table.rows = reasons
        .iter()
        .map(|one| vec![title(one), format::number(one.sessions)])
        .collect();
    Bars {
        panel: panel(
            "reasons",
            "Why people leave",
            "Sessions that gave the reason".to_owned(),
            table,
            csv,
        ),
        bars: reasons
            .iter()
            .map(|one| Bar::new(title(one), &[(Shade::Other, one.sessions)], longest))
            .collect(),
        keys: Vec::new(),
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

/// What became of each offer.
pub(super) fn offers(offers: &[OfferFigures], csv: String) -> Shares {
    let row = |one: &OfferFigures| ShareRow {
        of: Link::new(
            one.name
                .clone()
                .unwrap_or_else(|| "An offer that is gone".to_owned()),
            "",
        ),
        figures: [one.tally.shown, one.tally.accepted, one.tally.declined]
            .map(format::number)
            .into(),
        share: share(Rate::of(one.tally.accepted, one.tally.shown)),
    };
    Shares {
        panel: panel(
            "offers",
            "Offers",
            "What was promised in the flow. What billing made of it is not counted here.".to_owned(),
            Table::new(["Offer", "Shown", "Accepted", "Declined"]),
            csv,
        ),
        share: "Accepted, with 95% interval",
        rows: offers.iter().map(row).collect(),
        none: "No offer was shown.",
    }
}

/// Lines of deflection: workflows, versions, personas.
pub(super) fn deflections(
    id: &'static str,
    title: &'static str,
    of: &'static str,
    rows: impl IntoIterator<Item = (Link, Tally)>,
    csv: String,
) -> Shares {
    let rows = rows.into_iter().map(|(of, tally)| {
        let rate = tally.immediate_deflection();
        ShareRow {
            of,
            figures: [tally.sessions(), rate.n, rate.hits].map(format::number).into(),
            share: share(rate),
        }
    });
    Shares {
        panel: panel(
            id,
            title,
            String::new(),
            Table::new([of, "Sessions", "Finished", "Without a cancellation"]),
            csv,
        ),
        share: "Immediate deflection, with 95% interval",
        rows: rows.collect(),
        none: "There is none yet.",
    }
}

/// The personas, by what they were called at the time they are read.
pub(super) fn personas(overview: &Overview, asked: &Asked, path: &str) -> Shares {
    let rows = overview.personas.iter().map(|row| {
        let gone = if row.id.is_some() {
            "A persona that is gone"
        } else {
            "Unassigned"
        };
        let name = row.name.clone().unwrap_or_else(|| gone.to_owned());
        (Link::new(name, ""), row.tally.clone())
    });
    deflections(
        "personas",
        "Personas at the start",
        "Persona",
        rows,
        asked.csv(path, "personas"),
    )
}

#[cfg(test)]
mod tests {
    use kale_application::measures::Cell;

    use super::*;

    fn decided(numbers: &[(Outcome, i64)]) -> Tally {
        let mut tally = Tally::default();
        for (outcome, number) in numbers {
            tally.add(Cell::Decided(*outcome), *number);
        }
        tally
    }

    #[test]
    fn under_twenty_no_share_is_told_and_from_twenty_on_with_its_interval() {
        assert_eq!(
            share(Rate::of(9, 19)),
            Share::TooFew("19 of the 20 it needs".to_owned())
        );
        let Share::Told(told) = share(Rate::of(30, 100)) else {
            panic!("no share of a hundred");
        };
        assert_eq!(
            (told.share.as_str(), told.between.as_str()),
            ("30.0%", "21.9% to 39.6%")
        );
        assert_eq!((told.low, told.at, told.high), (219, 300, 396));
    }

    #[test]
    fn the_story_counts_decisions_and_leaves_what_is_none_apart() {
        let mut tally = decided(&[
            (Outcome::Saved, 12),
            (Outcome::Cancelled, 18),
            (Outcome::Recovered, 4),
        ]);
        tally.add(Cell::State(SessionState::Abandoned), 7);
        let story = story(&tally);
        assert_eq!(
            (story.finished.as_str(), story.deflected.as_str()),
            ("30 subscribers", "12")
        );
        let labels = |keys: &[Key]| -> Vec<String> {
            keys.iter()
                .map(|key| format!("{} {}", key.label, key.value))
                .collect()
        };
        let outcomes: Vec<Key> = story.outcomes.iter().map(|(key, _)| key.clone()).collect();
        assert_eq!(labels(&outcomes), ["Stayed 12", "Cancelled 18"]);
        assert_eq!(
            labels(&story.apart),
            ["Left, may come back 7", "Payment mended 4"]
        );
    }
}
