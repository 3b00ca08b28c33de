//! `GET /customers/export.csv`, `POST /customers/export`, `POST /customers/personas/reassign`: what is done with many.

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};
use futures::TryStreamExt as _;
use kale_application::{
    customers::{Customers, ExportFormat, FilterTerm, ListRequest},
    personas::Personas,
};
use kale_domain::{error::FieldError, id::CustomerId};
use kale_web::{
    Problem,
    permission::{AssignPersonas, ExportCustomers},
};

use super::address::Address;
use crate::{
    frame::{Form, Here},
    view::parts::Tone,
};

/// The most customers that are named one by one; past that the whole list is meant.
const BY_ID: usize = 200;

/// The whole list as a file.
#[tracing::instrument(name = "dashboard.customers.export_list", skip_all)]
pub(super) async fn export_list(
    here: Here<ExportCustomers>,
    customers: Data<Customers>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let asked = Address::read(request.query_string()).request()?;
    stream(&here, &customers, &asked).await
}

/// The selection as a file.
#[tracing::instrument(name = "dashboard.customers.export_selection", skip_all)]
pub(super) async fn export_selection(
    here: Here<ExportCustomers>,
    customers: Data<Customers>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let list = Address::read(form.get("query"));
    if form.get("scope") == "filter" {
        return stream(&here, &customers, &list.request()?).await;
    }
    let ids = ids(&form)?;
    if ids.is_empty() {
        let back = list.first().href();
        return Ok(here
            .frame
            .see_other_saying(back, "Select the customers to export first.", Tone::Sun));
    }
    let mut external_ids = Vec::with_capacity(ids.len());
    for id in ids {
        external_ids.extend(
            customers
                .get(here.reach(), id)
                .await?
                .external_ids
                .into_iter()
                .next(),
        );
    }
    stream(&here, &customers, &these(&external_ids)?).await
}

/// The list of these customers alone. The grammar of lists parts values by commas.
fn these(external_ids: &[String]) -> Result<ListRequest, Problem> {
    if let Some(odd) = external_ids.iter().find(|id| id.contains(',')) {
        let message =
            format!("`{odd}` has a comma in its id, so it can't be picked; export the whole list instead");
        return Err(Problem::validation(vec![FieldError::new(
            "#/id",
            "not-selectable",
            message,
        )]));
    }
    let term = FilterTerm {
        name: "external_id".to_owned(),
        op: "in".to_owned(),
        value: external_ids.join(","),
    };
    Ok(ListRequest {
        filters: vec![term],
        ..ListRequest::default()
    })
}

/// Those who are picked one by one.
pub(super) fn ids(form: &Form) -> Result<Vec<CustomerId>, Problem> {
    let mut ids = Vec::new();
    for text in form.all("id") {
        match text.parse() {
            Ok(id) => ids.push(id),
            Err(_names_nothing) => return Err(Problem::not_found()),
        }
    }
    if ids.len() > BY_ID {
        let message =
            format!("at most {BY_ID} customers are picked one by one; select all that match instead");
        return Err(Problem::validation(vec![FieldError::new(
            "#/id", "too-many", message,
        )]));
    }
    Ok(ids)
}

async fn stream(
    here: &Here<ExportCustomers>,
    customers: &Customers,
    asked: &ListRequest,
) -> Result<HttpResponse, Problem> {
    let list = customers.prepare(here.reach(), here.company()?, asked).await?;
    let rows = customers
        .export(here.reach(), here.caller(), list, ExportFormat::Csv)
        .await?;
    // The status is sent by then: whoever reads sees a file that breaks off.
    let rows = rows.inspect_err(|error| tracing::error!(error = %error, "an export broke off"));
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"customers.csv\"",
        ))
        .streaming(rows))
}

/// Has the rules applied again. They are applied to everybody: who else they would move is out of date just the same.
#[tracing::instrument(name = "dashboard.customers.reassign", skip_all)]
pub(super) async fn reassign(
    here: Here<AssignPersonas>,
    personas: Data<Personas>,
    _: Form,
) -> Result<HttpResponse, Problem> {
    let job = personas.recompute(here.reach(), here.caller()).await?;
    Ok(here.frame.see_other(format!("/jobs/{job}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_are_picked_by_what_their_systems_call_them() {
        let asked = these(&["a1".to_owned(), "b 2".to_owned()]).unwrap();
        let term = &asked.filters[0];
        assert_eq!(
            (term.name.as_str(), term.op.as_str(), term.value.as_str()),
            ("external_id", "in", "a1,b 2")
        );

        assert_eq!(these(&["a,b".to_owned()]).unwrap_err().code(), "validation");
    }

    #[test]
    fn an_id_that_is_none_names_nobody() {
        let form = |id: &str| Form::of(vec![("id".to_owned(), id.to_owned())]);
        assert_eq!(ids(&form("cus_01h455vb4pex5vsknk084sn02q")).unwrap().len(), 1);
        assert_eq!(
            ids(&form("per_01h455vb4pex5vsknk084sn02q")).unwrap_err().code(),
            "not-found"
        );
    }
}
