//! `GET /workflows/{id}/preview?card=`: a card of the draft as subscribers see it, for the frame beside the cards.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, HeaderValue},
    web::Data,
};
use kale_application::{sessions::Sessions, viewer::Viewer, workflows::Workflows};
use kale_domain::id::{CardId, WorkflowId};
use kale_web::{Path, Problem, Query as Asked, permission::ManageWorkflows};
use serde::Deserialize;

use crate::{deps::Picture, frame::Here};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Which card; the first where none is named.
    card: Option<CardId>,
    /// The revision that was shown, so that a frame is loaded anew when the draft changes. Nobody reads it.
    #[serde(rename = "at")]
    _at: Option<u64>,
}

#[tracing::instrument(name = "dashboard.workflows.preview", skip_all)]
pub(crate) async fn handle(
    here: Here<ManageWorkflows>,
    workflows: Data<Workflows>,
    sessions: Data<Sessions>,
    viewer: Data<Viewer>,
    picture: Data<Picture>,
    Path(id): Path<WorkflowId>,
    Asked(params): Asked<Params>,
) -> Result<HttpResponse, Problem> {
    let draft = workflows.draft(here.tenant(), id).await?;
    let first = draft.tree.cards().first().map(|card| card.id);
    let card = params.card.or(first).ok_or_else(Problem::not_found)?;
    let company = here.company()?;
    let seen = sessions
        .of_draft(here.tenant(), company, &draft, card)
        .await?
        .ok_or_else(Problem::not_found)?;
    let settings = viewer.settings(here.tenant()).await?;
    let mut page = (picture.0)(&company.name, &settings, &seen)?;
    let headers = page.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(page)
}
