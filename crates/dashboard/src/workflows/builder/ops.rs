//! `POST /workflows/{id}/ops`: one edit of the draft.

use actix_web::{HttpResponse, http::StatusCode};
use kale_application::workflows::{Draft, EditError, EditedDraft, Meeting, Op, WorkflowError};
use kale_domain::{error::FieldError, id::WorkflowId};
use kale_web::{NoQuery, Path, Problem, permission::ManageWorkflows};

use super::{
    page::{Showing, show},
    selection::Selection,
    thought::{Thinking, Thought, Trouble},
};
use crate::{
    frame::{Form, Here},
    view::{builder::Refused, parts::Tone},
    words::{quoted, sentence},
    workflows::reader::Reader,
};

/// Forms whose values are shown again where they were not kept.
const TYPED: [&str; 4] = ["card", "element", "lane", "add-lane"];

#[tracing::instrument(name = "dashboard.workflows.edit", skip_all)]
pub(crate) async fn edit(
    here: Here<ManageWorkflows>,
    reader: Reader,
    Path(id): Path<WorkflowId>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let draft = reader.workflows.draft(here.tenant(), id).await?;
    draft.workflow.state.editable().map_err(WorkflowError::from)?;
    let base = form.version()?;
    let back = Selection::read(form.get("back"));
    let offers = reader.offers.list(here.tenant()).await?;
    let thinking = Thinking {
        workflows: &reader.workflows,
        draft: &draft,
        offers: &offers,
        back: &back,
        form: &form,
    };
    let Thought { op, next, said } = match thinking.thought() {
        Ok(thought) => thought,
        Err(Trouble::Malformed(why)) => return Err(Problem::of("malformed").detail(why)),
        Err(Trouble::Wrong(wrong)) => return refuse(&here, &reader, &draft, back, &form, wrong).await,
        Err(Trouble::Gone) => return too_late(&here, &reader, id, back, &form, &[]).await,
    };
    let Some(op) = op else {
        return Ok(leave(&here, &next, id, said));
    };
    let edited = reader
        .workflows
        .edit(here.tenant(), here.caller(), id, base, op)
        .await;
    match edited {
        Ok(edited) => Ok(leave(&here, &arrived(&edited, next), id, said)),
        Err(WorkflowError::Met(meetings)) => too_late(&here, &reader, id, back, &form, &meetings).await,
        Err(WorkflowError::Edit(EditError::Stale(_) | EditError::NotFound(_))) => {
            too_late(&here, &reader, id, back, &form, &[]).await
        }
        Err(WorkflowError::Edit(EditError::Breaks(wrong)) | WorkflowError::Invalid(wrong)) => {
            refuse(&here, &reader, &draft, back, &form, wrong).await
        }
        Err(WorkflowError::Edit(
            error @ (EditError::Locked(_) | EditError::IntoItself | EditError::OutOfRange { .. }),
        )) => {
            let wrong = vec![FieldError::new("#", "refused", error.to_string())];
            refuse(&here, &reader, &draft, back, &form, wrong).await
        }
        Err(error) => Err(error.into()),
    }
}

/// After an edit that made a copy, the copy is shown.
fn arrived(edited: &EditedDraft, next: Selection) -> Selection {
    match (&edited.inverse, &next.element) {
        (Op::DeleteCard { card }, _) => next.card(*card),
        (Op::DeleteElement { element }, Some(_)) => match edited.tree.element(*element) {
            Some((card, _)) => next.element(card.id, *element),
            None => next,
        },
        _ => next,
    }
}

fn leave(
    here: &Here<ManageWorkflows>,
    next: &Selection,
    id: WorkflowId,
    said: Option<String>,
) -> HttpResponse {
    let to = next.href(&id.to_string());
    match said {
        Some(said) => here.frame.see_other_saying(to, said, Tone::Leaf),
        None => here.frame.see_other(to),
    }
}

/// The form once more, with what was wrong.
async fn refuse(
    here: &Here<ManageWorkflows>,
    reader: &Reader,
    draft: &Draft,
    back: Selection,
    form: &Form,
    wrong: Vec<FieldError>,
) -> Result<HttpResponse, Problem> {
    let in_panel = is_typed(form) && back.card.is_some();
    let refused = (!in_panel).then(|| Refused {
        text: "Nothing was changed.".to_owned(),
        advice: wrong
            .first()
            .map(|error| sentence(&quoted(&error.message)))
            .unwrap_or_default(),
        theirs: String::new(),
    });
    let showing = Showing {
        chosen: back,
        form: Some(form),
        wrong,
        refused,
        asked: false,
    };
    show(here, reader, draft, showing, StatusCode::UNPROCESSABLE_ENTITY).await
}

/// The draft as it is by now, with who was faster, and what was typed.
pub(super) async fn too_late(
    here: &Here<ManageWorkflows>,
    reader: &Reader,
    id: WorkflowId,
    back: Selection,
    form: &Form,
    meetings: &[Meeting],
) -> Result<HttpResponse, Problem> {
    let draft = reader.workflows.draft(here.tenant(), id).await?;
    let text = match meetings.first() {
        Some(meeting) => format!(
            "{} changed this card {}.",
            sentence(&meeting.name).trim_end_matches('.'),
            here.ago(meeting.at)
        ),
        None => "What this is about was taken out in between.".to_owned(),
    };
    let typed = is_typed(form) && back.card.is_some_and(|card| draft.tree.card(card).is_some());
    let advice = if typed {
        "What you typed is still here. Saving again replaces that version with yours."
    } else {
        "Nothing was changed. Look at it, then do it again."
    };
    let theirs = if typed {
        back.href(&id.to_string())
    } else {
        String::new()
    };
    let showing = Showing {
        chosen: back,
        form: typed.then_some(form),
        wrong: Vec::new(),
        refused: Some(Refused {
            text,
            advice: advice.to_owned(),
            theirs,
        }),
        asked: false,
    };
    show(here, reader, &draft, showing, StatusCode::PRECONDITION_FAILED).await
}

fn is_typed(form: &Form) -> bool {
    let verb = form.get("do").split(' ').next().unwrap_or_default();
    TYPED.contains(&verb)
}
