//! What a draft would do, before it is saved.

use std::collections::BTreeMap;

use kale_domain::{company::Company, id::PersonaId, persona::PersonaKey};
use kale_persistence::{Reach, customers};
use kale_rules::{evaluate::evaluate, persona::Configuration, truth::Truth};
use serde_json::Value;

use super::{configuration::Personas, error::PersonaError};
use crate::customers::{Customers, ListRequest, today};

/// Customers that would go from one persona to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MovedCustomers {
    /// Where they are; `None` is *unassigned*.
    pub from: Option<PersonaId>,
    /// Where they would go.
    pub to: Option<PersonaId>,
    /// How many.
    pub customers: u64,
}

/// What a draft would do.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The draft, with the ids its personas would have.
    pub configuration: Configuration,
    /// How many customers each persona would have; `None` is *unassigned*.
    pub after: BTreeMap<Option<PersonaId>, u64>,
    /// How many it has now.
    pub before: BTreeMap<Option<PersonaId>, u64>,
    /// Who would move, most first.
    pub moved: Vec<MovedCustomers>,
    /// How many customers there are.
    pub customers: u64,
    /// How many of them a person has locked, so that they stay.
    pub locked: u64,
    /// How the rule of the persona asked about turns out; `None` where none was asked about.
    pub asked: Option<Outcomes>,
}

/// How one rule turns out for everybody, whichever persona they get.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// For how many customers it is true.
    pub matches: u64,
    /// How many can't be judged: a value is not known.
    pub unknown: u64,
}

impl Personas {
    /// Judges every customer with a draft and says who would move. Nothing is changed.
    pub async fn preview(
        &self,
        reach: Reach,
        company: &Company,
        document: &Value,
    ) -> Result<Preview, PersonaError> {
        self.judge(reach, company, document, None).await
    }

    /// As [`Personas::preview`], and how the rule of the persona of that key turns out by itself.
    pub async fn preview_of(
        &self,
        reach: Reach,
        company: &Company,
        document: &Value,
        key: &PersonaKey,
    ) -> Result<Preview, PersonaError> {
        self.judge(reach, company, document, Some(key)).await
    }

    async fn judge(
        &self,
        reach: Reach,
        company: &Company,
        document: &Value,
        asked: Option<&PersonaKey>,
    ) -> Result<Preview, PersonaError> {
        let (configuration, schema) = self.draft(reach, company, document).await?;
        let checked = configuration.resolve(&schema);
        let asked = asked.and_then(|key| checked.personas().iter().find(|persona| persona.key == *key));
        let day = today(&self.store, company);
        let list = Customers::new(self.store.clone())
            .prepare(reach, company, &ListRequest::default())
            .await?;
        let mut before: BTreeMap<Option<PersonaId>, u64> = BTreeMap::new();
        let mut after = before.clone();
        let mut moves: BTreeMap<(Option<PersonaId>, Option<PersonaId>), u64> = BTreeMap::new();
        let mut outcomes = Outcomes::default();
        let (mut total, mut locked) = (0, 0);
        customers::for_each_judged(&self.store, reach, &list.query, company.currency, |customer| {
            total += 1;
            let to = if customer.locked {
                locked += 1;
                customer.persona
            } else {
                checked.assign(customer, day).copied()
            };
            *before.entry(customer.persona).or_default() += 1;
            *after.entry(to).or_default() += 1;
            if customer.persona != to {
                *moves.entry((customer.persona, to)).or_default() += 1;
            }
            if let Some(persona) = asked {
                outcomes.count(evaluate(&persona.expression, customer, day));
            }
        })
        .await?;
        Ok(Preview {
            asked: asked.map(|_| outcomes),
            configuration,
            after,
            before,
            moved: most_first(moves),
            customers: total,
            locked,
        })
    }
}

impl Outcomes {
    const fn count(&mut self, truth: Truth) {
        match truth {
            Truth::True => self.matches += 1,
            Truth::Unknown => self.unknown += 1,
            Truth::False => {}
        }
    }
}

fn most_first(moves: BTreeMap<(Option<PersonaId>, Option<PersonaId>), u64>) -> Vec<MovedCustomers> {
    let mut moved: Vec<MovedCustomers> = moves
        .into_iter()
        .map(|((from, to), customers)| MovedCustomers { from, to, customers })
        .collect();
    moved.sort_by_key(|cell| std::cmp::Reverse(cell.customers));
    moved
}
