//! Taking an invitation up.

use kale_domain::{
    audit::{Actor, AuditAction},
    secret::Token,
    sign_in::SignIn,
    user::User,
};
use kale_persistence::{
    StoreError, access,
    sign_ins::{self, Pair},
    users,
};

use crate::access::Provenance;

use super::{Invited, JoinError, Team, wrong_name};

impl Team {
    /// What an invitation says, without taking it up; `None` where it works no more.
    pub async fn look(&self, token: &str) -> Result<Option<Invited>, StoreError> {
        access::by_invitation(&self.store, token).await
    }

    /// Takes an invitation up in a browser and signs in; under the name it has, where none is given. Two who do it at once:
    /// one is told [`JoinError::Dead`].
    pub async fn join(
        &self,
        token: &str,
        name: Option<&str>,
        provenance: &Provenance,
    ) -> Result<(SignIn, Token), JoinError> {
        let user = self.take_up(token, name, provenance).await?;
        Ok(sign_ins::begin(&self.store, user.id, provenance.device()).await?)
    }

    /// The same in a program.
    pub async fn join_from_program(
        &self,
        token: &str,
        name: Option<&str>,
        provenance: &Provenance,
    ) -> Result<(Pair, User), JoinError> {
        let user = self.take_up(token, name, provenance).await?;
        let pair = sign_ins::begin_pair(&self.store, user.id, provenance.device()).await?;
        Ok((pair, user))
    }

    async fn take_up(
        &self,
        token: &str,
        name: Option<&str>,
        provenance: &Provenance,
    ) -> Result<User, JoinError> {
        if self.elsewhere {
            return Err(JoinError::Elsewhere);
        }
        let invited = self.look(token).await?.ok_or(JoinError::Dead)?;
        let name = name.unwrap_or(&invited.user.name).trim();
        if let Some(wrong) = wrong_name(name) {
            return Err(JoinError::Invalid(vec![wrong]));
        }
        let token = Token::new(token.to_owned());
        self.store
            .transaction(invited.tenant(), async |tx| {
                let user = users::join(&self.store, tx, &token, name)
                    .await?
                    .ok_or(JoinError::Dead)?;
                for action in [AuditAction::UserJoined, AuditAction::SignedIn] {
                    let actor = Actor::User { id: user.id };
                    let entry = provenance.entry(tx, actor, action, user.id);
                    tx.audit(entry).await?;
                }
                Ok::<_, JoinError>(user)
            })
            .await
    }
}
