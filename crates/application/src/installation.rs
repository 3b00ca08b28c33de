//! Setting an installation up: companies and their first people. For the command line and the demo.

mod first;

use kale_domain::{
    access::{Permission, Role},
    audit::{Actor, AuditAction, AuditEntry},
    company::{Company, CompanyStatus, Industry, Slug},
    email::Email,
    error::{Classify, ErrorKind},
    id::{CompanyId, UserId},
    money::Currency,
    secret::Token,
    sign_in::SignInLimits,
    user::{Theme, User, UserStatus},
};
use kale_persistence::{Installation, Store, StoreError, Tenant, Tx, access, api_keys, companies, users};

pub use self::first::FirstError;
use crate::access::Provenance;

/// Setting an installation up.
#[derive(Debug, Clone)]
pub struct Setup {
    store: Store,
}

/// A company to be made.
#[derive(Debug, Clone)]
pub struct NewCompany {
    /// What people call it.
    pub name: String,
    /// Its short name in addresses.
    pub slug: Slug,
    /// What it does.
    pub industry: Industry,
    /// An IANA time zone.
    pub time_zone: String,
    /// The currency of its money metrics.
    pub currency: Currency,
}

/// A person to be made.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Where their mail goes.
    pub email: Email,
    /// What people call them.
    pub name: String,
    /// The part they play. A Kale admin belongs to no company.
    pub role: Role,
}

/// Why something was not made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The short name or the address is taken.
    #[error("it exists already")]
    Exists,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for SetupError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Duplicate => Self::Exists,
            other => Self::Store(other),
        }
    }
}

impl Setup {
    /// Over that store.
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// The company of that short name.
    pub async fn company(
        &self,
        installation: Installation,
        slug: &Slug,
    ) -> Result<Option<(Tenant, Company)>, StoreError> {
        companies::by_slug(&self.store, installation, slug).await
    }

    /// Makes a company.
    pub async fn create_company(
        &self,
        installation: Installation,
        new: NewCompany,
    ) -> Result<(Tenant, Company), SetupError> {
        let now = self.store.now();
        let company = Company {
            id: CompanyId::from_uuid(self.store.fresh_id()),
            name: new.name,
            slug: new.slug,
            industry: new.industry,
            status: CompanyStatus::Active,
            time_zone: new.time_zone,
            currency: new.currency,
            sortable_attributes: Vec::new(),
            sign_in_limits: SignInLimits::WIDEST,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        self.store
            .installation_transaction::<_, SetupError>(installation, async |tx| {
                companies::insert(&self.store, tx, installation, &company).await?;
                tx.audit(entry(tx, AuditAction::CompanyCreated, company.id.to_string()))
                    .await?;
                Ok(())
            })
            .await?;
        let entered = companies::enter(&self.store, installation, company.id).await?;
        entered.ok_or(SetupError::Store(StoreError::Stale))
    }

    /// Makes a person; with a company unless they are a Kale admin.
    pub async fn create_user(
        &self,
        installation: Installation,
        tenant: Option<Tenant>,
        new: NewUser,
    ) -> Result<User, SetupError> {
        let user = User {
            id: UserId::from_uuid(self.store.fresh_id()),
            company: tenant.map(Tenant::company),
            email: new.email,
            name: new.name,
            role: new.role,
            status: UserStatus::Active,
            theme: Theme::Auto,
            invitation: None,
            created_at: self.store.now(),
            version: 1,
        };
        match tenant {
            Some(tenant) => {
                self.store
                    .transaction::<_, SetupError>(tenant, async |tx| {
                        users::insert(&self.store, tx, &user).await?;
                        Ok(tx
                            .audit(entry(tx, AuditAction::UserCreated, user.id.to_string()))
                            .await?)
                    })
                    .await?;
            }
            None => {
                self.store
                    .installation_transaction::<_, SetupError>(installation, async |tx| {
                        users::insert_admin(&self.store, tx, installation, &user).await?;
                        Ok(tx
                            .audit(entry(tx, AuditAction::UserCreated, user.id.to_string()))
                            .await?)
                    })
                    .await?;
            }
        }
        Ok(user)
    }

    /// The active users of an address.
    pub async fn users_of(&self, email: &Email) -> Result<Vec<User>, StoreError> {
        access::by_email(&self.store, email).await
    }

    /// Makes a new invitation for somebody who is invited to that company; `None` where nobody of that address is.
    pub async fn invite_again(
        &self,
        operator: Installation,
        company: &Slug,
        email: &Email,
    ) -> Result<Option<(User, Token)>, StoreError> {
        let Some((tenant, _)) = companies::by_slug(&self.store, operator, company).await? else {
            return Ok(None);
        };
        let Some(there) = users::by_address(&self.store, tenant, email).await? else {
            return Ok(None);
        };
        self.store
            .transaction(tenant, async |tx| {
                let invited = users::invite_again(&self.store, tx, there.id, None).await?;
                if let Some((user, _)) = &invited {
                    let entry = entry(tx, AuditAction::UserInvitedAgain, user.id.to_string());
                    tx.audit(entry).await?;
                }
                Ok(invited)
            })
            .await
    }

    /// Makes an API key that may do everything a key may, and revokes those of the same name.
    pub async fn replace_api_key(
        &self,
        _: Installation,
        tenant: Tenant,
        name: &str,
    ) -> Result<Token, StoreError> {
        let old: Vec<_> = api_keys::list(&self.store, tenant)
            .await?
            .into_iter()
            .filter(|key| key.name == name && key.revoked_at.is_none())
            .collect();
        let all: std::collections::BTreeSet<Permission> = Permission::ALL
            .iter()
            .copied()
            .filter(|permission| permission.grantable_to_keys())
            .collect();
        self.store
            .transaction(tenant, async |tx| {
                for key in &old {
                    api_keys::revoke(&self.store, tx, key.id).await?;
                    tx.audit(entry(tx, AuditAction::ApiKeyRevoked, key.id.to_string()))
                        .await?;
                }
                let (key, token) = api_keys::create(&self.store, tx, name, all.clone(), None, None).await?;
                tx.audit(entry(tx, AuditAction::ApiKeyCreated, key.id.to_string()))
                    .await?;
                Ok(token)
            })
            .await
    }
}

fn entry(tx: &Tx, action: AuditAction, target: String) -> AuditEntry {
    Provenance::default().entry(tx, Actor::System, action, target)
}

impl Classify for SetupError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Exists => ErrorKind::Conflict,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Exists => "already-exists",
            Self::Store(error) => error.code(),
        }
    }
}
