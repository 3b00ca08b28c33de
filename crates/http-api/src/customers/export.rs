//! `POST /customers/export`

use actix_web::{HttpResponse, http::header, post, web::Data};
use futures::TryStreamExt as _;
use kale_application::customers::{Customers, ExportFormat};
use kale_web::{Allowed, Json, NoQuery, Problem, Required, permission::ExportCustomers};
use serde::Deserialize;
use utoipa::ToSchema;

use super::list_query;

/// What to take out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CustomerExport)]
pub(super) struct Body {
    format: Format,
    /// A query string as `GET /customers` takes it: `q`, `sort`, `filter[…]`. Everybody where it is absent.
    #[serde(default)]
    filter: Option<String>,
}

/// The form of the file.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExportFormat)]
pub(super) enum Format {
    /// RFC 4180; what a spreadsheet would take for a formula is escaped.
    Csv,
    /// One JSON object a line.
    Ndjson,
}

/// Takes customers out as a file, streamed. The audit log keeps that it was.
#[utoipa::path(
    operation_id = "export_customers",
    tag = "Customers",
    request_body(content = Body, example = json!({"format": "csv",
        "filter": "filter[attributes.contract]=Two year&sort=-mrr"})),
    responses((
        status = 200, description = "The file.",
        content((String = "text/csv",
            example = "id,external_id,name\r\ncus_01h455vb4pex5vsknk084sn02q,7590-VHVEG,Ada Lovelace\r\n"),
            (String = "application/x-ndjson",
                example = "{\"id\":\"cus_01h455vb4pex5vsknk084sn02q\",\"external_ids\":[\"7590-VHVEG\"]}\n")),
        headers(("Content-Disposition" = String, description = "The name of the file."))
    )),
    extensions(("x-permission" = json!(ExportCustomers::NAME))),
)]
#[post("/customers/export")]
#[tracing::instrument(name = "api.customers.export", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ExportCustomers>,
    customers: Data<Customers>,
    _: NoQuery,
    Json(body): Json<Body>,
) -> Result<HttpResponse, Problem> {
    let request = list_query::in_body(body.filter.as_deref())?;
    let list = customers
        .prepare(allowed.reach(), allowed.company()?, &request)
        .await;
    let list = list.map_err(list_query::at_filter)?;
    let (format, media, disposition) = match body.format {
        Format::Csv => (
            ExportFormat::Csv,
            "text/csv; charset=utf-8",
            "attachment; filename=\"customers.csv\"",
        ),
        Format::Ndjson => (
            ExportFormat::Ndjson,
            "application/x-ndjson",
            "attachment; filename=\"customers.ndjson\"",
        ),
    };
    let rows = customers
        .export(allowed.reach(), &allowed.caller, list, format)
        .await?;
    // The status is sent by then: whoever reads sees a file that breaks off.
    let rows = rows.inspect_err(|error| tracing::error!(error = %error, "an export broke off"));
    Ok(HttpResponse::Ok()
        .content_type(media)
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .streaming(rows))
}
