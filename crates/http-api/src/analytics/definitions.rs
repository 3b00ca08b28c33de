//! `GET /analytics/definitions`

use actix_web::{get, web};
use kale_application::measures::{Definition, definitions};
use kale_web::{Allowed, NoQuery, Required as _, permission::ReadAnalytics};
use serde::Serialize;
use utoipa::ToSchema;

/// What every figure means.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Definitions)]
pub(crate) struct View {
    data: Vec<DefinitionView>,
}

/// What a figure means.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Definition)]
pub(crate) struct DefinitionView {
    /// Its name in answers.
    #[schema(example = "immediate_deflection")]
    key: &'static str,
    /// Its name for people.
    #[schema(example = "Immediate deflection")]
    name: &'static str,
    /// What it is.
    definition: &'static str,
    /// How it is worked out.
    formula: &'static str,
    /// What it is worked out from.
    source: &'static str,
}

impl From<&Definition> for DefinitionView {
    fn from(one: &Definition) -> Self {
        Self {
            key: one.key,
            name: one.name,
            definition: one.definition,
            formula: one.formula,
            source: one.source,
        }
    }
}

/// Lists what every figure means, how it is worked out and from what.
#[utoipa::path(
    tag = "Analytics",
    operation_id = "list_analytics_definitions",
    responses((status = 200, description = "The definitions", body = View, example = json!({ "data": [{
        "key": "sessions", "name": "Sessions", "definition": "Walks that subscribers began.",
        "formula": "count of sessions", "source": "session documents in live mode"
    }] }))),
    extensions(("x-permission" = json!(ReadAnalytics::NAME))),
)]
#[get("/analytics/definitions")]
#[tracing::instrument(name = "api.analytics.definitions", skip_all)]
pub(crate) async fn handle(_: Allowed<ReadAnalytics>, _: NoQuery) -> web::Json<View> {
    web::Json(View {
        data: definitions().iter().map(DefinitionView::from).collect(),
    })
}
