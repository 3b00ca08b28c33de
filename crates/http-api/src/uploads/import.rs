//! `POST /uploads/{id}/import`

#[cfg(test)]
mod tests;

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::header, post, web::Data};
use futures::{FutureExt as _, future::LocalBoxFuture};
use kale_application::uploads::Uploads;
use kale_domain::{id::UploadId, upload::Rejected};
use kale_web::{Allowed, Idempotent, Json, NoQuery, Path, Problem, Required, permission::ManageUploads};
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::{UploadView, example};
use crate::openapi::params::IdempotencyKeyHeader;

/// How to import.
#[derive(Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportUpload)]
pub(super) struct Body {
    /// What to do with rejected rows: `stop` imports nothing where there are any, `skip` imports the others.
    #[serde(default)]
    #[schema(value_type = String, default = "stop")]
    rejected: Rejected,
}

/// The body, where there is one.
pub(super) struct IfSent(Body);

impl FromRequest for IfSent {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let headers = request.headers();
        let length = headers.get(header::CONTENT_LENGTH);
        let absent = match length {
            Some(length) => length == "0",
            // Chunks have no length; without a type there are none.
            None => {
                !headers.contains_key(header::CONTENT_TYPE)
                    && !headers.contains_key(header::TRANSFER_ENCODING)
            }
        };
        if absent {
            return async { Ok(Self(Body::default())) }.boxed_local();
        }
        let body = Json::<Body>::from_request(request, payload);
        async move { body.await.map(|Json(body)| Self(body)) }.boxed_local()
    }
}

/// Imports the rows, in the background. Readers see all of them at once or none.
#[utoipa::path(
    operation_id = "import_upload",
    tag = "Uploads",
    params(IdempotencyKeyHeader, ("id" = String, Path, description = "Which.",
        example = "upl_01h455vb4pex5vsknk084sn02q")),
    request_body(content = Option<Body>, example = json!({"rejected": "skip"})),
    responses((status = 202, description = "The upload as it is now.", body = UploadView, headers(
        ("Location" = String, description = "Where to look at the job."),
        ("ETag" = String, description = "Its version."),
    ), example = json!(example("importing")))),
    extensions(
        ("x-permission" = json!(ManageUploads::NAME)),
        ("x-problems" = json!(["wrong-state", "has-rejected-rows", "nothing-to-import"])),
    ),
)]
#[post("/uploads/{id}/import")]
#[tracing::instrument(name = "api.uploads.import", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManageUploads>,
    uploads: Data<Uploads>,
    Path(id): Path<UploadId>,
    _: NoQuery,
    IfSent(body): IfSent,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    idempotent
        .run(&allowed, async || {
            let (upload, job) = uploads
                .import(allowed.tenant(), &allowed.caller, id, body.rejected)
                .await?;
            Ok(UploadView::new(upload, false).started(job))
        })
        .await
}
