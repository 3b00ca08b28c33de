//! The catalogue of why people leave.

mod check;

use std::collections::BTreeMap;

use kale_domain::{
    audit::AuditAction,
    error::{Classify, ErrorKind, FieldError},
    reason::ReasonKey,
};
pub use kale_flow::{
    reason::{BillingProvider, Reason, ReasonCategory},
    text::Text,
};
use kale_persistence::{Store, StoreError, Tenant, reasons};

use self::check::check;
use crate::access::Caller;

/// How many reasons a company may have, archived ones too.
const MOST: usize = 200;

/// Reading and changing the catalogue of a company.
#[derive(Debug, Clone)]
pub struct Reasons {
    store: Store,
}

/// A reason to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReason {
    /// Its immutable name.
    pub key: ReasonKey,
    /// What it is about.
    pub category: ReasonCategory,
    /// What staff read: 1 to 80 characters.
    pub title: String,
    /// What a subscriber reads: 1 to 200 characters in at least one language.
    pub text: Text,
    /// What may be asked next.
    pub follow_up: Text,
    /// What billing systems call it.
    pub provider_codes: BTreeMap<BillingProvider, Vec<String>>,
    /// Where it stands; absent: behind the others.
    pub order: Option<u32>,
}

/// What to change. What is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReasonChanges {
    /// What it is about.
    pub category: Option<ReasonCategory>,
    /// What staff read.
    pub title: Option<String>,
    /// What a subscriber reads.
    pub text: Option<Text>,
    /// What may be asked next.
    pub follow_up: Option<Text>,
    /// What billing systems call it.
    pub provider_codes: Option<BTreeMap<BillingProvider, Vec<String>>>,
    /// Where it stands.
    pub order: Option<u32>,
    /// Whether it can't be used any more.
    pub archived: Option<bool>,
}

/// Why a reason was not added or changed.
#[derive(Debug, thiserror::Error)]
pub enum ReasonError {
    /// The values break a rule.
    #[error("the reason can't be kept so")]
    Invalid(Vec<FieldError>),
    /// The company has no such reason.
    #[error("there is no such reason")]
    NotFound,
    /// The company has a reason of that key.
    #[error("there is a reason of that key already; keys are never used twice")]
    Exists,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The built-in content can't be read: ours to mend.
    #[error(transparent)]
    Defaults(#[from] kale_flow::defaults::DefaultsError),
}

impl Reasons {
    /// Over that store.
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// The reasons that a company begins with.
    pub fn built_in() -> Result<Vec<Reason>, ReasonError> {
        Ok(kale_flow::defaults::reasons()?)
    }

    /// All reasons of a company, archived ones too, in their order. A company that has none gets the built-in ones.
    pub async fn list(&self, tenant: Tenant) -> Result<Vec<Reason>, ReasonError> {
        let there = reasons::list(&self.store, tenant).await?;
        if !there.is_empty() {
            return Ok(there);
        }
        let defaults = Self::built_in()?;
        let given = self
            .store
            .transaction::<_, StoreError>(tenant, async |tx| {
                for reason in &defaults {
                    reasons::insert(&self.store, tx, reason).await?;
                }
                Ok(())
            })
            .await;
        match given {
            // Somebody else looked at the same moment: all of them are there.
            Ok(()) | Err(StoreError::Duplicate) => Ok(reasons::list(&self.store, tenant).await?),
            Err(error) => Err(error.into()),
        }
    }

    /// One reason.
    pub async fn get(&self, tenant: Tenant, key: &ReasonKey) -> Result<Reason, ReasonError> {
        let all = self.list(tenant).await?;
        all.into_iter()
            .find(|reason| reason.key == *key)
            .ok_or(ReasonError::NotFound)
    }

    /// Adds a reason.
    pub async fn create(
        &self,
        tenant: Tenant,
        caller: &Caller,
        new: NewReason,
    ) -> Result<Reason, ReasonError> {
        let there = self.list(tenant).await?;
        if there.len() >= MOST {
            let message = format!("a company may have {MOST} reasons, archived ones too");
            return Err(ReasonError::Invalid(vec![FieldError::new(
                "#", "too-many", message,
            )]));
        }
        let last = there.iter().map(|reason| reason.order).max().unwrap_or(0);
        let reason = Reason {
            key: new.key,
            category: new.category,
            title: new.title.trim().to_owned(),
            text: new.text,
            follow_up: new.follow_up,
            provider_codes: new.provider_codes,
            order: new.order.unwrap_or_else(|| last.saturating_add(10)),
            archived: false,
            version: 1,
        };
        check(&reason)?;
        let added = self
            .store
            .transaction::<_, StoreError>(tenant, async |tx| {
                reasons::insert(&self.store, tx, &reason).await?;
                let mut entry = caller.entry(tx, AuditAction::ReasonCreated, &reason.key);
                entry.after = shown(&reason);
                tx.audit(entry).await
            })
            .await;
        match added {
            Ok(()) => Ok(reason),
            Err(StoreError::Duplicate) => Err(ReasonError::Exists),
            Err(error) => Err(error.into()),
        }
    }

    /// Changes a reason; [`StoreError::Stale`] where it is no longer at `version`. What was published and answered with
    /// it stays as it is.
    pub async fn change(
        &self,
        tenant: Tenant,
        caller: &Caller,
        key: &ReasonKey,
        version: u64,
        changes: ReasonChanges,
    ) -> Result<Reason, ReasonError> {
        let before = self.get(tenant, key).await?;
        let after = applied(&before, version, changes);
        check(&after)?;
        self.store
            .transaction::<_, ReasonError>(tenant, async |tx| {
                let changed = reasons::update(&self.store, tx, &after).await?;
                let entry = caller.entry(tx, AuditAction::ReasonChanged, key);
                tx.audit(entry.changed(shown(&before), shown(&changed))).await?;
                Ok(changed)
            })
            .await
    }
}

fn applied(before: &Reason, version: u64, changes: ReasonChanges) -> Reason {
    let title = changes.title.map(|title| title.trim().to_owned());
    Reason {
        key: before.key.clone(),
        category: changes.category.unwrap_or(before.category),
        title: title.unwrap_or_else(|| before.title.clone()),
        text: changes.text.unwrap_or_else(|| before.text.clone()),
        follow_up: changes.follow_up.unwrap_or_else(|| before.follow_up.clone()),
        provider_codes: changes
            .provider_codes
            .unwrap_or_else(|| before.provider_codes.clone()),
        order: changes.order.unwrap_or(before.order),
        archived: changes.archived.unwrap_or(before.archived),
        version,
    }
}

/// As the audit log shows it.
fn shown(reason: &Reason) -> BTreeMap<String, String> {
    let texts = |text: &Text| {
        let all = text.all().map(|(locale, text)| format!("{locale}: {text}"));
        all.collect::<Vec<_>>().join("; ")
    };
    let codes = reason.provider_codes.iter();
    let codes = codes.map(|(provider, codes)| format!("{}: {}", provider.name(), codes.join(", ")));
    [
        ("category", reason.category.name().to_owned()),
        ("title", reason.title.clone()),
        ("text", texts(&reason.text)),
        ("follow_up", texts(&reason.follow_up)),
        ("provider_codes", codes.collect::<Vec<_>>().join("; ")),
        ("order", reason.order.to_string()),
        ("archived", reason.archived.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

impl Classify for ReasonError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::NotFound => ErrorKind::NotFound,
            Self::Exists => ErrorKind::Conflict,
            Self::Store(error) => error.kind(),
            Self::Defaults(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "validation",
            Self::NotFound => "not-found",
            Self::Exists => "already-exists",
            Self::Store(error) => error.code(),
            Self::Defaults(_) => "internal",
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid(wrong) => wrong.clone(),
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<std::time::Duration> {
        match self {
            Self::Store(error) => error.retry_after(),
            _ => None,
        }
    }
}
