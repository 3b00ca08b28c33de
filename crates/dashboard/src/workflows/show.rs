//! `GET /workflows/{id}`: its cards, in the editor for who may change them, else to be read.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use kale_domain::{access::Permission, id::WorkflowId};
use kale_web::{Path, Problem, Query as Asked, permission::ReadWorkflows};

use super::{
    builder::{self, Selection, Showing},
    gallery::crumb,
    outline::Outline,
    reader::{Reader, changed},
    words,
};
use crate::{
    frame::Here,
    view::{parts::Empty, shell::Section, workflows::WorkflowPage},
};

#[tracing::instrument(name = "dashboard.workflows.show", skip_all)]
pub(crate) async fn handle(
    here: Here<ReadWorkflows>,
    reader: Reader,
    Path(id): Path<WorkflowId>,
    Asked(chosen): Asked<Selection>,
) -> Result<HttpResponse, Problem> {
    let draft = reader.workflows.draft(here.tenant(), id).await?;
    if here.may(Permission::ManageWorkflows) && draft.workflow.state.editable().is_ok() {
        let showing = Showing {
            chosen,
            ..Showing::default()
        };
        return builder::show(&here, &reader, &draft, showing, StatusCode::OK).await;
    }
    let people = reader.people(&here).await?;
    let workflow = &draft.workflow;
    let mut shell = here.shell(Section::Workflows, workflow.name.clone());
    shell.crumbs = vec![crumb()];
    let outline = Outline {
        tree: &draft.tree,
        locale: &workflow.demands.default_locale,
    };
    let page = WorkflowPage {
        shell,
        name: workflow.name.clone(),
        note: words::trigger_label(workflow.trigger).to_owned(),
        state: words::state_chip(workflow.state),
        version: words::version(workflow.state),
        changed: changed(&here, &people, workflow),
        outline: outline.lane(),
        empty: Empty {
            icon: "git-branch",
            text: "No cards yet.".to_owned(),
            action: None,
            other: None,
        },
        id: workflow.id.to_string(),
        may_copy: here.may(Permission::ManageWorkflows),
    };
    here.frame.page(StatusCode::OK, page.render())
}
