//! A company's workflow: what it is beside its cards, and the states it goes through.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
pub use kale_domain::workflow::Trigger;
use kale_domain::{
    audit::Actor,
    error::{Classify, ErrorKind},
    id::{CardId, WorkflowId},
};
use serde::{Deserialize, Serialize};

use crate::{text::Locale, tree::CardTree};

/// A workflow without its cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workflow {
    /// Its identity.
    pub id: WorkflowId,
    /// What staff call it.
    pub name: String,
    /// What starts a session of it.
    pub trigger: Trigger,
    /// Where it stands.
    pub state: WorkflowState,
    /// What it is checked against.
    pub demands: Demands,
    /// What it was made from.
    pub origin: Option<Source>,
    /// The revision its draft is at; grows by one with every edit.
    pub revision: u64,
    /// Who edited the draft last.
    pub edited: Option<LastEdit>,
    /// The number of its newest version; 0 while nothing was published.
    pub latest: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When anything of it changed last.
    pub updated_at: Timestamp,
    /// Grows by one with every change of anything but the draft.
    pub version: u64,
}

/// Who edited last, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastEdit {
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// What a workflow has to be before it may be published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demands {
    /// The language that has to be complete.
    pub default_locale: Locale,
    /// The other languages, whose gaps are listed.
    pub locales: BTreeSet<Locale>,
    /// The keys of the exit profiles that have to hold beside `base`.
    pub exit_profiles: BTreeSet<String>,
}

impl Default for Demands {
    fn default() -> Self {
        Self {
            default_locale: Locale::english(),
            locales: BTreeSet::new(),
            exit_profiles: BTreeSet::new(),
        }
    }
}

/// A workflow with its cards, as they are edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The workflow.
    pub workflow: Workflow,
    /// Its cards, at the workflow's revision.
    pub tree: CardTree,
    /// The card of the template that a card comes from, for figures by template; also through copies of workflows.
    pub origins: BTreeMap<CardId, CardId>,
}

/// What a workflow was made from: a template, or another workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// A template that comes with the product.
    Template {
        /// Its immutable name.
        key: String,
    },
    /// The draft of another workflow.
    Workflow {
        /// Which.
        id: WorkflowId,
    },
}

/// Where a workflow stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WorkflowState {
    /// Never published.
    Draft,
    /// Sessions start with this version.
    Live {
        /// Its number.
        version: u32,
    },
    /// No session starts; those under way go on.
    Paused {
        /// The version that resuming brings back.
        version: u32,
    },
    /// Over, for good.
    Archived {
        /// The version that was live or paused before.
        version: Option<u32>,
    },
}

/// The workflow is in no state for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the workflow is {is}; {needs}")]
pub struct NotNow {
    /// Where it stands.
    pub is: &'static str,
    /// What would have to be.
    pub needs: &'static str,
}

impl Classify for NotNow {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Conflict
    }

    fn code(&self) -> &'static str {
        "wrong-state"
    }
}

impl WorkflowState {
    /// The names on the wire.
    pub const NAMES: [&str; 4] = ["draft", "live", "paused", "archived"];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Live { .. } => "live",
            Self::Paused { .. } => "paused",
            Self::Archived { .. } => "archived",
        }
    }

    /// The version it speaks of: live, to be resumed, or live before the end.
    #[must_use]
    pub const fn version(self) -> Option<u32> {
        match self {
            Self::Draft => None,
            Self::Live { version } | Self::Paused { version } => Some(version),
            Self::Archived { version } => version,
        }
    }

    /// After that version was published.
    pub const fn published(self, version: u32) -> Result<Self, NotNow> {
        match self {
            Self::Draft | Self::Live { .. } | Self::Paused { .. } => Ok(Self::Live { version }),
            Self::Archived { .. } => Err(self.not_now("only one that is not archived can be published")),
        }
    }

    /// After pausing.
    pub const fn paused(self) -> Result<Self, NotNow> {
        match self {
            Self::Live { version } => Ok(Self::Paused { version }),
            _ => Err(self.not_now("only one that is live can be paused")),
        }
    }

    /// After resuming.
    pub const fn resumed(self) -> Result<Self, NotNow> {
        match self {
            Self::Paused { version } => Ok(Self::Live { version }),
            _ => Err(self.not_now("only one that is paused can be resumed")),
        }
    }

    /// After archiving.
    pub const fn archived(self) -> Result<Self, NotNow> {
        match self {
            Self::Archived { .. } => Err(self.not_now("it can't be archived twice")),
            _ => Ok(Self::Archived {
                version: self.version(),
            }),
        }
    }

    /// Whether its draft may be edited and its settings changed.
    pub const fn editable(self) -> Result<(), NotNow> {
        match self {
            Self::Archived { .. } => {
                Err(self.not_now("only one that is not archived can be changed; make a copy of it"))
            }
            _ => Ok(()),
        }
    }

    const fn not_now(self, needs: &'static str) -> NotNow {
        NotNow {
            is: self.name(),
            needs,
        }
    }
}

/// What was published: immutable, numbered from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Of which workflow.
    pub workflow: WorkflowId,
    /// Its number.
    pub number: u32,
    /// The cards.
    pub tree: CardTree,
    /// What it was checked against.
    pub demands: Demands,
    /// How many offers one walk may show.
    pub offers_allowed: usize,
    /// Who published it.
    pub by: Actor,
    /// Why, in their words.
    pub note: Option<String>,
    /// The older version whose cards it has again, where it was rolled back to one.
    pub again: Option<u32>,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workflow_goes_only_the_ways_there_are() {
        let live = WorkflowState::Draft.published(1).unwrap();
        let paused = live.paused().unwrap();
        assert_eq!(paused.resumed(), Ok(live));
        assert_eq!(
            paused.published(2).unwrap().version(),
            Some(2),
            "publishing resumes"
        );
        let over = paused.archived().unwrap();
        assert_eq!(over, WorkflowState::Archived { version: Some(1) });
        for refused in [
            over.published(2).unwrap_err(),
            over.archived().unwrap_err(),
            over.resumed().unwrap_err(),
            over.editable().unwrap_err(),
        ] {
            assert_eq!(refused.is, "archived");
        }
        for refused in [
            WorkflowState::Draft.paused(),
            paused.paused(),
            live.resumed(),
            WorkflowState::Draft.resumed(),
        ] {
            assert_eq!(refused.unwrap_err().code(), "wrong-state");
        }
    }

    #[test]
    fn a_state_is_stored_under_its_name() {
        for state in [
            WorkflowState::Draft,
            WorkflowState::Live { version: 3 },
            WorkflowState::Paused { version: 3 },
            WorkflowState::Archived { version: None },
        ] {
            let written = serde_json::to_value(state).unwrap();
            assert_eq!(written["kind"], state.name());
            assert!(WorkflowState::NAMES.contains(&state.name()));
            assert_eq!(serde_json::from_value::<WorkflowState>(written).unwrap(), state);
        }
    }
}
