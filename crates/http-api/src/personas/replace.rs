//! `PUT /personas`

use actix_web::{HttpResponse, http::header, put, web::Data};
use kale_application::personas::Personas;
use kale_domain::error::FieldError;
use kale_web::{Allowed, IfMatch, Json, NoQuery, Problem, Required, etag::etag, permission::ManagePersonas};

use super::view::{BODY_BYTES, ConfigurationView, DraftBody, draft_example, example};
use crate::openapi::params::IfMatchHeader;

/// The longest note, in characters.
const NOTE: usize = 500;

/// Replaces the whole configuration by a new version, and assigns customers anew in the background.
///
/// `If-Match` names the version that was read, `"v0"` while there is none. A persona whose key stays keeps its id.
/// `Location` is the job that assigns customers.
#[utoipa::path(
    operation_id = "replace_personas",
    tag = "Personas",
    params(IfMatchHeader),
    request_body(content = DraftBody, example = json!(draft_example())),
    responses((status = 200, description = "The configuration as it is now.", body = ConfigurationView, headers(
        ("Location" = String, description = "Where to look at the job."), ("ETag" = String,
            description = "Its version."),
    ), example = json!(example()))),
    extensions(("x-permission" = json!(ManagePersonas::NAME))),
)]
#[put("/personas")]
#[tracing::instrument(name = "api.personas.replace", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManagePersonas>,
    personas: Data<Personas>,
    _: NoQuery,
    IfMatch(version): IfMatch,
    Json(mut body): Json<DraftBody, BODY_BYTES>,
) -> Result<HttpResponse, Problem> {
    let company = allowed.company()?;
    let note = note(body.note.take())?;
    let document = body.document();
    let (_, job) = personas
        .save(
            allowed.reach(),
            company,
            &allowed.caller,
            version,
            &document,
            note,
        )
        .await?;
    let view = personas.view(allowed.reach(), company).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::LOCATION, format!("/api/v1/jobs/{job}")))
        .insert_header((header::ETAG, etag(view.version)))
        .json(ConfigurationView::new(view, company.currency, Some(job))?))
}

fn note(note: Option<String>) -> Result<Option<String>, Problem> {
    let note = note
        .map(|note| note.trim().to_owned())
        .filter(|note| !note.is_empty());
    if note.as_ref().is_some_and(|note| note.chars().count() > NOTE) {
        return Err(Problem::validation(vec![FieldError::new(
            "#/note",
            "too-long",
            "at most 500 characters",
        )]));
    }
    Ok(note)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_has_at_most_500_characters() {
        assert_eq!(note(Some("  ".to_owned())).unwrap(), None);
        assert_eq!(note(Some(" why ".to_owned())).unwrap(), Some("why".to_owned()));
        assert_eq!(
            note(Some("é".repeat(501))).unwrap_err().fields()[0].pointer,
            "#/note"
        );
    }
}
