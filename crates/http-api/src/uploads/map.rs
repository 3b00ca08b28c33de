//! `PUT /uploads/{id}/mapping`

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use actix_web::{HttpResponse, put, web::Data};
use kale_application::uploads::Uploads;
use kale_domain::{
    attribute::AttributeType,
    id::UploadId,
    money::Currency,
    upload::{ColumnMapping, ImportMode, Mapping, RowNumberAs, Target},
};
use kale_web::{Allowed, IfMatchIfSent, Json, NoQuery, Path, Problem, Required, permission::ManageUploads};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::{UploadView, example};

/// How a file is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Mapping)]
pub(super) struct MappingDocument {
    /// `append` refuses rows whose key exists, `upsert` changes only the mapped columns of rows that exist, `replace`
    /// also takes out rows whose key is absent from the file.
    #[schema(value_type = String, example = "upsert")]
    mode: ImportMode,
    /// By header. A header that is not listed is ignored.
    columns: BTreeMap<String, ColumnDocument>,
    /// `external_id`: the number of a data row, from 1, is its key. For files that have no key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    row_number_as: Option<RowNumberAs>,
}

/// How one column is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ColumnMapping)]
pub(super) struct ColumnDocument {
    /// `external_id`, `name`, `email`, `domain`, `billing_id`, `ticketing_id`, `plan`, `amount`, `tier`,
    /// `attributes.<name>` or `ignore`.
    #[schema(value_type = String, example = "attributes.tenure")]
    to: Target,
    /// `text`, `number`, `integer`, `boolean`, `date`, `money` or `country`; may be left out where the target fixes it
    /// or the column is ignored.
    #[serde(default, rename = "type")]
    #[schema(value_type = Option<String>, example = "integer")]
    kind: Option<AttributeType>,
    /// How it is written, where that has to be said: `dd/mm/yyyy` for a date, `1.234,56` for a number.
    #[serde(default)]
    format: Option<String>,
    /// The currency of an amount.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    currency: Option<Currency>,
}

impl From<MappingDocument> for Mapping {
    fn from(document: MappingDocument) -> Self {
        let column = |(header, column): (String, ColumnDocument)| {
            let ColumnDocument {
                to,
                kind,
                format,
                currency,
            } = column;
            (
                header,
                ColumnMapping {
                    to,
                    kind,
                    format,
                    currency,
                },
            )
        };
        Self {
            mode: document.mode,
            columns: document.columns.into_iter().map(column).collect(),
            row_number_as: document.row_number_as,
        }
    }
}

impl From<Mapping> for MappingDocument {
    fn from(mapping: Mapping) -> Self {
        let column = |(header, column): (String, ColumnMapping)| {
            let ColumnMapping {
                to,
                kind,
                format,
                currency,
            } = column;
            (
                header,
                ColumnDocument {
                    to,
                    kind,
                    format,
                    currency,
                },
            )
        };
        Self {
            mode: mapping.mode,
            columns: mapping.columns.into_iter().map(column).collect(),
            row_number_as: mapping.row_number_as,
        }
    }
}

/// Says how the file is read. What was checked with another mapping counts no more.
///
/// Pointers of errors lead to the column: `#/columns/<header>/type`, a `/` in the header as `~1`.
#[utoipa::path(
    operation_id = "map_upload",
    tag = "Uploads",
    params(
        ("id" = String, Path, description = "Which.", example = "upl_01h455vb4pex5vsknk084sn02q"),
        ("If-Match" = Option<String>, Header,
            description = "The ETag that you read, if nobody's change shall be lost."),
    ),
    request_body(content = MappingDocument, example = json!({
    "mode": "upsert",
    "columns": {
        "customerID": {"to": "external_id", "type": "text", "format": null, "currency": null},
        "MonthlyCharges": {"to": "amount", "type": "money", "format": null, "currency": "USD"},
        "tenure": {"to": "attributes.tenure", "type": "integer", "format": null, "currency": null},
        "gender": {"to": "ignore"}
    }
})),
    responses((status = 200, description = "The upload as it is now.", body = UploadView,
        headers(("ETag" = String, description = "Its version.")), example = json!(example("awaiting_mapping")))),
    extensions(
        ("x-permission" = json!(ManageUploads::NAME)),
        ("x-problems" = json!(["wrong-state", "stale-version"])),
    ),
)]
#[put("/uploads/{id}/mapping")]
#[tracing::instrument(name = "api.uploads.map", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManageUploads>,
    uploads: Data<Uploads>,
    Path(id): Path<UploadId>,
    _: NoQuery,
    IfMatchIfSent(version): IfMatchIfSent,
    Json(body): Json<MappingDocument>,
) -> Result<HttpResponse, Problem> {
    let upload = uploads
        .map(allowed.tenant(), &allowed.caller, id, version, body.into())
        .await?;
    Ok(UploadView::new(upload, false).answer(HttpResponse::Ok()))
}
