//! Invitations, where the company is an organization of the provider: it mails them itself, since nobody comes in here
//! whom it does not know.

use kale_domain::{id::UserId, user::UserStatus};
use kale_integrations::IntegrationError;
use kale_jobs::{Job, JobError, Lease};
use kale_persistence::{StoreError, identity::links, users};
use serde::{Deserialize, Serialize};

use super::{ProviderSignIns, follow::later};

/// Has the provider invite somebody who is invited here.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CarryInvitation {
    /// Whom.
    pub user: UserId,
    /// Whether they were invited before and are to be mailed again.
    pub again: bool,
}

impl Job for CarryInvitation {
    const KIND: &'static str = "identity_invite";
    const MAX_ATTEMPTS: u32 = 24;
    const HOUSEKEEPING: bool = true;
}

/// Has the provider take an invitation back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TakeInvitationBack {
    /// What it is called there.
    pub invitation: String,
}

impl Job for TakeInvitationBack {
    const KIND: &'static str = "identity_take_back";
    const MAX_ATTEMPTS: u32 = 24;
    const HOUSEKEEPING: bool = true;
}

/// Runs [`CarryInvitation`]. However often it is run, one invitation waits there.
pub async fn carry_invitation(
    identity: Option<&ProviderSignIns>,
    job: CarryInvitation,
    lease: &Lease,
) -> Result<(), JobError> {
    let tenant = lease.tenant()?;
    let Some(identity) = identity else {
        return Err(JobError::retry("this worker has no identity provider"));
    };
    let found = users::get(&identity.store, tenant, job.user).await?;
    let Some(user) = found.filter(|user| user.status == UserStatus::Invited) else {
        return lease.progress(0, Some(0), "They are not invited any more");
    };
    let organization = links::organization_of(&identity.store, tenant).await?;
    let (Some(organization), Some(role)) = (organization, identity.roles.name(user.role)) else {
        return Err(JobError::fail(
            "the identity provider has no organization, or no role, that fits",
        ));
    };
    let (provider, email) = (&identity.provider, user.email.as_str());
    let waiting = provider.invitation(email, &organization).await.map_err(later)?;
    let invited = match waiting {
        Some(there) if job.again => provider.invite_again(&there.id).await,
        Some(there) => Ok(there),
        None => provider.invite(email, &organization, role).await,
    };
    let invited = invited.map_err(|error| match error {
        // Said again, it would be refused again: such as somebody who belongs to the organization already.
        IntegrationError::Rejected { .. } => JobError::fail(error.to_string()),
        error => later(error),
    })?;
    let kept = identity
        .store
        .transaction::<_, StoreError>(tenant, async |tx| {
            lease.hold(tx).await?;
            users::invited_there(&identity.store, tx, user.id, &invited.id).await
        })
        .await?;
    if !kept {
        // Taken back here in the moment between.
        provider.take_back(&invited.id).await.map_err(later)?;
    }
    lease.progress(1, Some(1), "The identity provider invites them")
}

/// Runs [`TakeInvitationBack`].
pub async fn take_invitation_back(
    identity: Option<&ProviderSignIns>,
    job: TakeInvitationBack,
    lease: &Lease,
) -> Result<(), JobError> {
    let Some(identity) = identity else {
        return Err(JobError::retry("this worker has no identity provider"));
    };
    identity
        .provider
        .take_back(&job.invitation)
        .await
        .map_err(later)?;
    lease.progress(1, Some(1), "The identity provider took it back")
}
