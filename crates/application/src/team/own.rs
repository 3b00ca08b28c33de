//! What everybody does for themselves.

use kale_domain::{
    audit::{AuditAction, AuditEntry},
    user::User,
};
use kale_persistence::{Tx, users};

use super::{OwnChanges, Team, TeamError, wrong_name};
use crate::access::{Caller, Presence};

impl Team {
    /// Changes whoever calls; [`StoreError::Stale`](kale_persistence::StoreError::Stale) where they are no longer at
    /// `version`. The log says that a name was changed, and nothing of how somebody likes the dashboard to look.
    pub async fn change_own(
        &self,
        caller: &Caller,
        presence: &Presence,
        version: u64,
        changes: OwnChanges,
    ) -> Result<User, TeamError> {
        if let Some(wrong) = changes.name.as_deref().and_then(wrong_name) {
            return Err(TeamError::Invalid(vec![wrong]));
        }
        let id = presence.user.id;
        let changed = match (presence.user.company, caller.tenant(), caller.installation()) {
            (Some(_), Some(tenant), _) => {
                self.store
                    .transaction(tenant, async |tx| {
                        let before = self.there(tx, id).await?;
                        let after = changed(&before, version, &changes);
                        let now = users::update(&self.store, tx, &after).await?;
                        tell(tx, caller, &before, &now).await
                    })
                    .await
            }
            (None, _, Some(installation)) => {
                self.store
                    .installation_transaction(installation, async |tx| {
                        let before = users::admin_in(&self.store, tx, installation, id)
                            .await?
                            .ok_or(TeamError::NotFound)?;
                        let after = changed(&before, version, &changes);
                        let now = users::update_admin(&self.store, tx, installation, &after).await?;
                        tell(tx, caller, &before, &now).await
                    })
                    .await
            }
            _ => Err(TeamError::NotFound),
        };
        self.callers.forget_all();
        changed
    }

    /// Removes whoever calls from their company, as [`Team::remove`] does with others. The last active retention admin
    /// stays.
    pub async fn leave(&self, caller: &Caller, presence: &Presence) -> Result<(), TeamError> {
        let (Some(_), Some(tenant)) = (presence.user.company, caller.tenant()) else {
            return Err(TeamError::NoMember);
        };
        let left = self
            .store
            .transaction(tenant, async |tx| {
                let user = self.there(tx, presence.user.id).await?;
                self.take_out(tx, caller, &user, AuditAction::UserLeft).await
            })
            .await;
        self.callers.forget_all();
        left
    }
}

fn changed(before: &User, version: u64, changes: &OwnChanges) -> User {
    let name = changes.name.as_deref().map_or(&*before.name, str::trim);
    User {
        name: name.to_owned(),
        theme: changes.theme.unwrap_or(before.theme),
        version,
        ..before.clone()
    }
}

/// The log outlives people, so that it says that a name was changed and not to which.
async fn tell(tx: &mut Tx, caller: &Caller, before: &User, now: &User) -> Result<User, TeamError> {
    if before.name != now.name {
        let entry = caller.entry(tx, AuditAction::UserChanged, now.id);
        let after = [("name".to_owned(), "changed".to_owned())].into();
        tx.audit(AuditEntry { after, ..entry }).await?;
    }
    Ok(now.clone())
}
