//! WorkOS: who people are, the organizations they belong to, and what changes there.
//!
//! Written against the HTTP API as its reference of November 2026 describes it, and tried against its emulator
//! (`npx workos emulate` of npm's `workos` 0.14). What is known to differ there:
//!
//! - somebody with one membership is signed in without an organization; [`Identity::memberships`] says which;
//! - a refused refresh token is answered `{code, message}`, at WorkOS itself `{error, error_description}`: both are read;
//! - a refreshed token names another session than the one before it;
//! - its webhooks are stamped in seconds, which nobody's official library accepts either.
//!
//! The audience of an access token is not dependable, so that a token is bound to us by the keys, which are this
//! client's own, by its issuer, and by the client where it names one.

mod keys;
mod webhook;
mod wire;

use std::{fmt, num::NonZeroU32, sync::Arc};

use futures::FutureExt as _;
use jiff::Timestamp;
use kale_http_client::{Answer, Client, Destinations, Method, Request, Steady, Url};
use kale_integrations::{
    Identity, IntegrationError,
    identity::{
        Answered, Authorization, Event, Invited, Membership, Organization, Outcome, Person, Session, Verifier,
    },
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use self::keys::Keys;

/// WorkOS lets one API key ask 6,000 times a minute; this process takes half of it.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(50).unwrap();
/// How many things one page of a list has.
const PAGE: &str = "100";
/// How many pages of memberships are read; nobody belongs to more organizations.
const PAGES: usize = 20;

/// What this installation is to WorkOS.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the API is: `https://api.workos.com`, or an emulator on this machine.
    pub base_url: Url,
    /// The client: `client_…`.
    pub client_id: String,
    /// The secret of that client: `sk_…`.
    pub api_key: SecretString,
    /// What webhooks are signed with; two while one takes the other's place, none where none are taken.
    pub webhook_secrets: Vec<SecretString>,
}

/// WorkOS. Cheap to clone.
#[derive(Clone)]
pub struct WorkOs {
    settings: Arc<Settings>,
    client: Client,
    keys: Arc<Keys>,
}

impl WorkOs {
    /// That account. Nothing is connected yet.
    pub fn new(settings: Settings) -> Result<Self, IntegrationError> {
        // Only whoever runs the installation names this address.
        let here = settings.base_url.scheme() == "http";
        let destinations = if here {
            Destinations::PublicAndLoopback
        } else {
            Destinations::Public
        };
        let Ok(client) = Client::new(destinations, Arc::new(Steady::per_second(PER_SECOND))) else {
            return Err(IntegrationError::Unsupported { capability: "TLS" });
        };
        let mut keys_at = settings.base_url.clone();
        keys_at.set_path(&format!("/sso/jwks/{}", settings.client_id));
        let issuers = keys::issuers(&settings.base_url, &settings.client_id);
        let keys = Keys::new(client.clone(), keys_at, issuers, settings.client_id.clone());
        Ok(Self {
            settings: Arc::new(settings),
            client,
            keys: Arc::new(keys),
        })
    }

    fn at<const N: usize>(&self, path: &[&str], query: [(&str, Option<&str>); N]) -> Url {
        let mut url = self.settings.base_url.clone();
        // Ids are segments, whatever is in them. A base that can't be one is refused by the settings.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.clear().extend(path);
        }
        for (name, value) in query {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        url
    }

    async fn ask(&self, request: Request) -> Result<Answer, IntegrationError> {
        let request = request.bearer(self.settings.api_key.expose_secret());
        Ok(self.client.ask(&request).await?)
    }

    async fn read<T: DeserializeOwned>(&self, request: Request) -> Result<T, IntegrationError> {
        let answer = self.ask(request).await?;
        if !answer.is_success() {
            return Err(wire::refusal(&answer));
        }
        read(&answer)
    }

    /// Tokens for whatever stands for somebody. It is asked once: what is spent can't be spent again.
    async fn authenticate(&self, mut grant: Value) -> Result<Answer, IntegrationError> {
        if let Value::Object(fields) = &mut grant {
            fields.insert("client_id".to_owned(), self.settings.client_id.clone().into());
            let secret = self.settings.api_key.expose_secret();
            fields.insert("client_secret".to_owned(), secret.into());
        }
        let url = self.at(&["user_management", "authenticate"], []);
        self.ask(posted(url, &grant)?).await
    }

    /// The session of an answer, once its access token is checked.
    async fn session(&self, answer: &Answer, now: Timestamp) -> Result<Session, IntegrationError> {
        if !answer.is_success() {
            return Err(wire::refusal(answer));
        }
        let given: wire::Authenticated = read(answer)?;
        let claims = self.keys.check(given.access_token.expose_secret(), now).await?;
        if claims.sub != given.user.id {
            tracing::error!("WorkOS answered with somebody else's token");
            return Err(rejected("wrong_subject"));
        }
        Ok(Session {
            fresh_until: claims.expires_at(),
            id: claims.sid,
            person: given.user.into(),
            organization: given.organization_id.or(claims.org_id),
            refresh_token: given.refresh_token,
        })
    }
}

impl Identity for WorkOs {
    fn authorization_url(&self, wish: &Authorization<'_>) -> Url {
        let challenge = wish.verifier.challenge();
        self.at(
            &["user_management", "authorize"],
            [
                ("response_type", Some("code")),
                ("client_id", Some(&self.settings.client_id)),
                ("redirect_uri", Some(wish.return_to.as_str())),
                ("provider", Some("authkit")),
                ("state", Some(wish.state)),
                ("code_challenge", Some(&challenge)),
                ("code_challenge_method", Some("S256")),
                ("organization_id", wish.organization),
                ("login_hint", wish.email),
            ],
        )
    }

    fn exchange<'a>(
        &'a self,
        code: &'a str,
        verifier: &'a Verifier,
        now: Timestamp,
    ) -> Answered<'a, Outcome> {
        async move {
            let grant = json!({
                "grant_type": "authorization_code",
                "code": code,
                "code_verifier": verifier.reveal(),
            });
            let answer = self.authenticate(grant).await?;
            if let Some(choice) = wire::choice(&answer) {
                return Ok(choice);
            }
            let session = self.session(&answer, now).await?;
            Ok(Outcome::SignedIn(Box::new(session)))
        }
        .boxed()
    }

    fn choose<'a>(
        &'a self,
        pending: &'a SecretString,
        organization: &'a str,
        now: Timestamp,
    ) -> Answered<'a, Session> {
        async move {
            let grant = json!({
                "grant_type": "urn:workos:oauth:grant-type:organization-selection",
                "pending_authentication_token": pending.expose_secret(),
                "organization_id": organization,
            });
            let answer = self.authenticate(grant).await?;
            self.session(&answer, now).await
        }
        .boxed()
    }

    fn refresh<'a>(
        &'a self,
        token: &'a SecretString,
        organization: Option<&'a str>,
        now: Timestamp,
    ) -> Answered<'a, Session> {
        async move {
            let mut grant = json!({
                "grant_type": "refresh_token",
                "refresh_token": token.expose_secret(),
            });
            if let (Value::Object(fields), Some(organization)) = (&mut grant, organization) {
                fields.insert("organization_id".to_owned(), organization.into());
            }
            let answer = self.authenticate(grant).await?;
            self.session(&answer, now).await
        }
        .boxed()
    }

    fn logout_url(&self, session: &str, return_to: &Url) -> Url {
        self.at(
            &["user_management", "sessions", "logout"],
            [
                ("session_id", Some(session)),
                ("return_to", Some(return_to.as_str())),
            ],
        )
    }

    fn revoke<'a>(&'a self, session: &'a str) -> Answered<'a, ()> {
        async move {
            let url = self.at(&["user_management", "sessions", "revoke"], []);
            // To end what is over is the same as to end it.
            let request = posted(url, &json!({ "session_id": session }))?.repeatable();
            let answer = self.ask(request).await?;
            match wire::refusal(&answer) {
                _ if answer.is_success() => Ok(()),
                IntegrationError::NotFound => Ok(()),
                refused => Err(refused),
            }
        }
        .boxed()
    }

    fn memberships<'a>(&'a self, person: &'a str) -> Answered<'a, Vec<Membership>> {
        async move {
            let mut found = Vec::new();
            let mut after: Option<String> = None;
            for _page in 0..PAGES {
                let url = self.at(
                    &["user_management", "organization_memberships"],
                    [
                        ("user_id", Some(person)),
                        ("limit", Some(PAGE)),
                        ("after", after.as_deref()),
                    ],
                );
                let page: wire::List<wire::Membership> = self.read(Request::get(url)).await?;
                found.extend(page.data.into_iter().map(Membership::from));
                after = page.list_metadata.after;
                if after.is_none() {
                    return Ok(found);
                }
            }
            Ok(found)
        }
        .boxed()
    }

    fn organization<'a>(&'a self, id: &'a str) -> Answered<'a, Organization> {
        async move {
            let url = self.at(&["organizations", id], []);
            let found: wire::Organization = self.read(Request::get(url)).await?;
            Ok(found.into())
        }
        .boxed()
    }

    fn person<'a>(&'a self, id: &'a str) -> Answered<'a, Person> {
        async move {
            let url = self.at(&["user_management", "users", id], []);
            let found: wire::User = self.read(Request::get(url)).await?;
            Ok(found.into())
        }
        .boxed()
    }

    fn invite<'a>(&'a self, email: &'a str, organization: &'a str, role: &'a str) -> Answered<'a, Invited> {
        async move {
            let url = self.at(&["user_management", "invitations"], []);
            let wish = json!({ "email": email, "organization_id": organization, "role_slug": role });
            let made: wire::Invitation = self.read(posted(url, &wish)?).await?;
            Ok(made.into())
        }
        .boxed()
    }

    fn invitation<'a>(&'a self, email: &'a str, organization: &'a str) -> Answered<'a, Option<Invited>> {
        async move {
            let url = self.at(
                &["user_management", "invitations"],
                [
                    ("email", Some(email)),
                    ("organization_id", Some(organization)),
                    ("limit", Some(PAGE)),
                ],
            );
            let page: wire::List<wire::Invitation> = self.read(Request::get(url)).await?;
            let pending = page.data.into_iter().find(|one| one.state == "pending");
            Ok(pending.map(Invited::from))
        }
        .boxed()
    }

    fn invite_again<'a>(&'a self, invitation: &'a str) -> Answered<'a, Invited> {
        async move {
            let url = self.at(&["user_management", "invitations", invitation, "resend"], []);
            let again: wire::Invitation = self.read(posted(url, &json!({}))?).await?;
            Ok(again.into())
        }
        .boxed()
    }

    fn take_back<'a>(&'a self, invitation: &'a str) -> Answered<'a, ()> {
        async move {
            let url = self.at(&["user_management", "invitations", invitation, "revoke"], []);
            // To take back what was taken back or answered is the same as to take it back.
            let answer = self.ask(posted(url, &json!({}))?.repeatable()).await?;
            match wire::refusal(&answer) {
                _ if answer.is_success() => Ok(()),
                IntegrationError::NotFound | IntegrationError::Rejected { .. } => Ok(()),
                refused => Err(refused),
            }
        }
        .boxed()
    }

    fn events<'a>(&'a self, after: Option<&'a str>) -> Answered<'a, Vec<Event>> {
        async move {
            let mut url = self.at(
                &["events"],
                [("limit", Some(PAGE)), ("order", Some("asc")), ("after", after)],
            );
            for name in wire::EVENTS {
                url.query_pairs_mut().append_pair("events[]", name);
            }
            let page: wire::List<wire::Event> = self.read(Request::get(url)).await?;
            Ok(page.data.into_iter().map(Event::from).collect())
        }
        .boxed()
    }

    fn is_genuine(&self, signature: &str, body: &[u8], now: Timestamp) -> bool {
        let secrets = self.settings.webhook_secrets.iter();
        webhook::is_genuine(secrets.map(ExposeSecret::expose_secret), signature, body, now)
    }
}

impl fmt::Debug for WorkOs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkOs")
            .field("base_url", &self.settings.base_url.as_str())
            .field("client_id", &self.settings.client_id)
            .finish_non_exhaustive()
    }
}

fn posted(url: Url, body: &Value) -> Result<Request, IntegrationError> {
    match Request::new(Method::POST, url).json(body) {
        Ok(request) => Ok(request),
        Err(_holds_only_texts) => Err(rejected("unwritable")),
    }
}

/// What a yes says. One that can't be read is a yes all the same: what was asked for has happened.
fn read<T: for<'a> Deserialize<'a>>(answer: &Answer) -> Result<T, IntegrationError> {
    answer.json().map_err(|error| {
        let (line, column) = (error.line(), error.column());
        tracing::error!(
            status = answer.status(),
            line,
            column,
            "an answer of WorkOS can't be read"
        );
        IntegrationError::Ambiguous
    })
}

fn rejected(code: &str) -> IntegrationError {
    IntegrationError::Rejected {
        code: code.to_owned(),
    }
}

#[cfg(test)]
mod tests;
