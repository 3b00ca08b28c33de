//! Bringing customers up to their source records, batch by batch.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use kale_domain::{
    attribute::{AttributeKey, AttributeType},
    company::Company,
    id::CustomerId,
    persona::{AssignedBy, PersonaState},
};
use kale_persistence::{
    Result, Store, Tenant, api_records,
    api_records::ApiRecord,
    customers::{self, Change, Derived, Standing},
    file_rows::TouchedRow,
};
use kale_rules::{facts::FactMap, persona::CheckedConfiguration};

use super::derive::{Sources, customer_id, derive};

/// What a refresh did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RefreshCounts {
    /// Customers that are new.
    pub added: u64,
    /// Customers that changed.
    pub changed: u64,
    /// Customers no source speaks of any more.
    pub removed: u64,
}

/// Derives the customers of a company.
#[derive(Debug)]
pub struct Refresher<'a> {
    /// The store.
    pub store: &'a Store,
    /// Whose.
    pub tenant: Tenant,
    /// Their company.
    pub company: &'a Company,
    /// The kinds of its attributes.
    pub kinds: &'a BTreeMap<AttributeKey, AttributeType>,
    /// Its personas; customers that change are judged on the way.
    pub personas: Option<&'a CheckedConfiguration>,
    /// The day rules are read against.
    pub today: Date,
}

impl Refresher<'_> {
    /// Brings the customers of these rows up to date. Doing it again changes nothing.
    pub async fn files(&self, rows: &[TouchedRow]) -> Result<RefreshCounts> {
        let ids: Vec<CustomerId> = rows
            .iter()
            .map(|row| customer_id(self.company.id, &row.external_id))
            .collect();
        let speaks = |at: usize| rows.get(at).is_some_and(|row| row.values.is_some());
        let standing = self.standing(&ids, speaks).await?;
        let with_api: Vec<String> = rows
            .iter()
            .zip(&ids)
            .filter(|(_, id)| standing.get(id).is_some_and(|standing| standing.from_api))
            .map(|(row, _)| row.external_id.clone())
            .collect();
        let api = self.api_records(&with_api).await?;
        let sources = rows.iter().map(|row| {
            let api = api.get(&row.external_id);
            (row.external_id.as_str(), Sources { file: Some(row), api })
        });
        self.apply(sources, &standing).await
    }

    /// The same for what programs told us; `rows` are the files' rows of the same external ids.
    pub async fn api(&self, records: &[ApiRecord], rows: &[TouchedRow]) -> Result<RefreshCounts> {
        let ids: Vec<CustomerId> = records
            .iter()
            .map(|record| customer_id(self.company.id, &record.external_id))
            .collect();
        let standing = self.standing(&ids, |_| true).await?;
        let files: HashMap<&str, &TouchedRow> =
            rows.iter().map(|row| (row.external_id.as_str(), row)).collect();
        let sources = records.iter().map(|record| {
            let file = files.get(record.external_id.as_str()).copied();
            (
                record.external_id.as_str(),
                Sources {
                    file,
                    api: Some(record),
                },
            )
        });
        self.apply(sources, &standing).await
    }

    /// What the store has of these customers. Those it does not have, but a source speaks of, are brought back where they
    /// were taken out lately.
    async fn standing(
        &self,
        ids: &[CustomerId],
        speaks: impl Fn(usize) -> bool,
    ) -> Result<HashMap<CustomerId, Standing>> {
        let standing = customers::standing(self.store, self.tenant, ids).await?;
        let missing: Vec<CustomerId> = ids
            .iter()
            .enumerate()
            .filter(|(at, id)| speaks(*at) && !standing.contains_key(id))
            .map(|(_, id)| *id)
            .collect();
        if customers::bring_back(self.store, self.tenant, &missing).await? {
            return customers::standing(self.store, self.tenant, ids).await;
        }
        Ok(standing)
    }

    async fn api_records(&self, external_ids: &[String]) -> Result<HashMap<String, ApiRecord>> {
        if external_ids.is_empty() {
            return Ok(HashMap::new());
        }
        let found = api_records::find(self.store, self.tenant, external_ids, self.kinds).await?;
        Ok(found
            .into_iter()
            .map(|record| (record.external_id.clone(), record))
            .collect())
    }

    async fn apply<'s>(
        &self,
        sources: impl Iterator<Item = (&'s str, Sources<'s>)>,
        standing: &HashMap<CustomerId, Standing>,
    ) -> Result<RefreshCounts> {
        let now = self.store.now();
        let mut counts = RefreshCounts::default();
        let (mut changes, mut gone) = (Vec::new(), Vec::new());
        for (external_id, sources) in sources {
            let id = customer_id(self.company.id, external_id);
            let there = standing.get(&id);
            let Some(derived) = derive(self.company, external_id, &sources, now) else {
                gone.extend(there.map(|_| id));
                continue;
            };
            if there.is_some_and(|there| there.applied == Some(derived.applied)) {
                continue;
            }
            if there.is_some() {
                counts.changed += 1;
            } else {
                counts.added += 1;
            }
            let persona = self.judge(&derived, there);
            changes.push(Change {
                derived,
                persona,
                exists: there.is_some(),
            });
        }
        customers::write(self.store, self.tenant, &changes).await?;
        counts.removed = customers::remove(self.store, self.tenant, &gone).await?;
        Ok(counts)
    }

    /// The persona rules give; `None` where it stays as it is.
    fn judge(&self, derived: &Derived, there: Option<&Standing>) -> Option<PersonaState> {
        let personas = self.personas?;
        if there.is_some_and(|there| there.persona.is_locked()) {
            return None;
        }
        let facts = facts(derived, there);
        let persona = personas.assign(&facts, self.today).copied();
        if there.is_some_and(|there| there.persona.by.is_some() && there.persona.persona == persona) {
            return None;
        }
        let now = self.store.now();
        let by = AssignedBy::Rule {
            version: personas.version(),
            as_of: now,
        };
        Some(PersonaState {
            persona,
            by: Some(by),
            since: now,
        })
    }
}

fn facts(derived: &Derived, there: Option<&Standing>) -> FactMap {
    use kale_rules::rule::Field;
    let mut facts = FactMap::new();
    for (metric, value) in &derived.metrics {
        facts.set_metric(*metric, value);
    }
    for (key, value) in &derived.attributes {
        facts.set_attribute(key.clone(), value);
    }
    let fields = [
        (
            Field::Lifecycle,
            derived.lifecycle.map(kale_domain::customer::Lifecycle::name),
        ),
        (Field::Tier, derived.tier.as_deref()),
        (Field::Locale, derived.locale.as_deref()),
        (Field::Name, derived.name.as_deref()),
        (
            Field::Email,
            derived.email.as_ref().map(kale_domain::email::Email::as_str),
        ),
        (Field::Domain, derived.domain.as_deref()),
    ];
    for (field, text) in fields {
        if let Some(text) = text {
            facts.set_field(field, text);
        }
    }
    facts.set_external_ids(&derived.external_ids);
    for tag in there.map(|there| there.tags.as_slice()).unwrap_or_default() {
        facts.add_tag(tag);
    }
    facts
}
