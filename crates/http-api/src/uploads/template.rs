//! `GET /upload-templates/{kind}`

use actix_web::{HttpResponse, get, http::header};
use kale_application::uploads::Uploads;
use kale_domain::upload::UploadKind;
use kale_web::{Allowed, NoQuery, Path, Problem, Required, permission::ReadUploads};
use serde::Deserialize;

/// A kind of file, by its name in addresses.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    CustomerData,
}

impl From<Kind> for UploadKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::CustomerData => Self::CustomerData,
        }
    }
}

/// Downloads a CSV file to start from: the header we suggest, and two rows that show what is meant.
#[utoipa::path(
    operation_id = "download_upload_template",
    tag = "Uploads",
    params(("kind" = String, Path, description = "`customer-data`.", example = "customer-data")),
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv",
        headers(("Content-Disposition" = String, description = "The name of the file.")),
            example = "customer_id,name,email\r\nC-1001,Northwind Traders,ada@northwind.example\r\n")),
    extensions(("x-permission" = json!(ReadUploads::NAME))),
)]
#[get("/upload-templates/{kind}")]
#[tracing::instrument(name = "api.uploads.template", skip_all)]
pub(crate) async fn handle(
    _: Allowed<ReadUploads>,
    Path(kind): Path<Kind>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let kind = UploadKind::from(kind);
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}.csv\"", kind.slug()),
        ))
        .body(Uploads::template(kind)))
}
