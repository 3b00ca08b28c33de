//! The people of a company: invited, changed, sent away, and what each does for themselves.
//!
//! Whatever could leave a company without an active retention admin holds the company's people first
//! ([`companies::hold_people`]) and counts inside the same transaction, so that of two who take each other's role away
//! at once one is refused.

mod change;
mod error;
mod invite;
mod join;
mod own;

use std::sync::Arc;

use kale_domain::{
    access::Role,
    email::Email,
    error::FieldError,
    id::UserId,
    secret::Token,
    user::{Theme, User, UserStatus},
};
pub use kale_persistence::access::Invited;
use kale_persistence::{Store, StoreError, Tenant, users};

pub use self::error::{JoinError, TeamError};
use crate::{access::Callers, mail::Outbox};

/// Inviting, changing and removing the people of a company.
#[derive(Debug, Clone)]
pub struct Team {
    store: Store,
    callers: Arc<Callers>,
    outbox: Outbox,
    elsewhere: bool,
}

/// Who is to be invited.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// Where their mail goes.
    pub email: Email,
    /// What people call them until they say so themselves: 1 to 80 characters.
    pub name: String,
    /// The part they are to play.
    pub role: Role,
}

impl NewMember {
    /// What of it breaks a rule.
    fn wrong(&self) -> Vec<FieldError> {
        [wrong_name(&self.name), wrong_role(self.role)]
            .into_iter()
            .flatten()
            .collect()
    }
}

/// What may be changed about somebody. What is absent stays.
#[derive(Debug, Clone, Default)]
pub struct MemberChanges {
    /// What people call them: 1 to 80 characters.
    pub name: Option<String>,
    /// The part they play.
    pub role: Option<Role>,
}

/// What somebody may change about themselves. What is absent stays.
#[derive(Debug, Clone, Default)]
pub struct OwnChanges {
    /// What people call them: 1 to 80 characters.
    pub name: Option<String>,
    /// How the dashboard looks for them.
    pub theme: Option<Theme>,
}

/// Which of a company's people.
#[derive(Debug, Clone, Copy, Default)]
pub struct TeamFilter {
    /// Only those who stand there.
    pub status: Option<UserStatus>,
    /// Only those who play this part.
    pub role: Option<Role>,
}

/// An invitation that was handed over: the store keeps a hash of its token.
#[derive(Debug)]
pub struct Handed {
    /// Who is invited.
    pub user: User,
    /// What lets them in, once.
    pub token: Token,
}

impl Team {
    /// With the outbox that brings invitations to people.
    #[must_use]
    pub const fn new(store: Store, callers: Arc<Callers>, outbox: Outbox) -> Self {
        Self {
            store,
            callers,
            outbox,
            elsewhere: false,
        }
    }

    /// The same, where people sign in through an identity provider: an invitation alone lets nobody in.
    #[must_use]
    pub fn elsewhere(self, elsewhere: bool) -> Self {
        Self { elsewhere, ..self }
    }

    /// The people of a company, by name.
    pub async fn list(&self, tenant: Tenant, filter: TeamFilter) -> Result<Vec<User>, StoreError> {
        let mut all = users::list(&self.store, tenant).await?;
        all.retain(|user| {
            filter.status.is_none_or(|status| user.status == status)
                && filter.role.is_none_or(|role| user.role == role)
        });
        Ok(all)
    }

    /// One of them.
    pub async fn get(&self, tenant: Tenant, id: UserId) -> Result<User, TeamError> {
        users::get(&self.store, tenant, id)
            .await?
            .ok_or(TeamError::NotFound)
    }
}

pub(crate) fn wrong_name(name: &str) -> Option<FieldError> {
    let fits = (1..=80).contains(&name.trim().chars().count()) && !name.chars().any(char::is_control);
    (!fits).then(|| FieldError::new("#/name", "length", "a name has 1 to 80 characters"))
}

fn wrong_role(role: Role) -> Option<FieldError> {
    let message = "people of a company are `retention_admin` or `retention_expert`";
    (!Role::OF_COMPANIES.contains(&role)).then(|| FieldError::new("#/role", "not-of-a-company", message))
}
