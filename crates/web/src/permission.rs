//! Permissions as types, so that a handler names what it needs in its parameters.
//!
//! Operations of the OpenAPI document repeat it as the extension [`EXTENSION`]; [`undeclared`] finds those that don't.

use kale_domain::access::Permission;
use utoipa::openapi::{OpenApi, path::Operation};

/// The name of the extension of an OpenAPI operation that names its permission.
pub const EXTENSION: &str = "x-permission";
/// The value of [`EXTENSION`] for a route that needs no caller.
pub const PUBLIC: &str = "public";
/// The value of [`EXTENSION`] for a route that any caller may use.
pub const SIGNED_IN: &str = "signed-in";

/// The value of [`EXTENSION`] for a route that a subscriber uses, with a token that their company signed.
pub const SUBSCRIBER: &str = "subscriber";

/// The permission that a type stands for.
pub trait Required: 'static {
    /// The permission.
    const PERMISSION: Permission;
    /// Its name on the wire, for [`EXTENSION`].
    const NAME: &'static str = Self::PERMISSION.name();
}

macro_rules! permission_types {
    ($($name:ident),+ $(,)?) => {
        $(
            #[doc = concat!("Stands for [`Permission::", stringify!($name), "`].")]
            #[derive(Debug, Clone, Copy)]
            pub enum $name {}

            impl Required for $name {
                const PERMISSION: Permission = Permission::$name;
            }
        )+

        /// Compiles only while every permission has its type.
        const fn name_of_type(permission: Permission) -> &'static str {
            match permission { $(Permission::$name => <$name as Required>::NAME),+ }
        }
    };
}

permission_types! {
    ManageInstallation,
    ReadCompany,
    ManageCompany,
    ReadUsers,
    ManageUsers,
    ManageApiKeys,
    ReadAudit,
    ReadUploads,
    ManageUploads,
    ReadCustomers,
    WriteCustomers,
    ExportCustomers,
    UseSavedViews,
    ReadPersonas,
    ManagePersonas,
    AssignPersonas,
    AssignExperts,
    ReadReasons,
    ManageReasons,
    ReadOffers,
    ManageOffers,
    ReadWorkflows,
    ManageWorkflows,
    ManageViewer,
    ManageViewerSecrets,
    MintViewerTokens,
    ReadSessions,
    ReadEvents,
    WriteEvents,
    ReadAnalytics,
    ManageAnalytics,
    ReadJobs,
    ManageJobs,
}

/// Whether a text is a legal value of [`EXTENSION`].
#[must_use]
pub fn is_declaration(text: &str) -> bool {
    [PUBLIC, SIGNED_IN, SUBSCRIBER].contains(&text)
        || Permission::ALL.iter().any(|known| name_of_type(*known) == text)
}

/// The operations (`GET /customers`) of a document that declare no permission, or none that exists; sorted.
#[must_use]
pub fn undeclared(document: &OpenApi) -> Vec<String> {
    let mut missing = Vec::new();
    for (path, item) in &document.paths.paths {
        let operations: [(&str, Option<&Operation>); 7] = [
            ("GET", item.get.as_ref()),
            ("PUT", item.put.as_ref()),
            ("POST", item.post.as_ref()),
            ("DELETE", item.delete.as_ref()),
            ("PATCH", item.patch.as_ref()),
            ("HEAD", item.head.as_ref()),
            ("OPTIONS", item.options.as_ref()),
        ];
        for (method, operation) in operations {
            if operation.is_some_and(|operation| !declares(operation)) {
                missing.push(format!("{method} {path}"));
            }
        }
    }
    missing.sort_unstable();
    missing
}

fn declares(operation: &Operation) -> bool {
    let value = operation.extensions.as_ref().and_then(|all| all.get(EXTENSION));
    value
        .and_then(serde_json::Value::as_str)
        .is_some_and(is_declaration)
}

#[cfg(test)]
mod tests {
    use utoipa::{
        OpenApi as _,
        openapi::{HttpMethod, PathItem, extensions::ExtensionsBuilder, path::OperationBuilder},
    };

    use super::*;

    #[utoipa::path(get, path = "/customers", responses((status = 200)), extensions(("x-permission" = json!(ReadCustomers::NAME))))]
    #[expect(dead_code, reason = "described only")]
    fn described() {}

    #[derive(utoipa::OpenApi)]
    #[openapi(paths(described))]
    struct Described;

    #[test]
    fn an_operation_without_a_permission_that_exists_is_found() {
        let mut document = Described::openapi();
        assert_eq!(undeclared(&document), Vec::<String>::new());

        let wrong = ExtensionsBuilder::new().add(EXTENSION, "customers.fly").build();
        let wrong = OperationBuilder::new().extensions(Some(wrong)).build();
        document
            .paths
            .paths
            .insert("/wrong".to_owned(), PathItem::new(HttpMethod::Post, wrong));
        let none = OperationBuilder::new().build();
        document
            .paths
            .paths
            .insert("/none".to_owned(), PathItem::new(HttpMethod::Delete, none));

        assert_eq!(undeclared(&document), ["DELETE /none", "POST /wrong"]);
    }

    #[test]
    fn every_permission_is_a_legal_declaration() {
        assert!(
            Permission::ALL
                .iter()
                .all(|permission| is_declaration(permission.name()))
        );
        assert!(is_declaration(PUBLIC) && is_declaration(SIGNED_IN) && !is_declaration(""));
    }
}
