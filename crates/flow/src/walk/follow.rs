//! Following a call to action, beside the steps of a walk; and keeping answers.

use kale_domain::error::FieldError;

use super::{
    Afterthought, Refusal, Situation, Status, Walk,
    engine::{Applied, Taking},
};
use crate::{
    answer::{Answer, Answers, typed},
    card::Card,
    effect::Effect,
    step::Step,
    version::FlowVersion,
};

/// Follows calls to action. The walk stays, so that a page that is still open in another tab goes on from where it is;
/// what else was typed and is good is kept. A call is followed once in a walk: again, it changes nothing.
///
/// The last page of a walk that has an outcome is still shown, and so are its calls: following one is kept, and changes
/// nothing of the outcome. Answers beside it count only while the page asks for them. What expired shows nothing.
pub(super) fn follow(
    version: &FlowVersion,
    walk: &Walk,
    step: &Step,
    situation: &Situation<'_>,
) -> Result<Applied, Refusal> {
    let (current, takes_answers) = match walk.status {
        Status::InProgress { card } | Status::Abandoned { card } => (card, true),
        Status::Completed {
            page: Some(page),
            afterthought,
            ..
        } => (page, afterthought == Afterthought::Open),
        Status::Completed { page: None, .. } | Status::Expired { .. } => return Err(Refusal::Ended),
    };
    if step.step != walk.step {
        return Err(Refusal::OutOfStep {
            expected: walk.step,
            got: step.step,
        });
    }
    if step.card != current {
        return Err(Refusal::AnotherCard { current });
    }
    let card = version.card(current).ok_or(Refusal::DeadEnd)?;
    let mut read = typed(card, &step.answers);
    let is_click = |answer: &Answer| *answer == Answer::Clicked;
    if !read.answers.values().any(is_click) {
        let none = FieldError::new("#/answers", "required", "say which call to action is followed");
        read.errors.push(none);
        return Err(Refusal::Answers(read.errors));
    }
    if !takes_answers {
        read.answers.retain(|_, answer| is_click(answer));
    }
    let mut clicked = read.answers.iter().filter(|(_, answer)| is_click(answer));
    let is_new = clicked.any(|(id, answer)| walk.answers.get(id) != Some(answer));
    let mut taking = Taking::new(version, situation, walk.clone());
    if let Status::Abandoned { card } = walk.status {
        taking.walk.status = Status::InProgress { card };
        taking.effects.push(Effect::Resumed);
    }
    if is_new {
        taking.keep(card, &read.answers, Silence::SaysNothing);
    }
    let mut applied = taking.done();
    applied.repeated = applied.effects.is_empty();
    Ok(applied)
}

/// What it means that an element is not among the answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Silence {
    /// What was said before is unsaid.
    Unsays,
    /// What was said before stands.
    SaysNothing,
}

impl Taking<'_> {
    /// Keeps answers. The answers of a card are those it was last sent with: what is not among them is unsaid, but for
    /// calls to action: what was followed was followed, and has been told.
    pub(super) fn keep(&mut self, card: &Card, answers: &Answers, silence: Silence) {
        for element in &card.elements {
            let before = self.walk.answers.get(&element.id);
            let Some(now) = answers.get(&element.id) else {
                if silence == Silence::Unsays && before != Some(&Answer::Clicked) {
                    self.walk.answers.remove(&element.id);
                }
                continue;
            };
            if before == Some(now) {
                continue;
            }
            self.walk.answers.insert(element.id, now.clone());
            self.effects.push(match now {
                Answer::Clicked => Effect::CallFollowed {
                    card: card.id,
                    element: element.id,
                },
                _ => Effect::Answered {
                    card: card.id,
                    element: element.id,
                },
            });
        }
    }
}
