//! Whose data a query may touch. Neither type can be built outside this crate: they come from [`crate::access`].

use kale_domain::id::{CompanyId, UserId};

/// One company. Every query of what a company owns takes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tenant {
    company: CompanyId,
}

impl Tenant {
    pub(crate) const fn new(company: CompanyId) -> Self {
        Self { company }
    }

    /// Which company.
    #[must_use]
    pub const fn company(self) -> CompanyId {
        self.company
    }
}

/// Which customers of a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reach {
    tenant: Tenant,
    expert: Option<UserId>,
}

impl Reach {
    pub(crate) const fn all(tenant: Tenant) -> Self {
        Self { tenant, expert: None }
    }

    pub(crate) const fn assigned_to(tenant: Tenant, expert: UserId) -> Self {
        Self {
            tenant,
            expert: Some(expert),
        }
    }

    /// Whose customers.
    #[must_use]
    pub const fn tenant(self) -> Tenant {
        self.tenant
    }

    /// Only the customers of this expert; `None` is all of them.
    #[must_use]
    pub const fn expert(self) -> Option<UserId> {
        self.expert
    }
}

/// What belongs to no company: for Kale admins, jobs of the installation and the command line.
#[derive(Debug, Clone, Copy)]
pub struct Installation {
    _sealed: (),
}

impl Installation {
    pub(crate) const fn new() -> Self {
        Self { _sealed: () }
    }

    /// A tenant that owns nothing, for what is kept by company and belongs to none.
    #[must_use]
    pub const fn no_company(self) -> Tenant {
        Tenant::new(CompanyId::from_uuid(uuid::Uuid::nil()))
    }
}
