//! Somebody else says who people are: signing in, the organizations they belong to, and what changes there.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use futures::future::BoxFuture;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::IntegrationError;

/// The future of what a provider answers.
pub type Answered<'a, T> = BoxFuture<'a, Result<T, IntegrationError>>;

/// A service that knows people and their organizations.
pub trait Identity: fmt::Debug + Send + Sync {
    /// Where a browser goes to sign in.
    fn authorization_url(&self, wish: &Authorization<'_>) -> Url;

    /// Who a code stands for, which a browser brought back. A code works once.
    fn exchange<'a>(&'a self, code: &'a str, verifier: &'a Verifier, now: Timestamp)
    -> Answered<'a, Outcome>;

    /// Goes on where [`Outcome::Choose`] asked for an organization.
    fn choose<'a>(
        &'a self,
        pending: &'a SecretString,
        organization: &'a str,
        now: Timestamp,
    ) -> Answered<'a, Session>;

    /// The same session with fresh tokens, in that organization. The refresh token works once: of two who use it at
    /// once, one is told [`IntegrationError::Rejected`] and the session may be over.
    fn refresh<'a>(
        &'a self,
        token: &'a SecretString,
        organization: Option<&'a str>,
        now: Timestamp,
    ) -> Answered<'a, Session>;

    /// Where a browser goes to end its session at the provider, too.
    fn logout_url(&self, session: &str, return_to: &Url) -> Url;

    /// Ends a session at the provider. One that is over is none: no error.
    fn revoke<'a>(&'a self, session: &'a str) -> Answered<'a, ()>;

    /// Every organization somebody belongs to.
    fn memberships<'a>(&'a self, person: &'a str) -> Answered<'a, Vec<Membership>>;

    /// One organization.
    fn organization<'a>(&'a self, id: &'a str) -> Answered<'a, Organization>;

    /// One person.
    fn person<'a>(&'a self, id: &'a str) -> Answered<'a, Person>;

    /// Has somebody invited into an organization, in that role of the provider's.
    fn invite<'a>(&'a self, email: &'a str, organization: &'a str, role: &'a str) -> Answered<'a, Invited>;

    /// The invitation of that address into that organization that waits for an answer, where there is one.
    fn invitation<'a>(&'a self, email: &'a str, organization: &'a str) -> Answered<'a, Option<Invited>>;

    /// Has an invitation mailed again; it works as long as a new one.
    fn invite_again<'a>(&'a self, invitation: &'a str) -> Answered<'a, Invited>;

    /// Takes an invitation back. One that is over is none: no error.
    fn take_back<'a>(&'a self, invitation: &'a str) -> Answered<'a, ()>;

    /// What happened after that event, oldest first; everything there is, without one.
    fn events<'a>(&'a self, after: Option<&'a str>) -> Answered<'a, Vec<Event>>;

    /// Whether a call says what the provider signed, now. It says no more than that something happened.
    fn is_genuine(&self, signature: &str, body: &[u8], now: Timestamp) -> bool;
}

/// How somebody wants to sign in.
#[derive(Debug, Clone)]
pub struct Authorization<'a> {
    /// Where they come back to.
    pub return_to: &'a Url,
    /// What they bring back, so that we know our own wish again: unguessable, and works once.
    pub state: &'a str,
    /// What the verifier that comes with the code has to fit.
    pub verifier: &'a Verifier,
    /// In which organization, where that is known.
    pub organization: Option<&'a str>,
    /// Under which address, where that is known.
    pub email: Option<&'a str>,
}

/// Proof that whoever brings a code is who asked for it (RFC 7636). It never goes through a browser.
#[derive(Debug, Clone)]
pub struct Verifier(SecretString);

impl Verifier {
    /// That one: 43 to 128 characters that nobody can guess.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// Its text.
    #[must_use]
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// What a browser may see of it: `S256`.
    #[must_use]
    pub fn challenge(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(self.reveal().as_bytes()))
    }
}

/// What came of a code.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// They are signed in.
    SignedIn(Box<Session>),
    /// They belong to several organizations and have to say which.
    Choose {
        /// What stands for them until then.
        pending: SecretString,
        /// Which there are.
        organizations: Vec<Organization>,
    },
}

/// A session at the provider, as its checked access token tells of it.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its name there.
    pub id: String,
    /// Who.
    pub person: Person,
    /// In which organization, where the provider says.
    pub organization: Option<String>,
    /// Until when the provider stands by this without being asked again.
    pub fresh_until: Timestamp,
    /// What gets the next one, once.
    pub refresh_token: SecretString,
}

/// Somebody the provider knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their name there, which never changes.
    pub id: String,
    /// Where their mail goes.
    pub email: String,
    /// Whether the provider knows that they read it.
    pub email_verified: bool,
    /// What people call them; empty where nobody said.
    pub name: String,
}

/// An organization the provider knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its name there, which never changes.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What we call it, where somebody wrote it down there.
    pub external_id: Option<String>,
}

/// That somebody belongs to an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Who.
    pub person: String,
    /// Where.
    pub organization: String,
    /// As what, in the provider's words.
    pub role: String,
    /// Whether it counts now.
    pub active: bool,
}

/// An invitation of the provider's, which it mails itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// Its name there.
    pub id: String,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// Something that happened at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its name there; where to go on from.
    pub id: String,
    /// What.
    pub what: Happening,
}

/// What may happen there that matters here. All of it is a reason to look again, not the truth itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Happening {
    /// Somebody belongs to an organization, or no longer, or as something else.
    MembershipChanged {
        /// Who.
        person: String,
        /// Where.
        organization: String,
    },
    /// Somebody is gone.
    PersonDeleted {
        /// Who.
        person: String,
    },
    /// A session was ended there.
    SessionRevoked {
        /// Which.
        session: String,
    },
    /// Something else.
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7636, appendix B.
    #[test]
    fn a_challenge_is_the_hash_of_its_verifier() {
        let verifier = Verifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(
            verifier.challenge(),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
        assert!(!format!("{verifier:?}").contains("dBjf"));
    }
}
