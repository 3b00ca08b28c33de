//! `POST /workflows/{id}/publish` and `…/rollback`: new versions.

use actix_web::{HttpResponse, http::StatusCode};
use kale_application::workflows::{Workflow, WorkflowError};
use kale_domain::id::WorkflowId;
use kale_web::{NoQuery, Path, Problem, permission::ManageWorkflows};

use super::{
    builder::{self, Showing},
    reader::Reader,
};
use crate::{
    frame::{Form, Here},
    view::{builder::Refused, parts::Tone},
    words::sentence,
};

#[tracing::instrument(name = "dashboard.workflows.publish", skip_all)]
pub(crate) async fn publish(
    here: Here<ManageWorkflows>,
    reader: Reader,
    Path(id): Path<WorkflowId>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let draft = reader.workflows.draft(here.tenant(), id).await?;
    let revision = form.version()?;
    let note = form.text("note").map(str::to_owned);
    let published = reader
        .workflows
        .publish(here.tenant(), here.company()?, here.caller(), id, revision, note)
        .await;
    let (showing, status) = match published {
        Ok(workflow) => return Ok(published_page(&here, &workflow)),
        Err(WorkflowError::NotPublishable(_)) => {
            let showing = Showing {
                form: Some(&form),
                asked: true,
                ..Showing::default()
            };
            (showing, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(WorkflowError::Invalid(wrong)) => {
            let showing = Showing {
                form: Some(&form),
                wrong,
                ..Showing::default()
            };
            (showing, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(error @ WorkflowError::Met(_)) => {
            let showing = Showing {
                form: Some(&form),
                refused: Some(Refused {
                    text: sentence(&error.to_string()),
                    advice: "Nothing was published. Look at the draft as it is now, then publish it."
                        .to_owned(),
                    theirs: String::new(),
                }),
                ..Showing::default()
            };
            (showing, StatusCode::PRECONDITION_FAILED)
        }
        Err(error) => return Err(error.into()),
    };
    // What is shown is what there is now: after a 412 that is newer.
    let draft = match status {
        StatusCode::PRECONDITION_FAILED => reader.workflows.draft(here.tenant(), id).await?,
        _ => draft,
    };
    builder::show(&here, &reader, &draft, showing, status).await
}

fn published_page(here: &Here<ManageWorkflows>, workflow: &Workflow) -> HttpResponse {
    let said = format!(
        "Published: version {}. New sessions start with it.",
        workflow.latest
    );
    let place = format!("/workflows/{}", workflow.id);
    here.frame.see_other_saying(place, said, Tone::Leaf)
}

/// Publishes the cards of an older version once more. The draft stays.
#[tracing::instrument(name = "dashboard.workflows.rollback", skip_all)]
pub(crate) async fn roll_back(
    here: Here<ManageWorkflows>,
    reader: Reader,
    Path(id): Path<WorkflowId>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let workflow = reader.workflows.get(here.tenant(), id).await?;
    let to: u32 = form
        .get("to")
        .parse()
        .map_err(|_no_number| Problem::of("malformed").detail("`to` is the number of a version"))?;
    let rolled = reader
        .workflows
        .roll_back(
            here.tenant(),
            here.company()?,
            here.caller(),
            workflow.id,
            to,
            None,
        )
        .await;
    let place = format!("/workflows/{id}/versions");
    match rolled {
        Ok(workflow) => {
            let said = format!(
                "Version {to} is live again, as version {}. The draft stayed as it is.",
                workflow.latest
            );
            Ok(here.frame.see_other_saying(place, said, Tone::Leaf))
        }
        Err(WorkflowError::NotPublishable(problems)) => {
            let first = problems
                .iter()
                .find(|problem| problem.is_error())
                .map(|problem| sentence(&problem.field.message))
                .unwrap_or_default();
            let said = format!("Version {to} does not pass the checks of today: {first}");
            Ok(here.frame.see_other_saying(place, said, Tone::Stem))
        }
        Err(error @ (WorkflowError::Invalid(_) | WorkflowError::NotNow(_))) => {
            let said = format!("Nothing was changed: {}", sentence(&error.to_string()));
            Ok(here.frame.see_other_saying(place, said, Tone::Stem))
        }
        Err(error) => Err(error.into()),
    }
}
