//! Subscribers: a token that their company signed, or the handle of a hosted page.

use kale_domain::{
    company::{Company, CompanyStatus},
    id::{CompanyId, ViewerSecretId},
    subscriber::{Claims, Unverified},
};

use crate::{
    companies,
    error::Result,
    seal::{KeyRing, SealError},
    store::Store,
    tenant::{Reach, Tenant},
    viewer::{handles, secrets},
};

/// A subscriber's credential that holds: what it says, and whose data it opens. What it still may do is for
/// [`Claims::may_begin`] and the session it began.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// What it says.
    pub claims: Claims,
    /// Whose subscriber.
    pub company: Company,
    signed_by: Option<ViewerSecretId>,
    tenant: Tenant,
}

impl Ticket {
    /// Which secret signed it; `None` where the API made the page it comes from.
    #[must_use]
    pub const fn signed_by(&self) -> Option<ViewerSecretId> {
        self.signed_by
    }

    /// The company's data.
    #[must_use]
    pub const fn tenant(&self) -> Tenant {
        self.tenant
    }

    /// Where its customer is found: among all of the company's.
    #[must_use]
    pub const fn reach(&self) -> Reach {
        Reach::all(self.tenant)
    }
}

/// What a subscriber's token opens; `None` where no secret of its company signed it, or the company is away.
pub async fn by_subscriber_token(
    store: &Store,
    ring: &KeyRing,
    token: &str,
) -> Result<Option<Ticket>, SealError> {
    let Some(unverified) = Unverified::read(token) else {
        return Ok(None);
    };
    let company = unverified.company();
    let known = secrets::known_live(store, company, ring).await?;
    let signed = match unverified.clone().verify(known.each()) {
        // It may be signed with a secret that is younger than what is remembered.
        None if !known.is_empty() => unverified.verify(secrets::live(store, company, ring).await?.each()),
        verified => verified,
    };
    match signed {
        Some((by, claims)) => Ok(ticket(store, claims, Some(by)).await?),
        None => Ok(None),
    }
}

/// What the handle of a hosted page opens: nothing any more once the secret is revoked that signed what it stands for.
pub async fn by_viewer_handle(store: &Store, handle: &str) -> Result<Option<Ticket>> {
    match handles::read(store, handle).await? {
        Some((claims, signed_by)) => {
            if let Some(secret) = signed_by
                && !secrets::is_live(store, claims.company, secret).await?
            {
                return Ok(None);
            }
            ticket(store, claims, signed_by).await
        }
        None => Ok(None),
    }
}

async fn ticket(store: &Store, claims: Claims, signed_by: Option<ViewerSecretId>) -> Result<Option<Ticket>> {
    let id: CompanyId = claims.company;
    let company = companies::known(store, Tenant::new(id)).await?;
    Ok(Option::clone(&company)
        .filter(|company| company.status == CompanyStatus::Active)
        .map(|company| Ticket {
            claims,
            company,
            signed_by,
            tenant: Tenant::new(id),
        }))
}
