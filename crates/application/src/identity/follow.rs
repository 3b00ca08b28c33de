//! Following what happens at the provider: its list of events is the truth, kept by a cursor. A call of the provider's
//! only wakes whoever reads it.

use kale_domain::{
    audit::{Actor, AuditAction},
    error::{Classify as _, ErrorKind},
    id::{SignInId, UserId},
    user::{User, UserStatus},
};
use kale_integrations::{IntegrationError, identity::Happening};
use kale_jobs::{Job, JobError, Lease};
use kale_persistence::{
    StoreError, Tenant, access,
    identity::{events, links, sessions},
    jobs::Enqueued,
    sign_ins, users,
};
use serde::{Deserialize, Serialize};

use super::{NoAccess, ProviderSignInError, ProviderSignIns};
use crate::access::Provenance;

/// Reads what has happened at the identity provider, and does the same here.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct FollowIdentity {}

impl Job for FollowIdentity {
    const KIND: &'static str = "identity_follow";
    const HOUSEKEEPING: bool = true;
}

/// Looks again, a few times, at one thing that could not be done when its event was read: apart from the list, so that
/// what is behind it does not wait. The truth of that day counts, so that it does not matter what came in between.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HeedIdentity {
    what: Happening,
}

impl Job for HeedIdentity {
    const KIND: &'static str = "identity_heed";
    const MAX_ATTEMPTS: u32 = 8;
}

/// Runs [`HeedIdentity`]; one that never can be done ends as a failed job, and is told as an error.
pub async fn heed_identity(
    identity: Option<&ProviderSignIns>,
    job: HeedIdentity,
    lease: &Lease,
) -> Result<(), JobError> {
    let _installation = lease.installation()?;
    let Some(identity) = identity else {
        return lease.progress(0, Some(0), "There is no identity provider");
    };
    let heeded = identity.heed(&job.what).await;
    if let (Err(error), true) = (&heeded, lease.is_last_attempt()) {
        tracing::error!(job.id = %lease.id(), %error, "an event of the identity provider was never done");
    }
    heeded.map_err(|error| match error {
        ProviderSignInError::Provider(error) => later(error),
        // Also what can't be read now may be mended until the last time.
        error => JobError::retry(error.to_string()),
    })
}

/// Runs [`FollowIdentity`]; without a provider there is nothing to follow.
pub async fn follow_identity(
    identity: Option<&ProviderSignIns>,
    _: FollowIdentity,
    lease: &Lease,
) -> Result<(), JobError> {
    let installation = lease.installation()?;
    let Some(identity) = identity else {
        return lease.progress(0, Some(0), "There is no identity provider");
    };
    let mut done = 0;
    loop {
        let after = events::cursor(&identity.store, installation).await?;
        let happened = identity.provider.events(after.as_deref()).await.map_err(later)?;
        let Some(last) = happened.last().map(|event| event.id.clone()) else {
            return lease.progress(
                done,
                Some(done),
                &format!("{done} events of the identity provider"),
            );
        };
        let mut left = Vec::new();
        for event in &happened {
            match identity.heed(&event.what).await {
                Ok(()) => {}
                // All the others would fail as well: they wait.
                Err(error) if is_everybodys(&error) => return Err(failed(error)),
                Err(error) => {
                    tracing::error!(event.id, %error, "an event of the identity provider is set aside");
                    let what = event.what.clone();
                    let again = HeedIdentity { what }.of_installation()?;
                    left.push(again.unless_queued(&event.id));
                }
            }
            done += 1;
        }
        identity
            .store
            .installation_transaction::<_, StoreError>(installation, async |tx| {
                lease.hold(tx).await?;
                for again in &left {
                    let _either: Enqueued = tx.enqueue(again.clone()).await?;
                }
                events::advance(&identity.store, tx, installation, &last).await
            })
            .await?;
        lease.progress(done, None, "Events of the identity provider")?;
    }
}

pub(super) fn later(error: IntegrationError) -> JobError {
    match error {
        IntegrationError::RateLimited { retry_after } => {
            JobError::retry_after(retry_after, error.to_string())
        }
        error => JobError::retry(error.to_string()),
    }
}

/// Whether it says nothing of the one event: the provider or the store is away, or takes nothing of us.
fn is_everybodys(error: &ProviderSignInError) -> bool {
    error.kind() == ErrorKind::Unavailable
        || matches!(
            error,
            ProviderSignInError::Provider(IntegrationError::Unauthorized)
        )
}

fn failed(error: ProviderSignInError) -> JobError {
    match error {
        ProviderSignInError::Store(error) => error.into(),
        ProviderSignInError::Provider(error) => later(error),
        error => JobError::retry(error.to_string()),
    }
}

impl ProviderSignIns {
    /// Whether a call comes from the provider, now.
    #[must_use]
    pub fn is_genuine(&self, signature: &str, body: &[u8]) -> bool {
        self.provider.is_genuine(signature, body, self.store.now())
    }

    /// Has the provider's events read soon; also once more where they are being read, since what a call tells of may have
    /// happened after that list was asked for.
    pub async fn wake(&self) -> Result<(), StoreError> {
        let job = FollowIdentity::default()
            .of_installation()?
            .unless_queued("identity_follow");
        let _either: Enqueued = self.store.jobs().enqueue(None, job).await?;
        Ok(())
    }

    async fn heed(&self, what: &Happening) -> Result<(), ProviderSignInError> {
        match what {
            Happening::MembershipChanged { person, organization } => self.look_at(person, organization).await,
            Happening::PersonDeleted { person } => {
                for tenant in links::companies_of(&self.store, access::operator(), person).await? {
                    self.part(tenant, person).await?;
                }
                Ok(())
            }
            Happening::SessionRevoked { session } => {
                for (sign_in, user) in sessions::of_session(&self.store, session).await? {
                    self.end(sign_in, user).await?;
                }
                Ok(())
            }
            Happening::Other => Ok(()),
        }
    }

    /// Makes somebody in a company what the provider says now; what it said when the event was written is over.
    async fn look_at(&self, person: &str, organization: &str) -> Result<(), ProviderSignInError> {
        let Some((tenant, _)) = access::by_organization(&self.store, organization).await? else {
            return Ok(());
        };
        let memberships = match self.provider.memberships(person).await {
            Err(IntegrationError::NotFound) => Vec::new(),
            other => other?,
        };
        let role = memberships
            .into_iter()
            .find(|one| one.active && one.organization == organization && one.person == person)
            .and_then(|one| self.roles.part(&one.role));
        let Some(role) = role else {
            return self.part(tenant, person).await;
        };
        let changed = self
            .store
            .transaction::<_, ProviderSignInError>(tenant, async |tx| {
                let Some(known) = links::user_of(&self.store, tx, person).await? else {
                    return Ok(());
                };
                let Some(user) = users::get_in(&self.store, tx, known.user).await? else {
                    return Ok(());
                };
                let by = Provenance::default();
                let user = self.as_said(tx, user, role, known.left, &by).await?;
                if known.left {
                    links::know(&self.store, tx, person, user.id).await?;
                }
                Ok(())
            })
            .await;
        match changed {
            // Whoever was sent away here stays away.
            Err(ProviderSignInError::NoAccess(NoAccess::Deactivated)) => Ok(()),
            other => other,
        }
    }

    /// Somebody no longer belongs to a company: they can't sign in, and what they had signed in ends. What they did
    /// stays, and so do they, for the day they come back.
    async fn part(&self, tenant: Tenant, person: &str) -> Result<(), ProviderSignInError> {
        self.store
            .transaction::<_, ProviderSignInError>(tenant, async |tx| {
                let Some(known) = links::user_of(&self.store, tx, person).await? else {
                    return Ok(());
                };
                let Some(user) = users::get_in(&self.store, tx, known.user).await? else {
                    return Ok(());
                };
                if user.status != UserStatus::Active {
                    return Ok(());
                }
                let after = User {
                    status: UserStatus::Deactivated,
                    ..user.clone()
                };
                let before = user;
                let user = users::update(&self.store, tx, &after).await?;
                self.tell_if_nobody_runs(tx, &before).await?;
                sign_ins::end_all(&self.store, tx, user.id, None).await?;
                links::leave(&self.store, tx, person).await?;
                let by = Provenance::default();
                let entry = by.entry(tx, Actor::System, AuditAction::UserDeactivated, user.id);
                Ok(tx.audit(entry).await?)
            })
            .await
    }

    async fn end(&self, sign_in: SignInId, user: UserId) -> Result<(), ProviderSignInError> {
        sign_ins::end(&self.store, user, sign_in).await?;
        sessions::end(&self.store, sign_in).await?;
        Ok(())
    }
}
