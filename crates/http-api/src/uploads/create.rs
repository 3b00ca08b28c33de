//! `POST /uploads/customer-data`

mod file;
#[cfg(test)]
mod tests;

use actix_multipart::Multipart;
use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse,
    http::header,
    post,
    web::{Data, Payload},
};
use kale_application::uploads::{UploadError, Uploads};
use kale_domain::upload::{MAX_BYTES, UploadKind};
use kale_web::{Allowed, Deadline, NoQuery, Problem, Required, permission::ManageUploads};
use utoipa::ToSchema;

use super::view::{UploadView, example};

/// What the parts of a form are framed with, at most.
const FRAME: u64 = 64 * 1024;

/// The form, as the document describes it.
#[derive(ToSchema)]
#[schema(as = UploadForm)]
#[expect(dead_code, reason = "described here, read as a stream")]
pub(super) struct Form {
    /// The file: CSV, TSV or another delimited text, in UTF-8, UTF-16 or a Western code page.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Takes a file with one row per customer, at most 2 GiB, 10 million rows and 500 columns, and begins to look at it.
///
/// The form has one field, `file`. A file whose beginning shows that it can't be read is refused at once, with 422 and
/// the line. Nothing is imported before its mapping is confirmed, so that sending it twice does no harm.
#[utoipa::path(
    operation_id = "upload_customer_data",
    tag = "Uploads",
    request_body(content = Form, content_type = "multipart/form-data",
        example = json!({"file": "customer_id,name\r\nC-1001,Ada\r\n"})),
    responses((status = 202, description = "It is here.", body = UploadView, headers(("Location" = String,
        description = "Where to look at it."), ("ETag" = String, description = "Its version.")),
            example = json!(example("received")))),
    extensions(("x-permission" = json!(ManageUploads::NAME))),
)]
#[post("/uploads/customer-data")]
#[tracing::instrument(name = "api.uploads.create", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManageUploads>,
    uploads: Data<Uploads>,
    deadline: Deadline,
    _: NoQuery,
    request: HttpRequest,
    body: Payload,
) -> Result<HttpResponse, Problem> {
    check(&request)?;
    // It takes as long as bytes keep coming.
    deadline.lift();
    let form = Multipart::new(request.headers(), body);
    let (name, bytes, refused) = file::open(form).await?;
    let kind = UploadKind::CustomerData;
    let upload = match uploads
        .receive(allowed.tenant(), &allowed.caller, kind, &name, bytes)
        .await
    {
        Ok(upload) => upload,
        // What the stream was refused for says more than that it ended.
        Err(error @ UploadError::Interrupted(_)) => {
            return Err(refused.take().unwrap_or_else(|| error.into()));
        }
        Err(error) => return Err(error.into()),
    };
    Ok(UploadView::new(upload, false).received())
}

/// Refuses at its header what could not be taken.
fn check(request: &HttpRequest) -> Result<(), Problem> {
    if !request.content_type().eq_ignore_ascii_case("multipart/form-data") {
        let detail = "the body has to be `multipart/form-data` with one field, `file`";
        return Err(Problem::of("unsupported-media-type").detail(detail));
    }
    if request
        .headers()
        .get(header::CONTENT_ENCODING)
        .is_some_and(|coding| coding != "identity")
    {
        return Err(Problem::of("unsupported-media-type").detail("a compressed body is not read here"));
    }
    let length = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > MAX_BYTES.saturating_add(FRAME)) {
        return Err(UploadError::TooLarge.into());
    }
    Ok(())
}
