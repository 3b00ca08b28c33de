//! Permissions by their names on the wire.

use kale_domain::access::Permission;

/// The names, in the order of the table.
pub(crate) fn names(permissions: impl IntoIterator<Item = Permission>) -> Vec<&'static str> {
    permissions.into_iter().map(Permission::name).collect()
}
