//! Customers that programs tell us about, one or many.

use std::collections::{BTreeMap, BTreeSet};

use kale_domain::{
    attribute::{AttributeDefinition, AttributeKey, AttributeType},
    audit::AuditAction,
    company::Company,
    customer::Customer,
    error::FieldError,
    upload::UploadKind,
};
use kale_persistence::{
    Reach, StoreError, api_records,
    api_records::ApiRecord,
    companies,
    file_rows::{self, RowValues},
};

use super::{
    derive::customer_id,
    describe::Customers,
    error::CustomerError,
    input::{CustomerInput, Read, values},
    list::today,
    refresh::Refresher,
};
use crate::{access::Caller, personas::Personas};

/// What came of one input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpsertOutcome {
    /// The customer is new.
    Created,
    /// It was there.
    Updated,
}

/// How the audit log names what programs told us: one customer by its id, many as a number.
fn told(
    company: &Company,
    records: &[ApiRecord],
    known: &BTreeSet<kale_domain::id::CustomerId>,
) -> (AuditAction, String) {
    let [one] = records else {
        return (AuditAction::CustomerChanged, "customers".to_owned());
    };
    let id = customer_id(company.id, &one.external_id);
    let action = if known.contains(&id) {
        AuditAction::CustomerChanged
    } else {
        AuditAction::CustomerCreated
    };
    (action, id.to_string())
}

/// How often customers are derived anew where others derive them, too.
const TRIES: u32 = 5;

impl Customers {
    /// Creates a customer; refused where one of that external id exists. Of several at once one succeeds.
    pub async fn create(
        &self,
        reach: Reach,
        caller: &Caller,
        input: CustomerInput,
    ) -> Result<Customer, CustomerError> {
        match self.by_external_id(reach, &input.external_id).await {
            Ok(_) => return Err(CustomerError::Exists(input.external_id)),
            Err(CustomerError::NotFound) => {}
            Err(error) => return Err(error),
        }
        let mut kinds = self.kinds(reach).await?;
        let mut new = Vec::new();
        let (external_id, values, _) = values(input, &mut kinds, &mut new).map_err(CustomerError::Invalid)?;
        let record = ApiRecord {
            external_id: external_id.clone(),
            values,
            created_at: self.store.now(),
        };
        let id = customer_id(reach.tenant().company(), &external_id);
        // The key of the record says who was first.
        let created = self
            .store
            .transaction(reach.tenant(), async |tx| {
                api_records::create(&self.store, tx, &record).await?;
                companies::define_attributes(&self.store, tx, &new).await?;
                let mut entry = caller.entry(tx, AuditAction::CustomerCreated, id);
                entry.after.insert("customers".to_owned(), "1".to_owned());
                tx.audit(entry).await
            })
            .await;
        // Also where somebody else was faster: they may have come no further than their record.
        match created {
            Ok(()) | Err(StoreError::Duplicate) => {
                self.refresh(reach, &kinds, std::slice::from_ref(&external_id))
                    .await?;
            }
            Err(error) => return Err(error.into()),
        }
        match created {
            Ok(()) => self.get(reach, id).await,
            Err(_) => Err(CustomerError::Exists(external_id)),
        }
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
        let outcome = results
            .pop()
            .unwrap_or(Err(Vec::new()))
            .map_err(CustomerError::Invalid)?;
        Ok((outcome.0, self.get(reach, outcome.1).await?))
    }

    /// The same for many at once: each line has its own result. Lines that are wrong change nothing.
    pub async fn upsert_many(
        &self,
        reach: Reach,
        company: &Company,
        caller: &Caller,
        inputs: Vec<CustomerInput>,
    ) -> Result<Vec<Result<(UpsertOutcome, kale_domain::id::CustomerId), Vec<FieldError>>>, CustomerError>
    {
        let tenant = reach.tenant();
        let definitions = companies::attributes(&self.store, tenant).await?;
        let mut kinds: BTreeMap<AttributeKey, AttributeType> = definitions
            .into_iter()
            .map(|definition| (definition.key, definition.kind))
            .collect();
        let mut new = Vec::new();
        let read: Vec<Result<Read, Vec<FieldError>>> = inputs
            .into_iter()
            .map(|input| values(input, &mut kinds, &mut new))
            .collect();
        let ids: Vec<String> = read.iter().flatten().map(|(id, ..)| id.clone()).collect();
        let there = api_records::find(&self.store, tenant, &ids, &kinds).await?;
        let mut merged: BTreeMap<String, RowValues> = there
            .into_iter()
            .map(|record| (record.external_id, record.values))
            .collect();
        for (id, values, cleared) in read.iter().flatten() {
            merge(merged.entry(id.clone()).or_default(), values, cleared);
        }
        let now = self.store.now();
        let records: Vec<ApiRecord> = merged
            .into_iter()
            .map(|(external_id, values)| ApiRecord {
                external_id,
                values,
                created_at: now,
            })
            .collect();
        let known = self.known(reach, company, &records).await?;
        self.record(
            reach,
            caller,
            &new,
            &told(company, &records, &known),
            records.len(),
        )
        .await?;
        api_records::upsert(&self.store, tenant, &records).await?;
        self.refresh(reach, &kinds, &ids).await?;
        Ok(read
            .into_iter()
            .map(|line| {
                line.map(|(external_id, ..)| {
                    let id = customer_id(company.id, &external_id);
                    (
                        if known.contains(&id) {
                            UpsertOutcome::Updated
                        } else {
                            UpsertOutcome::Created
                        },
                        id,
                    )
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
        let ids: Vec<_> = records
            .iter()
            .map(|record| customer_id(company.id, &record.external_id))
            .collect();
        let standing = kale_persistence::customers::standing(&self.store, reach.tenant(), &ids).await?;
        Ok(standing.into_keys().collect())
    }

    /// Defines the attributes that are new and writes down who told us.
    async fn record(
        &self,
        reach: Reach,
        caller: &Caller,
        new: &[AttributeDefinition],
        (action, target): &(AuditAction, String),
        count: usize,
    ) -> Result<(), StoreError> {
        if count == 0 {
            return Ok(());
        }
        self.store
            .transaction(reach.tenant(), async |tx| {
                companies::define_attributes(&self.store, tx, new).await?;
                let mut entry = caller.entry(tx, *action, target);
                entry.after.insert("customers".to_owned(), count.to_string());
                tx.audit(entry).await
            })
            .await
    }

    /// Brings the customers of these external ids up to date.
    async fn refresh(
        &self,
        reach: Reach,
        kinds: &BTreeMap<AttributeKey, AttributeType>,
        ids: &[String],
    ) -> Result<(), StoreError> {
        let tenant = reach.tenant();
        let mut tries = 0;
        // As it is now: what a customer is derived with is not for others' memory to say.
        let mut company = companies::get(&self.store, tenant).await?;
        loop {
            tries += 1;
            match self.derive(reach, &company, kinds, ids).await {
                // Somebody else has derived one of them in between: it is read by a majority's word, which may come later.
                Err(StoreError::Duplicate) if tries < TRIES => {
                    self.store.settle().await?;
                    continue;
                }
                other => other?,
            }
            let now = companies::get(&self.store, tenant).await?;
            if now.version == company.version || tries >= TRIES {
                break;
            }
            // The job that follows such a change may have passed these by.
            company = now;
        }
        // The batches above are `w: 1`; this majority write can't be acknowledged before them.
        self.store.settle().await
    }

    async fn derive(
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
        refresher.api(&records, &rows).await.map(drop)
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
