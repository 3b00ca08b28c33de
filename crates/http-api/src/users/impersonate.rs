//! `POST /users/{id}/impersonate`

use actix_web::{
    post,
    web::{self, Data},
};
use jiff::Timestamp;
use kale_application::access::SignIns;
use kale_domain::id::UserId;
use kale_web::{
    InstallationAdmin, Json, NoQuery, Path as At, Problem,
    permission::{ManageInstallation, Required as _},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::view::user::UserView;

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ImpersonationReason)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// It stands in the company's audit log.
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "They see no customers, ticket 4711"
    )]
    reason: String,
}

/// Whom a Kale admin impersonates.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Impersonation)]
pub(crate) struct View {
    /// The person.
    user: UserView,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
}

/// Has a Kale admin see what somebody of the company sees that they are in.
///
/// For half an hour, or until `DELETE /me/impersonation`. Meanwhile nothing can be changed: whatever changes something is
/// refused with `impersonating`.
#[utoipa::path(
    tag = "Users",
    operation_id = "impersonate_user",
    params(("id" = String, Path, description = "The person", example = "usr_01h455vb4pex5vsknk084sn02q")),
    request_body(content = Body, example = json!({ "reason": "They see no customers, ticket 4711" })),
    responses((status = 200, description = "Whom they see through", body = View, example = json!({
        "user": {
            "id": "usr_01h455vb4pex5vsknk084sn02q", "company": "cmp_01h455vb4pex5vsknk084sn02q",
            "email": "maya@northwind.example", "name": "Maya Lind", "role": "retention_expert", "status": "active",
            "theme": "auto", "invited_until": null, "created_at": "2026-11-01T09:30:00Z", "version": 2
        },
        "until": "2026-11-22T14:30:00Z"
    }))),
    extensions(
        ("x-permission" = json!(ManageInstallation::NAME)),
        ("x-problems" = json!(["choose-a-company", "wrong-state"])),
    ),
)]
#[post("/users/{id}/impersonate")]
#[tracing::instrument(name = "api.users.impersonate", skip_all)]
pub(crate) async fn handle(
    admin: InstallationAdmin,
    sign_ins: Data<SignIns>,
    At(id): At<UserId>,
    _: NoQuery,
    Json(body): Json<Body>,
) -> Result<web::Json<View>, Problem> {
    let (user, whom) = sign_ins
        .impersonate(admin.installation, &admin.caller, id, &body.reason)
        .await?;
    Ok(web::Json(View {
        user: user.into(),
        until: whom.until,
    }))
}
