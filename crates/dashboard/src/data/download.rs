//! `GET /data/uploads/{id}/errors.csv` and `GET /data/templates/customer-data`

use actix_web::{HttpResponse, body::SizedStream, http::header, web::Data};
use futures::TryStreamExt as _;
use kale_application::uploads::Uploads;
use kale_domain::{id::UploadId, upload::UploadKind};
use kale_web::{NoQuery, Path, Problem, permission::ReadUploads};

use crate::frame::Here;

const CSV: &str = "text/csv; charset=utf-8";

/// The rejected rows, each with what is wrong with it.
#[tracing::instrument(name = "dashboard.data.errors", skip_all)]
pub(crate) async fn errors(
    here: Here<ReadUploads>,
    uploads: Data<Uploads>,
    Path(id): Path<UploadId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let file = uploads
        .rejected_file(here.tenant(), id)
        .await?
        .ok_or_else(Problem::not_found)?;
    let bytes = file
        .bytes
        .inspect_err(|error| tracing::error!(error = %error, "a file broke off while it was sent"));
    Ok(HttpResponse::Ok()
        .content_type(CSV)
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{id}-errors.csv\""),
        ))
        .body(SizedStream::new(file.total_bytes, bytes)))
}

/// A file to start from.
#[tracing::instrument(name = "dashboard.data.template", skip_all)]
pub(crate) async fn template(_: Here<ReadUploads>, _: NoQuery) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(CSV)
        .insert_header((
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"customer-data.csv\"",
        ))
        .body(Uploads::template(UploadKind::CustomerData))
}
