//! `POST /customers/personas/reassign`

#[cfg(test)]
mod tests;

use actix_web::{HttpResponse, post, web::Data};
use kale_application::{customers::Customers, personas::Personas};
use kale_domain::{
    error::FieldError,
    id::{CustomerId, JobId},
};
use kale_web::{Allowed, Idempotent, Json, NoQuery, Problem, Required, permission::AssignPersonas};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::named::{BODY_BYTES, Named};
use crate::{openapi::params::IdempotencyKeyHeader, stated::Stated};

/// Who is to be moved, and where: `ids` or `filter` with `persona`, or `by` alone.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PersonaReassignment)]
pub(super) struct Body {
    /// These customers, at most 1,000.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    ids: Option<Vec<CustomerId>>,
    /// Everybody on this list, at most 10,000: a query string as `GET /customers` takes it.
    #[serde(default)]
    filter: Option<String>,
    /// The key or id of a persona; null is unassigned.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    persona: Stated<String>,
    /// Why, at most 500 characters.
    #[serde(default)]
    reason: Option<String>,
    /// `rules`: every customer that nobody locked goes where the rules say, in the background.
    #[serde(default)]
    by: Option<By>,
}

/// What decides.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReassignBy)]
pub(super) enum By {
    /// The rules of the personas.
    Rules,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonasReassigned)]
pub(super) struct View {
    /// How many customers were put there by hand; null where a job moves them.
    moved: Option<u64>,
    /// The job that moves them; null where they are moved.
    #[schema(value_type = Option<String>)]
    job: Option<JobId>,
}

/// What a body asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    Rules,
    ByHand {
        named: Named,
        persona: Option<String>,
        reason: Option<String>,
    },
}

impl Body {
    /// What it asks for, or why it can't be told.
    fn wish(self) -> Result<Wish, Vec<FieldError>> {
        let wrong = |pointer: &str, code: &'static str, message: &str| {
            Err(vec![FieldError::new(pointer, code, message)])
        };
        if self.by.is_some() {
            let by_hand = [
                ("#/ids", self.ids.is_some()),
                ("#/filter", self.filter.is_some()),
                ("#/persona", matches!(self.persona, Stated::As(_))),
                ("#/reason", self.reason.is_some()),
            ];
            return match by_hand.iter().find(|(_, sent)| *sent) {
                None => Ok(Wish::Rules),
                Some((pointer, _)) => wrong(
                    pointer,
                    "not-allowed",
                    "with `by` the rules decide about everybody",
                ),
            };
        }
        let Stated::As(persona) = self.persona else {
            return wrong("#/persona", "missing", "`persona` is missing; null is unassigned");
        };
        Ok(Wish::ByHand {
            named: Named::one_of(self.ids, self.filter)?,
            persona,
            reason: self.reason,
        })
    }
}

/// Puts many customers into a persona by hand, or lets the rules decide about everybody again.
///
/// By hand they are locked there. An empty `filter` is everybody. An id that names nobody is 404, and nobody is moved.
#[utoipa::path(
    operation_id = "reassign_personas",
    tag = "Customers",
    params(IdempotencyKeyHeader),
    request_body(content = Body, example = json!({
    "filter": "filter[attributes.contract]=Two year", "persona": "settled", "reason": "agreed with sales"
})),
    responses(
        (status = 200, description = "They are moved.", body = View, example = json!({"moved": 12, "job": null})),
        (status = 202, description = "A job moves them.", body = View,
            headers(("Location" = String, description = "Where to look at the job.")),
                example = json!({"moved": null, "job": "job_01h455vb4pex5vsknk084sn02q"})),
    ),
    extensions(("x-permission" = json!(AssignPersonas::NAME)), ("x-problems" = json!(["not-found"]))),
)]
#[post("/customers/personas/reassign")]
#[tracing::instrument(name = "api.customers.reassign", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<AssignPersonas>,
    customers: Data<Customers>,
    personas: Data<Personas>,
    _: NoQuery,
    Json(body): Json<Body, BODY_BYTES>,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    idempotent
        .run(&allowed, async || {
            carry_out(&allowed, &customers, &personas, body).await
        })
        .await
}

async fn carry_out(
    allowed: &Allowed<AssignPersonas>,
    customers: &Customers,
    personas: &Personas,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (target, persona, reason) = match body.wish().map_err(Problem::validation)? {
        Wish::Rules => {
            let job = personas.recompute(allowed.reach(), &allowed.caller).await?;
            return Ok(crate::jobs::started(job).json(View {
                moved: None,
                job: Some(job),
            }));
        }
        Wish::ByHand {
            named,
            persona,
            reason,
        } => (named.selection(allowed, customers).await?, persona, reason),
    };
    let persona = match &persona {
        Some(name) => Some(personas.find(allowed.tenant(), name, "#/persona").await?),
        None => None,
    };
    let moved = personas
        .reassign(allowed.reach(), &allowed.caller, target, persona, reason)
        .await?;
    Ok(HttpResponse::Ok().json(View {
        moved: Some(moved),
        job: None,
    }))
}
