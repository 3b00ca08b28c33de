//! `GET /workflows`

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use kale_application::workflows::{Source, Workflow};
use kale_domain::{access::Permission, id::WorkflowId};
use kale_web::{Problem, Query as Asked, permission::ReadWorkflows};
use serde::Deserialize;

use super::{
    reader::{Reader, changed},
    words,
};
use crate::{
    frame::{Here, Query},
    people::People,
    view::{
        format,
        parts::{Empty, Link, Pager},
        shell::Section,
        workflows::{StateTab, WorkflowRow, WorkflowsPage},
    },
};

/// How many stand on a page.
const PAGE: u32 = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    state: Option<State>,
    cursor: Option<WorkflowId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Draft,
    Live,
    Paused,
    Archived,
}

impl State {
    const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Live => "live",
            Self::Paused => "paused",
            Self::Archived => "archived",
        }
    }
}

#[tracing::instrument(name = "dashboard.workflows.list", skip_all)]
pub(crate) async fn handle(
    here: Here<ReadWorkflows>,
    reader: Reader,
    Asked(params): Asked<Params>,
) -> Result<HttpResponse, Problem> {
    let state = params.state.map(State::name);
    let mut found = reader
        .workflows
        .list(here.tenant(), state, PAGE + 1, params.cursor)
        .await?;
    let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = found.len() > limit;
    found.truncate(limit);
    let people = reader.people(&here).await?;
    let may_manage = here.may(Permission::ManageWorkflows);
    let page = WorkflowsPage {
        shell: here.shell(Section::Workflows, "Workflows"),
        tabs: tabs(params.state),
        empty: empty(params.state, may_manage),
        pager: pager(&params, &found, more),
        workflows: found
            .iter()
            .map(|workflow| row(&here, &reader, &people, workflow))
            .collect(),
        may_manage,
    };
    here.frame.answer(StatusCode::OK, |part| {
        if part {
            page.as_list().render()
        } else {
            page.render()
        }
    })
}

fn row(here: &Here<ReadWorkflows>, reader: &Reader, people: &People, workflow: &Workflow) -> WorkflowRow {
    WorkflowRow {
        id: workflow.id.to_string(),
        name: workflow.name.clone(),
        note: format!(
            "{}{}",
            words::trigger_label(workflow.trigger),
            from(reader, workflow)
        ),
        state: words::state_chip(workflow.state),
        version: words::version(workflow.state),
        changed: changed(here, people, workflow),
    }
}

/// What it was made from.
fn from(reader: &Reader, workflow: &Workflow) -> String {
    match &workflow.origin {
        Some(Source::Template { key }) => {
            let template = reader.templates.get(key).ok();
            template.map_or_else(String::new, |template| format!(", from “{}”", template.title))
        }
        Some(Source::Workflow { .. }) => ", a copy".to_owned(),
        None => String::new(),
    }
}

fn tabs(current: Option<State>) -> Vec<StateTab> {
    [
        ("All", None),
        ("Live", Some(State::Live)),
        ("Drafts", Some(State::Draft)),
        ("Paused", Some(State::Paused)),
        ("Archived", Some(State::Archived)),
    ]
    .map(|(label, state)| StateTab {
        label,
        href: query(state).at("/workflows"),
        current: state == current,
    })
    .into()
}

fn query(state: Option<State>) -> Query {
    Query::default().with("state", state.map_or("", State::name))
}

fn pager(params: &Params, shown: &[Workflow], more: bool) -> Pager {
    if params.cursor.is_none() && !more {
        return Pager::default();
    }
    let last = shown.last().map(|workflow| workflow.id.to_string());
    let count = u64::try_from(shown.len()).unwrap_or(0);
    Pager {
        summary: format!(
            "{} on this page, newest first",
            format::count(count, "workflow", "workflows")
        ),
        restarts: params.cursor.is_some(),
        previous: params.cursor.map(|_| query(params.state).at("/workflows")),
        next: more.then(|| {
            query(params.state)
                .with("cursor", last.unwrap_or_default())
                .at("/workflows")
        }),
    }
}

fn empty(state: Option<State>, may_manage: bool) -> Empty {
    match state {
        None => Empty {
            icon: "git-branch",
            text: "No workflows yet. A workflow asks why somebody leaves, makes the offer that fits, and lets go."
                .to_owned(),
            action: may_manage.then(|| Link::new("Choose a template", "/gallery")),
            other: (!may_manage).then(|| Link::new("Look at the templates", "/gallery")),
        },
        Some(_) => Empty {
            icon: "git-branch",
            text: "No workflow is in this state.".to_owned(),
            action: None,
            other: Some(Link::new("All workflows", "/workflows")),
        },
    }
}
