//! `GET /permissions`

use actix_web::{get, web};
use kale_domain::access::{Permission, Role};
use kale_web::{Authenticated, NoQuery, Page, permission::SIGNED_IN};
use serde::Serialize;
use utoipa::ToSchema;

/// A permission.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Permission)]
pub(crate) struct View {
    /// Its name, which never changes.
    #[schema(value_type = String, example = "customers.read")]
    name: Permission,
    /// The roles that have it.
    #[schema(value_type = Vec<String>, example = json!(["kale_admin", "retention_admin"]))]
    roles: &'static [Role],
    /// Whether an API key may hold it.
    grantable_to_keys: bool,
}

impl From<Permission> for View {
    fn from(permission: Permission) -> Self {
        Self {
            name: permission,
            roles: permission.roles(),
            grantable_to_keys: permission.grantable_to_keys(),
        }
    }
}

/// Lists every permission and who has it.
#[utoipa::path(
    tag = "Me",
    operation_id = "list_permissions",
    responses((status = 200, description = "All of them, on one page", body = Page<View>, example = json!({
        "data": [{ "name": "jobs.read", "roles": ["kale_admin", "retention_admin"], "grantable_to_keys": true }],
        "page": { "next_cursor": null, "has_more": false }
    }))),
    extensions(("x-permission" = json!(SIGNED_IN))),
)]
#[get("/permissions")]
#[tracing::instrument(name = "api.permissions.list", skip_all)]
pub(crate) async fn handle(_: Authenticated, _: NoQuery) -> web::Json<Page<View>> {
    web::Json(Page::new(
        Permission::ALL.iter().copied().map(View::from).collect(),
        None,
    ))
}
