//! What a company offers: recorded where it is accepted, carried out by a person until billing is connected.

use std::collections::BTreeMap;

use kale_domain::{
    audit::AuditAction,
    error::{Classify, ErrorKind, FieldError},
    id::OfferId,
};
pub use kale_flow::offer::{Offer, OfferKind, OfferTerms};
use kale_persistence::{Store, StoreError, Tenant, offers};
use serde_json::Value;

use crate::access::Caller;

/// How many offers a company may have, archived ones too.
const MOST: usize = 500;
/// The longest name, in characters.
const NAME: usize = 80;

/// Reading and changing the offers of a company.
#[derive(Debug, Clone)]
pub struct Offers {
    store: Store,
}

/// An offer to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewOffer {
    /// What staff call it: 1 to 80 characters.
    pub name: String,
    /// What kind it is; never changed.
    pub kind: OfferKind,
    /// The parameters of that kind.
    pub params: Value,
}

/// What to change. What is absent stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OfferChanges {
    /// What staff call it.
    pub name: Option<String>,
    /// The parameters of its kind, all of them.
    pub params: Option<Value>,
    /// Whether it can't be offered any more.
    pub archived: Option<bool>,
}

/// Why an offer was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum OfferError {
    /// The values break a rule.
    #[error("the offer can't be kept so")]
    Invalid(Vec<FieldError>),
    /// The company has no such offer.
    #[error("there is no such offer")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Offers {
    /// Over that store.
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// All offers of a company, archived ones too, newest first.
    pub async fn list(&self, tenant: Tenant) -> Result<Vec<Offer>, StoreError> {
        offers::list(&self.store, tenant).await
    }

    /// One offer.
    pub async fn get(&self, tenant: Tenant, id: OfferId) -> Result<Offer, OfferError> {
        let found = offers::get(&self.store, tenant, id).await?;
        found.ok_or(OfferError::NotFound)
    }

    /// Makes an offer.
    pub async fn create(&self, tenant: Tenant, caller: &Caller, new: NewOffer) -> Result<Offer, OfferError> {
        let mut wrong = name_errors(&new.name);
        let terms = match OfferTerms::parse(new.kind, &new.params, "#/params") {
            Ok(terms) if wrong.is_empty() => terms,
            Ok(_) => return Err(OfferError::Invalid(wrong)),
            Err(errors) => {
                wrong.extend(errors);
                return Err(OfferError::Invalid(wrong));
            }
        };
        if self.list(tenant).await?.len() >= MOST {
            let message = format!("a company may have {MOST} offers, archived ones too");
            return Err(OfferError::Invalid(vec![FieldError::new(
                "#", "too-many", message,
            )]));
        }
        let offer = Offer {
            id: OfferId::from_uuid(self.store.fresh_id()),
            name: new.name.trim().to_owned(),
            terms,
            archived: false,
            version: 1,
        };
        self.store
            .transaction::<_, StoreError>(tenant, async |tx| {
                offers::insert(&self.store, tx, &offer).await?;
                let mut entry = caller.entry(tx, AuditAction::OfferCreated, offer.id);
                entry.after = shown(&offer);
                tx.audit(entry).await
            })
            .await?;
        Ok(offer)
    }

    /// Changes an offer; [`StoreError::Stale`] where it is no longer at `version`. Promises made with it stay as they
    /// were made.
    pub async fn change(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: OfferId,
        version: u64,
        changes: OfferChanges,
    ) -> Result<Offer, OfferError> {
        let before = self.get(tenant, id).await?;
        let after = applied(&before, version, changes)?;
        self.store
            .transaction::<_, OfferError>(tenant, async |tx| {
                let changed = offers::update(&self.store, tx, &after).await?;
                let entry = caller.entry(tx, AuditAction::OfferChanged, id);
                tx.audit(entry.changed(shown(&before), shown(&changed))).await?;
                Ok(changed)
            })
            .await
    }
}

fn applied(before: &Offer, version: u64, changes: OfferChanges) -> Result<Offer, OfferError> {
    let mut wrong = changes.name.as_deref().map(name_errors).unwrap_or_default();
    let parsed = changes
        .params
        .map(|params| OfferTerms::parse(before.terms.kind(), &params, "#/params"))
        .transpose();
    let terms = parsed.unwrap_or_else(|errors| {
        wrong.extend(errors);
        None
    });
    if !wrong.is_empty() {
        return Err(OfferError::Invalid(wrong));
    }
    let name = changes.name.map(|name| name.trim().to_owned());
    Ok(Offer {
        id: before.id,
        name: name.unwrap_or_else(|| before.name.clone()),
        terms: terms.unwrap_or_else(|| before.terms.clone()),
        archived: changes.archived.unwrap_or(before.archived),
        version,
    })
}

fn name_errors(name: &str) -> Vec<FieldError> {
    if (1..=NAME).contains(&name.trim().chars().count()) {
        return Vec::new();
    }
    let message = format!("a name has 1 to {NAME} characters");
    vec![FieldError::new("#/name", "length", message)]
}

/// As the audit log shows it.
fn shown(offer: &Offer) -> BTreeMap<String, String> {
    let params = offer.terms.params().map(|params| params.to_string());
    [
        ("name", offer.name.clone()),
        ("kind", offer.terms.kind().name().to_owned()),
        ("params", params.unwrap_or_default()),
        ("archived", offer.archived.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

impl Classify for OfferError {
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

    fn retry_after(&self) -> Option<std::time::Duration> {
        match self {
            Self::Store(error) => error.retry_after(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_absent_stays_and_the_kind_always() {
        let terms = OfferTerms::parse(OfferKind::Pause, &json!({ "months": 3 }), "#").unwrap();
        let offer = Offer {
            id: "ofr_01h455vb4pex5vsknk084sn02q".parse().unwrap(),
            name: "Pause".to_owned(),
            terms,
            archived: false,
            version: 4,
        };
        let archived = OfferChanges {
            archived: Some(true),
            ..OfferChanges::default()
        };
        let expected = Offer {
            archived: true,
            ..offer.clone()
        };
        assert_eq!(applied(&offer, 4, archived).unwrap(), expected);

        let wrong = OfferChanges {
            name: Some(" ".to_owned()),
            params: Some(json!({ "percent": 20, "months": 3 })),
            archived: None,
        };
        let wrong = applied(&offer, 4, wrong).unwrap_err().fields();
        let pointers: Vec<&str> = wrong.iter().map(|one| one.pointer.as_str()).collect();
        assert_eq!(pointers, ["#/name", "#/params/percent"]);
    }
}
