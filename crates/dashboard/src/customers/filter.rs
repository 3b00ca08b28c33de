//! `GET /customers/filter`, `/customers/filter-form`, `/customers/columns`: forms that change the address of the list.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::{
    companies::Companies,
    customers::{CustomerError, Customers, ListRequest},
    personas::Personas,
};
use kale_domain::attribute::AttributeKey;
use kale_web::{Problem, permission::ReadCustomers};
use rust_decimal::Decimal;

use super::{
    address::Address,
    filters::{Words, parameter},
    kinds::Kind,
    personas::PersonaTags,
    subjects::Subjects,
};
use crate::{
    frame::{Form, Here, Query},
    people::People,
    view::parts::Tone,
};

/// What belongs to the form itself.
const OWN: [&str; 4] = ["add_field", "add_op", "add_value", "replaces"];
/// How many values that occur are offered.
const OFFERED: usize = 40;

/// Adds or changes a filter and leads to the list with it.
#[tracing::instrument(name = "dashboard.customers.filter", skip_all)]
pub(super) async fn apply(
    here: Here<ReadCustomers>,
    customers: Data<Customers>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let form = Form::of(Query::read(request.query_string()).pairs().to_vec());
    let address = Address::of(&form.kept(&OWN)).first();
    let company = here.company()?;
    let subjects = Subjects::of(company, &customers.attributes(here.reach()).await?);
    let filtered = match filtered(&address, &subjects, &form) {
        Wish::List(address) => address,
        Wish::NoNumber(typed) => {
            let said =
                format!("The filter was not added: “{typed}” is not a number. Write 19.90, without a sign.");
            return Ok(here.frame.see_other_saying(address.href(), said, Tone::Stem));
        }
        Wish::Form(field) => return Ok(here.frame.see_other(address.href_with_form(&field))),
    };
    match prepare(&here, &customers, &filtered).await {
        Ok(()) => Ok(here.frame.see_other(filtered.href())),
        Err(CustomerError::BadQuery(wrong)) => {
            let said: Vec<String> = wrong.into_iter().map(|error| error.message).collect();
            let said = format!(
                "The filter was not added: {}.",
                said.join("; ").trim_end_matches('.')
            );
            Ok(here.frame.see_other_saying(address.href(), said, Tone::Stem))
        }
        Err(error) => Err(error.into()),
    }
}

async fn prepare(
    here: &Here<ReadCustomers>,
    customers: &Customers,
    address: &Address,
) -> Result<(), CustomerError> {
    let asked = address.request()?;
    match here.company() {
        Ok(company) => customers.prepare(here.reach(), company, &asked).await.map(drop),
        Err(_in_none) => Err(CustomerError::NotFound),
    }
}

/// What the form asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    /// The list with the filter.
    List(Address),
    /// First the form of another field: without scripts it still showed the former one.
    Form(String),
    /// A number, and this was typed.
    NoNumber(String),
}

fn filtered(address: &Address, subjects: &Subjects, form: &Form) -> Wish {
    let fields: Vec<&str> = form.all("add_field").collect();
    let (Some(chosen), Some(shown)) = (fields.first(), fields.last()) else {
        return Wish::List(address.clone());
    };
    if chosen != shown {
        return Wish::Form((*chosen).to_owned());
    }
    let typed = form
        .all("add_value")
        .map(str::trim)
        .filter(|value| !value.is_empty());
    let mut values: Vec<String> = typed
        .map(|value| sent(subjects, shown, form.get("add_op"), value))
        .collect();
    let mut op = form.get("add_op");
    if subjects.kind(shown) == Kind::Boolean && values.len() > 1 {
        op = "is_set";
    }
    if matches!(op, "is_set" | "is_not_set") {
        values = vec!["true".to_owned()];
    }
    if subjects.kind(shown).is_numeric() && !matches!(op, "is_set" | "is_not_set") {
        let mut parts = values.iter().flat_map(|value| value.split(','));
        if let Some(wrong) = parts.find(|part| part.parse::<Decimal>().is_err()) {
            return Wish::NoNumber(wrong.chars().take(40).collect());
        }
    }
    // One that is changed keeps its place among the chips only where its parameter stays the same.
    let parameter = parameter(shown, if op.is_empty() { "eq" } else { op });
    let replaces = form.get("replaces");
    let address = if replaces == parameter {
        address.clone()
    } else {
        address.with(replaces, "")
    };
    Wish::List(address.with(&parameter, values.join(",")))
}

/// A text to be found may hold commas; elsewhere they part values.
fn sent(subjects: &Subjects, name: &str, op: &str, value: &str) -> String {
    if matches!(op, "contains" | "starts_with") {
        return value.to_owned();
    }
    let parts: Vec<String> = value
        .split(',')
        .map(|part| subjects.sent(name, part))
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(",")
}

/// The form of the field that was chosen, with values that occur.
#[tracing::instrument(name = "dashboard.customers.filter_form", skip_all)]
pub(super) async fn form(
    here: Here<ReadCustomers>,
    customers: Data<Customers>,
    personas: Data<Personas>,
    companies: Data<Companies>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = Query::read(request.query_string());
    let company = here.company()?;
    let everybody = customers
        .prepare(here.reach(), company, &ListRequest::default())
        .await?;
    let people = People::who_look_after(&here, &companies).await?;
    let subjects = Subjects::of(company, &everybody.definitions).with_people(people.as_ref());
    let name = query.get("add_field");
    let subject = subjects
        .find(name)
        .filter(|subject| subject.filter)
        .ok_or_else(Problem::not_found)?;
    let mut found = Vec::new();
    let key = subject
        .name
        .strip_prefix("attributes.")
        .map(str::parse::<AttributeKey>);
    if let (Some(Ok(key)), Kind::Text) = (key, subject.kind) {
        let cells = customers.by_attribute(here.reach(), &everybody, &key).await?;
        found = most_frequent(
            cells
                .into_iter()
                .filter_map(|cell| Some((cell.value?, cell.customers))),
        );
    }
    let tags = PersonaTags::of(&*personas.names(here.tenant()).await?);
    let form = Words {
        subjects: &subjects,
        personas: &tags,
    }
    .add_form(name, &found);
    here.frame.fragment(StatusCode::OK, form.render())
}

fn most_frequent(values: impl Iterator<Item = (String, u64)>) -> Vec<String> {
    let mut counted: BTreeMap<String, u64> = BTreeMap::new();
    for (value, customers) in values {
        let count = counted.entry(value).or_default();
        *count = count.saturating_add(customers);
    }
    let mut counted: Vec<(String, u64)> = counted.into_iter().collect();
    counted.sort_by_key(|(_, customers)| std::cmp::Reverse(*customers));
    counted
        .into_iter()
        .take(OFFERED)
        .map(|(value, _)| value)
        .collect()
}

/// Leads to the list with the columns that were ticked; the usual ones where none was.
#[tracing::instrument(name = "dashboard.customers.columns", skip_all)]
pub(super) async fn columns(
    here: Here<ReadCustomers>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let form = Form::of(Query::read(request.query_string()).pairs().to_vec());
    let mut address = Address::of(&form.kept(&["column"])).first();
    address.columns = form
        .all("column")
        .filter(|name| !name.contains(','))
        .map(str::to_owned)
        .collect();
    Ok(here.frame.see_other(address.href()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customers::subjects::tests::{company, definitions};

    fn wish(query: &str) -> Wish {
        let form = Form::of(Query::read(query).pairs().to_vec());
        let address = Address::of(&form.kept(&OWN)).first();
        filtered(&address, &Subjects::of(&company(), &definitions()), &form)
    }

    fn href(query: &str) -> String {
        match wish(query) {
            Wish::List(address) => address
                .href()
                .replace("%5B", "[")
                .replace("%5D", "]")
                .replace("%2C", ","),
            Wish::Form(field) | Wish::NoNumber(field) => field,
        }
    }

    #[test]
    fn a_filter_is_added_and_changed() {
        for (form, list) in [
            (
                "sort=-mrr&add_field=mrr&add_op=gte&add_value=19.90&replaces=",
                "?sort=-mrr&filter[mrr][gte]=1990",
            ),
            (
                "filter[mrr][gte]=10&sort=name&add_field=mrr&add_op=lt&add_value=5&replaces=filter[mrr][gte]",
                "?sort=name&filter[mrr][lt]=500",
            ),
            (
                "filter[persona]=a&sort=name&add_field=persona&add_op=eq&add_value=a&add_value=b&replaces=filter[persona]",
                "?filter[persona]=a,b&sort=name",
            ),
            (
                "add_field=attributes.churn&add_op=eq&add_value=true&add_value=false",
                "?filter[attributes.churn][is_set]=true",
            ),
            (
                "add_field=plan&add_op=is_not_set&add_value=&cursor=x&page=3",
                "?filter[plan][is_not_set]=true",
            ),
            (
                "filter[plan]=a&add_field=plan&add_op=eq&add_value=&replaces=filter[plan]",
                "",
            ),
            (
                "add_field=name&add_op=contains&add_value=a%2C b",
                "?filter[name][contains]=a,+b",
            ),
        ] {
            assert_eq!(href(form), format!("/customers{list}"), "{form}");
        }
    }

    #[test]
    fn without_scripts_another_field_brings_its_form_first() {
        let form = "add_field=mrr&add_field=persona&add_op=eq&add_value=slipping";
        assert_eq!(wish(form), Wish::Form("mrr".to_owned()));
    }

    #[test]
    fn what_is_no_number_is_said_before_the_list_is_asked() {
        assert_eq!(
            wish("add_field=mrr&add_op=gte&add_value=$20"),
            Wish::NoNumber("$20".to_owned())
        );
        assert!(matches!(
            wish("add_field=mrr&add_op=is_set&add_value=$20"),
            Wish::List(_)
        ));
    }

    #[test]
    fn the_values_most_customers_have_come_first() {
        let values = [("a", 1), ("b", 5), ("a", 2), ("c", 4)].map(|(value, n)| (value.to_owned(), n));
        assert_eq!(most_frequent(values.into_iter()), ["b", "c", "a"]);
    }
}
