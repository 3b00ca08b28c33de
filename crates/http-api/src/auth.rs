//! `/auth`: signing in without a password, and out.
//!
//! A link works only for whoever asked for it. Browsers that use the dashboard are known by a cookie; a client of the
//! API gets a nonce with the answer to its request for a link, and sends it back together with the token of the link.

mod link;
mod logout;
mod verify;

use jiff::Timestamp;
use kale_domain::{secret::Token, sign_in::SignIn, user::User};
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
        .service(verify::handle)
        .service(logout::handle);
}

/// A sign-in.
#[derive(Serialize, ToSchema)]
#[schema(as = AccessToken)]
pub(crate) struct SignedIn {
    /// Send it as `Authorization: Bearer`. It is shown this once.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// From when on it works no more, unless it is used before: each use moves this, up to 90 days from now.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// Who is signed in.
    user: UserView,
}

impl SignedIn {
    pub(crate) fn new(sign_in: &SignIn, token: &Token, user: User) -> Self {
        Self {
            access_token: token.reveal().to_owned(),
            token_type: "Bearer",
            expires_at: sign_in.expires_at(),
            user: user.into(),
        }
    }
}
