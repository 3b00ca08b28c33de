//! What stands between a request and a caller.

use std::{fmt, sync::Arc};

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
    http::header,
};
use futures::{FutureExt as _, future::LocalBoxFuture};
use kale_application::access::{Caller, Callers, Provenance, Who};
use kale_config::{BaseUrl, Origin};
use kale_domain::{email::Email, secret::Token, sign_in};

use super::{
    credential::{Credential, credential},
    csrf::Csrf,
    origin::same_origin,
};
use crate::{Limits, Notes, Problem, RequestId};

/// How many characters of what a program calls itself are kept.
const AGENT: usize = 300;

/// Finds who holds a token.
pub trait Authenticate: fmt::Debug + Send + Sync {
    /// The holder; `None` where the token opens nothing.
    fn authenticate<'a>(&'a self, token: &'a str) -> LocalBoxFuture<'a, Result<Option<Who>, Problem>>;
}

impl Authenticate for Callers {
    fn authenticate<'a>(&'a self, token: &'a str) -> LocalBoxFuture<'a, Result<Option<Who>, Problem>> {
        async move { Ok(Self::authenticate(self, token).await?) }.boxed_local()
    }
}

/// Turns requests into callers, and makes the cookie that browsers come back with. Cheap to clone; installed with
/// [`configure`](crate::configure).
#[derive(Debug, Clone)]
pub struct Gate {
    authenticate: Arc<dyn Authenticate>,
    csrf: Csrf,
    limits: Limits,
    origin: Origin,
    others: Vec<Origin>,
    secure: bool,
}

impl Gate {
    /// For an installation at that address. `secure_cookies` is the settings' answer.
    #[must_use]
    pub fn new(
        authenticate: Arc<dyn Authenticate>,
        csrf: Csrf,
        limits: Limits,
        base_url: &BaseUrl,
        secure_cookies: bool,
    ) -> Self {
        Self {
            authenticate,
            csrf,
            limits,
            origin: base_url.origin().clone(),
            others: Vec::new(),
            secure: secure_cookies,
        }
    }

    /// The same, and pages of these origins may read what the API answers to a token.
    #[must_use]
    pub fn open_to(self, others: Vec<Origin>) -> Self {
        Self { others, ..self }
    }

    /// Whether the settings let pages of that origin read the API.
    pub(super) fn is_open_to(&self, origin: &str) -> bool {
        self.others.iter().any(|other| other.as_str() == origin)
    }

    /// The name of the cookie. `__Host-` makes browsers refuse one that another host or path has set.
    #[must_use]
    pub const fn cookie_name(&self) -> &'static str {
        if self.secure { "__Host-kale" } else { "kale" }
    }

    /// The cookie that keeps a sign-in.
    #[must_use]
    pub fn cookie(&self, token: &Token) -> Cookie<'static> {
        self.cookie_with(
            token.reveal().to_owned(),
            Duration::seconds(sign_in::ABSOLUTE.as_secs()),
        )
    }

    /// The cookie that removes it.
    #[must_use]
    pub fn removal_cookie(&self) -> Cookie<'static> {
        self.cookie_with(String::new(), Duration::ZERO)
    }

    fn cookie_with(&self, value: String, max_age: Duration) -> Cookie<'static> {
        Cookie::build(self.cookie_name(), value)
            .path("/")
            .http_only(true)
            .secure(self.secure)
            .same_site(SameSite::Lax)
            .max_age(max_age)
            .finish()
    }

    /// How many requests callers may send.
    #[must_use]
    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The tokens of forms.
    #[must_use]
    pub const fn csrf(&self) -> &Csrf {
        &self.csrf
    }

    /// Refuses an unsafe request that no page of this installation sent. For forms that are posted before signing in;
    /// callers' requests are checked by their extractors.
    pub fn require_same_origin(&self, request: &HttpRequest) -> Result<(), Problem> {
        if request.method().is_safe() || same_origin(request.headers(), &self.origin) {
            Ok(())
        } else {
            Err(Problem::of("cross-site"))
        }
    }

    /// Refuses whoever tries to sign in too often from one address.
    pub fn at_the_door(&self, request: &HttpRequest) -> Result<(), Problem> {
        self.limits.door(request)
    }

    /// The same, and whoever asks for too many mails to one address: answered alike whether anybody has it.
    pub fn asking(&self, request: &HttpRequest, email: &Email) -> Result<(), Problem> {
        self.limits.mail(request, email)
    }

    /// That refusal of a token that opens nothing, or that too many came from its address.
    #[must_use]
    pub fn refused(&self, request: &HttpRequest, refusal: Problem) -> Problem {
        self.limits.refused(request, refusal)
    }

    /// What the audit log keeps of a request.
    #[must_use]
    pub fn provenance(&self, request: &HttpRequest) -> Provenance {
        let agent = request.headers().get(header::USER_AGENT);
        let agent = agent.and_then(|agent| agent.to_str().ok());
        Provenance {
            request_id: RequestId::of(request).map(|id| id.as_str().to_owned()),
            ip: self.limits.address(request).map(|address| address.to_string()),
            user_agent: agent.map(|agent| agent.chars().take(AGENT).collect()),
        }
    }

    /// The caller of a request; `None` where it carries no credential at all.
    pub(super) async fn caller(&self, request: &HttpRequest) -> Result<Option<Caller>, Problem> {
        let Some(credential) = credential(request, self.cookie_name())? else {
            return Ok(None);
        };
        let found = self.authenticate.authenticate(credential.token()).await?;
        let who = found.ok_or_else(Problem::unauthenticated)?;
        let caller = Caller {
            who,
            provenance: self.provenance(request),
        };
        self.limits.caller(request, &caller)?;
        if matches!(credential, Credential::Cookie(_)) {
            self.require_intent(request, &caller)?;
        }
        if let Some(company) = caller.company() {
            note(request, company.id);
        }
        Ok(Some(caller))
    }

    /// A browser sends cookies along with requests that another site's page made it send.
    fn require_intent(&self, request: &HttpRequest, caller: &Caller) -> Result<(), Problem> {
        match self.require_same_origin(request) {
            Err(_) if self.csrf.accompanies(request, caller) => Ok(()),
            judged => judged,
        }
    }
}

fn note(request: &HttpRequest, company: kale_domain::id::CompanyId) {
    use actix_web::HttpMessage as _;

    if let Some(notes) = request.extensions().get::<Notes>() {
        notes.company(company);
    }
}
