//! `GET /uploads/{id}/errors.csv`

use actix_web::{HttpResponse, body::SizedStream, get, http::header, web::Data};
use futures::TryStreamExt as _;
use kale_application::uploads::Uploads;
use kale_domain::id::UploadId;
use kale_web::{Allowed, NoQuery, Path, Problem, Required, permission::ReadUploads};

/// Downloads the rejected rows as CSV: their line, what is wrong, and the row as it came. 404 where there are none.
#[utoipa::path(
    operation_id = "download_upload_errors",
    tag = "Uploads",
    params(("id" = String, Path, description = "Which.", example = "upl_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The rejected rows.", body = String, content_type = "text/csv",
        headers(("Content-Disposition" = String, description = "The name of the file.")),
            example = "rejected_line,rejected_reason,customerID,tenure\r\n17,tenure: expected a whole number,7590-VHVEG,x\r\n")),
    extensions(("x-permission" = json!(ReadUploads::NAME))),
)]
#[get("/uploads/{id}/errors.csv")]
#[tracing::instrument(name = "api.uploads.errors", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadUploads>,
    uploads: Data<Uploads>,
    Path(id): Path<UploadId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let file = uploads
        .rejected_file(allowed.tenant(), id)
        .await?
        .ok_or_else(Problem::not_found)?;
    let bytes = file
        .bytes
        .inspect_err(|error| tracing::error!(error = %error, "a file broke off while it was sent"));
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{id}-errors.csv\""),
        ))
        .body(SizedStream::new(file.total_bytes, bytes)))
}
