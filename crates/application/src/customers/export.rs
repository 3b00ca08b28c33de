//! Customers as a file, streamed.

use bytes::Bytes;
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use kale_domain::{
    attribute::AttributeDefinition,
    audit::AuditAction,
    customer::Customer,
    email::Email,
    id::PersonaId,
    metric::{Metric, MetricValue},
};
use kale_persistence::{Reach, StoreError, customers};
use kale_tabular::CsvWriter;
use serde_json::json;
use std::{collections::BTreeMap, pin::Pin, sync::Arc};

use super::{describe::Customers, error::CustomerError, list::PreparedList};
use crate::{access::Caller, personas::Personas};

/// The form of an exported file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// RFC 4180, formulas escaped.
    Csv,
    /// One JSON object a line.
    Ndjson,
}

/// How many customers one chunk of the stream holds.
const CHUNK: usize = 500;

type ExportStream = Pin<Box<dyn Stream<Item = Result<Bytes, StoreError>> + Send>>;

impl Customers {
    /// Every customer of a list as a file, in flat memory. That it was taken out is written down first.
    pub async fn export(
        &self,
        reach: Reach,
        caller: &Caller,
        list: PreparedList,
        format: ExportFormat,
    ) -> Result<ExportStream, CustomerError> {
        let keys: BTreeMap<PersonaId, String> = Personas::ids_by_key(&self.store, reach.tenant())
            .await?
            .into_iter()
            .map(|(key, id)| (id, key))
            .collect();
        self.store
            .transaction::<_, StoreError>(reach.tenant(), async |tx| {
                let mut entry = caller.entry(tx, AuditAction::CustomersExported, "customers");
                let form = if format == ExportFormat::Csv {
                    "csv"
                } else {
                    "ndjson"
                };
                entry.after.insert("format".to_owned(), form.to_owned());
                tx.audit(entry).await
            })
            .await?;
        let rows = customers::export(&self.store, reach, &list.query, list.kinds).await?;
        let writer = Arc::new(RowWriter {
            definitions: list.definitions,
            keys,
        });
        let chunks = rows.try_chunks(CHUNK).map_err(|error| error.1);
        Ok(match format {
            ExportFormat::Csv => {
                let head = writer.head();
                let body = chunks.map_ok(move |rows| writer.csv(&rows));
                Box::pin(futures::stream::once(async move { Ok(head) }).chain(body))
            }
            ExportFormat::Ndjson => Box::pin(chunks.map_ok(move |rows| writer.ndjson(&rows))),
        })
    }
}

struct RowWriter {
    definitions: Vec<AttributeDefinition>,
    keys: BTreeMap<PersonaId, String>,
}

const FIELDS: [&str; 12] = [
    "id",
    "external_id",
    "name",
    "email",
    "domain",
    "persona",
    "lifecycle",
    "tier",
    "plan",
    "mrr",
    "currency",
    "tags",
];

impl RowWriter {
    fn persona<'a>(&'a self, customer: &Customer) -> &'a str {
        customer
            .persona
            .persona
            .and_then(|id| self.keys.get(&id))
            .map_or("", String::as_str)
    }

    fn head(&self) -> Bytes {
        let mut writer = CsvWriter::default();
        let attributes = self
            .definitions
            .iter()
            .map(|definition| format!("attributes.{}", definition.key));
        let names: Vec<String> = FIELDS
            .iter()
            .map(|name| (*name).to_owned())
            .chain(attributes)
            .collect();
        writer.record(names.iter().map(String::as_str));
        Bytes::from(writer.take())
    }

    fn csv(&self, customers: &[Customer]) -> Bytes {
        let mut writer = CsvWriter::default();
        for customer in customers {
            let mrr = mrr(customer);
            let fields = [
                customer.id.to_string(),
                customer.external_ids.first().cloned().unwrap_or_default(),
                customer.name.clone().unwrap_or_default(),
                customer.email.as_ref().map(Email::to_string).unwrap_or_default(),
                customer.domain.clone().unwrap_or_default(),
                self.persona(customer).to_owned(),
                customer
                    .lifecycle
                    .map(kale_domain::customer::Lifecycle::name)
                    .unwrap_or_default()
                    .to_owned(),
                customer.tier.clone().unwrap_or_default(),
                plan(customer).unwrap_or_default().to_owned(),
                mrr.map(|mrr| mrr.major().to_string()).unwrap_or_default(),
                mrr.map(|mrr| mrr.currency.code()).unwrap_or_default().to_owned(),
                customer.tags.join(", "),
            ];
            let attributes: Vec<String> = self
                .definitions
                .iter()
                .map(|definition| {
                    customer
                        .attributes
                        .get(&definition.key)
                        .map(ToString::to_string)
                        .unwrap_or_default()
                })
                .collect();
            writer.record(fields.iter().chain(&attributes).map(String::as_str));
        }
        Bytes::from(writer.take())
    }

    fn ndjson(&self, customers: &[Customer]) -> Bytes {
        let mut lines = Vec::with_capacity(customers.len() * 400);
        for customer in customers {
            let attributes: serde_json::Map<String, serde_json::Value> = customer
                .attributes
                .iter()
                .map(|(key, value)| (key.to_string(), super::describe::json_value(value)))
                .collect();
            let line = json!({
                "id": customer.id,
                "external_ids": customer.external_ids,
                "name": customer.name,
                "email": customer.email,
                "domain": customer.domain,
                "persona": Some(self.persona(customer)).filter(|key| !key.is_empty()),
                "lifecycle": customer.lifecycle,
                "tier": customer.tier,
                "plan": plan(customer),
                "mrr": mrr(customer),
                "tags": customer.tags,
                "attributes": attributes,
            });
            lines.extend_from_slice(line.to_string().as_bytes());
            lines.push(b'\n');
        }
        Bytes::from(lines)
    }
}

fn mrr(customer: &Customer) -> Option<kale_domain::money::Money> {
    match customer.metrics.get(&Metric::Mrr) {
        Some(MetricValue::Money(mrr)) => Some(*mrr),
        _ => None,
    }
}

fn plan(customer: &Customer) -> Option<&str> {
    match customer.metrics.get(&Metric::Plan) {
        Some(MetricValue::Text(plan)) => Some(plan),
        _ => None,
    }
}
