//! The configuration of a company and its versions.

use std::collections::{BTreeMap, BTreeSet};

use kale_domain::{
    attribute::AttributeDefinition,
    audit::AuditAction,
    company::{Company, Industry},
    error::FieldError,
    id::{JobId, PersonaId},
    persona::PersonaKey,
};
use kale_jobs::Job as _;
use kale_persistence::{
    Reach, Store, StoreError, Tenant, companies, customers,
    personas::{self, PersonaVersion},
};
use kale_rules::{
    check::Schema,
    defaults::defaults,
    draft::Draft,
    expression::Subject,
    persona::{Configuration, Persona},
    rule::{Rule, SubjectName},
    sentence::{Labels, sentence},
};
use rust_decimal::Decimal;
use serde_json::Value;

use super::{
    assignment::AssignPersonas,
    error::PersonaError,
    stored::{Stored, StoredPercentile, nothing, percentiles_of, stored},
};
use crate::{access::Caller, customers::Customers};

/// Reading and changing the personas of a company.
#[derive(Debug, Clone)]
pub struct Personas {
    pub(super) store: Store,
}

/// One persona as people see it.
#[derive(Debug, Clone)]
pub struct PersonaView {
    /// The persona.
    pub persona: Persona,
    /// Its rule as a sentence.
    pub sentence: String,
    /// What it waits for, by name.
    pub waiting_for: BTreeSet<String>,
    /// How many customers have it.
    pub customers: u64,
    /// Their MRR together, minor units of the company's currency, where it is known.
    pub mrr_minor: Option<i64>,
}

/// The configuration as people see it.
#[derive(Debug, Clone)]
pub struct PersonasView {
    /// The version; 0 while there is none.
    pub version: u64,
    /// The categories, in their order.
    pub categories: Vec<kale_rules::persona::PersonaCategory>,
    /// The personas, the highest priority first.
    pub personas: Vec<PersonaView>,
    /// How many customers have none.
    pub unassigned: u64,
}

impl Personas {
    /// Over that store.
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// The personas of an industry, as a company starts with them.
    pub fn industry_defaults(&self, industry: Industry) -> Result<Draft, PersonaError> {
        Ok(defaults(industry)?)
    }

    /// The configuration as it is; version 0 and empty while there is none.
    pub async fn configuration(&self, tenant: Tenant) -> Result<Configuration, StoreError> {
        let stored = stored(&self.store, tenant).await?;
        Ok(stored.map_or_else(nothing, |stored| stored.configuration))
    }

    /// The latest versions, newest first.
    pub async fn versions(&self, tenant: Tenant, limit: u32) -> Result<Vec<PersonaVersion>, StoreError> {
        personas::versions(&self.store, tenant, limit).await
    }

    /// A configuration with a sentence, a count and what it waits for, per persona.
    pub async fn view(&self, reach: Reach, company: &Company) -> Result<PersonasView, PersonaError> {
        let tenant = reach.tenant();
        let configuration = self.configuration(tenant).await?;
        let (schema, labels) = self.schema(tenant, company).await?;
        let checked = configuration.resolve(&schema);
        let everybody = crate::customers::ListRequest::default();
        let all = Customers::new(self.store.clone())
            .prepare(reach, company, &everybody)
            .await?;
        let shares = customers::by_persona(&self.store, reach, &all.query).await?;
        let by_id: BTreeMap<Option<PersonaId>, _> =
            shares.iter().map(|share| (share.persona, share)).collect();
        let views = checked.personas().iter().filter_map(|persona| {
            let whole = configuration
                .personas
                .iter()
                .find(|known| known.id == persona.id)?;
            let share = by_id.get(&Some(persona.id));
            Some(PersonaView {
                persona: whole.clone(),
                sentence: sentence(&persona.expression, &labels),
                waiting_for: persona.expression.waiting_for(),
                customers: share.map_or(0, |share| share.customers),
                mrr_minor: share
                    .filter(|share| share.mrr_known > 0)
                    .map(|share| share.mrr_minor),
            })
        });
        let known: BTreeSet<PersonaId> = configuration.personas.iter().map(|persona| persona.id).collect();
        // Customers of a persona that was deleted wait for the next assignment.
        let unassigned = shares
            .iter()
            .filter(|share| share.persona.is_none_or(|id| !known.contains(&id)))
            .map(|share| share.customers)
            .sum();
        let personas = views.collect();
        let mut categories = configuration.categories;
        categories.sort_by_key(|category| category.order);
        Ok(PersonasView {
            version: configuration.version,
            categories,
            personas,
            unassigned,
        })
    }

    /// Reads and checks a whole configuration without saving it.
    pub async fn draft(
        &self,
        reach: Reach,
        company: &Company,
        document: &Value,
    ) -> Result<(Configuration, Schema), PersonaError> {
        let draft = Draft::parse(document).map_err(PersonaError::Invalid)?;
        let tenant = reach.tenant();
        let now = self.configuration(tenant).await?;
        let ids: BTreeMap<PersonaKey, PersonaId> = now
            .personas
            .into_iter()
            .map(|persona| (persona.key, persona.id))
            .collect();
        let configuration = draft.into_configuration(now.version + 1, |key| {
            ids.get(key)
                .copied()
                .unwrap_or_else(|| PersonaId::from_uuid(self.store.fresh_id()))
        });
        let (mut schema, _) = self.schema(tenant, company).await?;
        let rules = configuration.personas.iter().map(|persona| &persona.rule);
        schema.percentiles = self.percentiles(reach, &schema, rules).await?;
        configuration.check(&schema).map_err(PersonaError::Invalid)?;
        Ok((configuration, schema))
    }

    /// Saves a whole configuration as the version after `version` and assigns customers anew in the background.
    pub async fn save(
        &self,
        reach: Reach,
        company: &Company,
        caller: &Caller,
        version: u64,
        document: &Value,
        note: Option<String>,
    ) -> Result<(Configuration, JobId), PersonaError> {
        let (configuration, schema) = self.draft(reach, company, document).await?;
        if configuration.version != version + 1 {
            return Err(StoreError::Stale.into());
        }
        let stored = Stored {
            percentiles: percentiles_of(&schema),
            configuration,
        };
        let text = serde_json::to_string(&stored).map_err(|error| StoreError::Corrupt {
            what: "persona configuration",
            source: error.into(),
        })?;
        let job = self
            .store
            .transaction::<_, PersonaError>(reach.tenant(), async |tx| {
                let new = PersonaVersion {
                    version: stored.configuration.version,
                    configuration: text.clone(),
                    by: caller.user(),
                    note: note.clone(),
                    at: tx.now(),
                };
                personas::add(&self.store, tx, &new).await?;
                let mut entry = caller.entry(tx, AuditAction::PersonasChanged, "personas");
                entry.before.insert("version".to_owned(), version.to_string());
                entry.after.insert("version".to_owned(), new.version.to_string());
                tx.audit(entry).await?;
                Ok(tx.enqueue(assignment_job(reach.tenant(), caller)?).await?.id())
            })
            .await?;
        Ok((stored.configuration, job))
    }

    /// Assigns every customer anew, in the background.
    pub async fn recompute(&self, reach: Reach, caller: &Caller) -> Result<JobId, PersonaError> {
        let job = self
            .store
            .transaction::<_, PersonaError>(reach.tenant(), async |tx| {
                tx.audit(caller.entry(tx, AuditAction::PersonasReassigned, "personas"))
                    .await?;
                Ok(tx.enqueue(assignment_job(reach.tenant(), caller)?).await?.id())
            })
            .await?;
        Ok(job)
    }

    /// Reads and checks one rule: its sentence and what it waits for.
    pub async fn check_rule(
        &self,
        reach: Reach,
        company: &Company,
        document: &Value,
    ) -> Result<(String, BTreeSet<String>), PersonaError> {
        let rule = Rule::parse(document, "#").map_err(PersonaError::Invalid)?;
        let (mut schema, labels) = self.schema(reach.tenant(), company).await?;
        schema.percentiles = self.percentiles(reach, &schema, std::iter::once(&rule)).await?;
        let expression = kale_rules::check::check(&rule, &schema, "#").map_err(PersonaError::Invalid)?;
        Ok((sentence(&expression, &labels), expression.waiting_for()))
    }

    /// What rules are checked against, with the percentiles of the saved configuration, and the labels for sentences.
    pub(super) async fn schema(
        &self,
        tenant: Tenant,
        company: &Company,
    ) -> Result<(Schema, Labels), StoreError> {
        let definitions = companies::attributes(&self.store, tenant).await?;
        let mut schema = crate::customers::schema(company, &definitions);
        if let Some(stored) = stored(&self.store, tenant).await? {
            schema.percentiles = stored.percentiles.iter().map(StoredPercentile::entry).collect();
        }
        Ok((schema, labels(definitions)))
    }

    /// The percentiles these rules ask for, of the values there are now.
    async fn percentiles(
        &self,
        reach: Reach,
        schema: &Schema,
        rules: impl Iterator<Item = &Rule>,
    ) -> Result<BTreeMap<(SubjectName, Decimal), Decimal>, StoreError> {
        let wanted: BTreeSet<(SubjectName, Decimal)> = rules.flat_map(Rule::percentiles).collect();
        let mut found = BTreeMap::new();
        for (name, percent) in wanted {
            let subject = match &name {
                SubjectName::Metric(metric) => Subject::Metric(*metric),
                SubjectName::Attribute(key) => match schema.attributes.get(key) {
                    Some(kind) => Subject::Attribute {
                        key: key.clone(),
                        kind: *kind,
                    },
                    None => continue,
                },
                SubjectName::Field(_) => continue,
            };
            if let Some(value) = customers::numeric_quantile(&self.store, reach, &subject, percent).await? {
                found.insert((name, percent), value);
            }
        }
        Ok(found)
    }
}

pub(super) fn assignment_job(
    tenant: Tenant,
    caller: &Caller,
) -> Result<kale_persistence::jobs::NewJob, StoreError> {
    let mut job = AssignPersonas::default()
        .of(tenant.company())?
        .about("personas")
        .unless_queued("all");
    job.started_by = caller.user();
    Ok(job)
}

pub(super) fn labels(definitions: Vec<AttributeDefinition>) -> Labels {
    Labels::new(
        definitions
            .into_iter()
            .map(|definition| (definition.key, definition.label))
            .collect(),
    )
}

/// For callers that hand errors on field by field.
impl From<Vec<FieldError>> for PersonaError {
    fn from(wrong: Vec<FieldError>) -> Self {
        Self::Invalid(wrong)
    }
}
