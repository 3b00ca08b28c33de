//! `POST /personas/recompute`

use actix_web::{HttpResponse, post, web::Data};
use kale_application::personas::Personas;
use kale_domain::id::JobId;
use kale_web::{Allowed, Idempotent, NoQuery, Problem, Required, permission::AssignPersonas};
use serde::Serialize;
use utoipa::ToSchema;

use crate::openapi::params::IdempotencyKeyHeader;

/// What was started.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AssignmentStarted)]
pub(super) struct View {
    /// The job that assigns customers.
    #[schema(value_type = String, example = "job_01h455vb4pex5vsknk084sn02q")]
    job: JobId,
}

/// Assigns every customer anew by the rules, in the background. Those that a person locked stay.
#[utoipa::path(
    operation_id = "recompute_personas",
    tag = "Personas",
    params(IdempotencyKeyHeader),
    responses((status = 202, description = "It begins.", body = View, headers(("Location" = String,
        description = "Where to look at the job.")), example = json!({"job": "job_01h455vb4pex5vsknk084sn02q"}))),
    extensions(("x-permission" = json!(AssignPersonas::NAME))),
)]
#[post("/personas/recompute")]
#[tracing::instrument(name = "api.personas.recompute", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<AssignPersonas>,
    personas: Data<Personas>,
    _: NoQuery,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    idempotent
        .run(&allowed, async || {
            let job = personas.recompute(allowed.reach(), &allowed.caller).await?;
            Ok(crate::jobs::started(job).json(View { job }))
        })
        .await
}
