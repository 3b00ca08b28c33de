//! `GET /customers/{id}/peek`: the drawer beside the list.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::{companies::Companies, customers::Customers, personas::Personas};
use kale_domain::id::CustomerId;
use kale_web::{Path, Problem, permission::ReadCustomers};

use super::{
    facts,
    why::{nearest_flip, summary},
};
use crate::{
    customers::{personas::PersonaTags, table::detail},
    frame::Here,
    people::People,
    view::{customer::PeekFragment, format},
};

/// How many attributes the drawer shows.
const ATTRIBUTES: usize = 8;
/// How many changes of persona it shows.
const CHANGES: usize = 3;

/// A customer at a glance.
#[tracing::instrument(name = "dashboard.customers.peek", skip_all)]
pub(super) async fn show(
    here: Here<ReadCustomers>,
    customers: Data<Customers>,
    personas: Data<Personas>,
    companies: Data<Companies>,
    Path(id): Path<CustomerId>,
) -> Result<HttpResponse, Problem> {
    let customer = customers.get(here.reach(), id).await?;
    let definitions = customers.attributes(here.reach()).await?;
    let changes = customers.persona_history(here.reach(), id).await?;
    let explanation = personas.explain(here.reach(), here.company()?, id).await?;
    let tags = PersonaTags::of(&*personas.names(here.tenant()).await?);
    let people = People::of(&companies, here.tenant(), here.caller()).await?;
    let zone = here.zone();
    let name = customer.label().to_owned();
    let looked = customer.persona.by.is_some();
    let latest: Vec<_> = changes.into_iter().take(CHANGES).collect();
    let drawer = PeekFragment {
        id: id.to_string(),
        initials: format::initials(&name),
        detail: detail(&customer),
        persona: tags.tag(customer.persona.persona, customer.persona.is_locked()),
        persona_since: facts::since(&customer.persona, &people, &zone),
        facts: facts::headline(&customer, &definitions, here.company()?, &zone)
            .into_iter()
            .take(3)
            .collect(),
        why: if looked {
            summary(&explanation, &tags)
        } else {
            String::new()
        },
        nearest_flip: if looked {
            nearest_flip(&explanation, &tags)
        } else {
            String::new()
        },
        attributes: facts::attributes(&customer, &definitions)
            .into_iter()
            .take(ATTRIBUTES)
            .collect(),
        history: facts::history(&latest, &tags, &people, &zone),
        name,
    };
    here.frame.fragment(StatusCode::OK, drawer.render())
}
