//! `GET /reasons`

use actix_web::{get, web::Data, web::Json};
use kale_application::reasons::Reasons;
use kale_web::{Allowed, NoQuery, Page, Problem, Required, permission::ReadReasons};

use super::view::{View, example};

/// Lists all reasons of the company, archived ones too, in their order, on one page. A company that has none yet gets the
/// built-in ones.
#[utoipa::path(
    operation_id = "list_reasons",
    tag = "Reasons",
    responses((status = 200, description = "All of them.", body = Page<View>,
        example = json!({"data": [example()], "page": {"next_cursor": null, "has_more": false}}))),
    extensions(("x-permission" = json!(ReadReasons::NAME))),
)]
#[get("/reasons")]
#[tracing::instrument(name = "api.reasons.list", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadReasons>,
    reasons: Data<Reasons>,
    _: NoQuery,
) -> Result<Json<Page<View>>, Problem> {
    let found = reasons.list(allowed.tenant()).await?;
    Ok(Json(Page::new(found.into_iter().map(View::from).collect(), None)))
}
