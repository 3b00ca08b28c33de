//! The configuration as it is kept, and as a process remembers it.

use std::{collections::BTreeMap, sync::Arc};

use kale_domain::{company::Company, id::PersonaId};
use kale_persistence::{
    Store, StoreError, Tenant, companies,
    personas::{self, PersonaVersion},
};
use kale_rules::{
    check::Schema,
    persona::{CheckedConfiguration, CheckedPersona, Configuration},
    rule::SubjectName,
    sentence::{Labels, sentence},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::configuration::{Personas, labels};

/// What is kept of a version: the configuration, and the percentiles as they were when it was saved.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Stored {
    pub(super) configuration: Configuration,
    #[serde(default)]
    pub(super) percentiles: Vec<StoredPercentile>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StoredPercentile {
    subject: StoredSubject,
    percent: Decimal,
    value: Decimal,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredSubject {
    Metric(kale_domain::metric::Metric),
    Attribute(kale_domain::attribute::AttributeKey),
}

impl Personas {
    /// The configuration for naming personas: read without asking the database while it is remembered, and so at most two
    /// seconds behind another process.
    pub async fn names(&self, tenant: Tenant) -> Result<Arc<Configuration>, StoreError> {
        let known = known(&self.store, tenant).await?;
        Ok(Arc::clone(&known.configuration))
    }

    /// The rule of each persona as a sentence; as [`Personas::names`] at most two seconds behind another process.
    pub async fn sentences(
        &self,
        tenant: Tenant,
        company: &Company,
    ) -> Result<BTreeMap<PersonaId, String>, StoreError> {
        let (checked, labels) = self.judging(tenant, company).await?;
        let said = |persona: &CheckedPersona| (persona.id, sentence(&persona.expression, &labels));
        Ok(checked.personas().iter().map(said).collect())
    }

    /// The remembered configuration, ready to judge, and the labels for sentences.
    pub(super) async fn judging(
        &self,
        tenant: Tenant,
        company: &Company,
    ) -> Result<(CheckedConfiguration, Labels), StoreError> {
        let known = known(&self.store, tenant).await?;
        let attributes = companies::known_attributes(&self.store, tenant).await?;
        let mut schema = crate::customers::schema(company, &attributes.definitions);
        schema.percentiles = known.percentiles.iter().map(StoredPercentile::entry).collect();
        let labels = labels(attributes.definitions.as_ref().clone());
        Ok((known.configuration.resolve(&schema), labels))
    }

    /// The ids of a company's personas by key.
    pub(crate) async fn ids_by_key(
        store: &Store,
        tenant: Tenant,
    ) -> Result<BTreeMap<String, PersonaId>, StoreError> {
        let stored = stored(store, tenant).await?;
        let personas = stored
            .map(|stored| stored.configuration.personas)
            .unwrap_or_default();
        Ok(personas
            .into_iter()
            .map(|persona| (persona.key.to_string(), persona.id))
            .collect())
    }

    /// The configuration, ready to judge customers; `None` while a company has no personas.
    pub(crate) async fn checked(
        store: &Store,
        tenant: Tenant,
        company: &Company,
    ) -> Result<Option<CheckedConfiguration>, StoreError> {
        let Some(stored) = stored(store, tenant).await? else {
            return Ok(None);
        };
        let definitions = companies::attributes(store, tenant).await?;
        let mut schema = crate::customers::schema(company, &definitions);
        schema.percentiles = stored.percentiles.iter().map(StoredPercentile::entry).collect();
        Ok(Some(stored.configuration.resolve(&schema)))
    }
}

pub(super) const fn nothing() -> Configuration {
    Configuration {
        version: 0,
        categories: Vec::new(),
        personas: Vec::new(),
    }
}

/// A configuration as a process remembers it.
#[derive(Debug)]
struct Known {
    configuration: Arc<Configuration>,
    percentiles: Vec<StoredPercentile>,
}

async fn known(store: &Store, tenant: Tenant) -> Result<Arc<Known>, StoreError> {
    personas::known(store, tenant, |latest| {
        let stored = latest.as_ref().map(read).transpose()?;
        let (configuration, percentiles) = stored.map_or_else(
            || (nothing(), Vec::new()),
            |stored| (stored.configuration, stored.percentiles),
        );
        Ok(Known {
            configuration: Arc::new(configuration),
            percentiles,
        })
    })
    .await
}

pub(super) async fn stored(store: &Store, tenant: Tenant) -> Result<Option<Stored>, StoreError> {
    let latest = personas::latest(store, tenant).await?;
    latest.map(|version| read(&version)).transpose()
}

/// A kept version as it was saved.
pub(super) fn read(version: &PersonaVersion) -> Result<Stored, StoreError> {
    serde_json::from_str(&version.configuration).map_err(|error| StoreError::Corrupt {
        what: "persona configuration",
        source: error.into(),
    })
}

pub(super) fn percentiles_of(schema: &Schema) -> Vec<StoredPercentile> {
    schema
        .percentiles
        .iter()
        .filter_map(|((name, percent), value)| {
            let subject = match name {
                SubjectName::Metric(metric) => StoredSubject::Metric(*metric),
                SubjectName::Attribute(key) => StoredSubject::Attribute(key.clone()),
                SubjectName::Field(_) => return None,
            };
            Some(StoredPercentile {
                subject,
                percent: *percent,
                value: *value,
            })
        })
        .collect()
}

impl StoredPercentile {
    pub(super) fn entry(&self) -> ((SubjectName, Decimal), Decimal) {
        let name = match &self.subject {
            StoredSubject::Metric(metric) => SubjectName::Metric(*metric),
            StoredSubject::Attribute(key) => SubjectName::Attribute(key.clone()),
        };
        ((name, self.percent), self.value)
    }
}
