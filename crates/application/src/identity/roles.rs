//! Which part a role of the provider's plays here.

use std::{collections::BTreeMap, str::FromStr, sync::Arc};

use kale_domain::access::Role;

/// What roles of the provider's are here. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roles(Arc<BTreeMap<String, Role>>);

/// The text is no list of roles.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not of the form `admin=retention_admin`; people of companies are `retention_admin` or `retention_expert`"
)]
pub struct UnknownRole(String);

impl Roles {
    /// The part that role plays; `None` where it plays none.
    #[must_use]
    pub fn part(&self, role: &str) -> Option<Role> {
        self.0.get(role).copied()
    }

    /// What the provider calls somebody of that part.
    #[must_use]
    pub fn name(&self, part: Role) -> Option<&str> {
        let named = self.0.iter().find(|(_, other)| **other == part);
        named.map(|(name, _)| name.as_str())
    }
}

impl Default for Roles {
    /// What the provider calls roles before anybody made others.
    fn default() -> Self {
        let roles = [
            ("admin".to_owned(), Role::RetentionAdmin),
            ("member".to_owned(), Role::RetentionExpert),
        ];
        Self(Arc::new(roles.into()))
    }
}

impl FromStr for Roles {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut roles = BTreeMap::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let unknown = || UnknownRole(part.to_owned());
            let (theirs, ours) = part.split_once('=').ok_or_else(unknown)?;
            let ours = Role::OF_COMPANIES
                .into_iter()
                .find(|role| role.name() == ours.trim());
            let theirs = theirs.trim();
            let (Some(ours), false) = (ours, theirs.is_empty()) else {
                return Err(unknown());
            };
            roles.insert(theirs.to_owned(), ours);
        }
        Ok(Self(Arc::new(roles)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_and_those_that_are_not_named_play_no_part() {
        let roles: Roles = " owner = retention_admin, agent=retention_expert ,"
            .parse()
            .unwrap();
        assert_eq!(roles.part("owner"), Some(Role::RetentionAdmin));
        assert_eq!(roles.part("agent"), Some(Role::RetentionExpert));
        assert_eq!(roles.part("admin"), None);
        assert_eq!(Roles::default().part("admin"), Some(Role::RetentionAdmin));
        assert_eq!(Roles::default().name(Role::RetentionExpert), Some("member"));
    }

    #[test]
    fn nobody_becomes_a_kale_admin_by_a_role_of_the_provider() {
        for text in ["owner=kale_admin", "owner", "=retention_admin", "owner=admin"] {
            assert_eq!(text.parse::<Roles>(), Err(UnknownRole(text.to_owned())));
        }
        assert_eq!(Roles::default().name(Role::KaleAdmin), None);
    }
}
