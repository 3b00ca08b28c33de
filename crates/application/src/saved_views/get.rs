//! One kept view.

use kale_domain::{
    id::{SavedViewId, UserId},
    saved_view::SavedView,
};
use kale_persistence::{Tenant, saved_views};

use super::{SavedViewError, SavedViews};

impl SavedViews {
    /// A view of that user, to change it.
    pub async fn get(
        &self,
        tenant: Tenant,
        user: UserId,
        id: SavedViewId,
    ) -> Result<SavedView, SavedViewError> {
        saved_views::get(&self.store, tenant, user, id)
            .await?
            .ok_or(SavedViewError::NotFound)
    }
}
