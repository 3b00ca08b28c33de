//! `GET /personas/industry-defaults`

use actix_web::{get, web::Data, web::Json};
use kale_application::personas::{Draft, Personas};
use kale_domain::company::Industry;
use kale_web::{Allowed, Problem, Query, Required, permission::ReadPersonas};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::view::{CategoryView, draft_example};

/// Which industry.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    #[serde(default)]
    industry: Option<Industry>,
}

/// What an industry starts with: exactly a body of `PUT /personas`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IndustryDefaults)]
pub(super) struct View {
    /// The categories.
    categories: Vec<CategoryView>,
    /// The personas.
    personas: Vec<DefaultPersona>,
}

/// A persona without an id.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DefaultPersona {
    key: String,
    category: String,
    name: String,
    description: String,
    colour: &'static str,
    priority: u32,
    #[schema(value_type = Object)]
    rule: Value,
    enabled: bool,
}

impl View {
    fn new(draft: Draft) -> Result<Self, Problem> {
        let personas = draft.personas.into_iter().map(|persona| {
            Ok(DefaultPersona {
                key: persona.key.into(),
                category: persona.category.into(),
                name: persona.name,
                description: persona.description,
                colour: persona.colour.name(),
                priority: persona.priority,
                rule: serde_json::to_value(&persona.rule).map_err(|error| Problem::internal(&error))?,
                enabled: persona.enabled,
            })
        });
        Ok(Self {
            personas: personas.collect::<Result<_, Problem>>()?,
            categories: draft.categories.into_iter().map(CategoryView::from).collect(),
        })
    }
}

/// Reads the personas that an industry starts with, ready to be sent to `PUT /personas`.
#[utoipa::path(
    operation_id = "read_industry_defaults",
    tag = "Personas",
    params(("industry" = Option<String>, Query, example = "telecom",
        description = "`saas`, `media`, `telecom`, `commerce`, `fintech`, `education`, `fitness` or `b2b_services`; the company's own where it is absent.")),
    responses((status = 200, description = "The personas.", body = View, example = json!(draft_example()))),
    extensions(("x-permission" = json!(ReadPersonas::NAME))),
)]
#[get("/personas/industry-defaults")]
#[tracing::instrument(name = "api.personas.industry_defaults", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadPersonas>,
    personas: Data<Personas>,
    Query(params): Query<Params>,
) -> Result<Json<View>, Problem> {
    let industry = params
        .industry
        .map_or_else(|| allowed.company().map(|company| company.industry), Ok)?;
    View::new(personas.industry_defaults(industry)?).map(Json)
}
