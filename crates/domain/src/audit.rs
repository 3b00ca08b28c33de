//! The audit log: who changed what, when, and how it was before.

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
}

/// What was done to what. A closed list: the audit log is read by machines too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum AuditAction {
    CompanyCreated,
    CompanyChanged,
    UserCreated,
    UserChanged,
    SignedIn,
    SignedOut,
    SignInRevoked,
    ApiKeyCreated,
    ApiKeyRevoked,
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
    JobCancelled,
    JobRetried,
    CompanyEntered,
    CompanyLeft,
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
    /// When.
    pub at: Timestamp,
}
