//! Who looks after which customer: by hand, one or many.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use kale_domain::{
    audit::AuditAction,
    customer::Customer,
    error::FieldError,
    id::{CustomerId, UserId},
    money::Currency,
    user::UserStatus,
};
use kale_persistence::{Reach, StoreError, Tenant, customers, users};

use super::{describe::Customers, error::CustomerError, list::PreparedList};
use crate::access::Caller;

/// The most customers that one call by hand changes.
pub(crate) const BY_HAND: usize = 10_000;
/// The most people who look after one customer.
const EXPERTS: usize = 10;
/// How many customers one command changes.
const AT_ONCE: usize = 1_000;

/// Which customers are meant.
#[derive(Debug, Clone)]
pub enum Selection {
    /// These.
    Ids(Vec<CustomerId>),
    /// Everybody on this list.
    List(Box<PreparedList>),
}

/// How several experts share customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// All of them look after each customer.
    Together,
    /// One each, in turn.
    RoundRobin,
    /// One each: whoever looks after the fewest.
    Load,
}

impl Customers {
    /// Puts a customer into the hands of these, and of nobody else; [`StoreError::Stale`] where it is no longer at
    /// `version`.
    pub async fn set_experts(
        &self,
        reach: Reach,
        caller: &Caller,
        id: CustomerId,
        version: u64,
        experts: &[UserId],
    ) -> Result<Customer, CustomerError> {
        let before = self.get(reach, id).await?;
        let experts = self.trusted(reach.tenant(), experts).await?;
        let kinds = self.kinds(reach).await?;
        self.store
            .transaction(reach.tenant(), async |tx| {
                let changed = customers::set_experts(&self.store, tx, reach, (id, version), &experts, &kinds)
                    .await?
                    .ok_or(CustomerError::Store(StoreError::Stale))?;
                let entry = caller
                    .entry(tx, AuditAction::CustomerChanged, id)
                    .changed([("experts", ids(&before.experts))], [("experts", ids(&experts))]);
                tx.audit(entry).await?;
                Ok(changed)
            })
            .await
    }

    /// Puts many customers into the hands of these, at most 10,000 a call; nobody named is nobody. Answers how many
    /// changed hands.
    pub async fn assign_experts(
        &self,
        reach: Reach,
        caller: &Caller,
        selection: Selection,
        experts: &[UserId],
        sharing: Sharing,
    ) -> Result<u64, CustomerError> {
        let experts = self.trusted(reach.tenant(), experts).await?;
        let selected = self.selected(reach, selection).await?;
        let loads = match sharing {
            Sharing::Load => customers::loads(&self.store, reach.tenant(), &experts).await?,
            Sharing::Together | Sharing::RoundRobin => BTreeMap::new(),
        };
        let shares = shared(&selected, &experts, sharing, loads);
        self.store
            .transaction::<_, CustomerError>(reach.tenant(), async |tx| {
                let mut entry = caller.entry(tx, AuditAction::ExpertsAssigned, "customers");
                entry.after.insert("experts".to_owned(), ids(&experts));
                entry
                    .after
                    .insert("customers".to_owned(), selected.len().to_string());
                Ok(tx.audit(entry).await?)
            })
            .await?;
        let mut assigned: u64 = 0;
        for (experts, theirs) in &shares {
            for part in theirs.chunks(AT_ONCE) {
                let changed = customers::assign(&self.store, reach, part, experts).await?;
                assigned = assigned.saturating_add(changed);
            }
        }
        self.store.settle().await?;
        Ok(assigned)
    }

    /// Whom customers may be put into the hands of: people of the company who were not sent away.
    async fn trusted(&self, tenant: Tenant, experts: &[UserId]) -> Result<Vec<UserId>, CustomerError> {
        let people = users::list(&self.store, tenant).await?;
        let there = |id: &UserId| {
            let mut here = people
                .iter()
                .filter(|user| user.status != UserStatus::Deactivated);
            here.any(|user| user.id == *id)
        };
        let mut wrong = Vec::new();
        if experts.len() > EXPERTS {
            let message = format!("at most {EXPERTS} people look after one customer");
            wrong.push(FieldError::new("#/experts", "too-many", message));
        }
        for (at, _) in experts.iter().enumerate().filter(|(_, id)| !there(id)) {
            let message = "nobody who works here has that id; `GET /users` lists the people of the company";
            wrong.push(FieldError::new(
                format!("#/experts/{at}"),
                "unknown-expert",
                message,
            ));
        }
        if !wrong.is_empty() {
            return Err(CustomerError::Invalid(wrong));
        }
        let once: BTreeSet<UserId> = experts.iter().copied().collect();
        Ok(once.into_iter().collect())
    }

    async fn selected(&self, reach: Reach, selection: Selection) -> Result<Vec<CustomerId>, CustomerError> {
        let mut selected = Vec::new();
        match selection {
            Selection::Ids(wanted) => {
                let there = customers::labels(&self.store, reach, &wanted).await?;
                if wanted.iter().any(|id| !there.contains_key(id)) {
                    return Err(CustomerError::NotFound);
                }
                selected.extend(there.into_keys());
            }
            Selection::List(list) => {
                customers::for_each_judged(&self.store, reach, &list.query, Currency::USD, |customer| {
                    if selected.len() <= BY_HAND {
                        selected.push(customer.id);
                    }
                })
                .await?;
            }
        }
        if selected.len() > BY_HAND {
            let message = format!("at most {BY_HAND} customers are assigned by one call; narrow the filter");
            return Err(CustomerError::Invalid(vec![FieldError::new(
                "#/filter", "too-many", message,
            )]));
        }
        Ok(selected)
    }
}

/// Which of them get which customers.
fn shared(
    customers: &[CustomerId],
    experts: &[UserId],
    sharing: Sharing,
    mut loads: BTreeMap<UserId, u64>,
) -> BTreeMap<Vec<UserId>, Vec<CustomerId>> {
    let mut shares: BTreeMap<Vec<UserId>, Vec<CustomerId>> = BTreeMap::new();
    let mut turns = experts.iter().copied().cycle();
    for customer in customers {
        let theirs = match sharing {
            Sharing::Together => experts.to_vec(),
            Sharing::RoundRobin => turns.next().into_iter().collect(),
            Sharing::Load => {
                let least = experts
                    .iter()
                    .copied()
                    .min_by_key(|expert| loads.get(expert).copied().unwrap_or(0));
                if let Some(expert) = least {
                    let load = loads.entry(expert).or_default();
                    *load = load.saturating_add(1);
                }
                least.into_iter().collect()
            }
        };
        shares.entry(theirs).or_default().push(*customer);
    }
    shares
}

fn ids(experts: &[UserId]) -> String {
    let names: Vec<String> = experts.iter().map(ToString::to_string).collect();
    names.join(" ")
}
