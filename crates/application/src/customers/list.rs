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
    Reach, Store, companies,
    customers::{self, ListQuery, PersonaFilter, PersonaShare, Position, Sort, SortKey, Tally},
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

/// The most customers a count goes to.
const COUNT_CAP: u64 = 10_000;

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
    let definitions = companies::attributes(store, reach.tenant()).await?;
    let schema = schema(company, &definitions);
    let mut wrong = Vec::new();
    let matching = filter::expression(&request.filters, &schema).unwrap_or_else(|errors| {
        wrong.extend(errors);
        None
    });
    let personas = persona_filter(store, reach, &request.filters, &mut wrong).await?;
    let sort = sort(request.sort.as_deref(), company).unwrap_or_else(|error| {
        wrong.push(error);
        Sort {
            key: SortKey::Name,
            descending: false,
        }
    });
    if !wrong.is_empty() {
        return Err(CustomerError::BadQuery(wrong));
    }
    let search = request.search.clone().filter(|text| !text.trim().is_empty());
    let query = ListQuery {
        matching,
        personas,
        search,
        sort,
        today: today(store, company),
    };
    Ok(PreparedList {
        query,
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
    let read = customers::list(store, reach, &list.query, &list.kinds, after, limit);
    if count {
        // Side by side: the count is what takes time.
        let counted = customers::count(store, reach, &list.query, COUNT_CAP);
        let (page, tally) = futures::future::try_join(read, counted).await?;
        return Ok(CustomerPage {
            customers: page.0,
            next: page.1,
            count: Some(tally),
        });
    }
    let (customers, next) = read.await?;
    Ok(CustomerPage {
        customers,
        next,
        count: None,
    })
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

fn sort(text: Option<&str>, company: &Company) -> Result<Sort, FieldError> {
    let text = text.unwrap_or("name");
    let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    let key = match name {
        "name" => SortKey::Name,
        "created_at" => SortKey::CreatedAt,
        "mrr" => SortKey::Mrr,
        "persona" => SortKey::Persona,
        other => {
            let slot = other.strip_prefix("attributes.").and_then(|key| {
                company
                    .sortable_attributes
                    .iter()
                    .position(|known| known.as_str() == key)
            });
            SortKey::Attribute(slot.ok_or_else(|| not_sortable(other, company))?)
        }
    };
    Ok(Sort { key, descending })
}

fn not_sortable(name: &str, company: &Company) -> FieldError {
    let own: Vec<String> = company
        .sortable_attributes
        .iter()
        .map(|key| format!("attributes.{key}"))
        .collect();
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
