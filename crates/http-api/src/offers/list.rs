//! `GET /offers`

use actix_web::{get, web::Data, web::Json};
use kale_application::offers::Offers;
use kale_web::{Allowed, NoQuery, Page, Problem, Required, permission::ReadOffers};

use super::view::{View, example};

/// Lists all offers of the company, archived ones too, newest first, on one page.
#[utoipa::path(
    operation_id = "list_offers",
    tag = "Offers",
    responses((status = 200, description = "All of them.", body = Page<View>,
        example = json!({"data": [example()], "page": {"next_cursor": null, "has_more": false}}))),
    extensions(("x-permission" = json!(ReadOffers::NAME))),
)]
#[get("/offers")]
#[tracing::instrument(name = "api.offers.list", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadOffers>,
    offers: Data<Offers>,
    _: NoQuery,
) -> Result<Json<Page<View>>, Problem> {
    let found = offers.list(allowed.tenant()).await?;
    let views = found.into_iter().map(View::new).collect::<Result<_, _>>()?;
    Ok(Json(Page::new(views, None)))
}
