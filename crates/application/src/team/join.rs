//! Taking an invitation up.

use kale_domain::{
    audit::{Actor, AuditAction},
    id::UserId,
    secret::Token,
    sign_in::{SignIn, SignInLimits},
    user::User,
};
use kale_persistence::{StoreError, Tx, access, sign_ins, users};

use crate::access::{Issued, Provenance};

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
        let (.., begun) = self
            .take_up(token, name, provenance, async |tx, user| {
                sign_ins::begin_in(&self.store, tx, user, provenance.device()).await
            })
            .await?;
        Ok(begun)
    }

    /// The same in a program.
    pub async fn join_from_program(
        &self,
        token: &str,
        name: Option<&str>,
        provenance: &Provenance,
    ) -> Result<Issued, JoinError> {
        let (user, limits, pair) = self
            .take_up(token, name, provenance, async |tx, user| {
                sign_ins::begin_pair_in(&self.store, tx, user, provenance.device()).await
            })
            .await?;
        Ok(Issued::new(pair, user, limits))
    }

    /// Whoever joins is signed in with the same write: an invitation is never used up by a sign-in that failed.
    async fn take_up<S>(
        &self,
        token: &str,
        name: Option<&str>,
        provenance: &Provenance,
        begin: impl AsyncFn(&mut Tx, UserId) -> Result<S, StoreError>,
    ) -> Result<(User, SignInLimits, S), JoinError> {
        if self.elsewhere {
            return Err(JoinError::Elsewhere);
        }
        let invited = self.look(token).await?.ok_or(JoinError::Dead)?;
        let name = name.unwrap_or(&invited.user.name).trim();
        if let Some(wrong) = wrong_name(name) {
            return Err(JoinError::Invalid(vec![wrong]));
        }
        let token = Token::new(token.to_owned());
        let limits = invited.company.sign_in_limits;
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
                let begun = begin(tx, user.id).await?;
                Ok::<_, JoinError>((user, limits, begun))
            })
            .await
    }
}
