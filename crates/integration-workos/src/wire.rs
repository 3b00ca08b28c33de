//! What WorkOS writes. Only what is read stands here, and what may be missing may be missing.

use std::time::Duration;

use jiff::Timestamp;
use kale_http_client::Answer;
use kale_integrations::{
    IntegrationError,
    identity::{self, Happening, Invited, Outcome},
};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

/// The events that are asked for.
pub(crate) const EVENTS: [&str; 8] = [
    "organization_membership.created",
    "organization_membership.updated",
    "organization_membership.deleted",
    "invitation.accepted",
    "session.revoked",
    "user.created",
    "user.updated",
    "user.deleted",
];

/// How long is waited where a refusal does not say.
const PAUSE: Duration = Duration::from_secs(10);

#[derive(Debug, Deserialize)]
pub(crate) struct Authenticated {
    pub(crate) user: User,
    #[serde(default)]
    pub(crate) organization_id: Option<String>,
    pub(crate) access_token: SecretString,
    pub(crate) refresh_token: SecretString,
}

#[derive(Debug, Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    email: String,
    #[serde(default)]
    email_verified: bool,
    #[serde(default)]
    first_name: Option<String>,
    #[serde(default)]
    last_name: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Organization {
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    external_id: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Membership {
    user_id: String,
    organization_id: String,
    #[serde(default)]
    status: String,
    role: Role,
}

#[derive(Debug, Deserialize)]
struct Role {
    slug: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Invitation {
    id: String,
    expires_at: Timestamp,
    /// `pending`, `accepted`, `expired` or `revoked`.
    #[serde(default)]
    pub(crate) state: String,
}

impl From<Invitation> for Invited {
    fn from(invitation: Invitation) -> Self {
        Self {
            id: invitation.id,
            expires_at: invitation.expires_at,
        }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    id: String,
    #[serde(rename = "event")]
    name: String,
    #[serde(default)]
    data: Value,
}

#[derive(Debug, Deserialize)]
pub(crate) struct List<T> {
    pub(crate) data: Vec<T>,
    #[serde(default)]
    pub(crate) list_metadata: Metadata,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Metadata {
    #[serde(default)]
    pub(crate) after: Option<String>,
}

/// A refusal in either of its two spellings.
#[derive(Debug, Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    pending_authentication_token: Option<SecretString>,
    #[serde(default)]
    organizations: Vec<Organization>,
}

impl Refusal {
    fn of(answer: &Answer) -> Self {
        answer.json().unwrap_or_default()
    }

    /// The code, as long as codes are.
    fn code(self) -> String {
        let code = self.code.or(self.error).unwrap_or_default();
        let fits = !code.is_empty()
            && code.len() <= 64
            && code
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
        if fits { code } else { "unknown".to_owned() }
    }
}

/// What a status other than a success means.
pub(crate) fn refusal(answer: &Answer) -> IntegrationError {
    match answer.status() {
        401 => IntegrationError::Unauthorized,
        404 => IntegrationError::NotFound,
        429 => IntegrationError::RateLimited {
            retry_after: answer.retry_after().unwrap_or(PAUSE),
        },
        408 | 500.. => IntegrationError::Ambiguous,
        _ => IntegrationError::Rejected {
            code: Refusal::of(answer).code(),
        },
    }
}

/// The organizations to choose from, where that is what is wanted.
pub(crate) fn choice(answer: &Answer) -> Option<Outcome> {
    if answer.status() != 403 {
        return None;
    }
    let mut refusal = Refusal::of(answer);
    let pending = refusal.pending_authentication_token.take()?;
    let organizations = std::mem::take(&mut refusal.organizations);
    (refusal.code() == "organization_selection_required").then(|| Outcome::Choose {
        pending,
        organizations: organizations.into_iter().map(Into::into).collect(),
    })
}

impl From<User> for identity::Person {
    fn from(user: User) -> Self {
        let names = [user.first_name, user.last_name];
        let names: Vec<String> = names.into_iter().flatten().collect();
        Self {
            id: user.id,
            email: user.email,
            email_verified: user.email_verified,
            name: names.join(" ").trim().to_owned(),
        }
    }
}

impl From<Organization> for identity::Organization {
    fn from(organization: Organization) -> Self {
        Self {
            id: organization.id,
            name: organization.name,
            external_id: organization.external_id,
        }
    }
}

impl From<Membership> for identity::Membership {
    fn from(membership: Membership) -> Self {
        Self {
            person: membership.user_id,
            organization: membership.organization_id,
            role: membership.role.slug,
            active: membership.status == "active",
        }
    }
}

impl From<Event> for identity::Event {
    fn from(event: Event) -> Self {
        let text = |name: &str| {
            let value = event.data.get(name)?.as_str()?;
            Some(value.to_owned())
        };
        let what = match event.name.as_str() {
            "organization_membership.created"
            | "organization_membership.updated"
            | "organization_membership.deleted" => text("user_id")
                .zip(text("organization_id"))
                .map(|(person, organization)| Happening::MembershipChanged { person, organization }),
            "user.deleted" => text("id").map(|person| Happening::PersonDeleted { person }),
            "session.revoked" => text("id").map(|session| Happening::SessionRevoked { session }),
            _ => None,
        };
        Self {
            id: event.id,
            what: what.unwrap_or(Happening::Other),
        }
    }
}
