//! `PATCH /saved-views/{id}`

use actix_web::{HttpResponse, http::header, patch, web::Data};
use kale_application::saved_views::{SavedViews, ViewInput};
use kale_domain::{id::SavedViewId, saved_view::SavedView};
use kale_web::{
    Allowed, IfMatch, Json, NoQuery, Path, Problem, Required, etag::etag, permission::UseSavedViews,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::{View, example, person};
use crate::openapi::params::IfMatchHeader;

/// What to change; what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SavedViewChange)]
pub(super) struct Body {
    /// 1 to 60 characters.
    #[serde(default)]
    name: Option<String>,
    /// Whether the whole company sees it.
    #[serde(default)]
    shared: Option<bool>,
    /// The query string of `GET /customers`, without cursor and limit.
    #[serde(default)]
    query: Option<String>,
    /// The columns, in order.
    #[serde(default)]
    columns: Option<Vec<String>>,
}

impl Body {
    fn onto(self, there: SavedView) -> ViewInput {
        ViewInput {
            name: self.name.unwrap_or(there.name),
            shared: self.shared.unwrap_or(there.shared),
            query: self.query.unwrap_or(there.query),
            columns: self.columns.unwrap_or(there.columns),
        }
    }
}

/// Changes a view of yours.
#[utoipa::path(
    operation_id = "change_saved_view",
    tag = "Saved views",
    params(IfMatchHeader, ("id" = String, Path, description = "Which.", example = "viw_01h455vb4pex5vsknk084sn02q")),
    request_body(content = Body, example = json!({"shared": false})),
    responses((status = 200, description = "The view as it is now.", body = View, headers(("ETag" = String,
        description = "Its version.")), example = json!(example()))),
    extensions(("x-permission" = json!(UseSavedViews::NAME)), ("x-problems" = json!(["people-only"]))),
)]
#[patch("/saved-views/{id}")]
#[tracing::instrument(name = "api.saved_views.change", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<UseSavedViews>,
    views: Data<SavedViews>,
    Path(id): Path<SavedViewId>,
    _: NoQuery,
    IfMatch(version): IfMatch,
    Json(body): Json<Body>,
) -> Result<HttpResponse, Problem> {
    let user = person(&allowed)?;
    let there = views.get(allowed.tenant(), user, id).await?;
    let view = View::from(
        views
            .change(
                allowed.tenant(),
                &allowed.caller,
                user,
                id,
                version,
                body.onto(there),
            )
            .await?,
    );
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, etag(view.version)))
        .json(view))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn what_is_absent_stays() {
        let there = SavedView {
            id: "viw_01h455vb4pex5vsknk084sn02q".parse().unwrap(),
            owner: "usr_01h455vb4pex5vsknk084sn02q".parse().unwrap(),
            shared: true,
            name: "Old".to_owned(),
            query: "q=ada".to_owned(),
            columns: vec!["mrr".to_owned()],
            created_at: Timestamp::UNIX_EPOCH,
            version: 1,
        };
        let body: Body = serde_json::from_str(r#"{"shared": false, "columns": []}"#).unwrap();

        let input = body.onto(there);

        let expected = ViewInput {
            name: "Old".to_owned(),
            shared: false,
            query: "q=ada".to_owned(),
            columns: Vec::new(),
        };
        assert_eq!(input, expected);
    }
}
