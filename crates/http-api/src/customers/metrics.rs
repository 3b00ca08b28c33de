//! `GET /customers/{id}/metrics`

use actix_web::{get, web::Data, web::Json};
use kale_application::customers::Customers;
use kale_domain::{
    customer::Customer,
    id::CustomerId,
    metric::{Metric, MetricKind},
};
use kale_web::{Allowed, NoQuery, Page, Path, Problem, Required, permission::ReadCustomers};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::view::metric_value;

/// A metric of the catalogue with a customer's value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerMetric)]
pub(super) struct View {
    /// Its name in rules and filters.
    #[schema(example = "mrr")]
    name: &'static str,
    /// What people read.
    #[schema(example = "MRR")]
    title: String,
    /// What kind of value it has.
    #[schema(value_type = String, example = "money")]
    kind: MetricKind,
    /// What it is counted in; empty for yes or no.
    #[schema(example = "minor units")]
    unit: &'static str,
    /// The value; null where it is not known.
    #[schema(value_type = Value, example = json!({"amount_minor": 2985, "currency": "USD"}))]
    value: Value,
    /// Whether nobody can have a value yet, because its source is not connected.
    waiting: bool,
}

fn views(customer: &mut Customer) -> Vec<View> {
    let view = |metric: &Metric| View {
        name: metric.name(),
        title: metric.title(),
        kind: metric.kind(),
        unit: metric.unit(),
        value: customer.metrics.remove(metric).map_or(Value::Null, metric_value),
        waiting: !metric.is_computed(),
    };
    Metric::ALL.iter().map(view).collect()
}

/// Every metric of the catalogue with this customer's value, all on one page.
#[utoipa::path(
    operation_id = "list_customer_metrics",
    tag = "Customers",
    params(("id" = String, Path, description = "Which.", example = "cus_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "All of them.", body = Page<View>, example = json!({
        "data": [{
            "name": "mrr", "title": "MRR", "kind": "money", "unit": "minor units",
            "value": {"amount_minor": 2985, "currency": "USD"}, "waiting": false
        }],
        "page": {"next_cursor": null, "has_more": false}
    }))),
    extensions(("x-permission" = json!(ReadCustomers::NAME))),
)]
#[get("/customers/{id}/metrics")]
#[tracing::instrument(name = "api.customers.metrics", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadCustomers>,
    customers: Data<Customers>,
    Path(id): Path<CustomerId>,
    _: NoQuery,
) -> Result<Json<Page<View>>, Problem> {
    let mut customer = customers.get(allowed.reach(), id).await?;
    Ok(Json(Page::new(views(&mut customer), None)))
}
