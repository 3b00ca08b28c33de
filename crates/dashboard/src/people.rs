//! The names of the people of a company, for lists that say who did something.

use std::collections::{BTreeMap, BTreeSet};

use kale_application::{
    Tenant,
    access::{Caller, Who},
    companies::Companies,
};
use kale_domain::{access::Permission, id::UserId, user::UserStatus};
use kale_web::Problem;

use crate::{frame::Here, view::form::Choice};

/// Everybody of a company, and whoever looks.
#[derive(Debug, Default)]
pub(crate) struct People {
    names: BTreeMap<UserId, String>,
    /// Who works here and was not sent away.
    there: BTreeSet<UserId>,
}

impl People {
    /// Reads the names.
    pub(crate) async fn of(companies: &Companies, tenant: Tenant, caller: &Caller) -> Result<Self, Problem> {
        let users = companies.users(tenant).await?;
        let there = users
            .iter()
            .filter(|user| user.status != UserStatus::Deactivated)
            .map(|user| user.id)
            .collect();
        let mut names: BTreeMap<UserId, String> =
            users.into_iter().map(|user| (user.id, user.name)).collect();
        // A Kale admin inside a company is none of its people.
        if let Who::Person(presence) = &caller.who {
            names.insert(presence.user.id, presence.user.name.clone());
        }
        Ok(Self { names, there })
    }

    /// Who can look after customers, for those who may see who works here.
    pub(crate) async fn who_look_after<P>(
        here: &Here<P>,
        companies: &Companies,
    ) -> Result<Option<Self>, Problem> {
        if !here.may(Permission::ReadUsers) {
            return Ok(None);
        }
        Self::of(companies, here.tenant(), here.caller()).await.map(Some)
    }

    /// Those who work here and were not sent away, by name.
    pub(crate) fn colleagues(&self) -> Vec<(UserId, &str)> {
        let mut there = self.all();
        there.retain(|(id, _)| self.there.contains(id));
        there
    }

    /// The same as choices of a form.
    pub(crate) fn choices(&self) -> Vec<Choice> {
        let there = self.colleagues().into_iter();
        there
            .map(|(id, name)| Choice::new(id.to_string(), name))
            .collect()
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
        self.names
            .get(&id)
            .cloned()
            .unwrap_or_else(|| "a Kale admin".to_owned())
    }

    /// All of them, by name.
    pub(crate) fn all(&self) -> Vec<(UserId, &str)> {
        let mut all: Vec<(UserId, &str)> = self.names.iter().map(|(id, name)| (*id, name.as_str())).collect();
        all.sort_by_key(|(_, name)| name.to_lowercase());
        all
    }
}
