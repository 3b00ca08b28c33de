//! What stands beside the cards when none is chosen: what stands in the way of publishing.

use kale_application::workflows::{Draft, Problem, Workflow, WorkflowState, Workflows};
use kale_web::Problem as Refusal;

use super::{
    page::{Showing, card_title},
    panel::finding,
    selection::Selection,
};
use crate::{
    view::{
        builder::{Finding, Overview, StateButton},
        form::{Field, Problems},
        parts::Link,
    },
    workflows::words,
};

pub(super) fn overview(
    draft: &Draft,
    chosen: &Selection,
    found: &[Problem],
    showing: &Showing<'_>,
) -> Result<Overview, Refusal> {
    let id = draft.workflow.id.to_string();
    let of = |problem: &Problem| -> Finding {
        let card = problem.card.and_then(|card| {
            let place = match problem.element {
                Some(element) => chosen.element(card, element),
                None => chosen.card(card),
            };
            Some(Link::new(card_title(draft, card)?, place.href(&id)))
        });
        finding(problem, card)
    };
    // What refuses publishing comes first.
    let (errors, remarks): (Vec<&Problem>, Vec<&Problem>) =
        found.iter().partition(|problem| problem.is_error());
    let problems = Problems::of(&showing.wrong);
    let typed = showing.form.map_or("", |form| form.get("note"));
    Ok(Overview {
        refused: !errors.is_empty(),
        findings: errors.into_iter().chain(remarks).map(of).collect(),
        asked: showing.asked,
        note: Field::new("note", "What is new")
            .value(typed)
            .hint("Stands with the version")
            .error(problems.at("note")),
        next: format!("As version {}", draft.workflow.latest.saturating_add(1)),
        fair: fair(draft)?,
        states: states(&draft.workflow),
    })
}

/// The ways to other states.
fn states(workflow: &Workflow) -> Vec<StateButton> {
    let name = &workflow.name;
    let pause = StateButton {
        action: "pause",
        label: "Pause",
        confirm: format!("Pause “{name}”? No session starts any more; those under way go on."),
        danger: false,
    };
    let resume = StateButton {
        action: "resume",
        label: "Resume",
        confirm: String::new(),
        danger: false,
    };
    let archive = StateButton {
        action: "archive",
        label: "Archive",
        confirm: format!("Archive “{name}”? That is for good: it can only be copied. What was walked stays."),
        danger: true,
    };
    match workflow.state {
        WorkflowState::Draft => vec![archive],
        WorkflowState::Live { .. } => vec![pause, archive],
        WorkflowState::Paused { .. } => vec![resume, archive],
        WorkflowState::Archived { .. } => Vec::new(),
    }
}

/// Which exit profiles hold.
fn fair(draft: &Draft) -> Result<String, Refusal> {
    let asked = &draft.workflow.demands.exit_profiles;
    let titles: Vec<String> = Workflows::exit_profiles()?
        .into_iter()
        .filter(|profile| profile.key == "base" || asked.contains(&profile.key))
        .map(|profile| words::profile_label(&profile.key))
        .collect();
    Ok(format!(
        "Fair-exit rules in force: {}. They are no advice; your counsel decides.",
        titles.join(", ")
    ))
}
