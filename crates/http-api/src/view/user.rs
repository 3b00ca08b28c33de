//! A person.

use jiff::Timestamp;
use kale_domain::{
    access::Role,
    id::{CompanyId, UserId},
    user::{Theme, User, UserStatus},
};
use serde::Serialize;
use utoipa::ToSchema;

/// A person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserView {
    /// Their identity.
    #[schema(value_type = String, example = "usr_01h455vb4pex5vsknk084sn02q")]
    pub(crate) id: UserId,
    /// Whose they are; null for a Kale admin.
    #[schema(value_type = Option<String>, example = "cmp_01h455vb4pex5vsknk084sn02q")]
    pub(crate) company: Option<CompanyId>,
    /// Where their mail goes.
    #[schema(example = "ada@northwind.example")]
    pub(crate) email: String,
    /// What people call them.
    pub(crate) name: String,
    /// `kale_admin`, `retention_admin` or `retention_expert`.
    #[schema(value_type = String, example = "retention_admin")]
    pub(crate) role: Role,
    /// `invited`, `active` or `deactivated`.
    #[schema(value_type = String, example = "active")]
    pub(crate) status: UserStatus,
    /// How the dashboard looks for them: `auto`, `light` or `dark`.
    #[schema(value_type = String, example = "auto")]
    pub(crate) theme: Theme,
    /// Until when their invitation works; null for whoever has answered.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) invited_until: Option<Timestamp>,
    /// When they came.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
    /// Grows by one with every change.
    pub(crate) version: u64,
}

/// The fields that lists can be narrowed to.
pub(crate) const FIELDS: &[&str] = &[
    "id",
    "company",
    "email",
    "name",
    "role",
    "status",
    "theme",
    "invited_until",
    "created_at",
    "version",
];

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            company: user.company,
            email: user.email.into(),
            name: user.name,
            role: user.role,
            status: user.status,
            theme: user.theme,
            invited_until: user.invitation.map(|one| one.expires_at),
            created_at: user.created_at,
            version: user.version,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_person_is_shown_with_role_and_state_as_words() {
        let shown = serde_json::to_value(UserView::from(User {
            id: "usr_01h455vb4pex5vsknk084sn02q".parse().unwrap(),
            company: None,
            email: "ada@northwind.example".parse().unwrap(),
            name: "Ada Okafor".to_owned(),
            role: Role::KaleAdmin,
            status: UserStatus::Active,
            theme: Theme::Auto,
            invitation: None,
            created_at: Timestamp::from_second(1_700_000_000).unwrap(),
            version: 1,
        }))
        .unwrap();

        assert_eq!(
            shown,
            json!({
                "id": "usr_01h455vb4pex5vsknk084sn02q", "company": null, "email": "ada@northwind.example",
                "name": "Ada Okafor", "role": "kale_admin", "status": "active", "theme": "auto", "invited_until": null,
                "created_at": "2023-11-14T22:13:20Z", "version": 1
            })
        );
        let names: Vec<&String> = shown.as_object().unwrap().keys().collect();
        assert!(names.iter().all(|name| FIELDS.contains(&name.as_str())) && names.len() == FIELDS.len());
    }
}
