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

impl NotificationKind {
    /// The name in the store and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CtaClicked => "cta_clicked",
            Self::SessionNeedsYou => "session_needs_you",
            Self::SessionSaved => "session_saved",
            Self::SessionCancelled => "session_cancelled",
            Self::CustomerAssigned => "customer_assigned",
            Self::RiskIncreased => "risk_increased",
            Self::DataOutdated => "data_outdated",
            Self::SyncFailed => "sync_failed",
            Self::UploadFinished => "upload_finished",
            Self::Invitation => "invitation",
            Self::ChallengeCompleted => "challenge_completed",
            Self::TaskOverdue => "task_overdue",
            Self::IntegrationBroken => "integration_broken",
            Self::WeeklySummary => "weekly_summary",
            Self::Mention => "mention",
            Self::System => "system",
        }
    }

    /// The dedupe key of what is told once of that thing.
    #[must_use]
    pub fn once_of(self, thing: impl std::fmt::Display) -> String {
        format!("{}:{thing}", self.name())
    }
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
