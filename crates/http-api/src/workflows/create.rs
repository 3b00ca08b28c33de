//! `POST /workflows`

use actix_web::{HttpResponse, http::header, post, web::Data};
use kale_application::workflows::{Beginning, NewWorkflow, Workflows};
use kale_domain::{error::FieldError, id::WorkflowId};
use kale_web::{
    Allowed, Idempotent, Json, NoQuery, Problem, Required, etag::etag, permission::ManageWorkflows,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::{View, example};
use crate::openapi::params::IdempotencyKeyHeader;

/// A workflow to make. With neither `template` nor `workflow` it begins without a card.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewWorkflow)]
pub(super) struct Body {
    /// What staff call it: 1 to 80 characters; absent: as what it is made from.
    #[serde(default)]
    name: Option<String>,
    /// The key of the template it begins as.
    #[serde(default)]
    template: Option<String>,
    /// The workflow whose draft it begins as.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    workflow: Option<WorkflowId>,
}

impl TryFrom<Body> for NewWorkflow {
    type Error = Problem;

    fn try_from(body: Body) -> Result<Self, Problem> {
        let from = match (body.template, body.workflow) {
            (None, None) => Beginning::Empty,
            (Some(key), None) => Beginning::Template(key),
            (None, Some(id)) => Beginning::Workflow(id),
            (Some(_), Some(_)) => {
                let message = "a workflow begins as a template or as another workflow, not as both";
                return Err(Problem::validation(vec![FieldError::new(
                    "#/workflow",
                    "contradiction",
                    message,
                )]));
            }
        };
        Ok(Self {
            name: body.name,
            from,
        })
    }
}

/// Makes a workflow: from a template, from the draft of another one, or from nothing. Its cards have ids of their own.
#[utoipa::path(
    operation_id = "create_workflow",
    tag = "Workflows",
    params(IdempotencyKeyHeader),
    request_body(content = Body, example = json!({"name": "Cancel flow", "template": "cancel_saas"})),
    responses((status = 201, description = "It is there, as a draft.", body = View, headers(
        ("Location" = String, description = "Where to read it."), ("ETag" = String, description = "Its version."),
    ), example = json!(example()))),
    extensions(("x-permission" = json!(ManageWorkflows::NAME))),
)]
#[post("/workflows")]
#[tracing::instrument(name = "api.workflows.create", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManageWorkflows>,
    workflows: Data<Workflows>,
    _: NoQuery,
    Json(body): Json<Body>,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    let new: NewWorkflow = body.try_into()?;
    idempotent
        .run(&allowed, async || {
            let made = workflows.create(allowed.tenant(), &allowed.caller, new).await?;
            let view = View::from(made);
            Ok(HttpResponse::Created()
                .insert_header((header::LOCATION, format!("/api/v1/workflows/{}", view.id)))
                .insert_header((header::ETAG, etag(view.version)))
                .json(view))
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workflow_begins_as_one_thing() {
        let read = |text: &str| {
            let body: Body = serde_json::from_str(text).unwrap();
            NewWorkflow::try_from(body).map(|new| new.from)
        };
        assert_eq!(read("{}").unwrap(), Beginning::Empty);
        assert_eq!(
            read(r#"{"template": "cancel_saas"}"#).unwrap(),
            Beginning::Template("cancel_saas".to_owned())
        );
        let both = read(r#"{"template": "x", "workflow": "wfl_01h455vb4pex5vsknk084sn02q"}"#);
        assert_eq!(both.unwrap_err().fields()[0].code, "contradiction");
    }
}
