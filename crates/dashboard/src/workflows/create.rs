//! `POST /workflows`: from a template, or from nothing.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use kale_application::workflows::{Beginning, NewWorkflow, WorkflowError};
use kale_web::{NoQuery, Problem, permission::ManageWorkflows};

use super::{
    gallery::{gallery, template_page},
    reader::Reader,
};
use crate::{
    frame::{Form, Here},
    view::parts::Tone,
};

#[tracing::instrument(name = "dashboard.workflows.create", skip_all)]
pub(crate) async fn handle(
    here: Here<ManageWorkflows>,
    reader: Reader,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let name = form.get("name").trim();
    let template = match form.text("template") {
        Some(key) => Some(reader.templates.get(key)?),
        None => None,
    };
    let new = NewWorkflow {
        name: Some(name.to_owned()),
        from: template.as_ref().map_or(Beginning::Empty, |template| {
            Beginning::Template(template.key.clone())
        }),
    };
    let made = reader.workflows.create(here.tenant(), here.caller(), new).await;
    match made {
        Ok(workflow) => {
            let said = format!(
                "“{}” is made. Nobody walks it before it is published.",
                workflow.name
            );
            let place = format!("/workflows/{}", workflow.id);
            Ok(here.frame.see_other_saying(place, said, Tone::Leaf))
        }
        Err(WorkflowError::Invalid(wrong)) => {
            let html = match template {
                Some(template) => template_page(&here, template, name, &wrong).render(),
                None => gallery(&here, &reader, name, &wrong)?.render(),
            };
            here.frame.page(StatusCode::UNPROCESSABLE_ENTITY, html)
        }
        Err(error) => Err(error.into()),
    }
}
