//! The customer list: parameters in, a page out.

use std::collections::BTreeMap;

use jiff::{civil::Date, tz::TimeZone};
use kale_domain::{
    attribute::{AttributeDefinition, AttributeKey, AttributeType},
    company::Company,
    customer::Customer,
    error::FieldError,
    id::PersonaId,
};
use kale_persistence::{
    Reach, Store, StoreError,
    companies::{self, Sorting},
    customers::{self, ExpertFilter, ListQuery, PersonaFilter, PersonaShare, Position, Sort, SortKey, Tally},
};
use kale_rules::check::Schema;

use super::{
    error::CustomerError,
    filter::{self, FilterTerm},
};
use crate::personas::Personas;

/// The list as it was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListRequest {
    /// Words to find.
    pub search: Option<String>,
    /// Filters; all have to hold.
    pub filters: Vec<FilterTerm>,
    /// `name`, `-mrr`, `-attributes.monthly_charges`; by name where none is given.
    pub sort: Option<String>,
}

/// A list that can be read: every parameter is understood.
#[derive(Debug, Clone)]
pub struct PreparedList {
    pub(crate) query: ListQuery,
    /// The attribute it is sorted by, where customers are not made sortable by that yet: no page can be read.
    not_ready: Option<AttributeKey>,
    pub(crate) kinds: BTreeMap<AttributeKey, AttributeType>,
    /// The attributes of the company.
    pub definitions: Vec<AttributeDefinition>,
}

/// One page.
#[derive(Debug, Clone)]
pub struct CustomerPage {
    /// The customers.
    pub customers: Vec<Customer>,
    /// Where the next page begins.
    pub next: Option<Position>,
    /// How many there are in all, where it was asked for.
    pub count: Option<Tally>,
}

/// The day it is for a company.
pub(crate) fn today(store: &Store, company: &Company) -> Date {
    let zone = TimeZone::get(&company.time_zone).unwrap_or(TimeZone::UTC);
    store.now().to_zoned(zone).date()
}

/// What rules of a company are checked against, without percentiles.
pub(crate) fn schema(company: &Company, definitions: &[AttributeDefinition]) -> Schema {
    let mut schema = Schema::empty(company.currency);
    schema.attributes = definitions
        .iter()
        .map(|definition| (definition.key.clone(), definition.kind))
        .collect();
    schema
}

/// Reads the parameters of a list.
pub(super) async fn prepare(
    store: &Store,
    reach: Reach,
    company: &Company,
    request: &ListRequest,
) -> Result<PreparedList, CustomerError> {
    let known = companies::known_attributes(store, reach.tenant()).await?;
    let list = understood(store, reach, company, request, known.definitions.as_ref().clone()).await;
    let Err(CustomerError::BadQuery(_)) = &list else {
        return list;
    };
    // Another process may know an attribute that this one doesn't know yet.
    let now = companies::attributes(store, reach.tenant()).await?;
    if now == *known.definitions {
        return list;
    }
    understood(store, reach, company, request, now).await
}

/// The same with these attributes.
async fn understood(
    store: &Store,
    reach: Reach,
    company: &Company,
    request: &ListRequest,
    definitions: Vec<AttributeDefinition>,
) -> Result<PreparedList, CustomerError> {
    let schema = schema(company, &definitions);
    let mut wrong = Vec::new();
    let matching = filter::expression(&request.filters, &schema).unwrap_or_else(|errors| {
        wrong.extend(errors);
        None
    });
    let personas = persona_filter(store, reach, &request.filters, &mut wrong).await?;
    let experts = expert_filter(&request.filters, &mut wrong);
    let (sort, not_ready) = match sort(store, reach, request.sort.as_deref()).await? {
        Ok(sort) => sort,
        Err(error) => {
            wrong.push(error);
            (BY_NAME, None)
        }
    };
    if !wrong.is_empty() {
        return Err(CustomerError::BadQuery(wrong));
    }
    let search = request.search.clone().filter(|text| !text.trim().is_empty());
    let query = ListQuery {
        matching,
        personas,
        experts,
        search,
        sort,
        today: today(store, company),
    };
    Ok(PreparedList {
        query,
        not_ready,
        kinds: schema.attributes,
        definitions,
    })
}

/// Reads one page.
pub(super) async fn page(
    store: &Store,
    reach: Reach,
    list: &PreparedList,
    after: Option<&Position>,
    limit: usize,
    count: bool,
) -> Result<CustomerPage, CustomerError> {
    if let Some(key) = &list.not_ready {
        return Err(CustomerError::SortNotReady(key.clone()));
    }
    let (customers, next) = customers::list(store, reach, &list.query, &list.kinds, after, limit).await?;
    let count = if count {
        Some(tally(store, reach, &list.query, after, customers.len(), next.is_some()).await?)
    } else {
        None
    };
    Ok(CustomerPage {
        customers,
        next,
        count,
    })
}

/// How many customers a list has, `seen` of them on the page that was read. Where counting takes too long, the ones on
/// the page are those that are known of.
async fn tally(
    store: &Store,
    reach: Reach,
    query: &ListQuery,
    after: Option<&Position>,
    seen: usize,
    more: bool,
) -> Result<Tally, CustomerError> {
    let seen = u64::try_from(seen).unwrap_or(u64::MAX);
    if after.is_none() && !more {
        return Ok(Tally {
            value: seen,
            capped: false,
        });
    }
    match customers::count(store, reach, query).await {
        Err(StoreError::TooSlow) => Ok(Tally {
            value: seen,
            capped: true,
        }),
        counted => Ok(counted?),
    }
}

/// The customers of a list by persona.
pub(super) async fn shares(
    store: &Store,
    reach: Reach,
    list: &PreparedList,
) -> Result<Vec<PersonaShare>, CustomerError> {
    Ok(customers::by_persona(store, reach, &list.query).await?)
}

async fn persona_filter(
    store: &Store,
    reach: Reach,
    terms: &[FilterTerm],
    wrong: &mut Vec<FieldError>,
) -> Result<Option<PersonaFilter>, CustomerError> {
    let Some(term) = terms.iter().find(|term| term.name == "persona") else {
        return Ok(None);
    };
    let known: BTreeMap<String, PersonaId> = Personas::ids_by_key(store, reach.tenant()).await?;
    let mut filter = Vec::new();
    for key in term.value.split(',').map(str::trim) {
        if key == "unassigned" {
            filter.push(None);
        } else if let Some(id) = known.get(key) {
            filter.push(Some(*id));
        } else {
            let allowed: Vec<&str> = known.keys().map(String::as_str).chain(["unassigned"]).collect();
            let message = format!("`{key}` is no persona here; allowed are {}", allowed.join(", "));
            wrong.push(FieldError::new("?filter[persona]", "unknown-persona", message));
        }
    }
    if term.op != "eq" && term.op != "in" {
        wrong.push(FieldError::new(
            "?filter[persona]",
            "unknown-op",
            "a persona is compared by `eq` or `in`",
        ));
    }
    Ok(Some(filter))
}

/// Somebody who left looks after nobody, so that a list kept with their id goes on working.
fn expert_filter(terms: &[FilterTerm], wrong: &mut Vec<FieldError>) -> Option<ExpertFilter> {
    let term = terms.iter().find(|term| term.name == "expert")?;
    let mut filter = Vec::new();
    for text in term.value.split(',').map(str::trim) {
        match text.parse() {
            Ok(id) => filter.push(Some(id)),
            Err(_no_id) if text == "nobody" => filter.push(None),
            Err(_no_id) => {
                let message = format!(
                    "`{text}` is no id of a user; allowed are ids as `GET /users` lists them, and `nobody`"
                );
                wrong.push(FieldError::new("?filter[expert]", "unknown-expert", message));
            }
        }
    }
    if term.op != "eq" && term.op != "in" {
        let message = "who looks after a customer is compared by `eq` or `in`";
        wrong.push(FieldError::new("?filter[expert]", "unknown-op", message));
    }
    Some(filter)
}

/// By name, the first one first.
const BY_NAME: Sort = Sort {
    key: SortKey::Name,
    descending: false,
};

/// What a list is sorted by, and the attribute of it that customers are not made sortable by yet.
async fn sort(
    store: &Store,
    reach: Reach,
    text: Option<&str>,
) -> Result<Result<(Sort, Option<AttributeKey>), FieldError>, StoreError> {
    let text = text.unwrap_or("name");
    let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    let key = match name {
        "name" => SortKey::Name,
        "created_at" => SortKey::CreatedAt,
        "mrr" => SortKey::Mrr,
        "persona" => SortKey::Persona,
        other => {
            // As it is now: a wrong order is worse than one more read.
            let sorting = companies::sorting(store, reach.tenant()).await?;
            return Ok(by_attribute(other, descending, &sorting));
        }
    };
    Ok(Ok((Sort { key, descending }, None)))
}

fn by_attribute(
    name: &str,
    descending: bool,
    sorting: &Sorting,
) -> Result<(Sort, Option<AttributeKey>), FieldError> {
    let wished = sorting.wished();
    let slot = name
        .strip_prefix("attributes.")
        .and_then(|key| wished.iter().position(|known| known.as_str() == key));
    let (slot, key) = slot
        .and_then(|slot| Some((slot, wished.get(slot)?)))
        .ok_or_else(|| not_sortable(name, wished))?;
    let not_ready = sorting.slot(key).is_none().then(|| key.clone());
    let key = SortKey::Attribute(slot);
    Ok((Sort { key, descending }, not_ready))
}

fn not_sortable(name: &str, wished: &[AttributeKey]) -> FieldError {
    let own = wished.iter().map(|key| format!("attributes.{key}"));
    let allowed = ["name", "created_at", "mrr", "persona"]
        .map(str::to_owned)
        .into_iter()
        .chain(own);
    let message = format!(
        "the list can't be sorted by `{name}`; allowed are {}. A company may mark up to three attributes sortable",
        allowed.collect::<Vec<_>>().join(", ")
    );
    FieldError::new("?sort", "not-sortable", message)
}
