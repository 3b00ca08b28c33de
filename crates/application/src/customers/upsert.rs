//! Customers that programs tell us about, one or many.

use std::collections::{BTreeMap, BTreeSet};

use kale_domain::{
    attribute::{AttributeDefinition, AttributeKey, AttributeType, AttributeValue},
    audit::AuditAction,
    company::Company,
    customer::{Customer, EXTERNAL_ID_CHARS, NAME_CHARS, TEXT_CHARS},
    email::Email,
    error::FieldError,
    money::Money,
    upload::UploadKind,
};
use kale_persistence::{
    Reach, StoreError, api_records,
    api_records::ApiRecord,
    companies,
    file_rows::{self, RowValues},
};
use rust_decimal::Decimal;
use serde_json::Value;

use super::{
    derive::customer_id,
    describe::Customers,
    error::CustomerError,
    list::today,
    refresh::Refresher,
};
use crate::{access::Caller, personas::Personas};

/// A customer as a program sends it. What is absent is left as it was; `null` in attributes takes a value away.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CustomerInput {
    /// Its key.
    pub external_id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its e-mail address.
    pub email: Option<String>,
    /// Its domain.
    pub domain: Option<String>,
    /// The plan it is on.
    pub plan: Option<String>,
    /// What it pays per month.
    pub mrr: Option<Money>,
    /// Its product tier.
    pub tier: Option<String>,
    /// The company's own attributes, as JSON values.
    pub attributes: BTreeMap<String, Value>,
}

/// What came of one input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpsertOutcome {
    /// The customer is new.
    Created,
    /// It was there.
    Updated,
}

/// The most attributes one customer may have.
const ATTRIBUTES: usize = 200;

impl Customers {
    /// Creates a customer; refused where one of that external id exists.
    pub async fn create(
        &self,
        reach: Reach,
        company: &Company,
        caller: &Caller,
        input: CustomerInput,
    ) -> Result<Customer, CustomerError> {
        match self.by_external_id(reach, &input.external_id).await {
            Ok(_) => return Err(CustomerError::Exists(input.external_id)),
            Err(CustomerError::NotFound) => {}
            Err(error) => return Err(error),
        }
        self.upsert(reach, company, caller, input).await.map(|(_, customer)| customer)
    }

    /// Creates a customer or changes what is given of it.
    pub async fn upsert(
        &self,
        reach: Reach,
        company: &Company,
        caller: &Caller,
        input: CustomerInput,
    ) -> Result<(UpsertOutcome, Customer), CustomerError> {
        let mut results = self.upsert_many(reach, company, caller, vec![input]).await?;
        let outcome = results.pop().unwrap_or(Err(Vec::new())).map_err(CustomerError::Invalid)?;
        Ok((outcome.0, self.get(reach, outcome.1).await?))
    }

    /// The same for many at once: each line has its own result. Lines that are wrong change nothing.
    #[expect(clippy::type_complexity, reason = "a result a line, each with its own errors")]
    pub async fn upsert_many(
        &self,
        reach: Reach,
        company: &Company,
        caller: &Caller,
        inputs: Vec<CustomerInput>,
    ) -> Result<Vec<Result<(UpsertOutcome, kale_domain::id::CustomerId), Vec<FieldError>>>, CustomerError> {
        let tenant = reach.tenant();
        let definitions = companies::attributes(&self.store, tenant).await?;
        let mut kinds: BTreeMap<AttributeKey, AttributeType> =
            definitions.into_iter().map(|definition| (definition.key, definition.kind)).collect();
        let mut new = Vec::new();
        let read: Vec<Result<(String, RowValues, BTreeSet<AttributeKey>), Vec<FieldError>>> =
            inputs.into_iter().map(|input| values(input, &mut kinds, &mut new)).collect();
        let ids: Vec<String> = read.iter().flatten().map(|(id, ..)| id.clone()).collect();
        let there = api_records::find(&self.store, tenant, &ids, &kinds).await?;
        let mut merged: BTreeMap<String, RowValues> =
            there.into_iter().map(|record| (record.external_id, record.values)).collect();
        for (id, values, cleared) in read.iter().flatten() {
            merge(merged.entry(id.clone()).or_default(), values, cleared);
        }
        let now = self.store.now();
        let records: Vec<ApiRecord> = merged
            .into_iter()
            .map(|(external_id, values)| ApiRecord { external_id, values, created_at: now })
            .collect();
        let known = self.known(reach, company, &records).await?;
        self.record(reach, caller, &new, records.len()).await?;
        api_records::upsert(&self.store, tenant, &records).await?;
        self.refresh(reach, company, &kinds, &ids).await?;
        Ok(read
            .into_iter()
            .map(|line| {
                line.map(|(external_id, ..)| {
                    let id = customer_id(company.id, &external_id);
                    (if known.contains(&id) { UpsertOutcome::Updated } else { UpsertOutcome::Created }, id)
                })
            })
            .collect())
    }

    async fn known(
        &self,
        reach: Reach,
        company: &Company,
        records: &[ApiRecord],
    ) -> Result<BTreeSet<kale_domain::id::CustomerId>, StoreError> {
        let ids: Vec<_> = records.iter().map(|record| customer_id(company.id, &record.external_id)).collect();
        let standing = kale_persistence::customers::standing(&self.store, reach.tenant(), &ids).await?;
        Ok(standing.into_keys().collect())
    }

    /// Defines the attributes that are new and writes down who told us.
    async fn record(
        &self,
        reach: Reach,
        caller: &Caller,
        new: &[AttributeDefinition],
        count: usize,
    ) -> Result<(), StoreError> {
        if count == 0 {
            return Ok(());
        }
        self.store
            .transaction(reach.tenant(), async |tx| {
                companies::define_attributes(&self.store, tx, new).await?;
                let mut entry = caller.entry(tx, AuditAction::CustomerChanged, "customers");
                entry.after.insert("customers".to_owned(), count.to_string());
                tx.audit(entry).await
            })
            .await
    }

    async fn refresh(
        &self,
        reach: Reach,
        company: &Company,
        kinds: &BTreeMap<AttributeKey, AttributeType>,
        ids: &[String],
    ) -> Result<(), StoreError> {
        let tenant = reach.tenant();
        let records = api_records::find(&self.store, tenant, ids, kinds).await?;
        let rows = file_rows::effective(&self.store, tenant, UploadKind::CustomerData, ids, kinds).await?;
        let personas = Personas::checked(&self.store, tenant, company).await?;
        let refresher = Refresher {
            store: &self.store,
            tenant,
            company,
            kinds,
            personas: personas.as_ref(),
            today: today(&self.store, company),
        };
        refresher.api(&records, &rows).await?;
        // The batch above is `w: 1`; this majority write can't be acknowledged before it.
        self.store.settle().await
    }
}

/// What is given counts, what is absent stays.
fn merge(old: &mut RowValues, new: &RowValues, cleared: &BTreeSet<AttributeKey>) {
    let fields: [(&mut Option<String>, &Option<String>); 5] = [
        (&mut old.name, &new.name),
        (&mut old.email, &new.email),
        (&mut old.domain, &new.domain),
        (&mut old.plan, &new.plan),
        (&mut old.tier, &new.tier),
    ];
    for (old, new) in fields {
        if let Some(text) = new {
            *old = Some(text.clone());
        }
    }
    old.amount = new.amount.or(old.amount);
    old.attributes.extend(new.attributes.clone());
    for key in cleared {
        old.attributes.remove(key);
    }
}

type Read = (String, RowValues, BTreeSet<AttributeKey>);

fn values(
    input: CustomerInput,
    kinds: &mut BTreeMap<AttributeKey, AttributeType>,
    new: &mut Vec<AttributeDefinition>,
) -> Result<Read, Vec<FieldError>> {
    let mut wrong = Vec::new();
    let external_id = input.external_id.trim().to_owned();
    if external_id.is_empty()
        || external_id.chars().count() > EXTERNAL_ID_CHARS
        || external_id.chars().any(char::is_control)
    {
        let message = format!("an external id has 1 to {EXTERNAL_ID_CHARS} characters and no control characters");
        wrong.push(FieldError::new("#/external_id", "length", message));
    }
    let mut text = |name: &str, text: Option<String>| -> Option<String> {
        let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())?;
        if text.chars().count() > NAME_CHARS {
            let message = format!("at most {NAME_CHARS} characters");
            wrong.push(FieldError::new(format!("#/{name}"), "too-long", message));
        }
        Some(text)
    };
    let (name, domain) = (text("name", input.name), text("domain", input.domain));
    let (plan, tier) = (text("plan", input.plan), text("tier", input.tier));
    let email = input.email.as_deref().map(str::parse::<Email>).transpose().unwrap_or_else(|error| {
        wrong.push(FieldError::new("#/email", "not-an-email", error.to_string()));
        None
    });
    if input.attributes.len() > ATTRIBUTES {
        wrong.push(FieldError::new("#/attributes", "too-many", format!("at most {ATTRIBUTES} attributes")));
    }
    let mut attributes = BTreeMap::new();
    let mut cleared = BTreeSet::new();
    for (key, value) in input.attributes {
        match attribute(&key, &value, kinds, new) {
            Ok((key, Some(value))) => {
                attributes.insert(key, value);
            }
            Ok((key, None)) => {
                cleared.insert(key);
            }
            Err(error) => wrong.push(error),
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let email = email.map(|email| email.to_string());
    let values = RowValues {
        name,
        email,
        domain,
        plan,
        tier,
        amount: input.mrr,
        attributes,
        ..RowValues::default()
    };
    Ok((external_id, values, cleared))
}

/// An attribute of a JSON value: of the kind it is defined with, or, where it is new, of the kind the value shows.
fn attribute(
    name: &str,
    value: &Value,
    kinds: &mut BTreeMap<AttributeKey, AttributeType>,
    new: &mut Vec<AttributeDefinition>,
) -> Result<(AttributeKey, Option<AttributeValue>), FieldError> {
    let pointer = format!("#/attributes/{}", name.replace('~', "~0").replace('/', "~1"));
    let key: AttributeKey =
        name.parse().map_err(|error| FieldError::new(&pointer, "invalid-name", format!("`{name}`: {error}")))?;
    if value.is_null() {
        return Ok((key, None));
    }
    let kind = kinds.get(&key).copied().or_else(|| shown_kind(value)).ok_or_else(|| {
        FieldError::new(&pointer, "invalid-value", "an attribute is a text, a number, true or false, or null")
    })?;
    let typed = typed(kind, value).ok_or_else(|| {
        let message = format!("`{key}` is of the type {}; `{value}` can't be read as one", kind.name());
        FieldError::new(&pointer, "wrong-type", message)
    })?;
    if !kinds.contains_key(&key) {
        kinds.insert(key.clone(), kind);
        new.push(AttributeDefinition { label: name.replace('_', " "), key: key.clone(), kind });
    }
    Ok((key, Some(typed)))
}

fn shown_kind(value: &Value) -> Option<AttributeType> {
    match value {
        Value::String(_) => Some(AttributeType::Text),
        Value::Bool(_) => Some(AttributeType::Boolean),
        Value::Number(_) => Some(AttributeType::Number),
        _ => None,
    }
}

fn typed(kind: AttributeType, value: &Value) -> Option<AttributeValue> {
    Some(match kind {
        AttributeType::Text => {
            let text = value.as_str()?.trim();
            if text.is_empty() || text.chars().count() > TEXT_CHARS {
                return None;
            }
            AttributeValue::Text(text.to_owned())
        }
        AttributeType::Country => {
            let code = value.as_str()?;
            if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
                return None;
            }
            AttributeValue::Country(code.to_owned())
        }
        AttributeType::Number => AttributeValue::Number(decimal(value)?),
        AttributeType::Integer => AttributeValue::Integer(value.as_i64()?),
        AttributeType::Boolean => AttributeValue::Boolean(value.as_bool()?),
        AttributeType::Date => AttributeValue::Date(value.as_str()?.parse().ok()?),
        AttributeType::Money => AttributeValue::Money(serde_json::from_value(value.clone()).ok()?),
    })
}

fn decimal(value: &Value) -> Option<Decimal> {
    let text = value.as_number()?.to_string();
    text.parse().or_else(|_| Decimal::from_scientific(&text)).ok()
}

/// What a source record says, for people.
pub(super) fn shown(values: &RowValues) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    let texts = [
        ("name", &values.name),
        ("email", &values.email),
        ("domain", &values.domain),
        ("billing_id", &values.billing_id),
        ("ticketing_id", &values.ticketing_id),
        ("plan", &values.plan),
        ("tier", &values.tier),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            fields.insert(name.to_owned(), text.clone());
        }
    }
    if let Some(amount) = values.amount {
        fields.insert("amount".to_owned(), format!("{} {}", amount.major(), amount.currency));
    }
    for (key, value) in &values.attributes {
        fields.insert(format!("attributes.{key}"), value.to_string());
    }
    fields
}
