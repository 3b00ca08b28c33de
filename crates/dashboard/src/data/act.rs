//! `POST /data/uploads/{id}/validate`, `…/import`, `…/undo` and `…/cancel`

use actix_web::HttpResponse;
use askama::Template as _;
use kale_application::uploads::UploadError;
use kale_domain::{
    id::UploadId,
    upload::{Rejected, TransitionError},
};
use kale_web::{NoQuery, Path, Problem, permission::ManageUploads};

use super::{reader::Reader, stage::Shown, words};
use crate::{
    frame::{Form, Here},
    view::parts::Tone,
};

/// Has every row checked once more, by the mapping that is saved.
#[tracing::instrument(name = "dashboard.data.validate", skip_all)]
pub(crate) async fn validate(
    here: Here<ManageUploads>,
    reader: Reader,
    Path(id): Path<UploadId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    match reader.uploads.validate(here.tenant(), here.caller(), id).await {
        Ok(_) => Ok(here.frame.see_other(address(id))),
        Err(error) => moved_on(&here, id, error),
    }
}

#[tracing::instrument(name = "dashboard.data.import", skip_all)]
pub(crate) async fn import(
    here: Here<ManageUploads>,
    reader: Reader,
    Path(id): Path<UploadId>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let rejected = match form.get("rejected") {
        "skip" => Rejected::Skip,
        // What is not said is not left out.
        _ => Rejected::Stop,
    };
    match reader
        .uploads
        .import(here.tenant(), here.caller(), id, rejected)
        .await
    {
        Ok(_) => Ok(here.frame.see_other(address(id))),
        Err(
            error @ UploadError::NotNow(TransitionError::HasRejected(_) | TransitionError::NothingToImport),
        ) => {
            let said = words::refusal(&error).unwrap_or_default();
            let problem = Problem::from(error);
            let upload = reader.uploads.get(here.tenant(), id).await?;
            let page = reader.upload_page(&here, &upload, Shown::Refused(said)).await?;
            here.frame.page(problem.status(), page.render())
        }
        Err(error) => moved_on(&here, id, error),
    }
}

#[tracing::instrument(name = "dashboard.data.undo", skip_all)]
pub(crate) async fn undo(
    here: Here<ManageUploads>,
    reader: Reader,
    Path(id): Path<UploadId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    match reader.uploads.undo(here.tenant(), here.caller(), id).await {
        Ok(_) => {
            let said = "Undone. The customers follow within moments.";
            Ok(here.frame.see_other_saying(address(id), said, Tone::Leaf))
        }
        Err(error) => moved_on(&here, id, error),
    }
}

#[tracing::instrument(name = "dashboard.data.cancel", skip_all)]
pub(crate) async fn cancel(
    here: Here<ManageUploads>,
    reader: Reader,
    Path(id): Path<UploadId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    match reader.uploads.cancel(here.tenant(), here.caller(), id).await {
        Ok(_) => Ok(here
            .frame
            .see_other_saying(address(id), "Cancelled. Nothing was imported.", Tone::Leaf)),
        Err(error) => moved_on(&here, id, error),
    }
}

fn address(id: UploadId) -> String {
    format!("/data/uploads/{id}")
}

/// Back to the upload, which shows where it stands, where that is why nothing was done; else the problem.
pub(super) fn moved_on(
    here: &Here<ManageUploads>,
    id: UploadId,
    error: UploadError,
) -> Result<HttpResponse, Problem> {
    use kale_domain::error::{Classify as _, ErrorKind};

    if !matches!(error.kind(), ErrorKind::Conflict | ErrorKind::Stale) {
        return Err(error.into());
    }
    let why = words::refusal(&error).unwrap_or_else(|| "Somebody else changed it in between.".to_owned());
    Ok(here
        .frame
        .see_other_saying(address(id), format!("Nothing was changed. {why}"), Tone::Sun))
}
