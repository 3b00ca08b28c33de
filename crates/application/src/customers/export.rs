//! Customers as a file, streamed.

use bytes::Bytes;
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use kale_domain::{attribute::AttributeDefinition, audit::AuditAction, id::PersonaId};
use kale_persistence::{
    Reach, StoreError,
    customers::{self, Exported, ExportedFields, ExportedValue},
};
use kale_tabular::CsvWriter;
use serde_json::json;
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    pin::Pin,
};

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
        let rows = customers::export(&self.store, reach, &list.query).await?;
        let writer = RowWriter::new(&list.definitions, keys);
        let chunks = rows.try_chunks(CHUNK).map_err(|error| error.1);
        Ok(match format {
            ExportFormat::Csv => {
                let head = writer.head();
                let body = chunks.map(move |rows| writer.csv(&rows?));
                Box::pin(futures::stream::once(async move { Ok(head) }).chain(body))
            }
            ExportFormat::Ndjson => Box::pin(chunks.map(move |rows| writer.ndjson(&rows?))),
        })
    }
}

struct RowWriter {
    /// The keys of the company's attributes, in the order of their columns.
    attributes: Vec<String>,
    /// The other way round.
    columns: HashMap<String, usize>,
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
    fn new(definitions: &[AttributeDefinition], keys: BTreeMap<PersonaId, String>) -> Self {
        let attributes: Vec<String> = definitions
            .iter()
            .map(|definition| definition.key.to_string())
            .collect();
        let columns = attributes.iter().cloned().zip(0..).collect();
        Self {
            attributes,
            columns,
            keys,
        }
    }

    fn persona(&self, fields: &ExportedFields<'_>) -> Option<&str> {
        fields
            .persona
            .and_then(|id| self.keys.get(&id))
            .map(String::as_str)
    }

    fn head(&self) -> Bytes {
        let mut writer = CsvWriter::default();
        let attributes = self.attributes.iter().map(|key| format!("attributes.{key}"));
        let names: Vec<String> = FIELDS
            .iter()
            .map(|name| (*name).to_owned())
            .chain(attributes)
            .collect();
        writer.record(names.iter().map(String::as_str));
        Bytes::from(writer.take())
    }

    fn csv(&self, customers: &[Exported]) -> Result<Bytes, StoreError> {
        let mut writer = CsvWriter::default();
        for customer in customers {
            let fields = customer.fields()?;
            let mut attributes: Vec<Cow<'_, str>> = vec![Cow::Borrowed(""); self.attributes.len()];
            for (key, value) in &fields.attributes {
                let place = self.columns.get(*key).and_then(|at| attributes.get_mut(*at));
                if let Some(place) = place {
                    *place = match value {
                        ExportedValue::Text(text) => Cow::Borrowed(text),
                        ExportedValue::Other(value) => Cow::Owned(value.to_string()),
                    };
                }
            }
            let (id, tags) = (customer.id.to_string(), fields.tags.join(", "));
            let amount = fields.mrr.map(|mrr| mrr.major().to_string());
            let first = [
                id.as_str(),
                fields.external_ids.first().copied().unwrap_or_default(),
                fields.name.unwrap_or_default(),
                fields.email.unwrap_or_default(),
                fields.domain.unwrap_or_default(),
                self.persona(&fields).unwrap_or_default(),
                fields.lifecycle.unwrap_or_default(),
                fields.tier.unwrap_or_default(),
                fields.plan.unwrap_or_default(),
                amount.as_deref().unwrap_or_default(),
                fields
                    .mrr
                    .as_ref()
                    .map(|mrr| mrr.currency.code())
                    .unwrap_or_default(),
                &tags,
            ];
            writer.record(first.into_iter().chain(attributes.iter().map(AsRef::as_ref)));
        }
        Ok(Bytes::from(writer.take()))
    }

    fn ndjson(&self, customers: &[Exported]) -> Result<Bytes, StoreError> {
        let mut lines = Vec::with_capacity(customers.len() * 400);
        for customer in customers {
            let fields = customer.fields()?;
            let attributes: serde_json::Map<String, serde_json::Value> = fields
                .attributes
                .iter()
                .map(|(key, value)| {
                    let value = match value {
                        ExportedValue::Text(text) => serde_json::Value::from(*text),
                        ExportedValue::Other(value) => super::describe::json_value(value),
                    };
                    ((*key).to_owned(), value)
                })
                .collect();
            let line = json!({
                "id": customer.id,
                "external_ids": fields.external_ids,
                "name": fields.name,
                "email": fields.email,
                "domain": fields.domain,
                "persona": self.persona(&fields),
                "lifecycle": fields.lifecycle,
                "tier": fields.tier,
                "plan": fields.plan,
                "mrr": fields.mrr,
                "tags": fields.tags,
                "attributes": attributes,
            });
            lines.extend_from_slice(line.to_string().as_bytes());
            lines.push(b'\n');
        }
        Ok(Bytes::from(lines))
    }
}
