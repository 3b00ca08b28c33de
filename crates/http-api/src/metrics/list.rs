//! `GET /metrics`

use actix_web::{get, web::Json};
use kale_domain::metric::{Metric, MetricKind, MetricSource};
use kale_web::{Allowed, NoQuery, Page, Required, permission::ReadPersonas};
use serde::Serialize;
use utoipa::ToSchema;

/// A metric of the catalogue.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Metric)]
pub(super) struct View {
    /// Its name in rules and filters.
    #[schema(example = "mrr")]
    name: &'static str,
    /// What people read.
    #[schema(example = "MRR")]
    title: String,
    /// `number`, `money`, `count`, `days`, `ratio`, `date`, `bool` or `text`.
    #[schema(value_type = String, example = "money")]
    kind: MetricKind,
    /// What it is counted in; empty for yes or no.
    #[schema(example = "minor units")]
    unit: &'static str,
    /// `billing`, `support`, `usage` or `retention`.
    #[schema(value_type = String, example = "billing")]
    source: MetricSource,
    /// How it is worked out.
    formula: &'static str,
    /// Whether it is worked out from anything yet. One that is not is legal in a rule and unknown for everybody.
    computed: bool,
}

impl From<Metric> for View {
    fn from(metric: Metric) -> Self {
        Self {
            name: metric.name(),
            title: metric.title(),
            kind: metric.kind(),
            unit: metric.unit(),
            source: metric.source(),
            formula: metric.formula(),
            computed: metric.is_computed(),
        }
    }
}

/// Lists what may be measured about a customer, all on one page.
#[utoipa::path(
    operation_id = "list_metrics",
    tag = "Metrics",
    responses((status = 200, description = "The catalogue.", body = Page<View>, example = json!({
        "data": [{
            "name": "arr", "title": "ARR", "kind": "money", "unit": "minor units", "source": "billing",
            "formula": "mrr × 12.", "computed": true
        }],
        "page": {"next_cursor": null, "has_more": false}
    }))),
    extensions(("x-permission" = json!(ReadPersonas::NAME))),
)]
#[get("/metrics")]
#[tracing::instrument(name = "api.metrics.list", skip_all)]
pub(crate) async fn handle(_: Allowed<ReadPersonas>, _: NoQuery) -> Json<Page<View>> {
    Json(Page::new(
        Metric::ALL.iter().copied().map(View::from).collect(),
        None,
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_catalogue_says_what_is_worked_out() {
        assert_eq!(
            serde_json::to_value(View::from(Metric::Arr)).unwrap(),
            json!({
                "name": "arr", "title": "ARR", "kind": "money", "unit": "minor units", "source": "billing",
                "formula": "mrr × 12.", "computed": true
            })
        );
        assert!(!View::from(Metric::OpenTickets).computed);
    }
}
