//! `GET /workflows/{id}/versions`: what was published, and what is different between two of them.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use kale_application::workflows::{Side, VersionHead, Workflow, WorkflowState};
use kale_domain::{access::Permission, audit::Actor, id::WorkflowId};
use kale_web::{Path, Problem, Query as Asked, permission::ReadWorkflows};
use serde::Deserialize;

use super::{differences::Differences, gallery::crumb, reader::Reader, settings::workflow_crumb};
use crate::{
    frame::Here,
    people::People,
    view::{
        form::{Choice, Field, Select},
        parts::Empty,
        shell::Section,
        workflows::{WorkflowVersionRow, WorkflowVersionsPage},
    },
};

/// How many are listed.
const LISTED: u32 = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    before: Option<String>,
    after: Option<String>,
}

#[tracing::instrument(name = "dashboard.workflows.versions", skip_all)]
pub(crate) async fn list(
    here: Here<ReadWorkflows>,
    reader: Reader,
    Path(id): Path<WorkflowId>,
    Asked(params): Asked<Params>,
) -> Result<HttpResponse, Problem> {
    let workflow = reader.workflows.get(here.tenant(), id).await?;
    let found = reader.workflows.versions(here.tenant(), id, LISTED, None).await?;
    let people = reader.people(&here).await?;
    let newest = found.first().map(|version| version.number.to_string());
    let before = params.before.or(newest).unwrap_or_default();
    let after = params.after.unwrap_or_else(|| "draft".to_owned());
    let differences = match (before.parse::<Side>(), after.parse::<Side>()) {
        (Ok(one), Ok(other)) => Some(differences(&here, &reader, &workflow, one, other).await?),
        _ if before.is_empty() => None,
        _ => return Err(Problem::of("invalid-parameter").detail("`before` and `after` are versions")),
    };
    let sides = || {
        let draft = Choice::new("draft", "The draft");
        let numbered = found.iter().map(|version| {
            let number = version.number.to_string();
            Choice::new(number.clone(), format!("Version {number}"))
        });
        std::iter::once(draft).chain(numbered).collect::<Vec<_>>()
    };
    let mut shell = here.shell(Section::Workflows, "Versions");
    shell.crumbs = vec![crumb(), workflow_crumb(&workflow)];
    let editable = workflow.state.editable().is_ok();
    let may_manage = here.may(Permission::ManageWorkflows) && editable;
    let page = WorkflowVersionsPage {
        shell,
        id: id.to_string(),
        before: Select::new(Field::new("before", "From").value(before), sides()),
        after: Select::new(Field::new("after", "To").value(after), sides()),
        differences,
        versions: found
            .iter()
            .map(|version| row(&here, &people, &workflow, version))
            .collect(),
        empty: Empty {
            icon: "history",
            text: "Nothing was published yet.".to_owned(),
            action: None,
            other: None,
        },
        may_manage,
    };
    here.frame.page(StatusCode::OK, page.render())
}

async fn differences(
    here: &Here<ReadWorkflows>,
    reader: &Reader,
    workflow: &Workflow,
    before: Side,
    after: Side,
) -> Result<Vec<crate::view::workflows::Difference>, Problem> {
    let (tenant, id) = (here.tenant(), workflow.id);
    let diff = reader.workflows.diff(tenant, id, before, after).await?;
    let tree = |side| async move {
        Ok::<_, Problem>(match side {
            Side::Draft => reader.workflows.draft(tenant, id).await?.tree,
            Side::Version(number) => reader.workflows.version(tenant, id, number).await?.tree,
        })
    };
    let told = Differences {
        before: &tree(before).await?,
        after: &tree(after).await?,
        locale: &workflow.demands.default_locale,
    };
    Ok(told.of(&diff))
}

fn row(
    here: &Here<ReadWorkflows>,
    people: &People,
    workflow: &Workflow,
    version: &VersionHead,
) -> WorkflowVersionRow {
    let by = match &version.by {
        Actor::User { id } => people.person(*id),
        Actor::ApiKey { .. } => "A program".to_owned(),
        Actor::System => "Kale".to_owned(),
        Actor::Erased => "Somebody".to_owned(),
    };
    let current = workflow.state.version() == Some(version.number);
    WorkflowVersionRow {
        number: version.number.to_string(),
        by: format!("{by}, {}", here.instant(version.at)),
        note: version.note.clone().unwrap_or_default(),
        again: version
            .again
            .map_or_else(String::new, |again| format!("The cards of version {again} again")),
        state: if current { state(workflow.state) } else { "" },
        current,
    }
}

const fn state(state: WorkflowState) -> &'static str {
    match state {
        WorkflowState::Draft => "",
        WorkflowState::Live { .. } => "Live",
        WorkflowState::Paused { .. } => "Paused",
        WorkflowState::Archived { .. } => "Last",
    }
}
