//! `GET /customers`

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::{
    companies::Companies,
    customers::{Customers, ListRequest},
    personas::Personas,
    saved_views::SavedViews,
};
use kale_domain::{access::Permission, saved_view::SavedView};
use kale_web::{Cursors, ListParams, ListSpec, Problem, permission::ReadCustomers};

use super::{
    address::{Address, PAGE},
    page::{Found, page},
    personas::{PersonaTags, Share},
};
use crate::{
    frame::{Here, Query},
    people::People,
};

/// What ties a cursor to its list. Filters and sorting are the use case's to read, so they come as one text.
const SPEC: ListSpec = ListSpec {
    route: "GET /customers",
    sorts: &[],
    default_sort: "name",
    filters: &[],
    fields: &[],
    includes: &[],
    search: false,
    others: &["list"],
};

/// The list, found, filtered and sorted as the address says.
#[tracing::instrument(name = "dashboard.customers.list", skip_all)]
pub(super) async fn show(
    here: Here<ReadCustomers>,
    customers: Data<Customers>,
    personas: Data<Personas>,
    saved_views: Data<SavedViews>,
    companies: Data<Companies>,
    cursors: Data<Cursors>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let address = Address::read(request.query_string());
    let asked = address.request()?;
    let params = params(&asked, &address.cursor)?;
    let Ok(after) = cursors.decode(&params) else {
        // Of another list, or of an earlier release: the list begins anew.
        return Ok(here.frame.see_other(address.first().href()));
    };
    let company = here.company()?;
    let list = customers.prepare(here.reach(), company, &asked).await?;
    let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let found = customers
        .page(here.reach(), &list, after.as_ref(), limit, true)
        .await?;
    let found = Found {
        next: found
            .next
            .map(|next| cursors.encode(&params, &next))
            .transpose()?,
        customers: found.customers,
        count: found.count.map(|tally| (tally.value, tally.capped)),
        shares: shares(&here, &customers, &asked).await?,
        definitions: list.definitions,
        personas: PersonaTags::of(&*personas.names(here.tenant()).await?),
        people: People::who_look_after(&here, &companies).await?,
        views: views(&here, &saved_views).await?,
        terms: asked.filters,
    };
    let page = page(&here, company, &address, found);
    here.frame.answer(StatusCode::OK, |part| {
        if part {
            page.as_results().render()
        } else {
            page.render()
        }
    })
}

fn params(asked: &ListRequest, cursor: &str) -> Result<ListParams, Problem> {
    let query = Query::default()
        .with("list", asked.canonical())
        .with("cursor", cursor);
    SPEC.parse(&query.text())
}

/// The customers of the list by persona. The filter by persona is left out: the band shows where to go from it.
async fn shares(
    here: &Here<ReadCustomers>,
    customers: &Customers,
    asked: &ListRequest,
) -> Result<Vec<Share>, Problem> {
    let mut everywhere = asked.clone();
    everywhere.filters.retain(|term| term.name != "persona");
    let list = customers
        .prepare(here.reach(), here.company()?, &everywhere)
        .await?;
    let found = customers.shares(here.reach(), &list).await?;
    let share = |persona, customers, mrr_minor, known: u64| Share {
        persona,
        customers,
        mrr_minor: (known > 0).then_some(mrr_minor),
    };
    Ok(found
        .into_iter()
        .map(|one| share(one.persona, one.customers, one.mrr_minor, one.mrr_known))
        .collect())
}

async fn views(here: &Here<ReadCustomers>, saved_views: &SavedViews) -> Result<Vec<SavedView>, Problem> {
    match here.caller().user() {
        Some(user) if here.may(Permission::UseSavedViews) => {
            Ok(saved_views.list(here.tenant(), user).await?)
        }
        _ => Ok(Vec::new()),
    }
}
