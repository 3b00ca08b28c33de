//! `POST /users`

use actix_web::{HttpResponse, post, web::Data};
use kale_application::team::{NewMember, Team};
use kale_domain::{access::Role, email::Email, error::FieldError};
use kale_web::{
    Allowed, Idempotent, Json, NoQuery, Problem,
    permission::{ManageUsers, Required as _},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{openapi::params::IdempotencyKeyHeader, view::user::UserView};

/// Who is to be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewUser)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// Where their mail goes; one person of the company may have it.
    #[schema(example = "maya@northwind.example")]
    email: String,
    /// What people call them, until they say so themselves.
    #[schema(min_length = 1, max_length = 80, example = "Maya Lind")]
    name: String,
    /// `retention_admin` or `retention_expert`.
    #[schema(value_type = String, example = "retention_expert")]
    role: Role,
}

/// Invites a person.
///
/// The invitation works once and for seven days. Its link is not in the answer: it goes to whom it is for.
#[utoipa::path(
    tag = "Users",
    operation_id = "invite_user",
    params(IdempotencyKeyHeader),
    request_body(content = Body, example = json!({
        "email": "maya@northwind.example", "name": "Maya Lind", "role": "retention_expert"
    })),
    responses((status = 201, description = "The invited person", body = UserView, example = json!({
        "id": "usr_01h455vb4pex5vsknk084sn02q", "company": "cmp_01h455vb4pex5vsknk084sn02q",
        "email": "maya@northwind.example", "name": "Maya Lind", "role": "retention_expert", "status": "invited",
        "theme": "auto", "invited_until": "2026-11-08T09:30:00Z", "created_at": "2026-11-01T09:30:00Z", "version": 1
    }))),
    extensions(
        ("x-permission" = json!(ManageUsers::NAME)),
        ("x-problems" = json!(["already-invited", "already-active", "already-deactivated"])),
    ),
)]
#[post("/users")]
#[tracing::instrument(name = "api.users.invite", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ManageUsers>,
    team: Data<Team>,
    _: NoQuery,
    Json(body): Json<Body>,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    let email: Email = body
        .email
        .parse()
        .map_err(|error: kale_domain::email::ParseEmailError| {
            Problem::validation(vec![FieldError::new("#/email", "no-email", error.to_string())])
        })?;
    let new = NewMember {
        email,
        name: body.name,
        role: body.role,
    };
    let work = async || {
        let handed = team.invite(caller.tenant(), &caller.caller, new).await?;
        Ok(HttpResponse::Created().json(UserView::from(handed.user)))
    };
    idempotent.run(&caller, work).await
}
