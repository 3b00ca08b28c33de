//! Small things that several pages show.

use kale_domain::persona::Colour;

/// The colour of a chip, a banner or a toast. Never the only sign: a word or an icon stands with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Nothing special.
    Plain,
    /// Good, done, kept.
    Leaf,
    /// Wrong, lost, urgent.
    Stem,
    /// To be watched, a draft.
    Sun,
    /// Information.
    Sky,
}

impl Tone {
    /// The CSS class.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Leaf => "leaf",
            Self::Stem => "stem",
            Self::Sun => "sun",
            Self::Sky => "sky",
        }
    }

    /// The icon that goes with it.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Plain | Self::Sky => "info",
            Self::Leaf => "circle-check",
            Self::Stem => "triangle-alert",
            Self::Sun => "clock",
        }
    }
}

/// A word in a small coloured field.
#[derive(Debug, Clone)]
pub struct Chip {
    /// The word.
    pub label: String,
    /// Its colour.
    pub tone: Tone,
}

/// A persona as it is shown in lists and bands.
#[derive(Debug, Clone)]
pub struct PersonaTag {
    /// Its name, or `Unassigned`.
    pub name: String,
    /// Its key colour.
    pub swatch: Swatch,
    /// Whether a person decided and rules don't move the customer.
    pub locked: bool,
}

/// The colour of a persona. Several personas may share a colour; the shade keeps neighbours apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swatch {
    colour: Option<Colour>,
    shade: usize,
}

impl Swatch {
    /// Of customers without a persona.
    pub const NONE: Self = Self {
        colour: None,
        shade: 0,
    };

    /// Of a persona; `nth` counts the personas of the same colour before it in the order of priority.
    #[must_use]
    pub const fn of(colour: Colour, nth: usize) -> Self {
        Self {
            colour: Some(colour),
            shade: nth % 3,
        }
    }

    /// The CSS classes.
    #[must_use]
    pub fn class(&self) -> String {
        let name = self.colour.map_or("none", Colour::name);
        format!("p-{name} shade-{}", self.shade)
    }
}

/// One part of a band.
#[derive(Debug, Clone)]
pub struct Segment {
    /// Its word.
    pub label: String,
    /// Its colour.
    pub swatch: Swatch,
    /// How long it is, against the others.
    pub weight: u64,
    /// The number under its word: `1,869`.
    pub value: String,
    /// What follows the number, quieter: `27%`, `$74,300`.
    pub note: String,
    /// Where it leads: the list filtered by it.
    pub href: String,
    /// Whether the list is filtered by it.
    pub current: bool,
}

/// A whole as one length, split into parts: the shape the product is known by.
#[derive(Debug, Clone)]
pub struct Band {
    /// The number it opens with: `7,043`.
    pub figure: String,
    /// What the number counts: `customers by persona`.
    pub caption: String,
    /// The parts, in the order of priority.
    pub segments: Vec<Segment>,
}

/// Older and newer pages of a list.
#[derive(Debug, Clone, Default)]
pub struct Pager {
    /// Where the list stands: `Showing 1 to 50 of 7,043`.
    pub summary: String,
    /// The page before.
    pub previous: Option<String>,
    /// Whether `previous` goes to the beginning instead: the way back was longer than it is remembered.
    pub restarts: bool,
    /// The page after.
    pub next: Option<String>,
}

/// What a page says while it has nothing to show.
#[derive(Debug, Clone)]
pub struct Empty {
    /// The icon above.
    pub icon: &'static str,
    /// What will be here: one sentence.
    pub text: String,
    /// The one thing to do: words and address.
    pub action: Option<Link>,
    /// A quieter way.
    pub other: Option<Link>,
}

/// Words that lead somewhere.
#[derive(Debug, Clone)]
pub struct Link {
    /// The words.
    pub label: String,
    /// Where they lead.
    pub href: String,
}

impl Link {
    /// A link.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: href.into(),
        }
    }
}

/// A line that appears in the corner and goes.
#[derive(Debug, Clone)]
pub struct Toast {
    /// What happened: `Saved.`
    pub text: String,
    /// Good or bad.
    pub tone: Tone,
    /// What to do about it.
    pub action: Option<Link>,
}

/// A line above the page that stays.
#[derive(Debug, Clone)]
pub struct Banner {
    /// The sentence.
    pub text: String,
    /// Its colour.
    pub tone: Tone,
    /// What to do about it.
    pub action: Option<Link>,
}

/// How far a job is. The island `kale-live` keeps it fresh and asks for `refresh` when it ends.
#[derive(Debug, Clone)]
pub struct JobProgress {
    /// The id: `job_…`.
    pub job: String,
    /// What it does: `Checking telco_customers.csv`.
    pub title: String,
    /// What it does just now, with numbers: `3,200 of 7,043 rows`.
    pub note: String,
    /// Whole percent; `None` while the size is unknown.
    pub percent: Option<u8>,
    /// The address of the job's own page; empty where the reader may not open it.
    pub href: String,
    /// Whether it may be stopped by this person.
    pub may_cancel: bool,
    /// The fragment to ask for when it ends.
    pub refresh: String,
    /// The CSS selector of what that fragment replaces.
    pub target: &'static str,
}

/// A step of a longer way.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its word.
    pub label: &'static str,
    /// Where it stands.
    pub state: StepState,
    /// The address to go back to it, where that is possible.
    pub href: Option<String>,
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Behind us.
    Done,
    /// Here.
    Current,
    /// Ahead.
    Ahead,
}
