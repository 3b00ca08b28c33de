//! `GET /me/sign-ins`

use actix_web::{HttpRequest, get, web};
use jiff::Timestamp;
use kale_application::access::{Presence, SignIns};
use kale_domain::{id::SignInId, sign_in::SignIn};
use kale_web::{Cursors, ListSpec, Page, Person, Problem, permission::SIGNED_IN};
use serde::Serialize;
use utoipa::ToSchema;
use web::Data;

use crate::{openapi::params::PageParams, paging};

/// A sign-in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignIn)]
pub(crate) struct View {
    /// Its identity.
    #[schema(value_type = String, example = "sgn_01h455vb4pex5vsknk084sn02q")]
    id: SignInId,
    /// What the browser or program called itself.
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64)")]
    device: String,
    /// Whether this request came with it.
    current: bool,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was last used, to the minute.
    #[schema(value_type = String, format = DateTime)]
    last_seen_at: Timestamp,
    /// From when on it works no more, unless it is used before.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

impl View {
    fn of(sign_in: SignIn, presence: &Presence) -> Self {
        Self {
            id: sign_in.id,
            expires_at: sign_in.expires_at(presence.sign_in_limits()),
            device: sign_in.device,
            current: sign_in.id == presence.sign_in.id,
            created_at: sign_in.created_at,
            last_seen_at: sign_in.last_seen_at,
        }
    }
}

const LIST: ListSpec = ListSpec {
    route: "GET /me/sign-ins",
    sorts: &[],
    default_sort: "-created_at",
    filters: &[],
    fields: &[],
    includes: &[],
    search: false,
    others: &[],
};

/// Lists where the caller is signed in, newest first.
#[utoipa::path(
    tag = "Me",
    operation_id = "list_sign_ins",
    params(PageParams),
    responses((status = 200, description = "A page of sign-ins", body = Page<View>, example = json!({
        "data": [{
            "id": "sgn_01h455vb4pex5vsknk084sn02q", "device": "Mozilla/5.0 (X11; Linux x86_64)", "current": true,
            "created_at": "2026-11-10T08:00:00Z", "last_seen_at": "2026-11-14T09:15:00Z",
            "expires_at": "2026-11-28T09:15:00Z"
        }],
        "page": { "next_cursor": null, "has_more": false }
    }))),
    extensions(("x-permission" = json!(SIGNED_IN)), ("x-problems" = json!(["people-only"]))),
)]
#[get("/me/sign-ins")]
#[tracing::instrument(name = "api.sign_ins.list", skip_all)]
pub(crate) async fn handle(
    person: Person,
    sign_ins: Data<SignIns>,
    cursors: Data<Cursors>,
    request: HttpRequest,
) -> Result<web::Json<Page<View>>, Problem> {
    let params = LIST.read(&request)?;
    let all = sign_ins.list(&person.presence).await?;
    let all = all
        .into_iter()
        .map(|one| View::of(one, &person.presence))
        .collect();
    let page = paging::page_of_all(&params, &cursors, all, |one: &View| one.id)?;
    Ok(web::Json(page))
}
