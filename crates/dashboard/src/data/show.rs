//! `GET /data/uploads/{id}`

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use kale_domain::id::UploadId;
use kale_web::{Path, Problem, Query as Asked, permission::ReadUploads};
use serde::Deserialize;

use super::{reader::Reader, stage::Shown};
use crate::frame::Here;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    step: Option<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    /// The mapping, though the file was checked already.
    Map,
}

#[tracing::instrument(name = "dashboard.data.show", skip_all)]
pub(crate) async fn handle(
    here: Here<ReadUploads>,
    reader: Reader,
    Path(id): Path<UploadId>,
    Asked(params): Asked<Params>,
) -> Result<HttpResponse, Problem> {
    let upload = reader.uploads.get(here.tenant(), id).await?;
    let shown = match params.step {
        Some(Step::Map) => Shown::Mapping,
        None => Shown::AsItIs,
    };
    let page = reader.upload_page(&here, &upload, shown).await?;
    here.frame.answer(StatusCode::OK, |part| {
        if part {
            page.as_body().render()
        } else {
            page.render()
        }
    })
}
