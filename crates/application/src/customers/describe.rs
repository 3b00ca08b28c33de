//! Reading customers: one, a page, their sources.

use std::{collections::BTreeMap, sync::Arc};

use kale_domain::{
    attribute::{AttributeDefinition, AttributeKey, AttributeType},
    audit::AuditAction,
    company::Company,
    customer::{Customer, CustomerSource},
    error::FieldError,
    id::CustomerId,
    persona::PersonaChange,
    upload::UploadKind,
};
use kale_persistence::{
    Reach, Store, StoreError,
    companies::{self, Attributes},
    customers::{self, AttributeCell, PersonaShare, Position},
    file_rows,
};

use super::{
    error::CustomerError,
    list::{self, CustomerPage, ListRequest, PreparedList},
};
use crate::access::Caller;

/// Reading and changing customers.
#[derive(Debug, Clone)]
pub struct Customers {
    pub(super) store: Store,
}

/// One customer with what belongs to it.
#[derive(Debug, Clone)]
pub struct CustomerDetail {
    /// The joined record.
    pub customer: Customer,
    /// Where its values come from.
    pub sources: Vec<CustomerSource>,
    /// The company's attributes, for labels.
    pub definitions: Arc<Vec<AttributeDefinition>>,
}

/// The most tags a customer may have, and the longest.
const TAGS: (usize, usize) = (50, 60);

impl Customers {
    /// Over that store.
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    pub(crate) async fn kinds(
        &self,
        reach: Reach,
    ) -> Result<BTreeMap<AttributeKey, AttributeType>, StoreError> {
        let definitions = companies::attributes(&self.store, reach.tenant()).await?;
        Ok(definitions
            .into_iter()
            .map(|definition| (definition.key, definition.kind))
            .collect())
    }

    /// The attributes of a company, as they are now.
    pub async fn attributes(&self, reach: Reach) -> Result<Vec<AttributeDefinition>, StoreError> {
        companies::attributes(&self.store, reach.tenant()).await
    }

    /// The attributes of a company, for showing customers: at most two seconds behind another process.
    async fn attributes_seen(&self, reach: Reach) -> Result<Arc<Attributes>, StoreError> {
        companies::known_attributes(&self.store, reach.tenant()).await
    }

    /// One customer.
    pub async fn get(&self, reach: Reach, id: CustomerId) -> Result<Customer, CustomerError> {
        let known = self.attributes_seen(reach).await?;
        customers::get(&self.store, reach, id, &known.kinds)
            .await?
            .ok_or(CustomerError::NotFound)
    }

    /// What to call these customers, those of them within reach.
    pub async fn labels(
        &self,
        reach: Reach,
        ids: &[CustomerId],
    ) -> Result<BTreeMap<CustomerId, String>, CustomerError> {
        Ok(customers::labels(&self.store, reach, ids).await?)
    }

    /// The customer that the company's systems call so.
    pub async fn by_external_id(&self, reach: Reach, external_id: &str) -> Result<Customer, CustomerError> {
        let known = self.attributes_seen(reach).await?;
        customers::by_external_id(&self.store, reach, external_id, &known.kinds)
            .await?
            .ok_or(CustomerError::NotFound)
    }

    /// One customer with its sources and what each of them says.
    pub async fn detail(&self, reach: Reach, id: CustomerId) -> Result<CustomerDetail, CustomerError> {
        let customer = self.get(reach, id).await?;
        let sources = self.sources(reach, id).await?;
        let definitions = Arc::clone(&self.attributes_seen(reach).await?.definitions);
        Ok(CustomerDetail {
            customer,
            sources,
            definitions,
        })
    }

    /// The source records of a customer, why they belong to it, and what they say.
    pub async fn sources(&self, reach: Reach, id: CustomerId) -> Result<Vec<CustomerSource>, CustomerError> {
        let mut sources = customers::sources(&self.store, reach, id)
            .await?
            .ok_or(CustomerError::NotFound)?;
        let kinds = &self.attributes_seen(reach).await?.kinds;
        for source in &mut sources {
            let ids = [source.external_id.clone()];
            let values = if source.connection == "files" {
                let rows =
                    file_rows::effective(&self.store, reach.tenant(), UploadKind::CustomerData, &ids, kinds)
                        .await?;
                rows.into_iter().next().and_then(|row| row.values)
            } else {
                let records =
                    kale_persistence::api_records::find(&self.store, reach.tenant(), &ids, kinds).await?;
                records.into_iter().next().map(|record| record.values)
            };
            source.fields = values
                .map(|values| super::input::shown(&values))
                .unwrap_or_default();
        }
        Ok(sources)
    }

    /// The changes of a customer's persona, newest first.
    pub async fn persona_history(
        &self,
        reach: Reach,
        id: CustomerId,
    ) -> Result<Vec<PersonaChange>, CustomerError> {
        self.get(reach, id).await?;
        Ok(customers::history(&self.store, reach.tenant(), id, 200).await?)
    }

    /// Reads the parameters of a list, or says everything that is wrong with them.
    pub async fn prepare(
        &self,
        reach: Reach,
        company: &Company,
        request: &ListRequest,
    ) -> Result<PreparedList, CustomerError> {
        list::prepare(&self.store, reach, company, request).await
    }

    /// One page of a list.
    pub async fn page(
        &self,
        reach: Reach,
        list: &PreparedList,
        after: Option<&Position>,
        limit: usize,
        count: bool,
    ) -> Result<CustomerPage, CustomerError> {
        list::page(&self.store, reach, list, after, limit, count).await
    }

    /// The customers of a list by persona: the band.
    pub async fn shares(
        &self,
        reach: Reach,
        list: &PreparedList,
    ) -> Result<Vec<PersonaShare>, CustomerError> {
        list::shares(&self.store, reach, list).await
    }

    /// The customers of a list by persona and the values of one attribute.
    pub async fn by_attribute(
        &self,
        reach: Reach,
        list: &PreparedList,
        key: &AttributeKey,
    ) -> Result<Vec<AttributeCell>, CustomerError> {
        Ok(customers::by_attribute(&self.store, reach, &list.query, key).await?)
    }

    /// Replaces the words on a customer; [`StoreError::Stale`] where it is no longer at `version`.
    pub async fn set_tags(
        &self,
        reach: Reach,
        caller: &Caller,
        id: CustomerId,
        version: u64,
        tags: Vec<String>,
    ) -> Result<Customer, CustomerError> {
        let tags = clean_tags(tags)?;
        let before = self.get(reach, id).await?;
        let kinds = self.kinds(reach).await?;
        self.store
            .transaction(reach.tenant(), async |tx| {
                let changed = customers::update_tags(&self.store, tx, reach, id, version, &tags, &kinds)
                    .await?
                    .ok_or(CustomerError::Store(StoreError::Stale))?;
                let mut entry = caller.entry(tx, AuditAction::CustomerChanged, id);
                entry.before.insert("tags".to_owned(), before.tags.join(", "));
                entry.after.insert("tags".to_owned(), tags.join(", "));
                tx.audit(entry).await?;
                Ok(changed)
            })
            .await
    }
}

fn clean_tags(tags: Vec<String>) -> Result<Vec<String>, CustomerError> {
    let mut clean: Vec<String> = tags.into_iter().map(|tag| tag.trim().to_owned()).collect();
    clean.dedup();
    let mut wrong = Vec::new();
    if clean.len() > TAGS.0 {
        wrong.push(FieldError::new(
            "#/tags",
            "too-many",
            format!("a customer has at most {} tags", TAGS.0),
        ));
    }
    for (at, tag) in clean.iter().enumerate() {
        if !(1..=TAGS.1).contains(&tag.chars().count()) || tag.chars().any(char::is_control) {
            let message = format!("a tag has 1 to {} characters", TAGS.1);
            wrong.push(FieldError::new(format!("#/tags/{at}"), "length", message));
        }
    }
    if wrong.is_empty() {
        Ok(clean)
    } else {
        Err(CustomerError::Invalid(wrong))
    }
}

/// An attribute as JSON: numbers as numbers, days as texts, amounts as `{amount_minor, currency}`.
#[must_use]
pub fn json_value(value: &kale_domain::attribute::AttributeValue) -> serde_json::Value {
    use kale_domain::attribute::AttributeValue;
    match value {
        AttributeValue::Text(text) | AttributeValue::Country(text) => serde_json::Value::from(text.as_str()),
        // The text of a decimal is a JSON number; `arbitrary_precision` is not needed to print one.
        AttributeValue::Number(number) => {
            serde_json::from_str(&number.normalize().to_string()).unwrap_or(serde_json::Value::Null)
        }
        AttributeValue::Integer(number) => serde_json::Value::from(*number),
        AttributeValue::Boolean(flag) => serde_json::Value::from(*flag),
        AttributeValue::Date(date) => serde_json::Value::from(date.to_string()),
        AttributeValue::Money(money) => {
            serde_json::json!({ "amount_minor": money.amount_minor, "currency": money.currency })
        }
    }
}
