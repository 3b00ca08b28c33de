//! `POST /data/uploads`

use actix_multipart::Multipart;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, http::header, web::Payload};
use askama::Template as _;
use kale_application::uploads::{UploadError, Uploads};
use kale_domain::upload::{MAX_BYTES, Upload};
use kale_web::{Deadline, NoQuery, Problem, permission::ManageUploads};

use super::{
    list::Params,
    multipart::{self, Sent},
    reader::Reader,
    words,
};
use crate::frame::Here;

/// What the parts of a form are framed with, at most.
const FRAME: u64 = 64 * 1024;

/// Takes a file in. The island is told its address in JSON, a browser without scripts is sent there.
#[tracing::instrument(name = "dashboard.data.receive", skip_all)]
pub(crate) async fn handle(
    here: Here<ManageUploads>,
    reader: Reader,
    deadline: Deadline,
    _: NoQuery,
    request: HttpRequest,
    body: Payload,
) -> Result<HttpResponse, Problem> {
    // It takes as long as bytes keep coming.
    deadline.lift();
    let island = wants_json(&request);
    match receive(&here, &reader.uploads, &request, body).await {
        Ok(upload) if island => {
            let location = format!("/data/uploads/{}", upload.id);
            Ok(HttpResponse::Created()
                .insert_header((header::LOCATION, location.as_str()))
                .json(serde_json::json!({ "location": location })))
        }
        Ok(upload) => Ok(here.frame.see_other(format!("/data/uploads/{}", upload.id))),
        Err(refused) if island || refused.status().is_server_error() => Err(refused),
        Err(refused) => {
            let page = reader
                .page(&here, &Params::default(), words::problem(&refused))
                .await?;
            here.frame.page(refused.status(), page.render())
        }
    }
}

async fn receive(
    here: &Here<ManageUploads>,
    uploads: &Uploads,
    request: &HttpRequest,
    body: Payload,
) -> Result<Upload, Problem> {
    check(request)?;
    let Sent {
        kind,
        name,
        bytes,
        broke,
    } = multipart::open(Multipart::new(request.headers(), body)).await?;
    match uploads
        .receive(here.tenant(), here.caller(), kind, &name, bytes)
        .await
    {
        Ok(upload) => Ok(upload),
        // What the stream broke off for says more than that it did.
        Err(error @ UploadError::Interrupted(_)) => Err(broke.take().unwrap_or_else(|| error.into())),
        Err(error) => {
            let said = words::refusal(&error);
            let problem = Problem::from(error);
            Err(match said {
                Some(said) => problem.detail(said),
                None => problem,
            })
        }
    }
}

/// Refuses at its header what could not be taken.
fn check(request: &HttpRequest) -> Result<(), Problem> {
    if !request.content_type().eq_ignore_ascii_case("multipart/form-data") {
        return Err(Problem::of("unsupported-media-type").detail("the body has to be `multipart/form-data`"));
    }
    let coding = request.headers().get(header::CONTENT_ENCODING);
    if coding.is_some_and(|coding| coding != "identity") {
        return Err(Problem::of("unsupported-media-type").detail("a compressed body is not read here"));
    }
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > MAX_BYTES.saturating_add(FRAME)) {
        return Err(UploadError::TooLarge.into());
    }
    Ok(())
}

fn wants_json(request: &HttpRequest) -> bool {
    let accept = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("application/json") && !accept.contains("text/html"))
}

#[cfg(test)]
mod tests {
    use actix_web::{http::StatusCode, test::TestRequest};

    use super::*;

    #[test]
    fn a_file_that_is_too_large_is_refused_at_its_header() {
        let request = |length: u64| {
            TestRequest::post()
                .insert_header(("content-type", "multipart/form-data; boundary=x"))
                .insert_header(("content-length", length.to_string()))
                .to_http_request()
        };
        assert!(check(&request(MAX_BYTES)).is_ok());
        assert_eq!(
            check(&request(MAX_BYTES * 2)).unwrap_err().status(),
            StatusCode::PAYLOAD_TOO_LARGE
        );
    }

    #[test]
    fn only_the_island_is_answered_in_json() {
        let accepts = |text: &str| {
            wants_json(
                &TestRequest::post()
                    .insert_header(("accept", text))
                    .to_http_request(),
            )
        };

        assert!(accepts("application/json"));
        assert!(!accepts("text/html,application/xhtml+xml,application/json;q=0.9"));
    }
}
