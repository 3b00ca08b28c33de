//! `POST /workflows/{id}/undo` and `…/redo`.

use actix_web::HttpResponse;
use kale_application::workflows::{EditError, EditedDraft, WorkflowError};
use kale_domain::id::WorkflowId;
use kale_web::{NoQuery, Path, Problem, permission::ManageWorkflows};

use super::selection::Selection;
use crate::{
    frame::{Form, Here},
    view::parts::Tone,
    words::sentence,
    workflows::reader::Reader,
};

#[tracing::instrument(name = "dashboard.workflows.undo", skip_all)]
pub(crate) async fn undo(
    here: Here<ManageWorkflows>,
    reader: Reader,
    Path(id): Path<WorkflowId>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let done = reader.workflows.undo(here.tenant(), here.caller(), id).await;
    answer(&here, id, &form, done, "Undone.")
}

#[tracing::instrument(name = "dashboard.workflows.redo", skip_all)]
pub(crate) async fn redo(
    here: Here<ManageWorkflows>,
    reader: Reader,
    Path(id): Path<WorkflowId>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let done = reader.workflows.redo(here.tenant(), here.caller(), id).await;
    answer(&here, id, &form, done, "Done again.")
}

fn answer(
    here: &Here<ManageWorkflows>,
    id: WorkflowId,
    form: &Form,
    done: Result<EditedDraft, WorkflowError>,
    said: &str,
) -> Result<HttpResponse, Problem> {
    let back = Selection::read(form.get("back"));
    let place = |back: &Selection| back.href(&id.to_string());
    match done {
        Ok(edited) => {
            let there = back.card.is_none_or(|card| edited.tree.card(card).is_some());
            let back = if there { back } else { back.nothing() };
            Ok(here.frame.see_other_saying(place(&back), said, Tone::Leaf))
        }
        Err(
            error @ (WorkflowError::NoStep(_)
            | WorkflowError::Met(_)
            | WorkflowError::Edit(EditError::Stale(_) | EditError::NotFound(_) | EditError::Breaks(_))),
        ) => {
            let said = format!("Nothing was changed: {}", sentence(&error.to_string()));
            Ok(here.frame.see_other_saying(place(&back), said, Tone::Sun))
        }
        Err(error) => Err(error.into()),
    }
}
