//! The audit log: who changed what, when, and how it was before.

pub mod chain;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{ApiKeyId, AuditEntryId, UserId};

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// A person.
    User {
        /// Who.
        id: UserId,
    },
    /// A program.
    ApiKey {
        /// Which key.
        id: ApiKeyId,
    },
    /// Kale itself: a job or the command line.
    System,
    /// What the entry said was erased, and with it who acted.
    Erased,
}

impl Actor {
    /// What it is, on the wire.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::User { .. } => "user",
            Self::ApiKey { .. } => "api_key",
            Self::System => "system",
            Self::Erased => "erased",
        }
    }

    /// Which user or key, as text.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        match self {
            Self::User { id } => Some(id.to_string()),
            Self::ApiKey { id } => Some(id.to_string()),
            Self::System | Self::Erased => None,
        }
    }

    /// The one that a filter names: by the id of a user or an API key, or `system`.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        if text == "system" {
            return Some(Self::System);
        }
        let user = text.parse().map(|id| Self::User { id });
        user.or_else(|_no_user| text.parse().map(|id| Self::ApiKey { id }))
            .ok()
    }
}

/// What was done to what. A closed list: the audit log is read by machines too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum AuditAction {
    CompanyCreated,
    CompanyChanged,
    CompanySuspended,
    CompanyResumed,
    CompanyDeleted,
    CompanyPurged,
    UserCreated,
    UserChanged,
    UserInvited,
    UserInvitedAgain,
    UserJoined,
    InvitationRevoked,
    UserDeactivated,
    UserReactivated,
    UserDeleted,
    UserLeft,
    SignedIn,
    SignedOut,
    SignInRevoked,
    SignedOutEverywhere,
    RefreshTokenReused,
    ApiKeyCreated,
    ApiKeyRevoked,
    ApiKeyRotated,
    UploadReceived,
    UploadMapped,
    UploadImported,
    UploadUndone,
    UploadCancelled,
    CustomerCreated,
    CustomerChanged,
    CustomersExported,
    PersonasChanged,
    PersonaAssigned,
    PersonasReassigned,
    ExpertsAssigned,
    JobCancelled,
    JobRetried,
    CompanyEntered,
    CompanyLeft,
    ImpersonationStarted,
    ImpersonationEnded,
    SavedViewCreated,
    SavedViewChanged,
    SavedViewDeleted,
    ReasonCreated,
    ReasonChanged,
    OfferCreated,
    OfferChanged,
    WorkflowCreated,
    WorkflowChanged,
    WorkflowEdited,
    WorkflowPublished,
    WorkflowPaused,
    WorkflowResumed,
    WorkflowArchived,
    WorkflowRolledBack,
    ViewerSettingsChanged,
    ViewerSecretCreated,
    ViewerSecretRevoked,
    FiguresCounted,
    ViewerTokenMinted,
    AuditExported,
    AuditErased,
    KeysRotated,
    OrganizationLinked,
    CompanyWithoutAdmin,
}

impl AuditAction {
    /// Its name on the wire, such as `company_changed`.
    #[must_use]
    pub fn name(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(name)) => name,
            // A variant without fields is always a text.
            _ => String::new(),
        }
    }

    /// The action of that name.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::from(text)).ok()
    }
}

/// One entry. Values in `before` and `after` are texts that are safe to show: never a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its identity.
    pub id: AuditEntryId,
    /// Who acted.
    pub actor: Actor,
    /// What was done.
    pub action: AuditAction,
    /// The id of the thing it was done to.
    pub target: String,
    /// The fields that changed, as they were.
    pub before: BTreeMap<String, String>,
    /// The fields that changed, as they are.
    pub after: BTreeMap<String, String>,
    /// The request it came with.
    pub request_id: Option<String>,
    /// The address that request came from.
    pub ip: Option<String>,
    /// What program sent it, as it calls itself.
    pub user_agent: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl AuditEntry {
    /// With the fields that differ, as they were and as they are.
    #[must_use]
    pub fn changed<Name: Into<String>>(
        mut self,
        before: impl IntoIterator<Item = (Name, String)>,
        after: impl IntoIterator<Item = (Name, String)>,
    ) -> Self {
        let named = |(name, value): (Name, String)| (name.into(), value);
        self.before = before.into_iter().map(named).collect();
        self.after = after.into_iter().map(named).collect();
        let after = &mut self.after;
        self.before.retain(|name, old| {
            let differs = after.get(name) != Some(old);
            if !differs {
                after.remove(name);
            }
            differs
        });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_is_named_by_its_id_or_as_the_system() {
        for text in ["usr_01h455vb4pex5vsknk084sn02q", "key_01h455vb4pex5vsknk084sn02q"] {
            assert_eq!(
                Actor::named(text).and_then(|actor| actor.id()).as_deref(),
                Some(text)
            );
        }
        assert_eq!(Actor::named("system"), Some(Actor::System));
        assert_eq!(Actor::System.id(), None);
        for text in ["", "erased", "cus_01h455vb4pex5vsknk084sn02q"] {
            assert_eq!(Actor::named(text), None, "{text}");
        }
    }

    #[test]
    fn an_entry_of_a_change_holds_what_differs() {
        let entry = AuditEntry {
            id: AuditEntryId::from_uuid(uuid::Uuid::nil()),
            actor: Actor::System,
            action: AuditAction::CompanyChanged,
            target: String::new(),
            before: BTreeMap::new(),
            after: BTreeMap::new(),
            request_id: None,
            ip: None,
            user_agent: None,
            at: Timestamp::UNIX_EPOCH,
        };
        let text = str::to_owned;
        let before = [("name", text("Acme")), ("zone", text("UTC")), ("gone", text("x"))];
        let after = [
            ("name", text("Globex")),
            ("zone", text("UTC")),
            ("new", text("y")),
        ];

        let entry = entry.changed(before, after);

        let pairs = |map: &BTreeMap<String, String>| map.clone().into_iter().collect::<Vec<_>>();
        assert_eq!(
            pairs(&entry.before),
            [(text("gone"), text("x")), (text("name"), text("Acme"))]
        );
        assert_eq!(
            pairs(&entry.after),
            [(text("name"), text("Globex")), (text("new"), text("y"))]
        );
    }
}
