//! `POST /data/uploads/{id}/mapping`

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use kale_application::uploads::UploadError;
use kale_domain::{
    error::{Classify as _, ErrorKind, FieldError},
    id::UploadId,
};
use kale_web::{NoQuery, Path, Problem, permission::ManageUploads};

use super::{act::moved_on, mapping::Chosen, reader::Reader, stage::Shown};
use crate::frame::{Form, Here};

/// Saves the mapping and has every row checked by it.
#[tracing::instrument(name = "dashboard.data.map", skip_all)]
pub(crate) async fn handle(
    here: Here<ManageUploads>,
    reader: Reader,
    Path(id): Path<UploadId>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let chosen = Chosen::read(&form);
    let version = form.version()?;
    let mapping = match chosen.mapping(here.company()?.currency) {
        Ok(mapping) => mapping,
        Err(wrong) => {
            return again(
                &here,
                &reader,
                id,
                chosen,
                wrong,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
            .await;
        }
    };
    let (tenant, caller) = (here.tenant(), here.caller());
    match reader
        .uploads
        .map(tenant, caller, id, Some(version), mapping)
        .await
    {
        Ok(_) => {}
        Err(UploadError::Invalid(wrong)) => {
            let wrong = chosen.by_place(wrong);
            return again(
                &here,
                &reader,
                id,
                chosen,
                wrong,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
            .await;
        }
        Err(error) if error.kind() == ErrorKind::Stale => {
            return again(
                &here,
                &reader,
                id,
                chosen,
                Vec::new(),
                StatusCode::PRECONDITION_FAILED,
            )
            .await;
        }
        Err(error) => return moved_on(&here, id, error),
    }
    match reader.uploads.validate(tenant, caller, id).await {
        Ok(_) => Ok(here.frame.see_other(format!("/data/uploads/{id}"))),
        Err(error) => moved_on(&here, id, error),
    }
}

/// The form as it was sent. Where the upload has moved on meanwhile, its stage is shown instead.
async fn again(
    here: &Here<ManageUploads>,
    reader: &Reader,
    id: UploadId,
    chosen: Chosen,
    wrong: Vec<FieldError>,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let upload = reader.uploads.get(here.tenant(), id).await?;
    let stale = status == StatusCode::PRECONDITION_FAILED;
    let page = reader
        .upload_page(here, &upload, Shown::Sent { chosen, wrong, stale })
        .await?;
    here.frame.page(status, page.render())
}
