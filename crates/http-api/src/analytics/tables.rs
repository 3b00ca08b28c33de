//! The tables that figures of a time come in, one file each.

use kale_application::measures::{CardFigures, Overview, Rate, Tally};

use super::table::{cells, heads, rate};

/// What tables are made of.
pub(super) struct Figures<'a> {
    pub(super) overview: &'a Overview,
    /// None where several workflows are counted.
    pub(super) versions: &'a [(u32, Tally)],
    /// As [`Self::versions`].
    pub(super) cards: &'a [CardFigures],
}

/// Which table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    /// A row a day.
    Days,
    /// A row a persona.
    Personas,
    /// A row a reason.
    Reasons,
    /// A row an offer.
    Offers,
    /// A row a version.
    Versions,
    /// A row a card, and one an answer.
    Cards,
}

impl Table {
    /// All of them.
    pub(super) const ALL: [Self; 6] = [
        Self::Days,
        Self::Personas,
        Self::Reasons,
        Self::Offers,
        Self::Versions,
        Self::Cards,
    ];

    /// The name of its file.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Personas => "personas",
            Self::Reasons => "reasons",
            Self::Offers => "offers",
            Self::Versions => "versions",
            Self::Cards => "cards",
        }
    }

    /// Its rows, the first of which is the head.
    pub(super) fn rows(self, of: &Figures<'_>) -> Vec<Vec<String>> {
        let overview = of.overview;
        match self {
            Self::Days => tallies(
                &["day"],
                overview
                    .days
                    .iter()
                    .map(|day| (vec![day.day.to_string()], &day.tally)),
            ),
            Self::Personas => tallies(
                &["persona", "name"],
                overview.personas.iter().map(|row| {
                    let id = row.id.map(|id| id.to_string()).unwrap_or_default();
                    (vec![id, row.name.clone().unwrap_or_default()], &row.tally)
                }),
            ),
            Self::Reasons => reasons(overview),
            Self::Offers => offers(overview),
            Self::Versions => tallies(
                &["version"],
                of.versions
                    .iter()
                    .map(|(number, tally)| (vec![number.to_string()], tally)),
            ),
            Self::Cards => cards(of.cards),
        }
    }
}

/// A head of these names, and a row each.
pub(super) fn tallies<'a>(
    names: &[&str],
    rows: impl IntoIterator<Item = (Vec<String>, &'a Tally)>,
) -> Vec<Vec<String>> {
    let mut table = vec![named(names).chain(heads()).collect()];
    table.extend(
        rows.into_iter()
            .map(|(names, tally)| [names, cells(tally)].concat()),
    );
    table
}

fn named<'a>(names: &'a [&str]) -> impl Iterator<Item = String> + 'a {
    names.iter().map(|name| (*name).to_owned())
}

fn reasons(overview: &Overview) -> Vec<Vec<String>> {
    let head = [
        "reason",
        "title",
        "sessions",
        "stayed",
        "left",
        "other",
        "deflection",
        "deflection_low",
        "deflection_high",
    ];
    let mut table = vec![named(&head).collect()];
    table.extend(overview.reasons.iter().map(|row| {
        let tally = &row.tally;
        let numbers = [tally.sessions, tally.stayed, tally.left, tally.other()];
        let names = vec![row.key.to_string(), row.title.clone().unwrap_or_default()];
        let numbers = numbers.map(|number| number.to_string()).to_vec();
        [names, numbers, rate(tally.immediate_deflection).to_vec()].concat()
    }));
    table
}

fn offers(overview: &Overview) -> Vec<Vec<String>> {
    let head = [
        "offer",
        "name",
        "shown",
        "accepted",
        "declined",
        "accepted_rate",
        "accepted_low",
        "accepted_high",
    ];
    let mut table = vec![named(&head).collect()];
    table.extend(overview.offers.iter().map(|row| {
        let tally = row.tally;
        let numbers = [tally.shown, tally.accepted, tally.declined].map(|number| number.to_string());
        let names = vec![row.offer.to_string(), row.name.clone().unwrap_or_default()];
        let accepted = Rate::of(tally.accepted, tally.shown);
        [names, numbers.to_vec(), rate(accepted).to_vec()].concat()
    }));
    table
}

fn cards(cards: &[CardFigures]) -> Vec<Vec<String>> {
    let head = [
        "card", "kind", "title", "viewed", "went_on", "left", "element", "asked", "answer", "label",
        "sessions",
    ];
    let mut table = vec![named(&head).collect()];
    table.extend(cards.iter().flat_map(card_rows));
    table
}

fn card_rows(card: &CardFigures) -> Vec<Vec<String>> {
    let title = card.title.clone().unwrap_or_default();
    let named = vec![card.card.to_string(), card.kind.to_owned(), title];
    let numbers = [card.tally.viewed, card.tally.went_on, card.tally.left].map(|number| number.to_string());
    let nothing = || vec![String::new(); 5];
    let mut rows = vec![[named.clone(), numbers.to_vec(), nothing()].concat()];
    for element in &card.elements {
        for answer in &element.answers {
            let said = vec![
                element.element.to_string(),
                element.label.clone().unwrap_or_default(),
                answer.answer.to_string(),
                answer.label.clone().unwrap_or_default(),
                answer.sessions.to_string(),
            ];
            rows.push([named.clone(), vec![String::new(); 3], said].concat());
        }
    }
    rows
}
