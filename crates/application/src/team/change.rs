//! Changing what people may do, and sending them away.

use kale_domain::{
    access::Role,
    audit::AuditAction,
    id::UserId,
    user::{User, UserStatus},
};
use kale_jobs::Job as _;
use kale_persistence::{
    StoreError, Tenant, Tx, companies, customers, jobs::Enqueued, notifications, saved_views, sign_ins, users,
};

use super::{MemberChanges, Team, TeamError, wrong_name, wrong_role};
use crate::{access::Caller, identity::TakeInvitationBack};

impl Team {
    /// Changes somebody; [`StoreError::Stale`] where they are no longer at `version`. Another role ends their sign-ins,
    /// so that no token outlives what it was given for.
    pub async fn change(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: UserId,
        version: u64,
        changes: MemberChanges,
    ) -> Result<User, TeamError> {
        let wrong_name = changes.name.as_deref().and_then(wrong_name);
        let wrong: Vec<_> = [wrong_name, changes.role.and_then(wrong_role)]
            .into_iter()
            .flatten()
            .collect();
        if !wrong.is_empty() {
            return Err(TeamError::Invalid(wrong));
        }
        let changed = self
            .store
            .transaction(tenant, async |tx| {
                let before = self.there(tx, id).await?;
                let mut after = User {
                    version,
                    ..before.clone()
                };
                if let Some(name) = &changes.name {
                    name.trim().clone_into(&mut after.name);
                }
                after.role = changes.role.unwrap_or(before.role);
                self.keep_an_admin(tx, &before, runs(&after)).await?;
                let changed = users::update(&self.store, tx, &after).await?;
                if changed.role != before.role {
                    self.end_sign_ins(tx, caller, id).await?;
                }
                // The log outlives people, so that it says that a name was changed and not to which.
                let fields = |user: &User| [("role", user.role.name().to_owned())];
                let mut entry = caller
                    .entry(tx, AuditAction::UserChanged, id)
                    .changed(fields(&before), fields(&changed));
                if changed.name != before.name {
                    entry.after.insert("name".to_owned(), "changed".to_owned());
                }
                tx.audit(entry).await?;
                Ok(changed)
            })
            .await;
        self.callers.forget_all();
        changed
    }

    /// Lets somebody in no more: their sign-ins end with it. Doing it again is the same.
    pub async fn deactivate(&self, tenant: Tenant, caller: &Caller, id: UserId) -> Result<User, TeamError> {
        let needs = "only somebody who is active can be deactivated; take the invitation back";
        self.set_status(tenant, caller, id, UserStatus::Deactivated, needs)
            .await
    }

    /// Lets somebody in again. Doing it again is the same.
    pub async fn reactivate(&self, tenant: Tenant, caller: &Caller, id: UserId) -> Result<User, TeamError> {
        let needs = "only somebody who was deactivated can be reactivated";
        self.set_status(tenant, caller, id, UserStatus::Active, needs)
            .await
    }

    async fn set_status(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: UserId,
        status: UserStatus,
        needs: &'static str,
    ) -> Result<User, TeamError> {
        let changed = self
            .store
            .transaction(tenant, async |tx| {
                let before = self.there(tx, id).await?;
                if before.status == UserStatus::Invited {
                    let is = before.status;
                    return Err(TeamError::NotNow { is, needs });
                }
                if before.status == status {
                    return Ok(before);
                }
                let after = User {
                    status,
                    ..before.clone()
                };
                self.keep_an_admin(tx, &before, runs(&after)).await?;
                let changed = users::update(&self.store, tx, &after).await?;
                let action = if status == UserStatus::Deactivated {
                    // Their own, too: it would open the door again for whoever holds it when they come back.
                    sign_ins::end_all(&self.store, tx, id, None).await?;
                    AuditAction::UserDeactivated
                } else {
                    AuditAction::UserReactivated
                };
                tx.audit(caller.entry(tx, action, id)).await?;
                Ok(changed)
            })
            .await;
        self.callers.forget_all();
        changed
    }

    /// Removes somebody, or takes their invitation back. What says who they are goes, and what was theirs alone; nobody
    /// is theirs to look after any more. What they did stays in the audit log by their id.
    pub async fn remove(&self, tenant: Tenant, caller: &Caller, id: UserId) -> Result<(), TeamError> {
        let removed = self
            .store
            .transaction(tenant, async |tx| {
                let user = self.there(tx, id).await?;
                let action = match user.status {
                    UserStatus::Invited => AuditAction::InvitationRevoked,
                    _ => AuditAction::UserDeleted,
                };
                self.take_out(tx, caller, &user, action).await
            })
            .await;
        self.callers.forget_all();
        removed
    }

    pub(super) async fn take_out(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        user: &User,
        action: AuditAction,
    ) -> Result<(), TeamError> {
        self.keep_an_admin(tx, user, false).await?;
        if let Some(invitation) = users::invitation_there(&self.store, tx, user.id).await?
            && let Some(company) = tx.company()
        {
            let job = TakeInvitationBack { invitation };
            let _one_each: Enqueued = tx.enqueue(job.of(company)?).await?;
        }
        if !users::remove(&self.store, tx, user).await? {
            return Err(TeamError::Store(StoreError::Stale));
        }
        sign_ins::end_all(&self.store, tx, user.id, None).await?;
        self.forget(tx, caller, user.id).await?;
        tx.audit(caller.entry(tx, action, user.id)).await?;
        Ok(())
    }

    /// Takes out what was theirs alone. Views they shared go on under whoever removed them, else under an admin.
    async fn forget(&self, tx: &mut Tx, caller: &Caller, id: UserId) -> Result<(), TeamError> {
        notifications::forget(&self.store, tx, id).await?;
        customers::release(&self.store, tx, id).await?;
        let colleague = match caller.user().filter(|user| *user != id) {
            Some(user) => users::get_in(&self.store, tx, user).await?.map(|user| user.id),
            None => None,
        };
        let heir = match colleague {
            Some(heir) => Some(heir),
            None => users::an_active_admin(&self.store, tx).await?,
        };
        saved_views::hand_over(&self.store, tx, id, heir).await?;
        Ok(())
    }

    pub(super) async fn there(&self, tx: &mut Tx, id: UserId) -> Result<User, TeamError> {
        users::get_in(&self.store, tx, id)
            .await?
            .ok_or(TeamError::NotFound)
    }

    /// Ends the sign-ins that another role was given to. Where they gave it themselves, the one they did it with stays.
    async fn end_sign_ins(&self, tx: &mut Tx, caller: &Caller, id: UserId) -> Result<(), TeamError> {
        let own = caller.sign_in().filter(|_| caller.user() == Some(id));
        sign_ins::end_all(&self.store, tx, id, own).await?;
        Ok(())
    }

    /// Refuses what would leave the company without an admin; `stays` says whether this one goes on running it.
    async fn keep_an_admin(&self, tx: &mut Tx, user: &User, stays: bool) -> Result<(), TeamError> {
        if !runs(user) || stays {
            return Ok(());
        }
        companies::hold_people(&self.store, tx).await?;
        if users::active_admins(&self.store, tx).await? > 1 {
            Ok(())
        } else {
            Err(TeamError::LastAdmin)
        }
    }
}

/// Whether somebody runs the company.
fn runs(user: &User) -> bool {
    user.role == Role::RetentionAdmin && user.status == UserStatus::Active
}
