//! What a user should know.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{NotificationId, UserId};

/// What a notification is about. A closed list: preferences are kept by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum NotificationKind {
    CtaClicked,
    SessionNeedsYou,
    SessionSaved,
    SessionCancelled,
    CustomerAssigned,
    RiskIncreased,
    DataOutdated,
    SyncFailed,
    UploadFinished,
    Invitation,
    ChallengeCompleted,
    TaskOverdue,
    IntegrationBroken,
    WeeklySummary,
    Mention,
    System,
}

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Worth a look today.
    Warning,
    /// Something is broken until somebody acts.
    Critical,
}

/// A notification of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Its identity; sorts by time.
    pub id: NotificationId,
    /// Who should know.
    pub user: UserId,
    /// What it is about.
    pub kind: NotificationKind,
    /// How much it matters.
    pub severity: Severity,
    /// In one line.
    pub title: String,
    /// What happened, with its figures; empty where the title says all.
    pub body: String,
    /// The dashboard's page where it can be seen, a path such as `/data/upl_…`.
    pub link: String,
    /// What happened once is told once: a second notification of the same key to the same user is none.
    pub dedupe_key: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the user read it.
    pub read_at: Option<Timestamp>,
}
