//! Moving customers: by rules in the background, by hand one or many.

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::civil::Date;
use kale_domain::{
    audit::AuditAction,
    company::Company,
    customer::Customer,
    error::FieldError,
    id::{CustomerId, PersonaId},
    money::Currency,
    persona::{AssignedBy, PersonaState},
};
use kale_jobs::{Job, JobError, Lease};
use kale_persistence::{
    Reach, Store, StoreError, Tenant, companies,
    customers::{self, Judged, PersonaMove},
};
use kale_rules::{facts::FactMap, persona::CheckedConfiguration};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{configuration::Personas, error::PersonaError};
use crate::{
    access::Caller,
    customers::{BY_HAND, Customers, Selection, today},
};

/// How many customers are judged at a time, of each half.
const BATCH: u32 = 2_500;

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
    let run = Run {
        store,
        tenant,
        currency: company.currency,
        checked,
        day: today(store, &company),
        done: AtomicU64::new(0),
        moved: AtomicU64::new(0),
    };
    let middle = Some(CustomerId::from_uuid(Uuid::from_u128(u128::MAX >> 1)));
    // Ids are scattered evenly: half of the customers each, so that the database works on both while this judges.
    let (first, second) =
        futures::future::join(run.range((None, middle), lease), run.range((middle, None), lease)).await;
    first?;
    second?;
    // Each batch is acknowledged by itself; this ends with what others wrote `w: 1`.
    store.settle().await?;
    let done = run.done.load(Ordering::Relaxed);
    lease.progress(done, Some(done), &run.words())
}

/// One assignment of all customers.
struct Run<'a> {
    store: &'a Store,
    tenant: Tenant,
    currency: Currency,
    checked: CheckedConfiguration,
    day: Date,
    done: AtomicU64,
    moved: AtomicU64,
}

impl Run<'_> {
    /// Judges and moves the customers behind the first id, up to the second one.
    async fn range(
        &self,
        (mut after, last): (Option<CustomerId>, Option<CustomerId>),
        lease: &Lease,
    ) -> Result<(), JobError> {
        let read =
            |after| customers::judge_range(self.store, self.tenant, self.currency, (after, last), BATCH);
        let mut batch = read(after).await?;
        while let Some(end) = batch.last() {
            after = Some(end.id);
            let judging = async {
                let moves = moves(self.store, &self.checked, &batch, self.day);
                customers::move_judged(self.store, self.tenant, &moves).await?;
                Ok::<_, StoreError>(moves.len())
            };
            // Asked first: the database looks for the next while these are judged.
            let (next, judged) = futures::future::join(read(after), judging).await;
            let moved = u64::try_from(judged?).unwrap_or(u64::MAX);
            self.moved.fetch_add(moved, Ordering::Relaxed);
            let read = u64::try_from(batch.len()).unwrap_or(u64::MAX);
            let done = self.done.fetch_add(read, Ordering::Relaxed).saturating_add(read);
            lease.progress(done, None, &self.words())?;
            batch = next?;
        }
        Ok(())
    }

    fn words(&self) -> String {
        format!("{} customers moved", self.moved.load(Ordering::Relaxed))
    }
}

fn moves<'a>(
    store: &Store,
    checked: &CheckedConfiguration,
    batch: &'a [Judged],
    day: Date,
) -> Vec<(&'a Judged, PersonaState)> {
    let now = store.now();
    batch
        .iter()
        .filter(|customer| !customer.locked)
        .filter_map(|customer| {
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
            Some((customer, to))
        })
        .collect()
}

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
        target: Selection,
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
        target: Selection,
    ) -> Result<Vec<(CustomerId, Option<PersonaId>)>, PersonaError> {
        let mut found = Vec::new();
        match target {
            Selection::Ids(ids) => {
                let reader = Customers::new(self.store.clone());
                for id in ids.into_iter().take(BY_HAND) {
                    found.push((id, reader.get(reach, id).await?.persona.persona));
                }
            }
            Selection::List(list) => {
                let currency = Currency::USD;
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
