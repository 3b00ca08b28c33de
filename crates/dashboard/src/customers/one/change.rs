//! `POST /customers/{id}/persona`, `/persona/unlock`, `/experts`, `/tags`: what people change about a customer.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use kale_application::{
    customers::CustomerError,
    personas::{PersonaError, Personas},
};
use kale_domain::{
    error::{Classify as _, ErrorKind},
    id::CustomerId,
};
use kale_web::{
    Path, Problem,
    permission::{AssignExperts, AssignPersonas, WriteCustomers},
};

use super::show::{Refused, Stores, answer};
use crate::{
    customers::{experts::chosen, personas::UNASSIGNED},
    frame::{Form, Here},
    view::{form::Problems, parts::Tone},
};

fn page_of(id: CustomerId) -> String {
    format!("/customers/{id}")
}

/// Puts the customer into a persona by hand and locks it there.
#[tracing::instrument(name = "dashboard.customers.assign", skip_all)]
pub(super) async fn assign(
    here: Here<AssignPersonas>,
    stores: Stores,
    Path(id): Path<CustomerId>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    match put(&here, &stores.personas, id, &form).await {
        Ok(()) => {
            Ok(here
                .frame
                .see_other_saying(page_of(id), "The persona is assigned and locked.", Tone::Leaf))
        }
        Err(PersonaError::Invalid(wrong)) => {
            let refused = Refused {
                problems: Problems::of(&wrong),
                persona: Some(form.get("persona").to_owned()),
                reason: form.get("reason").to_owned(),
                ..Refused::default()
            };
            answer(&here, &stores, id, StatusCode::UNPROCESSABLE_ENTITY, refused).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn put(
    here: &Here<AssignPersonas>,
    personas: &Personas,
    id: CustomerId,
    form: &Form,
) -> Result<(), PersonaError> {
    let persona = match form.get("persona") {
        UNASSIGNED => None,
        key => Some(personas.find(here.tenant(), key, "#/persona").await?),
    };
    let reason = form.text("reason").map(str::to_owned);
    personas
        .assign(here.reach(), here.caller(), id, persona, reason)
        .await
        .map(drop)
}

/// Lets the rules decide again, at once.
#[tracing::instrument(name = "dashboard.customers.unlock", skip_all)]
pub(super) async fn unlock(
    here: Here<AssignPersonas>,
    personas: Data<Personas>,
    Path(id): Path<CustomerId>,
    _: Form,
) -> Result<HttpResponse, Problem> {
    personas
        .unlock(here.reach(), here.company()?, here.caller(), id)
        .await?;
    Ok(here
        .frame
        .see_other_saying(page_of(id), "The rules decide again.", Tone::Leaf))
}

/// Puts the customer into the hands of those who are ticked.
#[tracing::instrument(name = "dashboard.customers.experts", skip_all)]
pub(super) async fn experts(
    here: Here<AssignExperts>,
    stores: Stores,
    Path(id): Path<CustomerId>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let experts = chosen(&form)?;
    let changed = stores
        .customers
        .set_experts(here.reach(), here.caller(), id, form.version()?, &experts)
        .await;
    let (status, problems, stale) = match changed {
        Ok(_) => {
            let said = "It is saved who looks after this customer.";
            return Ok(here.frame.see_other_saying(page_of(id), said, Tone::Leaf));
        }
        Err(CustomerError::Invalid(wrong)) => (StatusCode::UNPROCESSABLE_ENTITY, Problems::of(&wrong), false),
        Err(error) if error.kind() == ErrorKind::Stale => {
            (StatusCode::PRECONDITION_FAILED, Problems::default(), true)
        }
        Err(error) => return Err(error.into()),
    };
    let refused = Refused {
        problems,
        experts: Some(experts),
        stale,
        ..Refused::default()
    };
    answer(&here, &stores, id, status, refused).await
}

/// Replaces the words people put on the customer.
#[tracing::instrument(name = "dashboard.customers.tags", skip_all)]
pub(super) async fn tags(
    here: Here<WriteCustomers>,
    stores: Stores,
    Path(id): Path<CustomerId>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let typed = form.get("tags");
    let changed = stores
        .customers
        .set_tags(here.reach(), here.caller(), id, form.version()?, split(typed))
        .await;
    let (status, problems, stale) = match changed {
        Ok(_) => {
            return Ok(here
                .frame
                .see_other_saying(page_of(id), "The tags are saved.", Tone::Leaf));
        }
        Err(CustomerError::Invalid(wrong)) => (StatusCode::UNPROCESSABLE_ENTITY, Problems::of(&wrong), false),
        Err(error) if error.kind() == ErrorKind::Stale => {
            (StatusCode::PRECONDITION_FAILED, Problems::default(), true)
        }
        Err(error) => return Err(error.into()),
    };
    let refused = Refused {
        problems,
        tags: Some(typed.to_owned()),
        stale,
        ..Refused::default()
    };
    answer(&here, &stores, id, status, refused).await
}

fn split(typed: &str) -> Vec<String> {
    typed
        .split(',')
        .map(str::trim)
        .filter(|tag| !tag.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_parted_by_commas() {
        assert_eq!(split(" vip, spring campaign ,,"), ["vip", "spring campaign"]);
        assert!(split("").is_empty());
    }
}
