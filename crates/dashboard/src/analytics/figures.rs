//! From figures to what pages draw of them.

use kale_application::{
    measures::{FEWEST, Overview, Rate, Tally},
    sessions::{Outcome, SessionState},
};
use kale_domain::money::Money;
use rust_decimal::{
    Decimal,
    prelude::{FromPrimitive as _, ToPrimitive as _},
};

use crate::{
    view::{
        analytics::{Days, Panel, Story},
        chart::{Columns, Counted, Interval, Key, Shade, Share, Table},
        format,
    },
    workflows::outcome_label,
};

/// Over more days than these a column is a week.
const MOST_COLUMNS: usize = 93;

/// The outcomes of a decision, in the order they are shown.
const DECIDED: [(Outcome, Shade); 6] = [
    (Outcome::Saved, Shade::Stayed),
    (Outcome::Contracted, Shade::Smaller),
    (Outcome::Deferred, Shade::Waiting),
    (Outcome::Escalated, Shade::Waiting),
    (Outcome::Redirected, Shade::Other),
    (Outcome::Cancelled, Shade::Cancelled),
];
/// What is no decision about leaving.
const BESIDE: [Outcome; 2] = [Outcome::Recovered, Outcome::Reactivated];

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

pub(super) fn named(label: &str, shade: Shade) -> Key {
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
        .map(|(outcome, shade)| (outcome_label(outcome), shade, total.decided(outcome)))
        .filter(|(.., number)| *number > 0);
    let beside = BESIDE
        .into_iter()
        .map(|outcome| (outcome_label(outcome), Shade::Other, total.decided(outcome)));
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

pub(super) fn panel(
    id: impl Into<String>,
    title: impl Into<String>,
    note: String,
    table: Table,
    csv: String,
) -> Panel {
    Panel {
        id: id.into(),
        title: title.into(),
        note,
        table,
        csv,
    }
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
