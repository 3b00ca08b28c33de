//! What a subscriber brings along: a token that says who they are, signed by their company.
//!
//! `kale1.<payload>.<signature>`: the payload is base64url of JSON, the signature base64url of
//! `HMAC-SHA256(secret, "kale1." + payload)`, both without padding. The secret is the text as it was shown, prefix and
//! all. Whoever refuses a token says only that it opens nothing.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    customer::EXTERNAL_ID_CHARS,
    id::{CompanyId, CustomerId, WorkflowId},
    workflow::Trigger,
};

mod claims;
mod signature;

pub use self::signature::{Unverified, sign};

/// How long after its making a token may begin a session, at most.
pub const LONGEST: SignedDuration = SignedDuration::from_mins(15);
/// By how much the clock of a company's server may be ahead of ours.
pub const SKEW: SignedDuration = SignedDuration::from_secs(60);
/// The longest token, in characters.
pub const MAX_CHARS: usize = 4_096;
/// The longest address to come back to, in characters.
pub const RETURN_URL_CHARS: usize = 500;
/// The longest name of a subscription, in characters.
pub const SUBSCRIPTION_CHARS: usize = EXTERNAL_ID_CHARS;

/// Whether it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A real subscriber.
    Live,
    /// Somebody who tries: never counted, never billed.
    Test,
}

impl Mode {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }
}

/// How a token names its customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomerRef {
    /// As the company's systems do.
    ExternalId(String),
    /// By our id.
    Id(CustomerId),
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Whose subscriber.
    pub company: CompanyId,
    /// Who.
    pub customer: CustomerRef,
    /// Which of their subscriptions, as the company's systems call it.
    pub subscription: Option<String>,
    /// The workflow to walk; absent: the live one of the trigger.
    pub workflow: Option<WorkflowId>,
    /// Why they come. Never [`Trigger::Manual`], which is an expert's.
    pub trigger: Trigger,
    /// Whether it counts.
    pub mode: Mode,
    /// Where the subscriber goes afterwards.
    pub return_url: Option<String>,
    /// What they read, as the company's systems name it: `de`, `pt-BR`.
    pub locale: Option<String>,
    /// When it was made, to the second.
    pub issued_at: Timestamp,
    /// Until when it may begin a session, to the second.
    pub expires_at: Timestamp,
    /// What tells it from every other token of the company: 16 to 64 letters, digits, `-` and `_`.
    pub token_id: String,
}

impl Claims {
    /// The payload of a token that says this, as JSON.
    #[must_use]
    pub fn payload(&self) -> Vec<u8> {
        claims::write(self)
    }

    /// What a payload says; `None` where no honest writer wrote it.
    #[must_use]
    pub fn of_payload(json: &[u8]) -> Option<Self> {
        claims::read(json)
    }

    /// Whether it may begin a session now. One that it has begun it serves afterwards, too.
    #[must_use]
    pub fn may_begin(&self, now: Timestamp) -> bool {
        now.duration_since(self.issued_at) >= -SKEW && now < self.expires_at
    }
}
