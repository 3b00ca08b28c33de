//! `POST /viewer/tokens`

use actix_web::{
    HttpResponse,
    http::header::{self, HeaderValue},
    post,
    web::Data,
};
use jiff::Timestamp;
use kale_application::viewer::{CustomerRef, Minted, Mode, NewToken, Viewer};
use kale_domain::{
    error::FieldError,
    id::{CustomerId, WorkflowId},
    workflow::Trigger,
};
use kale_web::{Allowed, Idempotent, Json, NoQuery, Problem, Required as _, permission::MintViewerTokens};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::openapi::params::IdempotencyKeyHeader;

/// Where this installation is reached, without a slash at its end.
#[derive(Debug, Clone)]
pub(crate) struct PublicUrl(pub(crate) String);

/// Who comes, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewSubscriberToken)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// Who the subscriber is.
    customer: Customer,
    /// Which of their subscriptions, as the company's systems call it.
    #[schema(max_length = 200, example = "sub_4711")]
    subscription: Option<String>,
    /// The workflow to walk; absent: the live one of the trigger.
    #[schema(value_type = Option<String>, example = "wfl_01h455vb4pex5vsknk084sn02q")]
    workflow: Option<WorkflowId>,
    /// Why they come: `cancel_intent` or `api`.
    #[schema(value_type = String, example = "cancel_intent")]
    trigger: Trigger,
    /// `live`, or `test`, which is never counted and never billed.
    #[schema(value_type = String, example = "live")]
    mode: Mode,
    /// Where they go afterwards: below an address of the viewer settings.
    #[schema(example = "https://example.com/account")]
    return_url: Option<String>,
    /// What they read.
    #[schema(example = "de")]
    locale: Option<String>,
}

/// A customer, named in one of two ways.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NamedCustomer)]
#[serde(deny_unknown_fields)]
pub(crate) struct Customer {
    /// What the company's systems call it.
    #[schema(example = "7590-VHVEG")]
    external_id: Option<String>,
    /// Our id.
    #[schema(value_type = Option<String>, example = "cus_01h455vb4pex5vsknk084sn02q")]
    id: Option<CustomerId>,
}

/// A token of a subscriber, and the page it opens.
#[derive(Serialize, ToSchema)]
#[schema(as = SubscriberToken)]
pub(crate) struct View {
    /// For programs: the bearer of `POST /sessions`. It is shown this once: a replay by `Idempotency-Key` lacks it.
    token: Option<String>,
    /// For a browser: the hosted page. A replay lacks it, too.
    url: Option<String>,
    /// Until when both may begin a session. One that they have begun they serve until it is over.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Makes a token of a subscriber, who can begin one session with it within 15 minutes.
///
/// The company's own server may sign tokens itself instead, with a viewer secret.
#[utoipa::path(
    tag = "Viewer",
    operation_id = "mint_subscriber_token",
    params(IdempotencyKeyHeader),
    request_body(content = Body, example = json!({
        "customer": { "external_id": "7590-VHVEG" }, "trigger": "cancel_intent", "mode": "live",
        "return_url": "https://example.com/account"
    })),
    responses((status = 201, description = "The token and the page", body = View, example = json!({
        "token": "kale1.eyJjb21wYW55Ijoi...In0.k3b0...Yw",
        "url": "https://kale.example/f/0w5VZk3b0x7QkYw0w5VZkA",
        "expires_at": "2026-11-14T12:15:00Z"
    }))),
    extensions(("x-permission" = json!(MintViewerTokens::NAME))),
)]
#[post("/viewer/tokens")]
#[tracing::instrument(name = "api.viewer.mint_token", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<MintViewerTokens>,
    viewer: Data<Viewer>,
    base: Data<PublicUrl>,
    _: NoQuery,
    Json(body): Json<Body>,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    let new = NewToken {
        customer: customer(body.customer)?,
        subscription: body.subscription,
        workflow: body.workflow,
        trigger: body.trigger,
        mode: body.mode,
        return_url: body.return_url,
        locale: body.locale,
    };
    let work = async || {
        let Minted {
            token,
            handle,
            expires_at,
        } = viewer.mint(caller.reach(), &caller.caller, new).await?;
        let view = View {
            token: Some(token.reveal().to_owned()),
            url: Some(format!("{}/f/{}", base.0, handle.reveal())),
            expires_at,
        };
        let mut response = HttpResponse::Created();
        response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
        Ok(response.json(view))
    };
    idempotent.without(&["token", "url"]).run(&caller, work).await
}

fn customer(named: Customer) -> Result<CustomerRef, Problem> {
    match (named.external_id, named.id) {
        (Some(external_id), None) => Ok(CustomerRef::ExternalId(external_id)),
        (None, Some(id)) => Ok(CustomerRef::Id(id)),
        _ => Err(Problem::validation(vec![FieldError::new(
            "#/customer",
            "one-of",
            "name the customer by `external_id` or by `id`, not by both",
        )])),
    }
}
