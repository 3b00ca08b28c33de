//! `POST /workflows/{id}/pause`, `…/resume`, `…/archive` and `…/duplicate`.

use actix_web::HttpResponse;
use kale_application::workflows::{Beginning, NewWorkflow, Workflow, WorkflowError};
use kale_domain::id::WorkflowId;
use kale_web::{NoQuery, Path, Problem, permission::ManageWorkflows};

use super::reader::Reader;
use crate::{frame::Here, view::parts::Tone, words::sentence};

#[tracing::instrument(name = "dashboard.workflows.pause", skip_all)]
pub(crate) async fn pause(
    here: Here<ManageWorkflows>,
    reader: Reader,
    Path(id): Path<WorkflowId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let turned = reader.workflows.pause(here.tenant(), here.caller(), id).await;
    answer(
        &here,
        id,
        turned,
        "Paused. No session starts; those under way go on.",
    )
}

#[tracing::instrument(name = "dashboard.workflows.resume", skip_all)]
pub(crate) async fn resume(
    here: Here<ManageWorkflows>,
    reader: Reader,
    Path(id): Path<WorkflowId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let turned = reader.workflows.resume(here.tenant(), here.caller(), id).await;
    answer(&here, id, turned, "Live again.")
}

#[tracing::instrument(name = "dashboard.workflows.archive", skip_all)]
pub(crate) async fn archive(
    here: Here<ManageWorkflows>,
    reader: Reader,
    Path(id): Path<WorkflowId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let turned = reader.workflows.archive(here.tenant(), here.caller(), id).await;
    answer(&here, id, turned, "Archived. What was walked stays.")
}

fn answer(
    here: &Here<ManageWorkflows>,
    id: WorkflowId,
    turned: Result<Workflow, WorkflowError>,
    said: &str,
) -> Result<HttpResponse, Problem> {
    let place = format!("/workflows/{id}");
    match turned {
        Ok(_) => Ok(here.frame.see_other_saying(place, said, Tone::Leaf)),
        Err(error @ WorkflowError::NotNow(_)) => {
            let said = format!("Nothing was changed: {}", sentence(&error.to_string()));
            Ok(here.frame.see_other_saying(place, said, Tone::Sun))
        }
        Err(error) => Err(error.into()),
    }
}

#[tracing::instrument(name = "dashboard.workflows.duplicate", skip_all)]
pub(crate) async fn duplicate(
    here: Here<ManageWorkflows>,
    reader: Reader,
    Path(id): Path<WorkflowId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    // One of another company is no workflow at all.
    let original = reader.workflows.get(here.tenant(), id).await?;
    let new = NewWorkflow {
        name: None,
        from: Beginning::Workflow(original.id),
    };
    let copy = reader.workflows.create(here.tenant(), here.caller(), new).await?;
    let said = format!("This is “{}”. Nobody walks it before it is published.", copy.name);
    let place = format!("/workflows/{}", copy.id);
    Ok(here.frame.see_other_saying(place, said, Tone::Leaf))
}
