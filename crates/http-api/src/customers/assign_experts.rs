//! `POST /customers/experts/assign`

use actix_web::{HttpResponse, post, web::Data};
use kale_application::customers::{Customers, Sharing};
use kale_domain::id::{CustomerId, UserId};
use kale_web::{Allowed, Idempotent, Json, NoQuery, Problem, Required, permission::AssignExperts};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::named::{BODY_BYTES, Named};
use crate::openapi::params::IdempotencyKeyHeader;

/// Which customers, and who is to look after them: `ids` or `filter`, with `experts`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExpertsAssignment)]
pub(super) struct Body {
    /// These customers, at most 1,000.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    ids: Option<Vec<CustomerId>>,
    /// Everybody on this list, at most 10,000: a query string as `GET /customers` takes it.
    #[serde(default)]
    filter: Option<String>,
    /// Who is to look after them, at most 10; empty is nobody.
    #[schema(value_type = Vec<String>)]
    experts: Vec<UserId>,
    /// How they share the customers; `together` where it is left out.
    #[serde(default)]
    by: By,
}

/// How several share.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExpertsShareBy)]
pub(super) enum By {
    /// All of them look after each customer.
    #[default]
    Together,
    /// One each, in turn.
    RoundRobin,
    /// One each: whoever looks after the fewest.
    Load,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExpertsAssigned)]
pub(super) struct View {
    /// How many customers changed hands.
    assigned: u64,
}

/// Puts many customers into the hands of these, and of nobody else.
///
/// An empty `filter` is everybody. An id that names nobody is 404, and nobody changes hands.
#[utoipa::path(
    operation_id = "assign_experts",
    tag = "Customers",
    params(IdempotencyKeyHeader),
    request_body(content = Body, example = json!({
        "filter": "filter[persona]=early_monthly", "experts": ["usr_01h455vb4pex5vsknk084sn02q"], "by": "load"
    })),
    responses((status = 200, description = "They are assigned.", body = View, example = json!({"assigned": 12}))),
    extensions(("x-permission" = json!(AssignExperts::NAME)), ("x-problems" = json!(["not-found"]))),
)]
#[post("/customers/experts/assign")]
#[tracing::instrument(name = "api.customers.assign_experts", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<AssignExperts>,
    customers: Data<Customers>,
    _: NoQuery,
    Json(body): Json<Body, BODY_BYTES>,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    idempotent
        .run(&allowed, async || carry_out(&allowed, &customers, body).await)
        .await
}

async fn carry_out(
    allowed: &Allowed<AssignExperts>,
    customers: &Customers,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let named = Named::one_of(body.ids, body.filter).map_err(Problem::validation)?;
    let selection = named.selection(allowed, customers).await?;
    let assigned = customers
        .assign_experts(
            allowed.reach(),
            &allowed.caller,
            selection,
            &body.experts,
            body.by.into(),
        )
        .await?;
    Ok(HttpResponse::Ok().json(View { assigned }))
}

impl From<By> for Sharing {
    fn from(by: By) -> Self {
        match by {
            By::Together => Self::Together,
            By::RoundRobin => Self::RoundRobin,
            By::Load => Self::Load,
        }
    }
}
