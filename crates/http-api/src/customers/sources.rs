//! `GET /customers/{id}/sources`

use std::collections::BTreeMap;

use actix_web::{get, web::Data, web::Json};
use jiff::Timestamp;
use kale_application::customers::Customers;
use kale_domain::{
    customer::{CustomerSource, LinkReason},
    id::CustomerId,
};
use kale_web::{Allowed, NoQuery, Page, Path, Problem, Required, permission::ReadCustomers};
use serde::Serialize;
use utoipa::ToSchema;

/// A source record of a customer, and why it belongs there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerSource)]
pub(super) struct View {
    /// `files` or `api`.
    #[schema(example = "files")]
    connection: String,
    /// What kind of record it is.
    #[schema(example = "customer-data")]
    kind: String,
    /// Its key at the source.
    #[schema(example = "7590-VHVEG")]
    external_id: String,
    /// `same_external_id`, `mapped_by_file`, `same_email`, `same_domain` or `manual`.
    #[schema(value_type = String, example = "same_external_id")]
    reason: LinkReason,
    /// When it was linked.
    #[schema(value_type = String, format = DateTime)]
    linked_at: Timestamp,
    /// What it says, as it is now.
    #[schema(value_type = Object, example = json!({"name": "Ada Lovelace", "attributes.tenure": "1"}))]
    fields: BTreeMap<String, String>,
}

impl From<CustomerSource> for View {
    fn from(source: CustomerSource) -> Self {
        Self {
            connection: source.connection,
            kind: source.kind,
            external_id: source.external_id,
            reason: source.reason,
            linked_at: source.linked_at,
            fields: source.fields,
        }
    }
}

/// The records a customer is made from, and what each of them says.
#[utoipa::path(
    operation_id = "list_customer_sources",
    tag = "Customers",
    params(("id" = String, Path, description = "Which.", example = "cus_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "All of them.", body = Page<View>, example = json!({
        "data": [{
            "connection": "files", "kind": "customer-data", "external_id": "7590-VHVEG", "reason": "same_external_id",
            "linked_at": "2026-03-15T09:30:00Z", "fields": {"name": "Ada Lovelace", "attributes.tenure": "1"}
        }],
        "page": {"next_cursor": null, "has_more": false}
    }))),
    extensions(("x-permission" = json!(ReadCustomers::NAME))),
)]
#[get("/customers/{id}/sources")]
#[tracing::instrument(name = "api.customers.sources", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadCustomers>,
    customers: Data<Customers>,
    Path(id): Path<CustomerId>,
    _: NoQuery,
) -> Result<Json<Page<View>>, Problem> {
    let sources = customers.sources(allowed.reach(), id).await?;
    Ok(Json(Page::new(
        sources.into_iter().map(View::from).collect(),
        None,
    )))
}
