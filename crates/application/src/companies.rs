//! Companies: their own settings, and what whoever runs the installation does with them.

mod create;
mod lifecycle;
mod purge;

use std::sync::Arc;

use jiff::tz::TimeZone;
use kale_domain::{
    attribute::{AttributeDefinition, AttributeKey},
    audit::AuditAction,
    company::{Company, Industry, SORTABLE_ATTRIBUTES, Slug, WrongCompanyStatus},
    error::{Classify, ErrorKind, FieldError},
    id::CompanyId,
    money::Currency,
    sign_in::SignInLimits,
};
use kale_jobs::Job as _;
use kale_persistence::{Installation, Reach, Store, StoreError, Tenant, Tx, companies, users};

pub use self::{
    create::WantedCompany,
    purge::{PurgeCompany, purge_company},
};
use crate::{
    access::{Caller, Callers},
    measures::RebuildRollups,
    team::{Team, TeamError},
    uploads::RefreshCustomers,
};

/// Reading and changing a company.
#[derive(Debug, Clone)]
pub struct Companies {
    store: Store,
    callers: Arc<Callers>,
    team: Team,
}

/// What its owners may change. What is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompanyChanges {
    /// What people call it: 1 to 120 characters.
    pub name: Option<String>,
    /// What it does.
    pub industry: Option<Industry>,
    /// An IANA time zone.
    pub time_zone: Option<String>,
    /// The currency its money metrics are in.
    pub currency: Option<Currency>,
    /// The attributes the customer list can be sorted by, at most three.
    pub sortable_attributes: Option<Vec<AttributeKey>>,
    /// How long its people stay signed in.
    pub sign_in_limits: Option<SignInLimits>,
}

/// Why a company was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum CompanyError {
    /// The values break a rule.
    #[error("the company can't be so")]
    Invalid(Vec<FieldError>),
    /// Another company has the short name.
    #[error("there is a company with the short name `{0}`")]
    Taken(Slug),
    /// It stands somewhere else than that needs.
    #[error(transparent)]
    NotNow(#[from] WrongCompanyStatus),
    /// Who is to run it was not invited.
    #[error(transparent)]
    Team(TeamError),
    /// There is no such company within reach.
    #[error("there is no such company")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<TeamError> for CompanyError {
    fn from(error: TeamError) -> Self {
        match error {
            TeamError::Store(error) => Self::Store(error),
            other => Self::Team(other),
        }
    }
}

impl Companies {
    /// Over that store; new companies invite their first people through `team`.
    #[must_use]
    pub const fn new(store: Store, callers: Arc<Callers>, team: Team) -> Self {
        Self { store, callers, team }
    }

    /// All companies.
    pub async fn list(&self, installation: Installation) -> Result<Vec<Company>, StoreError> {
        companies::list(&self.store, installation).await
    }

    /// The tenant's company.
    pub async fn get(&self, tenant: Tenant) -> Result<Company, StoreError> {
        companies::get(&self.store, tenant).await
    }

    /// A company by its id: the tenant's own, or any for whoever runs the installation.
    pub async fn by_id(&self, caller: &Caller, id: CompanyId) -> Result<Company, CompanyError> {
        if let Some(tenant) = caller.tenant().filter(|tenant| tenant.company() == id) {
            return Ok(companies::get(&self.store, tenant).await?);
        }
        let installation = caller.installation().ok_or(CompanyError::NotFound)?;
        let found = companies::enter(&self.store, installation, id).await?;
        found.map(|(_, company)| company).ok_or(CompanyError::NotFound)
    }

    /// The people of a company.
    pub async fn users(&self, tenant: Tenant) -> Result<Vec<kale_domain::user::User>, StoreError> {
        users::list(&self.store, tenant).await
    }

    /// Changes a company; [`StoreError::Stale`] where it is no longer at `version`. What follows from the currency or
    /// the sortable attributes is brought up to date in the background.
    pub async fn change(
        &self,
        reach: Reach,
        caller: &Caller,
        version: u64,
        changes: CompanyChanges,
    ) -> Result<Company, CompanyError> {
        let tenant = reach.tenant();
        let before = companies::get(&self.store, tenant).await?;
        let definitions = companies::attributes(&self.store, tenant).await?;
        check(&changes, &definitions)?;
        let after = Company {
            version,
            ..applied(&before, changes)
        };
        let changed = self
            .store
            .transaction::<_, CompanyError>(tenant, async |tx| {
                let changed = companies::update(&self.store, tx, &after).await?;
                self.record(tx, caller, &before, &changed).await?;
                let moved = before.currency != changed.currency
                    || before.sortable_attributes != changed.sortable_attributes;
                if moved {
                    let job = RefreshCustomers::default()
                        .of(tenant.company())?
                        .unless_queued("all");
                    tx.enqueue(job).await?;
                }
                if before.time_zone != changed.time_zone {
                    // Sessions count on days of the zone.
                    let job = RebuildRollups::default().of(tenant.company())?;
                    tx.enqueue(job.about("analytics").unless_queued("all")).await?;
                }
                Ok(changed)
            })
            .await?;
        self.callers.forget_all();
        Ok(changed)
    }

    async fn record(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        before: &Company,
        after: &Company,
    ) -> Result<(), StoreError> {
        let entry = caller.entry(tx, AuditAction::CompanyChanged, after.id);
        tx.audit(entry.changed(fields(before), fields(after))).await
    }
}

fn applied(before: &Company, changes: CompanyChanges) -> Company {
    Company {
        name: changes
            .name
            .map_or_else(|| before.name.clone(), |name| name.trim().to_owned()),
        industry: changes.industry.unwrap_or(before.industry),
        time_zone: changes.time_zone.unwrap_or_else(|| before.time_zone.clone()),
        currency: changes.currency.unwrap_or(before.currency),
        sortable_attributes: changes
            .sortable_attributes
            .unwrap_or_else(|| before.sortable_attributes.clone()),
        sign_in_limits: changes.sign_in_limits.unwrap_or(before.sign_in_limits),
        ..before.clone()
    }
}

fn fields(company: &Company) -> Vec<(&'static str, String)> {
    let sortable: Vec<&str> = company
        .sortable_attributes
        .iter()
        .map(AttributeKey::as_str)
        .collect();
    vec![
        ("name", company.name.clone()),
        ("industry", company.industry.key().to_owned()),
        ("time_zone", company.time_zone.clone()),
        ("currency", company.currency.code().to_owned()),
        ("sortable_attributes", sortable.join(", ")),
        (
            "sign_in_idle_hours",
            company.sign_in_limits.idle_hours().to_string(),
        ),
        (
            "sign_in_absolute_hours",
            company.sign_in_limits.absolute_hours().to_string(),
        ),
    ]
}

fn wrong_name(name: &str) -> Option<FieldError> {
    let fits = (1..=120).contains(&name.trim().chars().count());
    (!fits).then(|| FieldError::new("#/name", "length", "a name has 1 to 120 characters"))
}

fn wrong_time_zone(zone: &str) -> Option<FieldError> {
    let message =
        || format!("`{zone}` is no time zone; expected a name such as Europe/Berlin or America/New_York");
    TimeZone::get(zone)
        .is_err()
        .then(|| FieldError::new("#/time_zone", "unknown-time-zone", message()))
}

fn check(changes: &CompanyChanges, definitions: &[AttributeDefinition]) -> Result<(), CompanyError> {
    let mut wrong = Vec::new();
    wrong.extend(changes.name.as_deref().and_then(wrong_name));
    wrong.extend(changes.time_zone.as_deref().and_then(wrong_time_zone));
    if let Some(keys) = &changes.sortable_attributes {
        if keys.len() > SORTABLE_ATTRIBUTES {
            let message = format!("at most {SORTABLE_ATTRIBUTES} attributes, because each costs an index");
            wrong.push(FieldError::new("#/sortable_attributes", "too-many", message));
        }
        for (at, key) in keys.iter().enumerate() {
            let pointer = format!("#/sortable_attributes/{at}");
            if !definitions.iter().any(|definition| definition.key == *key) {
                wrong.push(FieldError::new(
                    pointer,
                    "unknown-attribute",
                    format!("there is no attribute `{key}`"),
                ));
            } else if keys.iter().take(at).any(|earlier| earlier == key) {
                wrong.push(FieldError::new(
                    pointer,
                    "duplicate",
                    format!("`{key}` stands twice"),
                ));
            }
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(CompanyError::Invalid(wrong))
    }
}

impl Classify for CompanyError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::Taken(_) | Self::NotNow(_) => ErrorKind::Conflict,
            Self::NotFound => ErrorKind::NotFound,
            Self::Team(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "validation",
            Self::Taken(_) => "slug-taken",
            Self::NotNow(_) => "wrong-state",
            Self::NotFound => "not-found",
            Self::Team(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid(wrong) => wrong.clone(),
            _ => Vec::new(),
        }
    }
}
