//! `GET /saved-views`

use actix_web::{get, web::Data, web::Json};
use kale_application::saved_views::SavedViews;
use kale_web::{Allowed, NoQuery, Page, Problem, Required, permission::UseSavedViews};

use super::view::{View, example, person};

/// Lists your views and those that others share, at most 200, all on one page.
#[utoipa::path(
    operation_id = "list_saved_views",
    tag = "Saved views",
    responses((status = 200, description = "All of them.", body = Page<View>,
        example = json!({"data": [example()], "page": {"next_cursor": null, "has_more": false}}))),
    extensions(("x-permission" = json!(UseSavedViews::NAME)), ("x-problems" = json!(["people-only"]))),
)]
#[get("/saved-views")]
#[tracing::instrument(name = "api.saved_views.list", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<UseSavedViews>,
    views: Data<SavedViews>,
    _: NoQuery,
) -> Result<Json<Page<View>>, Problem> {
    let found = views.list(allowed.tenant(), person(&allowed)?).await?;
    Ok(Json(Page::new(found.into_iter().map(View::from).collect(), None)))
}
