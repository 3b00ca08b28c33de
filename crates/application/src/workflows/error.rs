//! Why something about workflows could not be done.

use std::time::Duration;

use jiff::Timestamp;
use kale_domain::{
    audit::Actor,
    error::{Classify, ErrorKind, FieldError},
};
use kale_flow::{edit::EditError, problem::Problem, workflow::NotNow};
use kale_persistence::StoreError;

use crate::{offers::OfferError, reasons::ReasonError, templates::TemplateError};

/// One variant per thing a caller does differently.
#[derive(Debug, thiserror::Error)]
pub enum WorkflowError {
    /// The values break a rule.
    #[error("the workflow can't be kept so")]
    Invalid(Vec<FieldError>),
    /// The company has no such workflow, or it has no such version.
    #[error("there is no such workflow")]
    NotFound,
    /// It is in no state for that.
    #[error(transparent)]
    NotNow(#[from] NotNow),
    /// The edit was refused; nothing changed.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// Others changed the same cards since the caller read them; nothing changed.
    #[error("{}", met(.0))]
    Met(Vec<Meeting>),
    /// The caller has nothing to undo or redo.
    #[error("you have nothing to {0} here")]
    NoStep(&'static str),
    /// The checks found errors.
    #[error("{}", not_publishable(.0))]
    NotPublishable(Vec<Problem>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The built-in content can't be read: ours to mend.
    #[error(transparent)]
    Defaults(#[from] kale_flow::defaults::DefaultsError),
    /// The checks broke down: ours to mend.
    #[error("the checks broke down")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl WorkflowError {
    /// Whether somebody else was faster, so that trying again may do.
    pub(super) const fn is_lost_race(&self) -> bool {
        matches!(self, Self::Store(StoreError::Stale | StoreError::Duplicate))
    }
}

/// An edit of somebody that a caller did not know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// Who made it.
    pub by: Actor,
    /// What people call them.
    pub name: String,
    /// What was done: `update_card`.
    pub op: String,
    /// The revision it made.
    pub revision: u64,
    /// When.
    pub at: Timestamp,
}

fn met(meetings: &[Meeting]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for meeting in meetings {
        if !names.contains(&meeting.name.as_str()) {
            names.push(&meeting.name);
        }
    }
    if names.is_empty() {
        return "what you read is too old; read it again".to_owned();
    }
    format!(
        "{} changed the same cards in between; read them again",
        names.join(", ")
    )
}

fn not_publishable(problems: &[Problem]) -> String {
    let errors = problems.iter().filter(|problem| problem.is_error()).count();
    format!(
        "{errors} problem{} in the way of publishing",
        if errors == 1 { " is" } else { "s are" }
    )
}

impl From<ReasonError> for WorkflowError {
    fn from(error: ReasonError) -> Self {
        match error {
            ReasonError::Store(error) => Self::Store(error),
            ReasonError::Defaults(error) => Self::Defaults(error),
            other => Self::Broken(other.into()),
        }
    }
}

impl From<OfferError> for WorkflowError {
    fn from(error: OfferError) -> Self {
        match error {
            OfferError::Store(error) => Self::Store(error),
            other => Self::Broken(other.into()),
        }
    }
}

impl From<TemplateError> for WorkflowError {
    fn from(error: TemplateError) -> Self {
        match error {
            TemplateError::Defaults(error) => Self::Defaults(error),
            TemplateError::NotFound => {
                let message = "there is no such template; `GET /templates` lists them";
                Self::Invalid(vec![FieldError::new("#/template", "unknown-template", message)])
            }
        }
    }
}

impl Classify for WorkflowError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(_) | Self::NotPublishable(_) => ErrorKind::Invalid,
            Self::NotFound => ErrorKind::NotFound,
            Self::NotNow(error) => error.kind(),
            Self::Edit(error) => error.kind(),
            Self::Met(_) => ErrorKind::Stale,
            Self::NoStep(_) => ErrorKind::Conflict,
            Self::Store(error) => error.kind(),
            Self::Defaults(_) | Self::Broken(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "validation",
            Self::NotPublishable(_) => "not-publishable",
            Self::NotFound => "not-found",
            Self::NotNow(error) => error.code(),
            Self::Edit(error) => error.code(),
            Self::Met(_) => "tree-changed",
            Self::NoStep(_) => "nothing-to-take-back",
            Self::Store(error) => error.code(),
            Self::Defaults(_) | Self::Broken(_) => "internal",
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid(wrong) => wrong.clone(),
            Self::Edit(error) => error.fields(),
            Self::NotPublishable(problems) => {
                let errors = problems.iter().filter(|problem| problem.is_error());
                errors.map(|problem| problem.field.clone()).collect()
            }
            Self::Met(meetings) => meetings
                .iter()
                .map(|met| {
                    let message = format!("{}: {}, revision {}, {}", met.name, met.op, met.revision, met.at);
                    FieldError::new("#/base", "changed-by-other", message)
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Store(error) => error.retry_after(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meeting_says_who_it_was() {
        let meeting = |name: &str, revision| Meeting {
            by: Actor::System,
            name: name.to_owned(),
            op: "update_card".to_owned(),
            revision,
            at: Timestamp::UNIX_EPOCH,
        };
        let error = WorkflowError::Met(vec![meeting("Ada", 8), meeting("Ada", 7), meeting("Ben", 6)]);
        assert_eq!(
            error.to_string(),
            "Ada, Ben changed the same cards in between; read them again"
        );
        assert_eq!((error.code(), error.kind()), ("tree-changed", ErrorKind::Stale));
        assert_eq!(
            error.fields()[0].message,
            "Ada: update_card, revision 8, 1970-01-01T00:00:00Z"
        );
    }
}
