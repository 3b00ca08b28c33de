//! A kept way of looking at the customer list.

use jiff::Timestamp;

use crate::id::{SavedViewId, UserId};

/// A filter, a sort and columns under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Its identity.
    pub id: SavedViewId,
    /// Who made it.
    pub owner: UserId,
    /// Whether the whole company sees it.
    pub shared: bool,
    /// What people call it.
    pub name: String,
    /// The query string of the customer list, without cursor and limit.
    pub query: String,
    /// The columns, in order.
    pub columns: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Grows by one with every change.
    pub version: u64,
}
