//! `GET /uploads/{id}/profile`

use actix_web::{get, web::Data, web::Json};
use kale_application::uploads::Uploads;
use kale_domain::{
    id::UploadId,
    upload::{ColumnProfile, Mapping, Profile},
};
use kale_web::{Allowed, NoQuery, Path, Problem, Required, permission::ReadUploads};
use serde::Serialize;
use utoipa::ToSchema;

use super::map::MappingDocument;

/// What a file is like.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Profile)]
pub(super) struct View {
    /// `utf-8`, `utf-16le`, `windows-1252` …
    encoding: String,
    /// The character between two fields.
    #[schema(value_type = String)]
    delimiter: char,
    /// Data rows seen.
    rows: u64,
    /// Whether that was the whole file.
    complete: bool,
    /// In the order of the file.
    columns: Vec<ColumnView>,
    /// How we would read it: the body of `PUT /uploads/{id}/mapping`.
    suggestion: Option<MappingDocument>,
}

/// What one column holds, as far as the rows seen tell.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ColumnProfile)]
pub(super) struct ColumnView {
    header: String,
    /// The narrowest type that reads every value seen, but for a rare word among numbers or dates (`n/a`, `free`).
    r#type: &'static str,
    /// How a date or number is written, where the usual way does not read it.
    format: Option<String>,
    /// How many of the rows seen have no value.
    empty: u64,
    /// How many different values were seen; counting stops at 1,000.
    distinct: u64,
    /// Whether no value came twice.
    unique: bool,
    /// How many values had come before.
    repeated: u64,
    /// The first different values.
    samples: Vec<String>,
    /// What rules may not use it for, where its name gives that away.
    sensitive: Option<String>,
}

impl View {
    fn new(profile: Profile, suggestion: Option<Mapping>) -> Self {
        Self {
            encoding: profile.encoding,
            delimiter: profile.delimiter,
            rows: profile.rows,
            complete: profile.complete,
            columns: profile.columns.into_iter().map(ColumnView::from).collect(),
            suggestion: suggestion.map(MappingDocument::from),
        }
    }
}

impl From<ColumnProfile> for ColumnView {
    fn from(column: ColumnProfile) -> Self {
        Self {
            header: column.header,
            r#type: column.kind.name(),
            format: column.format,
            empty: column.empty,
            distinct: column.distinct,
            unique: column.unique,
            repeated: column.repeated,
            samples: column.samples,
            sensitive: column.sensitive,
        }
    }
}

/// Reads what the file is like, and how we would read it. 409 `wrong-state` until a job has looked at it.
#[utoipa::path(
    operation_id = "read_upload_profile",
    tag = "Uploads",
    params(("id" = String, Path, description = "Which.", example = "upl_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "What it is like.", body = View, example = json!({
        "encoding": "utf-8", "delimiter": ",", "rows": 7043, "complete": true,
        "columns": [{
            "header": "customerID", "type": "text", "format": null, "empty": 0, "distinct": 1000, "unique": true, "repeated": 0,
            "samples": ["7590-VHVEG", "5575-GNVDE"], "sensitive": null
        }],
        "suggestion": {"mode": "upsert", "columns": {
            "customerID": {"to": "external_id", "type": "text", "format": null, "currency": null}
        }}
    }))),
    extensions(("x-permission" = json!(ReadUploads::NAME)), ("x-problems" = json!(["wrong-state"]))),
)]
#[get("/uploads/{id}/profile")]
#[tracing::instrument(name = "api.uploads.profile", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadUploads>,
    uploads: Data<Uploads>,
    Path(id): Path<UploadId>,
    _: NoQuery,
) -> Result<Json<View>, Problem> {
    let (upload, profile) = uploads.profiled(allowed.tenant(), id).await?;
    Ok(Json(View::new(profile, upload.suggestion)))
}
