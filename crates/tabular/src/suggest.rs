//! A mapping to begin with.

use std::collections::{BTreeMap, BTreeSet};

use kale_domain::{
    attribute::{AttributeDefinition, AttributeKey, AttributeType},
    email::Email,
    money::Currency,
    upload::{ColumnMapping, ColumnProfile, ImportMode, Mapping, Profile, RowNumberAs, Target},
};

use crate::check::takes_format;

/// The headers by which a target is known, best first, in the form of attribute names.
const KNOWN: &[(Target, &[&str])] = &[
    (
        Target::ExternalId,
        &[
            "external_id",
            "customer_id",
            "account_id",
            "id",
            "externalid",
            "customerid",
            "accountid",
            "client_id",
            "subscriber_id",
            "user_id",
            "userid",
            "customer_number",
            "customer_no",
            "account_number",
            "customer",
            "uuid",
            // What such columns are called in German, French, Spanish, Italian, Dutch and Portuguese files.
            "kundennummer",
            "kunden_nr",
            "kunden_id",
            "kundennr",
            "numero_client",
            "id_client",
            "numero_de_cliente",
            "id_cliente",
            "codice_cliente",
            "klantnummer",
            "codigo_do_cliente",
        ],
    ),
    (
        Target::Name,
        &[
            "name",
            "customer_name",
            "company_name",
            "account_name",
            "company",
            "full_name",
            "client_name",
            "organization",
            "organisation",
        ],
    ),
    (
        Target::Email,
        &[
            "email",
            "e_mail",
            "email_address",
            "customer_email",
            "primary_email",
            "contact_email",
            "billing_email",
            "mail",
        ],
    ),
    (
        Target::Domain,
        &["domain", "domain_name", "company_domain", "email_domain"],
    ),
    (
        Target::BillingId,
        &[
            "billing_id",
            "billing_customer_id",
            "stripe_customer_id",
            "stripe_id",
            "chargebee_id",
            "chargebee_customer_id",
            "recurly_id",
            "paddle_id",
            "braintree_id",
        ],
    ),
    (
        Target::TicketingId,
        &[
            "ticketing_id",
            "zendesk_id",
            "zendesk_organization_id",
            "intercom_id",
            "freshdesk_id",
            "help_desk_id",
            "helpdesk_id",
            "requester_id",
        ],
    ),
    (
        Target::Plan,
        &["plan", "plan_name", "subscription_plan", "price_plan"],
    ),
    (
        Target::Amount,
        &[
            "mrr",
            "amount",
            "monthly_recurring_revenue",
            "monthly_revenue",
            "monthly_amount",
            "monthly_price",
        ],
    ),
    (Target::Tier, &["tier", "product_tier", "customer_tier"]),
];

/// Suggests where each column goes; a person confirms or changes it.
///
/// Sensitive columns are ignored. A column is the key if it is called like one and nine rows in ten have a value of
/// their own there: the others are told as broken when the file is checked. Without such a column the row number is
/// the key of a first file; a later one could change strangers by it, so that a person has to say what the key is. What no target is known for becomes an attribute of the profiled type, or
/// of the type the company's attribute of that name has already. Amounts are taken to be in `currency`, the
/// company's own.
#[must_use]
pub fn suggest(profile: &Profile, existing: &[AttributeDefinition], currency: Currency) -> Mapping {
    let mut columns: BTreeMap<String, ColumnMapping> = BTreeMap::new();
    for column in profile.columns.iter().filter(|column| column.sensitive.is_some()) {
        let ignored = ColumnMapping {
            to: Target::Ignore,
            kind: None,
            format: None,
            currency: None,
        };
        columns.insert(column.header.clone(), ignored);
    }
    for (target, names) in KNOWN {
        if let Some(column) = best(profile, target, names, &columns) {
            columns.insert(
                column.header.clone(),
                map(column, target.clone(), target.fixed_type(), currency),
            );
        }
    }
    let has_key = columns.values().any(|column| column.to == Target::ExternalId);
    let mut taken = BTreeSet::new();
    for (position, column) in (1..).zip(&profile.columns) {
        if columns.contains_key(&column.header) {
            continue;
        }
        let Some(key) = attribute(&column.header, position, existing, &mut taken) else {
            continue;
        };
        let kind = existing
            .iter()
            .find(|known| known.key == key)
            .map_or(column.kind, |known| known.kind);
        columns.insert(
            column.header.clone(),
            map(column, Target::Attribute(key), Some(kind), currency),
        );
    }
    let row_number_as = (!has_key && existing.is_empty()).then_some(RowNumberAs::ExternalId);
    Mapping {
        mode: ImportMode::Upsert,
        columns,
        row_number_as,
    }
}

/// The column that suits the target, if one does.
fn best<'a>(
    profile: &'a Profile,
    target: &Target,
    names: &[&str],
    mapped: &BTreeMap<String, ColumnMapping>,
) -> Option<&'a ColumnProfile> {
    let free = |column: &&ColumnProfile| !mapped.contains_key(&column.header);
    let is_called = |column: &ColumnProfile, name: &str| {
        AttributeKey::from_header(&column.header).is_some_and(|key| key.as_str() == name)
    };
    names.iter().find_map(|name| {
        profile
            .columns
            .iter()
            .filter(free)
            .find(|column| is_called(column, name) && suits(column, target, profile.rows))
    })
}

/// Whether the values seen can stand there, but for a few: broken rows don't change what a column means.
fn suits(column: &ColumnProfile, target: &Target, rows: u64) -> bool {
    match target {
        Target::ExternalId => {
            let broken = column.empty.saturating_add(column.repeated);
            column.distinct > 0 && broken.saturating_mul(10) <= rows
        }
        Target::Email => most(&column.samples, |sample| sample.parse::<Email>().is_ok()),
        Target::Amount => column.kind.is_numeric(),
        Target::Domain => most(&column.samples, crate::plan::is_domain),
        _ => true,
    }
}

/// Whether more of the samples are right than wrong; none at all are right.
fn most(samples: &[String], right: impl Fn(&str) -> bool) -> bool {
    let good = samples.iter().filter(|sample| right(sample)).count();
    samples.is_empty() || good * 2 > samples.len()
}

fn map(column: &ColumnProfile, to: Target, kind: Option<AttributeType>, currency: Currency) -> ColumnMapping {
    let format = kind.and_then(|kind| column.format.clone().filter(|format| takes_format(kind, format)));
    let currency = (kind == Some(AttributeType::Money)).then_some(currency);
    ColumnMapping {
        to,
        kind,
        format,
        currency,
    }
}

/// A name no other column of the file has: the company's own for that header, else the nearest legal one.
fn attribute(
    header: &str,
    position: usize,
    existing: &[AttributeDefinition],
    taken: &mut BTreeSet<AttributeKey>,
) -> Option<AttributeKey> {
    let known = existing
        .iter()
        .find(|known| known.label == header)
        .map(|known| known.key.clone());
    let first = known
        .or_else(|| AttributeKey::from_header(header))
        .or_else(|| format!("column_{position}").parse().ok())?;
    let mut key = first.clone();
    let mut number = 2_u32;
    while taken.contains(&key) {
        let suffix = format!("_{number}");
        let room: String = first.as_str().chars().take(64 - suffix.len()).collect();
        key = format!("{room}{suffix}").parse().ok()?;
        number += 1;
    }
    taken.insert(key.clone());
    Some(key)
}
