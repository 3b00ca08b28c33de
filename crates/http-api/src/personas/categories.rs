//! `GET /persona-categories`

use actix_web::{get, web::Data, web::Json};
use kale_application::personas::Personas;
use kale_web::{Allowed, NoQuery, Page, Problem, Required, permission::ReadPersonas};

use super::view::CategoryView;

/// Lists the categories of personas in their order, all on one page. `PUT /personas` changes them.
#[utoipa::path(
    operation_id = "list_persona_categories",
    tag = "Personas",
    responses((status = 200, description = "All of them.", body = Page<CategoryView>, example = json!({
        "data": [{"key": "new", "name": "New", "description": "The first months", "order": 1}],
        "page": {"next_cursor": null, "has_more": false}
    }))),
    extensions(("x-permission" = json!(ReadPersonas::NAME))),
)]
#[get("/persona-categories")]
#[tracing::instrument(name = "api.personas.categories", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadPersonas>,
    personas: Data<Personas>,
    _: NoQuery,
) -> Result<Json<Page<CategoryView>>, Problem> {
    let mut categories = personas.configuration(allowed.tenant()).await?.categories;
    categories.sort_by_key(|category| category.order);
    Ok(Json(Page::new(
        categories.into_iter().map(CategoryView::from).collect(),
        None,
    )))
}
