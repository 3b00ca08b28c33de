//! Tokens that only pages of this installation know.

use actix_web::{HttpMessage as _, HttpRequest, http::header::HeaderName};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kale_application::access::{Caller, Who};
use kale_domain::id::{SessionId, SignInId};

use crate::signing::{Purpose, Signer};

/// The header that carries the token.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-csrf-token");

/// Makes and checks the tokens. A token belongs to one sign-in, in whatever process it was made, and ends with it.
#[derive(Debug, Clone)]
pub struct Csrf(Signer);

/// The token of a form's field, found by [`know_caller`](super::know_caller).
#[derive(Debug, Clone)]
pub(super) struct FormField(pub(super) String);

impl Csrf {
    /// With that signer.
    #[must_use]
    pub const fn new(signer: Signer) -> Self {
        Self(signer)
    }

    /// The token of a caller's sign-in; `None` for a program, whose requests carry no cookie.
    #[must_use]
    pub fn token(&self, caller: &Caller) -> Option<String> {
        sign_in(caller).map(|sign_in| self.token_of(sign_in))
    }

    /// Whether that is the token of this caller's sign-in.
    #[must_use]
    pub fn check(&self, caller: &Caller, token: &str) -> bool {
        sign_in(caller).is_some_and(|sign_in| self.is_token_of(sign_in, token))
    }

    /// The token of the forms of a subscriber's session.
    #[must_use]
    pub fn token_of_session(&self, session: SessionId) -> String {
        URL_SAFE_NO_PAD.encode(self.0.sign(Purpose::Session, session.uuid().as_bytes()))
    }

    /// Whether that is the token of that session's forms.
    #[must_use]
    pub fn is_token_of_session(&self, session: SessionId, token: &str) -> bool {
        let signature = URL_SAFE_NO_PAD.decode(token);
        signature.is_ok_and(|signature| {
            let message = session.uuid();
            self.0.verify(Purpose::Session, message.as_bytes(), &signature)
        })
    }

    /// Whether the request carries the caller's token in its header or its form.
    pub(super) fn accompanies(&self, request: &HttpRequest, caller: &Caller) -> bool {
        if let Some(sent) = request.headers().get(HEADER) {
            return sent.to_str().is_ok_and(|token| self.check(caller, token));
        }
        request
            .extensions()
            .get::<FormField>()
            .is_some_and(|field| self.check(caller, &field.0))
    }

    pub(super) fn token_of(&self, sign_in: SignInId) -> String {
        URL_SAFE_NO_PAD.encode(self.0.sign(Purpose::Csrf, sign_in.uuid().as_bytes()))
    }

    pub(super) fn is_token_of(&self, sign_in: SignInId, token: &str) -> bool {
        let signature = URL_SAFE_NO_PAD.decode(token);
        signature.is_ok_and(|signature| {
            self.0
                .verify(Purpose::Csrf, sign_in.uuid().as_bytes(), &signature)
        })
    }
}

fn sign_in(caller: &Caller) -> Option<SignInId> {
    match &caller.who {
        Who::Person(presence) => Some(presence.sign_in.id),
        Who::Program(_) => None,
    }
}
