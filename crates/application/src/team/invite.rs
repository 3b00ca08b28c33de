//! Asking people to join.

use kale_domain::{
    audit::AuditAction,
    company::Company,
    id::UserId,
    secret::Token,
    user::{self, Theme, User, UserStatus},
};
use kale_jobs::Job as _;
use kale_persistence::{StoreError, Tenant, Tx, companies, identity::links, jobs::Enqueued, users};

use crate::{
    identity::CarryInvitation,
    mail::{Invitation, Mail},
};

use super::{Handed, NewMember, Team, TeamError};
use crate::access::Caller;

impl Team {
    /// Invites somebody, and has the invitation mailed to them.
    pub async fn invite(&self, tenant: Tenant, caller: &Caller, new: NewMember) -> Result<Handed, TeamError> {
        let wrong = new.wrong();
        if !wrong.is_empty() {
            return Err(TeamError::Invalid(wrong));
        }
        let company = companies::get(&self.store, tenant).await?;
        let invited = self
            .store
            .transaction(tenant, async |tx| {
                self.invite_into(tx, &company, caller, &new).await
            })
            .await;
        match invited {
            Err(TeamError::Store(StoreError::Duplicate)) => Err(self.taken(tenant, &new).await?),
            other => other,
        }
    }

    /// The same within a transaction of that company, for somebody whose wishes are right.
    pub(crate) async fn invite_into(
        &self,
        tx: &mut Tx,
        company: &Company,
        caller: &Caller,
        new: &NewMember,
    ) -> Result<Handed, TeamError> {
        let user = User {
            id: UserId::from_uuid(tx.fresh_id()),
            company: Some(company.id),
            email: new.email.clone(),
            name: new.name.trim().to_owned(),
            role: new.role,
            status: UserStatus::Invited,
            theme: Theme::Auto,
            invitation: Some(user::Invitation {
                by: caller.user(),
                expires_at: tx.now(),
            }),
            created_at: tx.now(),
            version: 1,
        };
        let (user, token) = users::invite(&self.store, tx, &user).await?;
        // The log outlives people: it says who by their id, and neither name nor address.
        let mut entry = caller.entry(tx, AuditAction::UserInvited, user.id);
        entry.after.insert("role".to_owned(), user.role.name().to_owned());
        tx.audit(entry).await?;
        self.carry(tx, company, caller, &user, &token, false).await?;
        Ok(Handed { user, token })
    }

    async fn taken(&self, tenant: Tenant, new: &NewMember) -> Result<TeamError, StoreError> {
        let there = users::by_address(&self.store, tenant, &new.email).await?;
        // Removed in the moment between: the same request works now.
        Ok(there.map_or(TeamError::Store(StoreError::Duplicate), |user| {
            TeamError::Taken(user.status)
        }))
    }

    /// Makes a new invitation for somebody who has not answered; the one before opens nothing any more.
    pub async fn invite_again(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: UserId,
    ) -> Result<Handed, TeamError> {
        let company = companies::get(&self.store, tenant).await?;
        self.store
            .transaction(tenant, async |tx| {
                let there = users::get_in(&self.store, tx, id)
                    .await?
                    .ok_or(TeamError::NotFound)?;
                let Some((user, token)) = users::invite_again(&self.store, tx, id, caller.user()).await?
                else {
                    return Err(TeamError::NotNow {
                        is: there.status,
                        needs: "only somebody who is invited can be invited again",
                    });
                };
                tx.audit(caller.entry(tx, AuditAction::UserInvitedAgain, id))
                    .await?;
                self.carry(tx, &company, caller, &user, &token, true).await?;
                Ok(Handed { user, token })
            })
            .await
    }

    /// Has the invitation brought to them: by the identity provider, where the company is an organization there, since
    /// nobody comes in whom it does not know; else by a mail with the link, through the outbox of the transaction.
    async fn carry(
        &self,
        tx: &mut Tx,
        company: &Company,
        caller: &Caller,
        user: &User,
        token: &Token,
        again: bool,
    ) -> Result<(), TeamError> {
        if self.elsewhere && links::organization_in(&self.store, tx).await?.is_some() {
            let job = CarryInvitation { user: user.id, again };
            let _one_each: Enqueued = tx.enqueue(job.of(company.id)?).await?;
            return Ok(());
        }
        let Some(invitation) = &user.invitation else {
            return Err(TeamError::NotFound);
        };
        let mail = Mail::Invitation(Invitation {
            to: user.email.clone(),
            company: company.name.clone(),
            invited_by: caller.name().to_owned(),
            role: user.role,
            link: self
                .outbox
                .link(&format!("/sign-in/invitation/{}", token.reveal())),
            expires_at: invitation.expires_at,
            time_zone: company.time_zone.clone(),
        });
        // Each invitation is a mail of its own, also the second to the same person.
        let key = format!("invitation:{}", tx.fresh_id());
        let _sent_by = self.outbox.enqueue(tx, &key, mail).await?;
        Ok(())
    }
}
