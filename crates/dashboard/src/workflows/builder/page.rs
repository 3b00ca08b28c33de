//! The page of the editor.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use kale_application::workflows::{Card, Draft, Problem, Steps, WorkflowState};
use kale_domain::error::FieldError;
use kale_web::{Problem as Refusal, etag::etag};

use super::{
    flow::{Flow, fits_beside},
    fresh::card_kinds,
    overview,
    panel::{Paneling, Sent},
    selection::{Look, Selection},
    spot::described,
};
use crate::{
    frame::{Form, Here},
    view::{
        builder::{AddPanel, BuilderPage, LookTab, Panel, Refused},
        form::Problems,
        format,
        parts::{Chip, Tone},
        shell::Section,
    },
    words::{quoted, sentence},
    workflows::{
        gallery::crumb,
        outline,
        reader::{Reader, changed},
        words,
    },
};

/// What the editor is shown with.
#[derive(Debug, Default)]
pub(in crate::workflows) struct Showing<'a> {
    /// What is chosen.
    pub(in crate::workflows) chosen: Selection,
    /// The form that was sent and not kept.
    pub(in crate::workflows) form: Option<&'a Form>,
    /// What was wrong with it.
    pub(in crate::workflows) wrong: Vec<FieldError>,
    /// Why it was not kept.
    pub(in crate::workflows) refused: Option<Refused>,
    /// Whether publishing was just refused.
    pub(in crate::workflows) asked: bool,
}

/// Shows the editor.
pub(in crate::workflows) async fn show<P>(
    here: &Here<P>,
    reader: &Reader,
    draft: &Draft,
    showing: Showing<'_>,
    status: StatusCode,
) -> Result<HttpResponse, Refusal> {
    let again = showing.chosen.href(&draft.workflow.id.to_string());
    let page = page(here, reader, draft, showing).await?;
    let mut response = here.frame.answer(status, |part| {
        if part {
            page.as_builder().render()
        } else {
            page.render()
        }
    })?;
    if status != StatusCode::OK && here.frame.wants_part() {
        // The address bar keeps the page: nobody can open the address of a form.
        response
            .headers_mut()
            .insert(header("hx-replace-url"), value(&again));
    }
    Ok(response)
}

fn header(name: &'static str) -> actix_web::http::header::HeaderName {
    actix_web::http::header::HeaderName::from_static(name)
}

fn value(text: &str) -> actix_web::http::header::HeaderValue {
    actix_web::http::header::HeaderValue::from_str(text)
        .unwrap_or_else(|_none_of_ours| actix_web::http::header::HeaderValue::from_static("false"))
}

async fn page<P>(
    here: &Here<P>,
    reader: &Reader,
    draft: &Draft,
    showing: Showing<'_>,
) -> Result<BuilderPage, Refusal> {
    let (workflow, tree) = (&draft.workflow, &draft.tree);
    let found = reader
        .workflows
        .judged(here.tenant(), here.company()?, draft)
        .await?
        .problems;
    let steps = reader
        .workflows
        .steps(here.tenant(), here.caller(), workflow.id)
        .await?;
    let people = reader.people(here).await?;
    let id = workflow.id.to_string();
    let chosen = kept(&showing.chosen, draft);
    let flow = Flow {
        workflow: &id,
        tree,
        locale: &workflow.demands.default_locale,
        problems: &found,
        chosen: &chosen,
    };
    let look = chosen.look.unwrap_or_else(|| {
        if fits_beside(tree.cards(), 0) {
            Look::Tree
        } else {
            Look::Outline
        }
    });
    let mut shell = here.shell(Section::Workflows, workflow.name.clone());
    shell.crumbs = vec![crumb()];
    let Steps { undo, redo } = steps;
    Ok(BuilderPage {
        shell,
        name: workflow.name.clone(),
        state: words::state_chip(workflow.state),
        note: note(workflow.state, &changed(here, &people, workflow)),
        etag: etag(workflow.revision),
        back: chosen.query().text(),
        may_undo: undo,
        may_redo: redo,
        looks: looks(&chosen, look, &id),
        is_tree: look == Look::Tree,
        entry: words::trigger_label(workflow.trigger),
        checks: checks(&found),
        overview: chosen.nothing().href(&id),
        flow: flow.whole(),
        panel: panel(here, reader, draft, &chosen, &found, &showing).await?,
        refused: showing.refused,
        id,
    })
}

/// The ways to draw the cards.
fn looks(chosen: &Selection, present: Look, id: &str) -> [LookTab; 2] {
    [(Look::Tree, "Tree"), (Look::Outline, "Outline")].map(|(look, label)| LookTab {
        label,
        href: chosen.drawn(look).href(id),
        current: look == present,
    })
}

/// Without what is not there any more.
fn kept(chosen: &Selection, draft: &Draft) -> Selection {
    if chosen.card.is_some_and(|card| draft.tree.card(card).is_none()) {
        chosen.nothing()
    } else {
        chosen.clone()
    }
}

async fn panel<P>(
    here: &Here<P>,
    reader: &Reader,
    draft: &Draft,
    chosen: &Selection,
    found: &[Problem],
    showing: &Showing<'_>,
) -> Result<Panel, Refusal> {
    let (tree, locale) = (&draft.tree, &draft.workflow.demands.default_locale);
    let id = draft.workflow.id.to_string();
    if let Some(spot) = chosen.add() {
        return Ok(Panel::Add(AddPanel {
            place: sentence(&described(tree, spot, locale)),
            spot: spot.to_string(),
            kinds: card_kinds(),
            close: chosen.nothing().href(&id),
        }));
    }
    let Some(card) = chosen.card.and_then(|card| tree.card(card)) else {
        let overview = overview::overview(draft, chosen, found, showing)?;
        return Ok(Panel::Overview(Box::new(overview)));
    };
    let sent = Sent {
        form: showing.form,
        problems: placed(&showing.wrong, card, draft),
    };
    let offers = reader.offers.list(here.tenant()).await?;
    let reasons = reader.reasons.list(here.tenant()).await?;
    let paneling = Paneling {
        workflow: &id,
        tree,
        locale,
        chosen,
        found,
        offers: &offers,
        reasons: &reasons,
        sent: &sent,
    };
    Ok(Panel::Card(Box::new(paneling.card(card))))
}

/// Problems at the fields of a card's panel: what the tree says of a place in it is told at the field of that place.
fn placed(wrong: &[FieldError], card: &Card, draft: &Draft) -> Problems {
    let layout = draft.tree.layout();
    let slot = layout.number(card.id).and_then(|number| layout.slot(number));
    let at = slot.map_or("", |slot| slot.pointer.as_str());
    let mut problems = Problems::of(wrong);
    for (problem, error) in problems.list.iter_mut().zip(wrong) {
        problem.message = sentence(&quoted(&error.message));
        if let Some(below) = error.pointer.strip_prefix(at).filter(|_| !at.is_empty()) {
            problem.field = field(below, card);
        }
    }
    problems
}

/// The field of a place below a card: `/settings/to` is `to`, `/elements/0/config/label` is `e.label`.
fn field(below: &str, card: &Card) -> String {
    let parts: Vec<&str> = below.split('/').skip(1).collect();
    match parts.as_slice() {
        ["title"] => "title".to_owned(),
        ["settings", name] => (*name).to_owned(),
        ["elements", index, "config", "options", nth, ..] => {
            let element = index
                .parse::<usize>()
                .ok()
                .and_then(|index| card.elements.get(index));
            let option = nth
                .parse::<usize>()
                .ok()
                .and_then(|nth| element?.kind.options().get(nth));
            option.map_or_else(String::new, |option| format!("o.{}", option.id))
        }
        ["elements", _, "config", name, ..] => format!("e.{name}"),
        _ => String::new(),
    }
}

fn note(state: WorkflowState, changed: &str) -> String {
    let version = match state {
        WorkflowState::Draft => "Never published".to_owned(),
        WorkflowState::Live { version } => format!("Version {version} is live"),
        WorkflowState::Paused { version } => format!("Version {version} is paused"),
        WorkflowState::Archived { .. } => "Archived".to_owned(),
    };
    format!("{version}. {changed}.")
}

fn checks(found: &[Problem]) -> Chip {
    let errors = found.iter().filter(|problem| problem.is_error()).count();
    let count =
        |number: usize, one, many| format::count(u64::try_from(number).unwrap_or(u64::MAX), one, many);
    match (errors, found.len()) {
        (0, 0) => Chip {
            label: "Nothing to fix".to_owned(),
            tone: Tone::Leaf,
        },
        (0, remarks) => Chip {
            label: count(remarks, "thing worth a look", "things worth a look"),
            tone: Tone::Sun,
        },
        (errors, _) => Chip {
            label: count(errors, "problem to fix", "problems to fix"),
            tone: Tone::Stem,
        },
    }
}

/// The title of a card as a problem names it.
pub(super) fn card_title(draft: &Draft, card: kale_domain::id::CardId) -> Option<String> {
    let card = draft.tree.card(card)?;
    Some(outline::title(
        card,
        &draft.tree,
        &draft.workflow.demands.default_locale,
    ))
}
