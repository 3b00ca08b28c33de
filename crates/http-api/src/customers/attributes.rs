//! `GET /attributes`

use actix_web::{get, web::Data, web::Json};
use kale_application::customers::Customers;
use kale_domain::attribute::AttributeDefinition;
use kale_web::{Allowed, NoQuery, Page, Problem, Required, permission::ReadCustomers};
use serde::Serialize;
use utoipa::ToSchema;

/// An attribute of the company's customers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attribute)]
pub(super) struct View {
    /// Its name in rules and filters.
    #[schema(example = "monthly_charges")]
    key: String,
    /// What people read.
    #[schema(example = "MonthlyCharges")]
    label: String,
    /// `text`, `number`, `integer`, `boolean`, `date`, `money` or `country`.
    #[schema(example = "number")]
    r#type: &'static str,
    /// Whether the customer list can be sorted by it.
    sortable: bool,
}

/// The attributes that the company's files and programs have brought, all on one page.
#[utoipa::path(
    operation_id = "list_attributes",
    tag = "Customers",
    responses((status = 200, description = "All of them.", body = Page<View>, example = json!({
        "data": [{"key": "monthly_charges", "label": "MonthlyCharges", "type": "number", "sortable": true}],
        "page": {"next_cursor": null, "has_more": false}
    }))),
    extensions(("x-permission" = json!(ReadCustomers::NAME))),
)]
#[get("/attributes")]
#[tracing::instrument(name = "api.customers.attributes", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadCustomers>,
    customers: Data<Customers>,
    _: NoQuery,
) -> Result<Json<Page<View>>, Problem> {
    let sortable = &allowed.company()?.sortable_attributes;
    let view = |definition: AttributeDefinition| View {
        sortable: sortable.contains(&definition.key),
        key: definition.key.into(),
        label: definition.label,
        r#type: definition.kind.name(),
    };
    let definitions = customers.attributes(allowed.reach()).await?;
    Ok(Json(Page::new(definitions.into_iter().map(view).collect(), None)))
}
