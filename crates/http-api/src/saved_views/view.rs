//! A kept view as the API shows it.

use jiff::Timestamp;
use kale_domain::{
    id::{SavedViewId, UserId},
    saved_view::SavedView,
};
use kale_web::{Allowed, Problem, permission::UseSavedViews};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// A kept way of looking at the customer list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SavedView)]
pub(super) struct View {
    /// Its identity.
    #[schema(value_type = String, example = "viw_01h455vb4pex5vsknk084sn02q")]
    id: SavedViewId,
    /// What people call it.
    name: String,
    /// Whether the whole company sees it.
    shared: bool,
    /// The query string of `GET /customers`, without cursor and limit.
    #[schema(example = "filter[attributes.contract]=Two year&sort=-mrr")]
    query: String,
    /// The columns, in order.
    columns: Vec<String>,
    /// Who made it; only they may change it.
    #[schema(value_type = String)]
    owner: UserId,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Grows by one with every change; its `ETag` is `"v"` and this.
    pub(super) version: u64,
}

impl From<SavedView> for View {
    fn from(view: SavedView) -> Self {
        Self {
            id: view.id,
            name: view.name,
            shared: view.shared,
            query: view.query,
            columns: view.columns,
            owner: view.owner,
            created_at: view.created_at,
            version: view.version,
        }
    }
}

/// Views belong to people.
pub(super) fn person(allowed: &Allowed<UseSavedViews>) -> Result<UserId, Problem> {
    allowed.caller.user().ok_or_else(Problem::people_only)
}

/// A view, for the document.
pub(super) fn example() -> Value {
    json!({
        "id": "viw_01h455vb4pex5vsknk084sn02q", "name": "Two years, largest first", "shared": true,
        "query": "filter[attributes.contract]=Two year&sort=-mrr", "columns": ["name", "mrr", "attributes.tenure"],
        "owner": "usr_01h455vb4pex5vsknk084sn02q", "created_at": "2026-03-15T09:30:00Z", "version": 1
    })
}
