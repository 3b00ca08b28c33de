//! Takes a step: version, state and post give the new state, or a refusal. A function of its arguments.

use super::{
    Afterthought, Decision, MAX_STEPS, OfferShown, Posted, Refusal, Situation, Status, Viewed, Walk,
    follow::{Silence, follow},
    route::{Arrival, Route},
};
use crate::{
    answer::{Answers, typed, unanswered},
    card::{Card, CardKind},
    effect::Effect,
    element::ElementKind,
    outcome::{Kept, Outcome},
    step::{Action, Step},
    version::FlowVersion,
};
use kale_domain::id::CardId;

/// A step that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The walk after it.
    pub walk: Walk,
    /// What happened, in order; the user events and the notifications follow from it. Empty where the step was taken
    /// before.
    pub effects: Vec<Effect>,
    /// Whether this step had been taken before, with the same content.
    pub repeated: bool,
}

/// Begins a walk: shows its first card.
pub fn start(version: &FlowVersion, situation: &Situation<'_>) -> Result<Applied, Refusal> {
    let walk = Walk {
        version: version.number(),
        step: 1,
        // Replaced by the first arrival, which is a card, an outcome, or a refusal.
        status: Status::InProgress {
            card: version.cards().first().ok_or(Refusal::DeadEnd)?.id,
        },
        trail: Vec::new(),
        viewed: Vec::new(),
        answers: Answers::new(),
        decisions: std::collections::BTreeMap::new(),
        offers: Vec::new(),
        last: None,
    };
    let arrival = Route::new(version, &walk, situation).first();
    let mut taking = Taking::new(version, situation, walk);
    taking.effects.push(Effect::Started);
    taking.arrive(arrival)?;
    Ok(taking.done())
}

/// Takes a step.
///
/// The step last taken, posted again with the same content, changes nothing and succeeds; any other step that is not the
/// expected one is refused. Cancelling is never refused for answers, nor for the number of steps.
pub fn apply(
    version: &FlowVersion,
    walk: &Walk,
    step: &Step,
    situation: &Situation<'_>,
) -> Result<Applied, Refusal> {
    if walk.version != version.number() {
        return Err(Refusal::AnotherVersion {
            walked: walk.version,
            given: version.number(),
        });
    }
    if step.action == Action::Follow {
        return follow(version, walk, step, situation);
    }
    if let Some(last) = walk.last.as_ref().filter(|last| last.step == step.step) {
        return again(version, walk, last, step);
    }
    if step.step != walk.step {
        return Err(Refusal::OutOfStep {
            expected: walk.step,
            got: step.step,
        });
    }
    let taking = Taking::new(version, situation, walk.clone());
    match walk.status {
        Status::Completed {
            outcome,
            page: Some(page),
            afterthought: Afterthought::Open,
        } if page == step.card => taking.afterthought(outcome, page, step),
        Status::Completed { .. } | Status::Expired { .. } => Err(Refusal::Ended),
        Status::InProgress { card } => taking.step(card, step),
        Status::Abandoned { card } => {
            let mut taking = taking;
            taking.walk.status = Status::InProgress { card };
            taking.effects.push(Effect::Resumed);
            taking.step(card, step)
        }
    }
}

/// What a card offers, in the order in which it is shown.
#[must_use]
pub fn actions(version: &FlowVersion, walk: &Walk, card: &Card) -> Vec<Action> {
    if walk.current().is_none() {
        return Vec::new();
    }
    let mut actions = match card.kind {
        CardKind::Offer(_) | CardKind::HandOff(_) => vec![Action::Accept, Action::Decline],
        CardKind::Confirm(_) => vec![Action::Decline],
        CardKind::Message(_) | CardKind::Question(_) => vec![Action::Next],
        CardKind::Jump(_) | CardKind::Outcome(_) => Vec::new(),
    };
    if walk.step > MAX_STEPS {
        actions.clear();
    } else if may_go_back(walk) {
        actions.push(Action::Back);
    }
    if version.confirm().is_some() {
        actions.push(Action::Cancel);
    }
    actions
}

/// Not behind the first card, and not behind what was promised.
fn may_go_back(walk: &Walk) -> bool {
    let before = walk
        .trail
        .len()
        .checked_sub(2)
        .and_then(|index| walk.trail.get(index));
    before.is_some_and(|card| walk.decisions.get(card) != Some(&Decision::Accepted))
}

/// The step taken last, posted again.
fn again(version: &FlowVersion, walk: &Walk, last: &Posted, step: &Step) -> Result<Applied, Refusal> {
    let card = version.card(last.card).ok_or(Refusal::DeadEnd)?;
    let read = typed(card, &step.answers);
    let clean = read.errors.is_empty() || is_lenient(last.action);
    if clean && last.card == step.card && last.action == step.action && last.answers == read.answers {
        Ok(Applied {
            walk: walk.clone(),
            effects: Vec::new(),
            repeated: true,
        })
    } else {
        Err(Refusal::StepTaken { step: last.step })
    }
}

/// Whether an action goes through whatever is wrong with the answers beside it.
const fn is_lenient(action: Action) -> bool {
    matches!(action, Action::Cancel | Action::Back | Action::Decline)
}

/// The answers of a step: all of them good, but beside an action that must go through, where the bad are dropped.
fn answers(card: &Card, step: &Step) -> Result<Answers, Refusal> {
    let read = typed(card, &step.answers);
    if is_lenient(step.action) {
        return Ok(read.answers);
    }
    let mut errors = read.errors;
    // Said once: a wrong answer is not missing as well.
    let missing = unanswered(card, &read.answers).into_iter();
    let missing = missing.filter(|missing| errors.iter().all(|error| error.pointer != missing.pointer));
    errors.extend(missing.collect::<Vec<_>>());
    if errors.is_empty() {
        Ok(read.answers)
    } else {
        Err(Refusal::Answers(errors))
    }
}

/// A step while it is taken.
pub(super) struct Taking<'a> {
    version: &'a FlowVersion,
    situation: &'a Situation<'a>,
    pub(super) walk: Walk,
    pub(super) effects: Vec<Effect>,
}

impl<'a> Taking<'a> {
    pub(super) const fn new(version: &'a FlowVersion, situation: &'a Situation<'a>, walk: Walk) -> Self {
        Self {
            version,
            situation,
            walk,
            effects: Vec::new(),
        }
    }

    pub(super) fn done(self) -> Applied {
        Applied {
            walk: self.walk,
            effects: self.effects,
            repeated: false,
        }
    }

    fn step(mut self, current: CardId, step: &Step) -> Result<Applied, Refusal> {
        if step.card != current {
            return Err(Refusal::AnotherCard { current });
        }
        let version = self.version;
        let number = version.layout().number(current).ok_or(Refusal::DeadEnd)?;
        let card = version.card(current).ok_or(Refusal::DeadEnd)?;
        let actions = actions(version, &self.walk, card);
        if !actions.contains(&step.action) {
            if self.walk.step > MAX_STEPS {
                return Err(Refusal::TooManySteps);
            }
            return Err(Refusal::NotOffered { actions });
        }
        let answers = answers(card, step)?;
        self.record(card, step.action, answers);
        match step.action {
            Action::Back => self.back()?,
            Action::Cancel if matches!(card.kind, CardKind::Confirm(_)) => self.cancel(number),
            Action::Cancel => {
                self.effects.push(Effect::CancelAsked { card: current });
                let confirm = version.confirm().ok_or(Refusal::DeadEnd)?;
                self.arrive(Arrival::Card(confirm))?;
            }
            Action::Next | Action::Accept | Action::Decline => {
                self.decide(card, step.action);
                let arrival = Route::new(version, &self.walk, self.situation).after(number);
                self.arrive(arrival)?;
            }
            // No card offers it: it does not come this far.
            Action::Follow => {}
        }
        Ok(self.done())
    }

    /// Keeps what was posted, and the step with it. Leaving a card (back, cancel) sends it not, and unsays nothing.
    fn record(&mut self, card: &Card, action: Action, answers: Answers) {
        let silence = match action {
            Action::Back | Action::Cancel => Silence::SaysNothing,
            _ => Silence::Unsays,
        };
        self.keep(card, &answers, silence);
        self.walk.last = Some(Posted {
            step: self.walk.step,
            card: card.id,
            action,
            answers,
        });
        self.walk.step = self.walk.step.saturating_add(1);
    }

    fn decide(&mut self, card: &Card, action: Action) {
        let decision = match (&card.kind, action) {
            (CardKind::Confirm(_), Action::Decline) => Decision::Kept,
            (_, Action::Accept) => Decision::Accepted,
            (_, Action::Decline) => Decision::Declined,
            _ => return,
        };
        self.walk.decisions.insert(card.id, decision);
        let card_id = card.id;
        self.effects.push(match (&card.kind, decision) {
            (CardKind::HandOff(_), Decision::Accepted) => Effect::HandOffAsked { card: card_id },
            (CardKind::Offer(_), Decision::Accepted) => Effect::OfferAccepted { card: card_id },
            (CardKind::Offer(_), _) => Effect::OfferDeclined { card: card_id },
            (_, decision) => Effect::Decided {
                card: card_id,
                decision,
            },
        });
    }

    fn back(&mut self) -> Result<(), Refusal> {
        self.walk.trail.pop();
        let card = self.walk.trail.pop().ok_or(Refusal::DeadEnd)?;
        let number = self.version.layout().number(card).ok_or(Refusal::DeadEnd)?;
        self.arrive(Arrival::Card(number))
    }

    /// The subscriber cancelled, on the confirm card: nothing stops it any more.
    fn cancel(&mut self, number: usize) {
        let Some(card) = self.version.cards().get(number) else {
            return;
        };
        self.walk.decisions.insert(card.id, Decision::Cancelled);
        self.effects.push(Effect::Cancelled { card: card.id });
        let page = match Route::new(self.version, &self.walk, self.situation).after(number) {
            Arrival::End(page, Outcome::Cancelled) => self.version.cards().get(page),
            _ => None,
        };
        self.end(Outcome::Cancelled, page);
    }

    fn arrive(&mut self, arrival: Arrival) -> Result<(), Refusal> {
        let (Arrival::Card(number) | Arrival::End(number, _)) = arrival else {
            return Err(Refusal::DeadEnd);
        };
        let card = self.version.cards().get(number).ok_or(Refusal::DeadEnd)?;
        if let Arrival::End(_, outcome) = arrival {
            let outcome = outcome.settled(self.kept());
            self.end(outcome, Some(card));
            return Ok(());
        }
        self.walk.status = Status::InProgress { card: card.id };
        self.walk.trail.push(card.id);
        self.view(card);
        self.show_offer(card);
        Ok(())
    }

    fn view(&mut self, card: &Card) {
        self.walk.viewed.push(Viewed {
            card: card.id,
            step: self.walk.step,
        });
        self.effects.push(Effect::CardViewed { card: card.id });
    }

    fn show_offer(&mut self, card: &Card) {
        let slot = card.elements.iter().find_map(|element| match &element.kind {
            ElementKind::Offer(slot) => Some((element.id, slot)),
            _ => None,
        });
        let known = self.walk.offers.iter().any(|offer| offer.card == card.id);
        let (Some((element, slot)), false, CardKind::Offer(_)) = (slot, known, &card.kind) else {
            return;
        };
        self.walk.offers.push(OfferShown {
            card: card.id,
            element,
            kind: slot.kind,
            offer: slot.offer,
            step: self.walk.step,
        });
        self.effects.push(Effect::OfferShown { card: card.id });
    }

    /// What the offers accepted on the way leave of the subscription.
    fn kept(&self) -> Kept {
        let smaller = self.walk.decisions.iter().any(|(card, decision)| {
            *decision == Decision::Accepted && self.situation.contracting.contains(card)
        });
        if smaller { Kept::Less } else { Kept::Whole }
    }

    fn end(&mut self, outcome: Outcome, page: Option<&Card>) {
        if let Some(page) = page {
            self.walk.trail.push(page.id);
            self.view(page);
        }
        let asks = page.is_some_and(|page| page.elements.iter().any(|element| element.kind.takes_answer()));
        self.walk.status = Status::Completed {
            outcome,
            page: page.map(|page| page.id),
            afterthought: if asks {
                Afterthought::Open
            } else {
                Afterthought::Closed
            },
        };
        self.effects.push(Effect::Ended { outcome });
    }

    /// Answers to the optional questions of the last page, once. The outcome stays.
    fn afterthought(mut self, outcome: Outcome, page: CardId, step: &Step) -> Result<Applied, Refusal> {
        if step.action != Action::Next {
            return Err(Refusal::NotOffered {
                actions: vec![Action::Next],
            });
        }
        let card = self.version.card(page).ok_or(Refusal::DeadEnd)?;
        let read = typed(card, &step.answers);
        if !read.errors.is_empty() {
            return Err(Refusal::Answers(read.errors));
        }
        self.record(card, step.action, read.answers);
        self.walk.status = Status::Completed {
            outcome,
            page: Some(page),
            afterthought: Afterthought::Closed,
        };
        Ok(self.done())
    }
}
