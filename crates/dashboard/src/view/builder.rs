//! The editor of a workflow: its cards as they follow each other, and beside them what is chosen.

use askama::Template;

use super::{
    form::{Choice, Field, Problems, Select},
    parts::{Chip, Link},
    shell::Shell,
    workflows::KindLook,
};

/// The editor of one workflow.
#[derive(Debug, Template)]
#[template(path = "builder.html", blocks = ["builder"])]
pub struct BuilderPage {
    /// What stands around it.
    pub shell: Shell,
    /// The id: `wfl_…`.
    pub id: String,
    /// What staff call it.
    pub name: String,
    /// Where it stands.
    pub state: Chip,
    /// `Version 3 is live. Ada Okafor, 6 min ago.`
    pub note: String,
    /// The revision of the draft, as forms carry it.
    pub etag: String,
    /// The parameters of this page, for forms that come back to it.
    pub back: String,
    /// Whether this person has an edit to undo.
    pub may_undo: bool,
    /// Whether this person has an undo to redo.
    pub may_redo: bool,
    /// The two ways to look at the cards.
    pub looks: [LookTab; 2],
    /// Whether lanes stand beside each other.
    pub is_tree: bool,
    /// What starts a walk.
    pub entry: &'static str,
    /// `2 problems to fix`, with the colour that goes with it.
    pub checks: Chip,
    /// Where nothing is chosen: the problems, and publishing.
    pub overview: String,
    /// The cards.
    pub flow: FlowLane,
    /// Why the edit before was not made.
    pub refused: Option<Refused>,
    /// What is chosen.
    pub panel: Panel,
}

/// A way to look at the cards.
#[derive(Debug)]
pub struct LookTab {
    /// Its word.
    pub label: &'static str,
    /// Its address.
    pub href: String,
    /// Whether it is the present one.
    pub current: bool,
}

/// Why an edit was not made.
#[derive(Debug)]
pub struct Refused {
    /// `Ada changed the same cards in between.`
    pub text: String,
    /// What to do now.
    pub advice: String,
    /// The page as the others left it; empty where nobody was faster.
    pub theirs: String,
}

/// A place where a card can be put.
#[derive(Debug, Clone)]
pub struct Gap {
    /// As forms name it: `root 0`, `brn_… 2`.
    pub spot: String,
    /// The panel that asks which card.
    pub href: String,
    /// `Add a card before “What is the reason?”`
    pub label: String,
    /// Whether that panel is open.
    pub current: bool,
}

/// A lane of cards, with everything below them; it draws itself.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/flow_lane.html")]
pub struct FlowLane {
    /// Its cards.
    pub cards: Vec<FlowCard>,
    /// The place behind the last one; `None` in a lane whose last card ends the walk or goes on elsewhere.
    pub end: Option<Gap>,
}

/// A card among the others.
#[derive(Debug, Clone)]
pub struct FlowCard {
    /// The id: `crd_…`.
    pub id: String,
    /// What it is.
    pub look: KindLook,
    /// What it is called.
    pub title: String,
    /// The first thing it says below that; empty for nothing.
    pub text: String,
    /// Its panel.
    pub href: String,
    /// Whether its panel is open.
    pub current: bool,
    /// Whether some only see it, or its template's author locked it.
    pub chips: Vec<Chip>,
    /// The first of its problems.
    pub warn: Option<Chip>,
    /// Whether it is the first of its lane.
    pub first: bool,
    /// Whether it is the last of its lane.
    pub last: bool,
    /// The place before it.
    pub gap: Gap,
    /// What comes after it, by condition.
    pub arms: Vec<FlowArm>,
}

/// A lane with its condition.
#[derive(Debug, Clone)]
pub struct FlowArm {
    /// The id: `brn_…`.
    pub id: String,
    /// When it is taken.
    pub label: String,
    /// The form of its condition.
    pub href: String,
    /// Its cards.
    pub lane: FlowLane,
}

/// What stands beside the cards.
#[derive(Debug)]
pub enum Panel {
    /// Nothing is chosen.
    Overview(Box<Overview>),
    /// A card.
    Card(Box<CardPanel>),
    /// A place where a card is to be put.
    Add(AddPanel),
}

/// What stands in the way of publishing, and publishing.
#[derive(Debug)]
pub struct Overview {
    /// What was found.
    pub findings: Vec<Finding>,
    /// Whether publishing would be refused.
    pub refused: bool,
    /// Whether publishing was just refused: the list takes the focus.
    pub asked: bool,
    /// Whether there is something to be published that is not live.
    pub note: Field,
    /// `As version 4`
    pub next: String,
    /// The rules it is held to.
    pub fair: String,
    /// What else can be done with the workflow.
    pub states: Vec<StateButton>,
}

/// A way to another state.
#[derive(Debug)]
pub struct StateButton {
    /// The end of the form's address: `pause`.
    pub action: &'static str,
    /// What the button says.
    pub label: &'static str,
    /// What is asked before; empty for nothing.
    pub confirm: String,
    /// Whether it takes something away.
    pub danger: bool,
}

/// One thing the checks found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Whether publishing is refused.
    pub refuses: bool,
    /// What is wrong and what to do.
    pub message: String,
    /// The card it is about: its title and its panel.
    pub card: Option<Link>,
    /// The rule it breaks, with its source; empty for none.
    pub rule: String,
}

/// Which card is to be put somewhere.
#[derive(Debug)]
pub struct AddPanel {
    /// Where: `After “What is the reason?”`
    pub place: String,
    /// As the form names it.
    pub spot: String,
    /// What there is.
    pub kinds: Vec<KindChoice>,
    /// Where it leads back to.
    pub close: String,
}

/// A kind of card or element that can be added.
#[derive(Debug)]
pub struct KindChoice {
    /// Its name in forms.
    pub value: &'static str,
    /// How it looks.
    pub look: KindLook,
    /// What it is for.
    pub text: &'static str,
}

/// One card.
#[derive(Debug)]
pub struct CardPanel {
    /// The id: `crd_…`.
    pub id: String,
    /// What it is.
    pub look: KindLook,
    /// What it is called.
    pub title: String,
    /// `2 of 3 in “It costs too much”`
    pub place: String,
    /// Where it leads back to.
    pub close: String,
    /// Whether its template's author locked it.
    pub locked: bool,
    /// What was wrong with the form that was sent.
    pub problems: Problems,
    /// What the checks say of it.
    pub findings: Vec<Finding>,
    /// What it says and is.
    pub inputs: Vec<Input>,
    /// What it holds.
    pub elements: Vec<ElementRow>,
    /// What it can hold; empty for nothing.
    pub element_kinds: Vec<KindChoice>,
    /// Its lanes.
    pub lanes: Vec<LaneRow>,
    /// What another lane could ask; `None` where it can have none.
    pub new_lane: Option<WhenSelect>,
    /// When it is shown at all; empty for always.
    pub when: String,
    /// Where it could go.
    pub to: Select,
    /// Whether it is the first of its lane.
    pub first: bool,
    /// Whether it is the last of its lane.
    pub last: bool,
    /// The address of its picture, as subscribers see it; empty where they never do.
    pub preview: String,
}

/// A field of a form, whatever it is.
#[derive(Debug)]
pub enum Input {
    /// One line.
    Line(Field),
    /// Several lines.
    Area(Field),
    /// One of several.
    Select(Select),
    /// Yes or no; the field's value is `true` where it is ticked.
    Check(Field),
}

/// An element of a card.
#[derive(Debug)]
pub struct ElementRow {
    /// The id: `elm_…`.
    pub id: String,
    /// What it is.
    pub look: KindLook,
    /// What it says.
    pub text: String,
    /// The page with its form open.
    pub href: String,
    /// Whether it is the first.
    pub first: bool,
    /// Whether it is the last.
    pub last: bool,
    /// Its form, where it is open.
    pub form: Option<ElementForm>,
}

/// What an element says and is.
#[derive(Debug)]
pub struct ElementForm {
    /// Its fields.
    pub inputs: Vec<Input>,
    /// Its options, where it is a choice.
    pub options: Option<Vec<OptionRow>>,
    /// Where it leads back to.
    pub close: String,
}

/// An option of a choice.
#[derive(Debug)]
pub struct OptionRow {
    /// The id: `opt_…`.
    pub id: String,
    /// What it says.
    pub text: Field,
    /// The reason it stands for.
    pub reason: Select,
    /// Whether it keeps its place where the others are shuffled.
    pub last: bool,
}

/// A lane of a card.
#[derive(Debug)]
pub struct LaneRow {
    /// The id: `brn_…`.
    pub id: String,
    /// When it is taken.
    pub label: String,
    /// `2 cards`
    pub cards: String,
    /// The page with its form open.
    pub href: String,
    /// Whether it is asked first.
    pub first: bool,
    /// Whether it is asked last.
    pub last: bool,
    /// Its form, where it is open.
    pub form: Option<WhenSelect>,
    /// Where that leads back to.
    pub close: String,
}

/// What a lane can ask, by what is asked about.
#[derive(Debug)]
pub struct WhenSelect {
    /// The field.
    pub field: Field,
    /// The condition as it is, where it is none of the others.
    pub own: Option<Choice>,
    /// By question or card.
    pub groups: Vec<WhenGroup>,
}

/// What can be asked about one question or card.
#[derive(Debug)]
pub struct WhenGroup {
    /// What is asked about.
    pub label: String,
    /// What can be asked.
    pub choices: Vec<Choice>,
}
