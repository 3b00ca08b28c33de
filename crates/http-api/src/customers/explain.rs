//! `GET /customers/{id}/explain`

use actix_web::{get, web::Data, web::Json};
use kale_application::personas::{Explanation, Personas};
use kale_domain::id::CustomerId;
use kale_web::{Allowed, NoQuery, Path, Problem, Required, permission::ReadCustomers};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::view::{AssignedPersona, PersonaNames, PersonaRef, Unassigned, persona};

/// Why a customer has its persona.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonaExplanation)]
pub(super) struct View {
    /// The persona it has; null where it has none.
    persona: Option<AssignedPersona>,
    /// Why it has none; null where it has one.
    unassigned: Option<Unassigned>,
    /// Where the rules would put it now; null is unassigned. Differs where a person decided or values changed since.
    by_rule: Option<PersonaRef>,
    /// The version of the configuration this was judged with.
    version: u64,
    /// The enabled personas, the highest priority first, down to the one that matches.
    personas: Vec<Judged>,
}

/// One persona's rule, judged about one customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JudgedPersona)]
pub(super) struct Judged {
    /// Which.
    persona: PersonaRef,
    /// Its priority.
    priority: u32,
    /// Whether its rule matches.
    matches: bool,
    /// The rule, node by node: what it asks, the customer's value, what it came to.
    #[schema(value_type = Object, example = json!({
        "text": "all of these", "actual": null, "truth": "false", "waiting": false, "children": [
            {"text": "tenure is less than 6", "subject": "attributes.tenure", "actual": "9", "truth": "false", "waiting": false}
        ]
    }))]
    trace: Value,
    /// The fewest changes that would turn the outcome; null where none can.
    #[schema(value_type = Option<Object>, example = json!({
        "matches": true, "changes": [{"leaf": 0, "to": "true", "text": "tenure would have to be less than 6 (is 9)"}]
    }))]
    flip: Value,
}

impl View {
    fn new(explanation: Explanation, names: &PersonaNames) -> Result<Self, Problem> {
        let (assigned, unassigned) = persona(&explanation.state, names);
        let judged = explanation.personas.into_iter().map(|one| {
            let json = |value: serde_json::Result<Value>| value.map_err(|error| Problem::internal(&error));
            Ok(Judged {
                persona: names.of_id(one.id),
                priority: one.priority,
                matches: one.matches,
                trace: json(serde_json::to_value(&one.trace))?,
                flip: json(serde_json::to_value(&one.flip))?,
            })
        });
        Ok(Self {
            persona: assigned,
            unassigned,
            by_rule: explanation.by_rule.map(|id| names.of_id(id)),
            version: explanation.version,
            personas: judged.collect::<Result<_, Problem>>()?,
        })
    }
}

/// Why a customer has its persona: every rule down to the one that matches, with the customer's values.
#[utoipa::path(
    operation_id = "explain_persona",
    tag = "Customers",
    params(("id" = String, Path, description = "Which.", example = "cus_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "Judged just now.", body = View, example = json!({
        "persona": null,
        "unassigned": {"by": "rule", "locked": false, "since": "2026-03-15T09:30:00Z"},
        "by_rule": null, "version": 3,
        "personas": [{
            "persona": {"id": "per_01h455vb4pex5vsknk084sn02q", "key": "early_monthly", "name": "New and monthly"},
            "priority": 100, "matches": false,
            "trace": {
                "text": "all of these", "actual": null, "truth": "false", "waiting": false,
                "children": [{
                    "text": "tenure is less than 6", "subject": "attributes.tenure", "actual": "9", "truth": "false",
                    "waiting": false
                }]
            },
            "flip": {
                "matches": true,
                "changes": [{"leaf": 0, "to": "true", "text": "tenure would have to be less than 6 (is 9)"}]
            }
        }]
    }))),
    extensions(("x-permission" = json!(ReadCustomers::NAME))),
)]
#[get("/customers/{id}/explain")]
#[tracing::instrument(name = "api.customers.explain", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadCustomers>,
    personas: Data<Personas>,
    Path(id): Path<CustomerId>,
    _: NoQuery,
) -> Result<Json<View>, Problem> {
    let explanation = personas.explain(allowed.reach(), allowed.company()?, id).await?;
    let names = PersonaNames::read(&personas, allowed.tenant()).await?;
    View::new(explanation, &names).map(Json)
}
