//! `GET /templates`

use actix_web::{get, web::Json};
use kale_application::templates::Templates;
use kale_web::{Allowed, NoQuery, Page, Problem, Required, permission::ReadWorkflows};

use super::view::{Entry, summary_example};

/// Lists the templates that come with the product, on one page.
#[utoipa::path(
    operation_id = "list_templates",
    tag = "Templates",
    responses((status = 200, description = "All of them.", body = Page<Entry>,
        example = json!({"data": [summary_example()], "page": {"next_cursor": null, "has_more": false}}))),
    extensions(("x-permission" = json!(ReadWorkflows::NAME))),
)]
#[get("/templates")]
#[tracing::instrument(name = "api.templates.list", skip_all)]
pub(crate) async fn handle(_: Allowed<ReadWorkflows>, _: NoQuery) -> Result<Json<Page<Entry>>, Problem> {
    let found = Templates.list()?;
    Ok(Json(Page::new(
        found.into_iter().map(Entry::from).collect(),
        None,
    )))
}
