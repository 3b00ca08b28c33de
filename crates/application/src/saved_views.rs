//! Kept ways of looking at the customer list.

mod get;

use kale_domain::{
    audit::AuditAction,
    error::{Classify, ErrorKind, FieldError},
    id::{SavedViewId, UserId},
    saved_view::SavedView,
};
use kale_persistence::{Store, StoreError, Tenant, saved_views};

use crate::{access::Caller, customers::ListRequest};

/// Keeping, changing and removing views.
#[derive(Debug, Clone)]
pub struct SavedViews {
    store: Store,
}

/// A view as a person wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewInput {
    /// What to call it: 1 to 60 characters.
    pub name: String,
    /// Whether the whole company sees it.
    pub shared: bool,
    /// The query string of the list.
    pub query: String,
    /// The columns, in order.
    pub columns: Vec<String>,
}

/// Why a view was not kept.
#[derive(Debug, thiserror::Error)]
pub enum SavedViewError {
    /// The values break a rule.
    #[error("the view can't be kept so")]
    Invalid(Vec<FieldError>),
    /// There is no such view of yours.
    #[error("there is no such view of yours")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SavedViews {
    /// Over that store.
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// The views a user sees.
    pub async fn list(&self, tenant: Tenant, user: UserId) -> Result<Vec<SavedView>, StoreError> {
        saved_views::list(&self.store, tenant, user).await
    }

    /// Keeps a view.
    pub async fn create(
        &self,
        tenant: Tenant,
        caller: &Caller,
        user: UserId,
        input: ViewInput,
    ) -> Result<SavedView, SavedViewError> {
        check(&input)?;
        let view = SavedView {
            id: SavedViewId::from_uuid(self.store.fresh_id()),
            owner: user,
            shared: input.shared,
            name: input.name.trim().to_owned(),
            query: input.query,
            columns: input.columns,
            created_at: self.store.now(),
            version: 1,
        };
        self.store
            .transaction::<_, StoreError>(tenant, async |tx| {
                saved_views::insert(&self.store, tx, &view).await?;
                let action = AuditAction::SavedViewCreated;
                tx.audit(caller.entry(tx, action, view.id)).await
            })
            .await?;
        Ok(view)
    }

    /// Changes a view; [`StoreError::Stale`] where it is no longer at `version`.
    pub async fn change(
        &self,
        tenant: Tenant,
        caller: &Caller,
        user: UserId,
        id: SavedViewId,
        version: u64,
        input: ViewInput,
    ) -> Result<SavedView, SavedViewError> {
        check(&input)?;
        let there = saved_views::get(&self.store, tenant, user, id)
            .await?
            .ok_or(SavedViewError::NotFound)?;
        let view = SavedView {
            shared: input.shared,
            name: input.name.trim().to_owned(),
            query: input.query,
            columns: input.columns,
            version,
            ..there
        };
        self.store
            .transaction(tenant, async |tx| {
                let changed = saved_views::update(&self.store, tx, &view)
                    .await?
                    .ok_or(SavedViewError::Store(StoreError::Stale))?;
                tx.audit(caller.entry(tx, AuditAction::SavedViewChanged, id))
                    .await?;
                Ok(changed)
            })
            .await
    }

    /// Removes a view.
    pub async fn delete(
        &self,
        tenant: Tenant,
        caller: &Caller,
        user: UserId,
        id: SavedViewId,
    ) -> Result<(), SavedViewError> {
        let gone = self
            .store
            .transaction::<_, StoreError>(tenant, async |tx| {
                let gone = saved_views::delete(&self.store, tx, user, id).await?;
                if gone {
                    tx.audit(caller.entry(tx, AuditAction::SavedViewDeleted, id))
                        .await?;
                }
                Ok(gone)
            })
            .await?;
        if gone {
            Ok(())
        } else {
            Err(SavedViewError::NotFound)
        }
    }
}

fn check(input: &ViewInput) -> Result<(), SavedViewError> {
    let mut wrong = Vec::new();
    if !(1..=60).contains(&input.name.trim().chars().count()) {
        wrong.push(FieldError::new(
            "#/name",
            "length",
            "a name has 1 to 60 characters",
        ));
    }
    if input.query.len() > 4_000 {
        wrong.push(FieldError::new("#/query", "too-long", "at most 4,000 characters"));
    } else if let Err(error) = ListRequest::parse_only(&input.query) {
        let message = error
            .fields()
            .into_iter()
            .map(|one| format!("{}: {}", one.pointer, one.message));
        wrong.push(FieldError::new(
            "#/query",
            "not-a-query",
            message.collect::<Vec<_>>().join("; "),
        ));
    }
    if input.columns.len() > 40 || input.columns.iter().any(|column| column.len() > 80) {
        wrong.push(FieldError::new(
            "#/columns",
            "too-many",
            "at most 40 columns of at most 80 characters",
        ));
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(SavedViewError::Invalid(wrong))
    }
}

impl Classify for SavedViewError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::NotFound => ErrorKind::NotFound,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "validation",
            Self::NotFound => "not-found",
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
