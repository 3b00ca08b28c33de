//! `/auth`: signing in without a password, and out.
//!
//! A program gets an access token for a quarter of an hour and a refresh token that is exchanged, once, for the next pair.
//!
//! A link works only for whoever asked for it. Browsers that use the dashboard are known by a cookie; a client of the
//! API gets a nonce with the answer to its request for a link, and sends it back together with the token of the link.

mod link;
mod logout;
mod refresh;
mod token;
mod verify;

use actix_web::{
    HttpResponse,
    http::header::{self, HeaderValue},
};
use jiff::Timestamp;
use kale_application::access::Issued;
use kale_domain::{id::SignInId, sign_in::ACCESS};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::view::user::UserView;

/// Makes nonces.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nonces(pub(crate) fn() -> String);

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(link::handle)
        .service(token::handle)
        .service(refresh::handle)
        .service(verify::handle)
        .service(logout::handle);
}

/// A sign-in of a program.
#[derive(Serialize, ToSchema)]
#[schema(as = Tokens)]
pub(crate) struct Tokens {
    /// Send it as `Authorization: Bearer`. It is shown this once.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// How long the access token works, in seconds.
    #[schema(example = 900)]
    expires_in: i64,
    /// From when on the access token works no more.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// Exchange it, once, at `/auth/refresh` for the next pair. It is shown this once.
    refresh_token: String,
    /// From when on the refresh token works no more, unless it is used before: each exchange moves this, within
    /// the company's limits.
    #[schema(value_type = String, format = DateTime)]
    refresh_expires_at: Timestamp,
    /// The sign-in, as `/me/sign-ins` lists it.
    #[schema(value_type = String, example = "sgn_01h455vb4pex5vsknk084sn02q")]
    sign_in: SignInId,
    /// Who is signed in.
    user: UserView,
}

impl Tokens {
    /// The answer that shows them.
    pub(crate) fn answer(issued: Issued) -> HttpResponse {
        let Issued {
            pair,
            user,
            expires_at,
        } = issued;
        let tokens = Self {
            access_token: pair.access.reveal().to_owned(),
            token_type: "Bearer",
            expires_in: ACCESS.as_secs(),
            expires_at: pair.until,
            refresh_token: pair.refresh.reveal().to_owned(),
            refresh_expires_at: expires_at,
            sign_in: pair.sign_in.id,
            user: user.into(),
        };
        let mut response = HttpResponse::Ok();
        response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
        response.json(tokens)
    }

    /// What one looks like.
    pub(crate) fn example() -> serde_json::Value {
        serde_json::json!({
            "access_token": "kale_acc_01h455vb4pex5vsknk084sn02q_4Yd9",
            "token_type": "Bearer",
            "expires_in": 900,
            "expires_at": "2026-11-14T12:15:00Z",
            "refresh_token": "kale_ref_01h455vb4pex5vsknk084sn02q_8Jc1",
            "refresh_expires_at": "2026-11-28T12:00:00Z",
            "sign_in": "sgn_01h455vb4pex5vsknk084sn02q",
            "user": {
                "id": "usr_01h455vb4pex5vsknk084sn02q", "company": "cmp_01h455vb4pex5vsknk084sn02q",
                "email": "ada@northwind.example", "name": "Ada Okafor", "role": "retention_admin",
                "status": "active", "theme": "auto", "invited_until": null,
                "created_at": "2026-11-01T09:30:00Z", "version": 1
            }
        })
    }
}
