//! From source records to a customer: the same records give the same customer, whatever order they came in.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kale_domain::{
    attribute::AttributeKey,
    company::Company,
    customer::LinkReason,
    email::Email,
    id::{CompanyId, CustomerId},
    metric::{Metric, MetricValue},
    money::Money,
};
use kale_persistence::{
    api_records::ApiRecord,
    customers::{Derived, Link},
    file_rows::{RowValues, TouchedRow},
};
use sha2::{Digest as _, Sha256};

/// The customer of an external id: one external id is one customer of its company.
///
/// A UUID (version 8) made of the two, so that every source of the same id, in any order and from several processes at
/// once, means the same customer without asking.
#[must_use]
pub fn customer_id(company: CompanyId, external_id: &str) -> CustomerId {
    let mut hasher = Sha256::new();
    hasher.update(b"kale customer\0");
    hasher.update(company.uuid().as_bytes());
    hasher.update(external_id.as_bytes());
    let digest = hasher.finalize();
    let bytes: [u8; 16] = digest.first_chunk().copied().unwrap_or_default();
    CustomerId::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// What is known of one external id.
#[derive(Debug)]
pub(super) struct Sources<'a> {
    /// The row of the company's files.
    pub(super) file: Option<&'a TouchedRow>,
    /// What a program told us. Where both say something, this counts: it was said about this one customer.
    pub(super) api: Option<&'a ApiRecord>,
}

/// The customer those sources give; `None` where none of them speaks.
pub(super) fn derive(
    company: &Company,
    external_id: &str,
    sources: &Sources<'_>,
    now: Timestamp,
) -> Option<Derived> {
    let file = sources.file.and_then(|row| row.values.as_ref());
    let api = sources.api.map(|record| &record.values);
    if file.is_none() && api.is_none() {
        return None;
    }
    let pick = |field: fn(&RowValues) -> Option<&String>| {
        api.and_then(field).or_else(|| file.and_then(field)).cloned()
    };
    let email: Option<Email> = pick(|values| values.email.as_ref()).and_then(|email| email.parse().ok());
    let amount = api
        .and_then(|values| values.amount)
        .or_else(|| file.and_then(|values| values.amount));
    let mut attributes = file.map(|values| values.attributes.clone()).unwrap_or_default();
    if let Some(values) = api {
        attributes.extend(values.attributes.clone());
    }
    let mut external_ids = vec![external_id.to_owned()];
    for id in [
        pick(|values| values.billing_id.as_ref()),
        pick(|values| values.ticketing_id.as_ref()),
    ] {
        external_ids.extend(id.filter(|id| *id != external_id));
    }
    external_ids.dedup();
    Some(Derived {
        id: customer_id(company.id, external_id),
        external_ids,
        name: pick(|values| values.name.as_ref()),
        domain: pick(|values| values.domain.as_ref()),
        email,
        lifecycle: None,
        tier: pick(|values| values.tier.as_ref()),
        locale: None,
        metrics: metrics(company, amount, pick(|values| values.plan.as_ref())),
        currency: company.currency,
        applied: applied(company, sources, &attributes),
        sortable: company.sortable_attributes.clone(),
        attributes,
        links: links(external_id, sources, now),
    })
}

/// An amount in another currency than the company's gives no MRR: totals are never guessed, and no rates are set yet.
fn metrics(company: &Company, amount: Option<Money>, plan: Option<String>) -> BTreeMap<Metric, MetricValue> {
    let mut metrics = BTreeMap::new();
    if let Some(mrr) = amount.filter(|amount| amount.currency == company.currency) {
        metrics.insert(Metric::Mrr, MetricValue::Money(mrr));
        if let Some(yearly) = mrr.amount_minor.checked_mul(12) {
            let arr = Money {
                amount_minor: yearly,
                currency: mrr.currency,
            };
            metrics.insert(Metric::Arr, MetricValue::Money(arr));
        }
    }
    if let Some(plan) = plan {
        metrics.insert(Metric::Plan, MetricValue::Text(plan));
    }
    metrics
}

fn links(external_id: &str, sources: &Sources<'_>, now: Timestamp) -> Vec<Link> {
    let mut links = Vec::new();
    if sources.file.is_some_and(|row| row.values.is_some()) {
        links.push(Link {
            connection: "files",
            kind: "customer-data",
            external_id: external_id.to_owned(),
            reason: LinkReason::SameExternalId,
            at: now,
        });
    }
    if let Some(record) = sources.api {
        links.push(Link {
            connection: "api",
            kind: "customer",
            external_id: external_id.to_owned(),
            reason: LinkReason::SameExternalId,
            at: record.created_at,
        });
    }
    links
}

/// A hash of all that went in, so that what is derived already is not written again.
fn applied(
    company: &Company,
    sources: &Sources<'_>,
    attributes: &BTreeMap<AttributeKey, kale_domain::attribute::AttributeValue>,
) -> [u8; 16] {
    let mut hasher = Sha256::new();
    hasher.update(company.currency.code());
    for key in &company.sortable_attributes {
        hasher.update(key.as_str());
        hasher.update([0]);
    }
    if let Some(hash) = sources.file.and_then(|row| row.hash) {
        hasher.update([1]);
        hasher.update(hash);
    }
    if let Some(record) = sources.api {
        hasher.update([2]);
        hasher.update(format!("{:?}", record.values));
        hasher.update(format!("{attributes:?}"));
    }
    hasher.finalize().first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_external_id_means_one_customer_of_one_company() {
        let one = CompanyId::from_uuid(Uuid::from_u128(1));
        let other = CompanyId::from_uuid(Uuid::from_u128(2));

        assert_eq!(customer_id(one, "42"), customer_id(one, "42"));
        assert_ne!(customer_id(one, "42"), customer_id(one, "43"));
        assert_ne!(customer_id(one, "42"), customer_id(other, "42"));
        assert_eq!(customer_id(one, "42").uuid().get_version_num(), 8);
    }
}
