//! Moving customers: by rules in the background, by hand one or many.

use jiff::civil::Date;
use kale_domain::{
    audit::AuditAction,
    company::Company,
    customer::Customer,
    error::FieldError,
    id::{CustomerId, PersonaId},
    persona::{AssignedBy, PersonaState},
};
use kale_jobs::{Job, JobError, Lease};
use kale_persistence::{
    Reach, Store, StoreError, companies,
    customers::{self, Judged, PersonaMove},
};
use kale_rules::{facts::FactMap, persona::CheckedConfiguration};
use serde::{Deserialize, Serialize};

use super::{configuration::Personas, error::PersonaError};
use crate::{
    access::Caller,
    customers::{Customers, PreparedList, today},
};

/// How many customers are judged at a time.
const BATCH: u32 = 5_000;

/// Assigns every customer of a company to the persona its rules give.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct AssignPersonas {}

impl Job for AssignPersonas {
    const KIND: &'static str = "assign_personas";
}

/// Runs [`AssignPersonas`]. Customers whose persona stays are not written; a run after a crash goes on where it is.
pub async fn assign_personas(store: &Store, _: AssignPersonas, lease: &Lease) -> Result<(), JobError> {
    let tenant = lease.tenant()?;
    let company = companies::get(store, tenant).await?;
    let Some(checked) = Personas::checked(store, tenant, &company).await? else {
        return Ok(());
    };
    let day = today(store, &company);
    let (mut done, mut moved) = (0_u64, 0_u64);
    let mut batch = customers::judge_batch(store, tenant, company.currency, None, BATCH).await?;
    while let Some(last) = batch.last() {
        let next = customers::judge_batch(store, tenant, company.currency, Some(last.id), BATCH);
        let judging = async {
            let moves = moves(store, &checked, &batch, day);
            customers::move_all(store, tenant, &moves).await?;
            Ok::<_, StoreError>(moves.len())
        };
        // Asked first: the database looks for the next while these are judged.
        let (next, judged) = futures::future::join(next, judging).await;
        moved += u64::try_from(judged?).unwrap_or(u64::MAX);
        done += u64::try_from(batch.len()).unwrap_or(u64::MAX);
        lease.progress(done, None, &format!("{moved} customers moved"))?;
        batch = next?;
    }
    // Each batch is acknowledged by itself; this ends with what others wrote `w: 1`.
    store.settle().await?;
    lease.progress(done, Some(done), &format!("{moved} customers moved"))
}

fn moves(store: &Store, checked: &CheckedConfiguration, batch: &[Judged], day: Date) -> Vec<PersonaMove> {
    let now = store.now();
    batch
        .iter()
        .filter(|customer| !customer.locked)
        .filter_map(|customer: &Judged| {
            let to = checked.assign(customer, day).copied();
            if customer.judged && customer.persona == to {
                return None;
            }
            let by = AssignedBy::Rule {
                version: checked.version(),
                as_of: now,
            };
            let to = PersonaState {
                persona: to,
                by: Some(by),
                since: now,
            };
            Some(PersonaMove {
                customer: customer.id,
                from: customer.persona,
                to,
            })
        })
        .collect()
}

/// Which customers to move.
#[derive(Debug, Clone)]
pub enum ReassignTarget {
    /// These.
    Ids(Vec<CustomerId>),
    /// Everybody on this list.
    List(Box<PreparedList>),
}

/// The most customers that one call moves by hand.
const BY_HAND: usize = 10_000;

impl Personas {
    /// Puts one customer into a persona by hand and locks it there; `None` is *unassigned*, locked too.
    pub async fn assign(
        &self,
        reach: Reach,
        caller: &Caller,
        id: CustomerId,
        persona: Option<PersonaId>,
        reason: Option<String>,
    ) -> Result<Customer, PersonaError> {
        self.known(reach, persona).await?;
        let reason = clean(reason)?;
        let by = AssignedBy::Manual {
            user: caller.user(),
            reason,
        };
        let to = PersonaState {
            persona,
            by: Some(by),
            since: self.store.now(),
        };
        self.put(reach, caller, id, to).await
    }

    /// Takes a decision by hand back: the rules decide again, at once.
    pub async fn unlock(
        &self,
        reach: Reach,
        company: &Company,
        caller: &Caller,
        id: CustomerId,
    ) -> Result<Customer, PersonaError> {
        let customer = Customers::new(self.store.clone()).get(reach, id).await?;
        let checked = Self::checked(&self.store, reach.tenant(), company).await?;
        let facts = FactMap::of(&customer);
        let day = today(&self.store, company);
        let persona = checked
            .as_ref()
            .and_then(|checked| checked.assign(&facts, day).copied());
        let now = self.store.now();
        let by = checked.map(|checked| AssignedBy::Rule {
            version: checked.version(),
            as_of: now,
        });
        let by = by.unwrap_or(AssignedBy::Rule {
            version: 0,
            as_of: now,
        });
        self.put(
            reach,
            caller,
            id,
            PersonaState {
                persona,
                by: Some(by),
                since: now,
            },
        )
        .await
    }

    async fn put(
        &self,
        reach: Reach,
        caller: &Caller,
        id: CustomerId,
        to: PersonaState,
    ) -> Result<Customer, PersonaError> {
        let reader = Customers::new(self.store.clone());
        let kinds = reader.kinds(reach).await?;
        let before = reader.get(reach, id).await?;
        self.store
            .transaction(reach.tenant(), async |tx| {
                let moved = customers::set_persona(&self.store, tx, reach, id, &to, &kinds)
                    .await?
                    .ok_or(crate::customers::CustomerError::NotFound)?;
                let mut entry = caller.entry(tx, AuditAction::PersonaAssigned, id);
                entry
                    .before
                    .insert("persona".to_owned(), name(before.persona.persona));
                entry.after.insert("persona".to_owned(), name(to.persona));
                tx.audit(entry).await?;
                Ok(moved)
            })
            .await
    }

    /// Puts many customers into a persona by hand, at most 10,000 a call; answers how many.
    pub async fn reassign(
        &self,
        reach: Reach,
        caller: &Caller,
        target: ReassignTarget,
        persona: Option<PersonaId>,
        reason: Option<String>,
    ) -> Result<u64, PersonaError> {
        self.known(reach, persona).await?;
        let reason = clean(reason)?;
        let found = self.found(reach, target).await?;
        let now = self.store.now();
        let by = AssignedBy::Manual {
            user: caller.user(),
            reason,
        };
        let to = PersonaState {
            persona,
            by: Some(by),
            since: now,
        };
        let moves: Vec<PersonaMove> = found
            .iter()
            .map(|(id, from)| PersonaMove {
                customer: *id,
                from: *from,
                to: to.clone(),
            })
            .collect();
        let count = u64::try_from(moves.len()).unwrap_or(u64::MAX);
        self.store
            .transaction::<_, PersonaError>(reach.tenant(), async |tx| {
                let mut entry = caller.entry(tx, AuditAction::PersonasReassigned, "customers");
                entry.after.insert("persona".to_owned(), name(persona));
                entry.after.insert("customers".to_owned(), count.to_string());
                Ok(tx.audit(entry).await?)
            })
            .await?;
        for batch in moves.chunks(1_000) {
            customers::move_all(&self.store, reach.tenant(), batch).await?;
        }
        self.store.settle().await?;
        Ok(count)
    }

    async fn found(
        &self,
        reach: Reach,
        target: ReassignTarget,
    ) -> Result<Vec<(CustomerId, Option<PersonaId>)>, PersonaError> {
        let mut found = Vec::new();
        match target {
            ReassignTarget::Ids(ids) => {
                let reader = Customers::new(self.store.clone());
                for id in ids.into_iter().take(BY_HAND) {
                    found.push((id, reader.get(reach, id).await?.persona.persona));
                }
            }
            ReassignTarget::List(list) => {
                let currency = kale_domain::money::Currency::USD;
                customers::for_each_judged(&self.store, reach, &list.query, currency, |customer| {
                    if found.len() <= BY_HAND {
                        found.push((customer.id, customer.persona));
                    }
                })
                .await?;
            }
        }
        if found.len() > BY_HAND {
            let message =
                format!("at most {BY_HAND} customers are moved by hand; narrow the filter, or write a rule");
            return Err(PersonaError::Invalid(vec![FieldError::new(
                "#/filter", "too-many", message,
            )]));
        }
        Ok(found)
    }

    async fn known(&self, reach: Reach, persona: Option<PersonaId>) -> Result<(), PersonaError> {
        let Some(id) = persona else { return Ok(()) };
        let configuration = self.configuration(reach.tenant()).await?;
        if configuration.personas.iter().any(|persona| persona.id == id) {
            Ok(())
        } else {
            Err(PersonaError::NotFound)
        }
    }
}

fn name(persona: Option<PersonaId>) -> String {
    persona.map_or_else(|| "unassigned".to_owned(), |id| id.to_string())
}

fn clean(reason: Option<String>) -> Result<Option<String>, PersonaError> {
    let reason = reason
        .map(|reason| reason.trim().to_owned())
        .filter(|reason| !reason.is_empty());
    if reason.as_ref().is_some_and(|reason| reason.chars().count() > 500) {
        let error = FieldError::new("#/reason", "too-long", "at most 500 characters");
        return Err(PersonaError::Invalid(vec![error]));
    }
    Ok(reason)
}
