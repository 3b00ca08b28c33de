//! Walks of subscribers: the list, and one of them again.

use askama::Template;

use super::{
    customer::Fact,
    form::Select,
    parts::{Chip, Empty, Link, Pager},
    shell::Shell,
    workflows::KindLook,
};

/// One session.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// The id: `ses_…`.
    pub id: String,
    /// Who walked.
    pub customer: String,
    /// What they walked: `Leaving, version 3`.
    pub workflow: String,
    /// Where: `Hosted page`.
    pub channel: &'static str,
    /// What they paid a month when it began; empty where nobody knows.
    pub at_stake: String,
    /// How it stands, and whether it is a test.
    pub chips: Vec<Chip>,
    /// When it began.
    pub started: String,
}

/// The sessions.
#[derive(Debug, Template)]
#[template(path = "sessions.html", blocks = ["list"])]
pub struct SessionsPage {
    /// What stands around it.
    pub shell: Shell,
    /// The field `workflow`.
    pub workflow: Select,
    /// The field `state`.
    pub state: Select,
    /// The field `mode`.
    pub mode: Select,
    /// The customer it is narrowed to: `cus_…`; empty for none.
    pub customer: String,
    /// What they are called.
    pub about: String,
    /// The sessions, newest first.
    pub sessions: Vec<SessionRow>,
    /// What stands in place of sessions.
    pub empty: Empty,
    /// Older ones.
    pub pager: Pager,
    /// The address without filters; empty where there are none.
    pub clear: String,
}

/// Something of a way that was walked.
#[derive(Debug)]
pub enum Moment {
    /// A card was shown.
    Card(Box<PassedCard>),
    /// Something else happened.
    Note {
        /// The icon.
        icon: &'static str,
        /// What: `Came back`.
        text: String,
        /// When.
        at: String,
    },
}

/// A card that was shown.
#[derive(Debug)]
pub struct PassedCard {
    /// What it is.
    pub look: KindLook,
    /// How it came and how long it stood: `after 20 s, for 1 min 2 s`.
    pub note: String,
    /// What it said first.
    pub title: String,
    /// What it held.
    pub parts: Vec<PassedPart>,
    /// What was decided on it, where something is decided.
    pub decision: Option<Chip>,
    /// Whether the walker came to it by going back.
    pub is_return: bool,
}

/// A piece of a card.
#[derive(Debug)]
pub enum PassedPart {
    /// A heading.
    Heading(String),
    /// Lines of text.
    Text(Vec<String>),
    /// A question with options.
    Options {
        /// What was asked.
        label: String,
        /// What could be chosen.
        options: Vec<PassedOption>,
    },
    /// A question, and the answer; empty for none.
    Answer {
        /// What was asked.
        label: String,
        /// What was answered.
        answer: String,
    },
    /// An offer, by its name or kind.
    Offer(String),
}

/// An option of a question.
#[derive(Debug)]
pub struct PassedOption {
    /// What it says.
    pub text: String,
    /// Whether it was chosen.
    pub chosen: bool,
}

/// What a session came to.
#[derive(Debug)]
pub struct PassedReceipt {
    /// Its number.
    pub number: String,
    /// Each thing that was decided.
    pub facts: Vec<Fact>,
}

/// One session.
#[derive(Debug, Template)]
#[template(path = "session.html")]
pub struct SessionPage {
    /// What stands around it.
    pub shell: Shell,
    /// Who walked.
    pub customer: String,
    /// What happened in one sentence.
    pub summary: String,
    /// How it stands, and whether it is a test.
    pub chips: Vec<Chip>,
    /// The way, in order.
    pub moments: Vec<Moment>,
    /// What it came to, once it has ended with an outcome.
    pub receipt: Option<PassedReceipt>,
    /// The customer's page, for those who may open it.
    pub customer_page: Option<Link>,
    /// The workflow's page, for those who may open it.
    pub workflow_page: Option<Link>,
    /// What is known beside the way.
    pub facts: Vec<Fact>,
}
