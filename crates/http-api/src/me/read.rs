//! `GET /me`

use actix_web::{
    HttpResponse, get,
    http::header::{self, HeaderValue},
    web::Data,
};
use kale_application::access::{Caller, Who};
use kale_domain::{
    access::{Permission, Role},
    id::{ApiKeyId, SignInId, UserId},
};
use kale_web::{Authenticated, Gate, NoQuery, permission::SIGNED_IN};
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::{company::CompanyView, permission, user::UserView};

/// Whoever calls.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Me)]
pub(crate) struct View {
    /// `user` or `api_key`.
    #[schema(example = "user")]
    kind: &'static str,
    /// The person; null for an API key.
    user: Option<UserView>,
    /// Their role; null for an API key.
    #[schema(value_type = Option<String>, example = "retention_admin")]
    role: Option<Role>,
    /// The sign-in; null for an API key.
    #[schema(value_type = Option<String>, example = "sgn_01h455vb4pex5vsknk084sn02q")]
    sign_in: Option<SignInId>,
    /// The key; null for a person.
    #[schema(value_type = Option<String>, example = "key_01h455vb4pex5vsknk084sn02q")]
    api_key: Option<ApiKeyId>,
    /// The company they work in; null for a Kale admin who has entered none.
    company: Option<CompanyView>,
    /// Whether a Kale admin works in a company that is not theirs.
    acting: bool,
    /// The Kale admin who sees what this person sees, and changes nothing meanwhile; null for everybody else.
    #[schema(value_type = Option<String>, example = json!(null))]
    impersonated_by: Option<UserId>,
    /// What they may do.
    #[schema(value_type = Vec<String>, example = json!(["company.read", "customers.read"]))]
    permissions: Vec<&'static str>,
    /// What to send as `X-CSRF-Token` with unsafe methods when the cookie is the credential; null for an API key.
    csrf_token: Option<String>,
}

impl View {
    fn of(caller: &Caller, csrf_token: Option<String>) -> Self {
        let permissions = Permission::ALL
            .iter()
            .copied()
            .filter(|permission| caller.may(*permission));
        let permissions = permission::names(permissions);
        let company = caller.company().cloned().map(CompanyView::from);
        match &caller.who {
            Who::Person(presence) => Self {
                kind: "user",
                role: Some(presence.user.role),
                acting: presence.user.company.is_none() && company.is_some(),
                impersonated_by: caller.impersonated_by().map(|admin| admin.id),
                user: Some(presence.user.clone().into()),
                sign_in: Some(presence.sign_in.id),
                api_key: None,
                company,
                permissions,
                csrf_token,
            },
            Who::Program(holder) => Self {
                kind: "api_key",
                role: None,
                acting: false,
                impersonated_by: None,
                user: None,
                sign_in: None,
                api_key: Some(holder.key.id),
                company,
                permissions,
                csrf_token,
            },
        }
    }
}

/// Shows who calls, what they may do and where they are.
#[utoipa::path(
    tag = "Me",
    operation_id = "read_me",
    responses((status = 200, description = "Whoever calls", body = View, example = json!({
        "kind": "user",
        "user": {
            "id": "usr_01h455vb4pex5vsknk084sn02q", "company": "cmp_01h455vb4pex5vsknk084sn02q",
            "email": "ada@northwind.example", "name": "Ada Okafor", "role": "retention_expert", "status": "active",
            "theme": "auto", "invited_until": null, "created_at": "2026-11-01T09:30:00Z", "version": 1
        },
        "role": "retention_expert",
        "sign_in": "sgn_01h455vb4pex5vsknk084sn02q",
        "api_key": null,
        "company": {
            "id": "cmp_01h455vb4pex5vsknk084sn02q", "name": "Northwind Mobile", "slug": "northwind",
            "industry": "telecom", "status": "active", "purge_at": null, "time_zone": "America/New_York", "currency": "USD",
            "sortable_attributes": ["tenure"], "sign_in_limits": { "idle_hours": 336, "absolute_hours": 2160 }, "created_at": "2026-10-01T08:00:00Z",
            "updated_at": "2026-11-02T10:00:00Z", "version": 3
        },
        "acting": false,
        "impersonated_by": null,
        "permissions": ["company.read", "customers.read", "saved_views.use", "personas.read"],
        "csrf_token": "mX3kq0m4cJwqz8y1n5r7t9v2"
    }))),
    extensions(("x-permission" = json!(SIGNED_IN))),
)]
#[get("/me")]
#[tracing::instrument(name = "api.me.read", skip_all)]
pub(crate) async fn handle(
    Authenticated(caller): Authenticated,
    gate: Data<Gate>,
    _: NoQuery,
) -> HttpResponse {
    let csrf_token = gate.csrf().token(&caller);
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    response.json(View::of(&caller, csrf_token))
}
