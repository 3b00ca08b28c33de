//! The pieces a card is made of.

use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap as _};
use serde_json::Value;

use crate::{offer::OfferKind, read::Reader, text::Text};
use kale_domain::id::{ElementId, OfferId, OptionId};
use kale_domain::reason::ReasonKey;

/// How many options a choice may have.
pub const MAX_OPTIONS: usize = 30;

/// A piece of a card. Its id never changes and is never used again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its identity.
    pub id: ElementId,
    /// What it is.
    pub kind: ElementKind,
}

macro_rules! element_kinds {
    ($($(#[$meta:meta])* $variant:ident($config:ty) = $name:literal;)+) => {
        /// What an element is, with its typed settings. The list is closed.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum ElementKind {
            $($(#[$meta])* $variant($config),)+
        }

        impl ElementKind {
            /// The names on the wire.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// The name on the wire.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name),+ }
            }

            pub(crate) fn read(name: &str, config: &Value, at: &str, reader: &mut Reader) -> Option<Self> {
                match name {
                    $($name => reader.typed(config, &format!("{at}/config")).map(Self::$variant),)+
                    other => {
                        let shown: String = other.chars().take(64).collect();
                        let allowed = Self::NAMES.join(", ");
                        reader.wrong(
                            format!("{at}/kind"),
                            "unknown-element-kind",
                            format!("`{shown}` is no kind of element; allowed: {allowed}"),
                        )
                    }
                }
            }

            fn write_config<M: serde::ser::SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                match self { $(Self::$variant(config) => map.serialize_entry("config", config)),+ }
            }
        }
    };
}

element_kinds! {
    /// A line that stands out.
    Heading(Words) = "heading";
    /// A paragraph in safe Markdown.
    Text(Words) = "text";
    /// One of several options.
    SingleChoice(Choice) = "single_choice";
    /// Any of several options.
    MultiChoice(Choice) = "multi_choice";
    /// A number on a scale.
    Rating(Rating) = "rating";
    /// One line of the subscriber's own words.
    ShortText(FreeText) = "short_text";
    /// Several lines of the subscriber's own words.
    LongText(FreeText) = "long_text";
    /// A consent.
    Checkbox(Checkbox) = "checkbox";
    /// What is offered on an offer card.
    Offer(OfferSlot) = "offer";
    /// A link, a message to somebody, or a call to be booked.
    CallToAction(CallToAction) = "call_to_action";
}

/// Settings of a heading and of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Words {
    /// What it says.
    pub text: Text,
}

/// Settings of a choice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Choice {
    /// What is asked; blank where the card's title asks it.
    pub label: Text,
    /// What can be chosen.
    pub options: Vec<ChoiceOption>,
    /// Whether the card can't be sent without it.
    pub required: bool,
    /// In which order the options are shown.
    pub order: OptionOrder,
}

/// One option of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceOption {
    /// Its identity.
    pub id: OptionId,
    /// What it says.
    #[serde(default)]
    pub text: Text,
    /// The reason for leaving it stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonKey>,
    /// Whether it keeps its place behind the shuffled ones (`other`, `no_answer`).
    #[serde(default)]
    pub last: bool,
}

/// In which order options are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptionOrder {
    /// As written.
    #[default]
    Written,
    /// Another one in every session, always the same within one.
    Shuffled,
}

/// Settings of a rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// What is asked.
    #[serde(default)]
    pub label: Text,
    /// Which numbers there are.
    pub scale: Scale,
    /// Whether the card can't be sent without it.
    #[serde(default)]
    pub required: bool,
}

/// Which numbers a rating has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Scale {
    /// 0 to 10: how likely somebody is to recommend.
    Nps,
    /// 1 to 5.
    Stars,
    /// Any other.
    Range {
        /// The lowest.
        from: i8,
        /// The highest.
        to: i8,
    },
}

impl Scale {
    /// The lowest and the highest number.
    #[must_use]
    pub const fn ends(self) -> (i8, i8) {
        match self {
            Self::Nps => (0, 10),
            Self::Stars => (1, 5),
            Self::Range { from, to } => (from, to),
        }
    }
}

/// Settings of a short and of a long text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FreeText {
    /// What is asked; blank where the card's title asks it.
    pub label: Text,
    /// A line of help under it.
    pub hint: Text,
    /// Whether the card can't be sent without it.
    pub required: bool,
}

/// Settings of a checkbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Checkbox {
    /// What is agreed to.
    pub label: Text,
    /// Whether it is ticked before anybody touched it. The fair-exit checks refuse it.
    pub ticked: bool,
    /// Whether the card can't be sent without it.
    pub required: bool,
}

/// Settings of an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfferSlot {
    /// What kind of offer belongs here.
    pub kind: OfferKind,
    /// The company's offer. A template has none; a workflow needs one to be published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<OfferId>,
}

/// Settings of a call to action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallToAction {
    /// What the button says.
    #[serde(default)]
    pub label: Text,
    /// What it does.
    pub action: CallAction,
}

/// What a call to action does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CallAction {
    /// Tells somebody at the company.
    Notify {
        /// Whom.
        who: Notified,
    },
    /// Opens a page.
    Link {
        /// Which.
        url: SecureUrl,
    },
    /// Opens the expert's booking page.
    BookCall,
}

/// Whom a call to action tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notified {
    /// The company's retention admins.
    RetentionAdmin,
    /// The expert of the customer.
    RetentionExpert,
}

/// An absolute `https` address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct SecureUrl(String);

/// The text is no address a subscriber may be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected an address such as `https://example.com/help`, of at most 2,000 letters, digits and URL signs"
)]
pub struct ParseSecureUrlError;

impl SecureUrl {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, with its port where there is one: what a reader is told about where it leads.
    #[must_use]
    pub fn host(&self) -> &str {
        let rest = self.0.strip_prefix("https://").unwrap_or(&self.0);
        rest.split(['/', '?', '#']).next().unwrap_or(rest)
    }
}

impl CallAction {
    /// The page it opens, if it opens one.
    #[must_use]
    pub const fn url(&self) -> Option<&SecureUrl> {
        match self {
            Self::Link { url } => Some(url),
            Self::Notify { .. } | Self::BookCall => None,
        }
    }
}

impl TryFrom<String> for SecureUrl {
    type Error = ParseSecureUrlError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let legal = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&()*+,;=%".contains(&b);
        let host = text
            .strip_prefix("https://")
            .map(|rest| rest.split(['/', '?', '#']).next().unwrap_or(rest));
        let named =
            host.is_some_and(|host| host.contains('.') && !host.starts_with('.') && !host.contains('@'));
        if named && text.len() <= 2_000 && text.bytes().all(legal) {
            Ok(Self(text))
        } else {
            Err(ParseSecureUrlError)
        }
    }
}

impl From<SecureUrl> for String {
    fn from(url: SecureUrl) -> Self {
        url.0
    }
}

impl ElementKind {
    /// Whether a subscriber answers it.
    #[must_use]
    pub const fn takes_answer(&self) -> bool {
        !matches!(self, Self::Heading(_) | Self::Text(_) | Self::Offer(_))
    }

    /// Whether it asks something (a call to action is answered by a click, and asks nothing).
    #[must_use]
    pub const fn is_question(&self) -> bool {
        self.takes_answer() && !matches!(self, Self::CallToAction(_))
    }

    /// Whether the card can't be sent without it.
    #[must_use]
    pub const fn is_required(&self) -> bool {
        match self {
            Self::SingleChoice(choice) | Self::MultiChoice(choice) => choice.required,
            Self::Rating(rating) => rating.required,
            Self::ShortText(text) | Self::LongText(text) => text.required,
            Self::Checkbox(checkbox) => checkbox.required,
            Self::Heading(_) | Self::Text(_) | Self::Offer(_) | Self::CallToAction(_) => false,
        }
    }

    /// The options of a choice; none of anything else.
    #[must_use]
    pub fn options(&self) -> &[ChoiceOption] {
        match self {
            Self::SingleChoice(choice) | Self::MultiChoice(choice) => &choice.options,
            _ => &[],
        }
    }
}

impl Serialize for Element {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("kind", self.kind.name())?;
        self.kind.write_config(&mut map)?;
        map.end()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: ElementId,
    kind: String,
    #[serde(default)]
    config: Option<Value>,
}

impl Element {
    pub(crate) fn read(value: &Value, at: &str, reader: &mut Reader) -> Option<Self> {
        let written: Written = reader.typed(value, at)?;
        let config = written
            .config
            .unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        let kind = ElementKind::read(&written.kind, &config, at, reader)?;
        Some(Self { id: written.id, kind })
    }
}
