//! `DELETE /saved-views/{id}`

use actix_web::{HttpResponse, delete, web::Data};
use kale_application::saved_views::SavedViews;
use kale_domain::id::SavedViewId;
use kale_web::{Allowed, NoQuery, Path, Problem, Required, permission::UseSavedViews};

use super::view::person;

/// Removes a view of yours.
#[utoipa::path(
    operation_id = "remove_saved_view",
    tag = "Saved views",
    params(("id" = String, Path, description = "Which.", example = "viw_01h455vb4pex5vsknk084sn02q")),
    responses((status = 204, description = "It is gone.")),
    extensions(("x-permission" = json!(UseSavedViews::NAME)), ("x-problems" = json!(["people-only"]))),
)]
#[delete("/saved-views/{id}")]
#[tracing::instrument(name = "api.saved_views.remove", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<UseSavedViews>,
    views: Data<SavedViews>,
    Path(id): Path<SavedViewId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    views
        .delete(allowed.tenant(), &allowed.caller, person(&allowed)?, id)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
