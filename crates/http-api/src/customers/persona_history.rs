//! `GET /customers/{id}/persona-history`

use actix_web::{get, web::Data, web::Json};
use jiff::Timestamp;
use kale_application::{customers::Customers, personas::Personas};
use kale_domain::{
    id::{CustomerId, UserId},
    persona::{AssignedBy, PersonaChange},
};
use kale_web::{Allowed, NoQuery, Page, Path, Problem, Required, permission::ReadCustomers};
use serde::Serialize;
use utoipa::ToSchema;

use super::view::{PersonaNames, PersonaRef};

/// One change of a customer's persona.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonaChange)]
pub(super) struct View {
    /// Where it was; null is unassigned.
    from: Option<PersonaRef>,
    /// Where it went; null is unassigned.
    to: Option<PersonaRef>,
    /// `rule` or `manual`.
    by: &'static str,
    /// The version of the configuration whose rule decided.
    version: Option<u64>,
    /// The person who decided.
    #[schema(value_type = Option<String>)]
    user: Option<UserId>,
    /// Why, in their words.
    reason: Option<String>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

impl View {
    fn new(change: PersonaChange, names: &PersonaNames) -> Self {
        let (by, version, user, reason) = match change.by {
            AssignedBy::Rule { version, .. } => ("rule", Some(version), None, None),
            AssignedBy::Manual { user, reason } => ("manual", None, user, reason),
        };
        let named = |id| names.of_id(id);
        Self {
            from: change.from.map(named),
            to: change.to.map(named),
            by,
            version,
            user,
            reason,
            at: change.at,
        }
    }
}

/// The last 200 changes of a customer's persona, newest first.
#[utoipa::path(
    operation_id = "list_persona_changes",
    tag = "Customers",
    params(("id" = String, Path, description = "Which.", example = "cus_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The changes.", body = Page<View>, example = json!({
        "data": [{
            "from": null,
            "to": {"id": "per_01h455vb4pex5vsknk084sn02q", "key": "early_monthly", "name": "New and monthly"},
            "by": "rule", "version": 3, "user": null, "reason": null, "at": "2026-03-15T09:30:00Z"
        }],
        "page": {"next_cursor": null, "has_more": false}
    }))),
    extensions(("x-permission" = json!(ReadCustomers::NAME))),
)]
#[get("/customers/{id}/persona-history")]
#[tracing::instrument(name = "api.customers.persona_history", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadCustomers>,
    customers: Data<Customers>,
    personas: Data<Personas>,
    Path(id): Path<CustomerId>,
    _: NoQuery,
) -> Result<Json<Page<View>>, Problem> {
    let changes = customers.persona_history(allowed.reach(), id).await?;
    let names = PersonaNames::read(&personas, allowed.tenant()).await?;
    Ok(Json(Page::new(
        changes
            .into_iter()
            .map(|change| View::new(change, &names))
            .collect(),
        None,
    )))
}
