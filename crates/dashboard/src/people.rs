//! The names of the people of a company, for lists that say who did something.

use std::collections::BTreeMap;

use kale_application::{
    Tenant,
    access::{Caller, Who},
    companies::Companies,
};
use kale_domain::id::UserId;
use kale_web::Problem;

/// Everybody of a company, and whoever looks.
#[derive(Debug, Default)]
pub(crate) struct People(BTreeMap<UserId, String>);

impl People {
    /// Reads the names.
    pub(crate) async fn of(companies: &Companies, tenant: Tenant, caller: &Caller) -> Result<Self, Problem> {
        let users = companies.users(tenant).await?;
        let mut names: BTreeMap<UserId, String> =
            users.into_iter().map(|user| (user.id, user.name)).collect();
        // A Kale admin inside a company is none of its people.
        if let Who::Person(presence) = &caller.who {
            names.insert(presence.user.id, presence.user.name.clone());
        }
        Ok(Self(names))
    }

    /// Who that is; a program where it is nobody.
    pub(crate) fn name(&self, user: Option<UserId>) -> String {
        match user {
            Some(id) => self.person(id),
            None => "a program".to_owned(),
        }
    }

    /// Who that is.
    pub(crate) fn person(&self, id: UserId) -> String {
        self.0
            .get(&id)
            .cloned()
            .unwrap_or_else(|| "a Kale admin".to_owned())
    }

    /// All of them, by name.
    pub(crate) fn all(&self) -> Vec<(UserId, &str)> {
        let mut all: Vec<(UserId, &str)> = self.0.iter().map(|(id, name)| (*id, name.as_str())).collect();
        all.sort_by_key(|(_, name)| name.to_lowercase());
        all
    }
}
