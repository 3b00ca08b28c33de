//! How figures are shown.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kale_application::{
    measures::{
        AnswerFigures, CardFigures, Day, ElementFigures, NamedTally, OfferFigures, Overview, Rate,
        ReasonFigures, Tally,
    },
    sessions::{Outcome, SessionState},
};
use kale_domain::{
    id::{CardId, ElementId, OfferId, PersonaId},
    money::{Currency, Money},
    reason::ReasonKey,
};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::customers::view::MoneyView;

/// What some sessions came to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Figures)]
pub(crate) struct FiguresView {
    /// How many began.
    sessions: u64,
    /// Where they stand: `in_progress`, `abandoned`, `expired`, `completed`.
    states: BTreeMap<&'static str, u64>,
    /// How the completed ones ended.
    outcomes: BTreeMap<&'static str, u64>,
    immediate_deflection: RateView,
    /// The monthly revenue at stake in deciding sessions, by currency.
    mrr: Vec<MrrView>,
}

/// A rate with its interval.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rate)]
pub(crate) struct RateView {
    /// Of how many.
    n: u64,
    /// How many of them.
    hits: u64,
    /// Which part, between 0 and 1; null where `too_few`.
    rate: Option<f64>,
    /// The lower bound of the Wilson interval of 95 %.
    low: Option<f64>,
    /// Its upper bound.
    high: Option<f64>,
    /// Whether `n` is under 20: then there is no rate.
    too_few: bool,
}

/// Monthly revenue at stake.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MrrAtStake)]
pub(crate) struct MrrView {
    /// Of how many deciding sessions it is known.
    sessions: u64,
    at_stake: MoneyView,
    /// The part of those that cancelled.
    cancelled: MoneyView,
}

/// One day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DayFigures)]
pub(crate) struct DayView {
    /// Which, in the company's time zone.
    #[schema(value_type = String, format = Date)]
    day: Date,
    figures: FiguresView,
}

/// One persona.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonaFigures)]
pub(crate) struct PersonaFiguresView {
    /// Which; null: none.
    #[schema(value_type = Option<String>)]
    persona: Option<PersonaId>,
    /// Its name; null where it is gone.
    name: Option<String>,
    figures: FiguresView,
}

/// One reason.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReasonFigures)]
pub(crate) struct ReasonView {
    #[schema(value_type = String, example = "price_too_high")]
    key: ReasonKey,
    /// What staff call it.
    title: Option<String>,
    /// In how many sessions it was given: `stayed`, `left` and `other` together.
    sessions: u64,
    /// How many of them decide and ended without a cancellation.
    stayed: u64,
    /// How many of them decide and ended with one.
    left: u64,
    /// The rest: not finished, followed by another session of the subscription, told where to cancel, or no answer to a
    /// wish to leave.
    other: u64,
    /// The immediate deflection of those who gave it.
    immediate_deflection: RateView,
}

/// One offer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OfferFigures)]
pub(crate) struct OfferView {
    #[schema(value_type = String, example = "ofr_01h455vb4pex5vsknk084sn02q")]
    offer: OfferId,
    /// What staff call it.
    name: Option<String>,
    /// In how many sessions it was shown.
    shown: u64,
    /// In how many it was accepted.
    accepted: u64,
    /// In how many it was declined.
    declined: u64,
}

/// The figures of a time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AnalyticsOverview)]
pub(crate) struct OverviewView {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    to: Date,
    total: FiguresView,
    /// Every day.
    days: Vec<DayView>,
    /// By the persona at the start, the most sessions first.
    personas: Vec<PersonaFiguresView>,
    /// The most frequent first.
    reasons: Vec<ReasonView>,
    /// The most shown first.
    offers: Vec<OfferView>,
}

/// One card.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CardFigures)]
pub(crate) struct CardView {
    #[schema(value_type = String, example = "crd_01h455vb4pex5vsknk084sn02q")]
    card: CardId,
    /// The newest version that has it, whose words these are.
    version: u32,
    #[schema(example = "question")]
    kind: &'static str,
    title: Option<String>,
    /// In how many sessions it was shown.
    viewed: u64,
    /// In how many it was gone on from.
    went_on: u64,
    /// In how many it is where the subscriber left.
    left: u64,
    /// What was answered on it.
    elements: Vec<ElementView>,
}

/// One element.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ElementFigures)]
pub(crate) struct ElementView {
    #[schema(value_type = String, example = "elm_01h455vb4pex5vsknk084sn02q")]
    element: ElementId,
    #[schema(example = "single_choice")]
    kind: &'static str,
    label: Option<String>,
    answers: Vec<AnswerView>,
}

/// One answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AnswerFigures)]
pub(crate) struct AnswerView {
    /// An option's id, `r` and a number, `text`, `ticked`, `unticked` or `clicked`.
    #[schema(example = "opt_01h455vb4pex5vsknk084sn02q")]
    answer: String,
    label: Option<String>,
    /// In how many sessions it was given.
    sessions: u64,
}

impl From<&Tally> for FiguresView {
    fn from(tally: &Tally) -> Self {
        let worth = tally.worth().into_values();
        Self {
            sessions: tally.sessions(),
            states: SessionState::ALL
                .map(|state| (state.name(), tally.state(state)))
                .into(),
            outcomes: Outcome::ALL
                .map(|outcome| (outcome.name(), tally.outcome(outcome)))
                .into(),
            immediate_deflection: tally.immediate_deflection().into(),
            mrr: worth
                .map(|(currency, worth)| MrrView {
                    sessions: worth.sessions,
                    at_stake: money(worth.at_stake, currency),
                    cancelled: money(worth.cancelled, currency),
                })
                .collect(),
        }
    }
}

fn money(amount_minor: i64, currency: Currency) -> MoneyView {
    Money {
        amount_minor,
        currency,
    }
    .into()
}

impl From<Rate> for RateView {
    fn from(rate: Rate) -> Self {
        Self {
            n: rate.n,
            hits: rate.hits,
            rate: rate.share.map(|share| share.value),
            low: rate.share.map(|share| share.low),
            high: rate.share.map(|share| share.high),
            too_few: rate.share.is_none(),
        }
    }
}

impl From<Day> for DayView {
    fn from(day: Day) -> Self {
        Self {
            day: day.day,
            figures: (&day.tally).into(),
        }
    }
}

impl From<NamedTally<Option<PersonaId>>> for PersonaFiguresView {
    fn from(row: NamedTally<Option<PersonaId>>) -> Self {
        Self {
            persona: row.id,
            name: row.name,
            figures: (&row.tally).into(),
        }
    }
}

impl From<ReasonFigures> for ReasonView {
    fn from(row: ReasonFigures) -> Self {
        Self {
            key: row.key,
            title: row.title,
            sessions: row.tally.sessions,
            stayed: row.tally.stayed,
            left: row.tally.left,
            other: row.tally.other(),
            immediate_deflection: row.tally.immediate_deflection.into(),
        }
    }
}

impl From<OfferFigures> for OfferView {
    fn from(row: OfferFigures) -> Self {
        Self {
            offer: row.offer,
            name: row.name,
            shown: row.tally.shown,
            accepted: row.tally.accepted,
            declined: row.tally.declined,
        }
    }
}

impl From<Overview> for OverviewView {
    fn from(overview: Overview) -> Self {
        Self {
            from: overview.from,
            to: overview.to,
            total: (&overview.total).into(),
            days: overview.days.into_iter().map(DayView::from).collect(),
            personas: overview
                .personas
                .into_iter()
                .map(PersonaFiguresView::from)
                .collect(),
            reasons: overview.reasons.into_iter().map(ReasonView::from).collect(),
            offers: overview.offers.into_iter().map(OfferView::from).collect(),
        }
    }
}

impl From<CardFigures> for CardView {
    fn from(row: CardFigures) -> Self {
        Self {
            card: row.card,
            version: row.version,
            kind: row.kind,
            title: row.title,
            viewed: row.tally.viewed,
            went_on: row.tally.went_on,
            left: row.tally.left,
            elements: row.elements.into_iter().map(ElementView::from).collect(),
        }
    }
}

impl From<ElementFigures> for ElementView {
    fn from(row: ElementFigures) -> Self {
        Self {
            element: row.element,
            kind: row.kind,
            label: row.label,
            answers: row.answers.into_iter().map(AnswerView::from).collect(),
        }
    }
}

impl From<AnswerFigures> for AnswerView {
    fn from(row: AnswerFigures) -> Self {
        Self {
            answer: row.answer.to_string(),
            label: row.label,
            sessions: row.sessions,
        }
    }
}

/// Figures as an example.
pub(super) fn figures_example() -> Value {
    json!({
        "sessions": 100,
        "states": { "abandoned": 8, "completed": 90, "expired": 0, "in_progress": 2 },
        "outcomes": { "cancelled": 50, "contracted": 4, "deferred": 2, "escalated": 0, "reactivated": 0,
            "recovered": 0, "redirected": 0, "saved": 34 },
        "immediate_deflection": { "n": 90, "hits": 40, "rate": 0.444, "low": 0.346, "high": 0.547, "too_few": false },
        "mrr": [{ "sessions": 90, "at_stake": { "amount_minor": 180_000, "currency": "USD" },
            "cancelled": { "amount_minor": 90_000, "currency": "USD" } }]
    })
}

/// An overview as an example.
pub(super) fn overview_example() -> Value {
    json!({
        "from": "2026-11-22", "to": "2026-11-22", "total": figures_example(),
        "days": [{ "day": "2026-11-22", "figures": figures_example() }],
        "personas": [{ "persona": null, "name": null, "figures": figures_example() }],
        "reasons": [{ "key": "price_too_high", "title": "Price too high", "sessions": 31, "stayed": 12, "left": 14,
            "other": 5, "immediate_deflection": { "n": 27, "hits": 12, "rate": 0.444, "low": 0.276, "high": 0.627,
            "too_few": false } }],
        "offers": [{ "offer": "ofr_01h455vb4pex5vsknk084sn02q", "name": "Summer pause", "shown": 40, "accepted": 22,
            "declined": 18 }]
    })
}

/// A card as an example.
pub(super) fn card_example() -> Value {
    json!({
        "card": "crd_01h455vb4pex5vsknk084sn02q", "version": 3, "kind": "question", "title": "Why are you leaving?",
        "viewed": 100, "went_on": 92, "left": 8,
        "elements": [{
            "element": "elm_01h455vb4pex5vsknk084sn02q", "kind": "single_choice", "label": "The main reason",
            "answers": [{ "answer": "opt_01h455vb4pex5vsknk084sn02q", "label": "It costs too much", "sessions": 31 }]
        }]
    })
}
