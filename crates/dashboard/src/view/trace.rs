//! Why a customer has a persona: the rule with its verdicts, as a tree.

use askama::Template;

use super::parts::PersonaTag;

/// What a part of a rule says about the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// True.
    Yes,
    /// Not true.
    No,
    /// A value is missing, so nobody knows; unknown never matches.
    Unknown,
}

impl Verdict {
    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Yes => "Yes",
            Self::No => "No",
            Self::Unknown => "Unknown",
        }
    }

    /// The icon.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Yes => "check",
            Self::No => "x",
            Self::Unknown => "minus",
        }
    }

    /// The CSS class.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

/// A part of the rule. A group has children; a condition has the value it saw.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/trace_node.html")]
pub struct TraceNode {
    /// What it says.
    pub verdict: Verdict,
    /// The part in words: `All of these`, `Contract is Month-to-month`.
    pub text: String,
    /// The value it saw: `Two year`; empty for groups and unknown values.
    pub value: String,
    /// Where and when the value came from: `telco_customers.csv, 22 Nov 2026`; empty for groups.
    pub source: String,
    /// The parts of a group.
    pub children: Vec<TraceNode>,
}

/// How one persona was judged for the customer.
#[derive(Debug)]
pub struct Judged {
    /// Which.
    pub persona: PersonaTag,
    /// The verdict of its rule.
    pub verdict: Verdict,
    /// Whether it is the one the customer has.
    pub chosen: bool,
    /// The rule in one sentence.
    pub sentence: String,
    /// The rule with its verdicts.
    pub trace: TraceNode,
}

/// Why the customer has its persona.
#[derive(Debug)]
pub struct Why {
    /// One sentence: `The first rule that matches is “New on a monthly plan”.`
    pub summary: String,
    /// The smallest change that would lead elsewhere; empty where there is none.
    pub nearest_flip: String,
    /// The configuration it was judged by: `Version 4, judged 22 Nov 2026, 14:05`.
    pub judged_by: String,
    /// Every enabled persona in the order of priority.
    pub personas: Vec<Judged>,
}
