//! `GET /templates/{key}`

use actix_web::{get, web::Json};
use kale_application::templates::Templates;
use kale_web::{Allowed, NoQuery, Path, Problem, Required, permission::ReadWorkflows};

use super::view::{View, example};

/// Reads a template with its cards, and what of it is left out until there are cards of that kind.
#[utoipa::path(
    operation_id = "read_template",
    tag = "Templates",
    params(("key" = String, Path, description = "Which.", example = "cancel_saas")),
    responses((status = 200, description = "The template.", body = View, example = json!(example()))),
    extensions(("x-permission" = json!(ReadWorkflows::NAME))),
)]
#[get("/templates/{key}")]
#[tracing::instrument(name = "api.templates.read", skip_all)]
pub(crate) async fn handle(
    _: Allowed<ReadWorkflows>,
    Path(key): Path<String>,
    _: NoQuery,
) -> Result<Json<View>, Problem> {
    Ok(Json(View::new(Templates.get(&key)?)?))
}
