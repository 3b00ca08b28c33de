//! The JSON form of operations: `{"op": "move_card", "card": "crd_…", "to": {"branch": "brn_…", "index": 0}}`.

use kale_domain::{error::FieldError, id::BranchId};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeMap as _};
use serde_json::{Map, Value};

use super::{Face, Op, Place};
use crate::{
    card::{Branch, Card, CardKind},
    condition::Condition,
    element::Element,
    read::{Reader, joined, step},
    text::Text,
};

const NAMES: [&str; 14] = [
    "add_card",
    "update_card",
    "move_card",
    "duplicate_card",
    "delete_card",
    "add_branch",
    "update_branch",
    "move_branch",
    "delete_branch",
    "add_element",
    "update_element",
    "move_element",
    "duplicate_element",
    "delete_element",
];

impl Op {
    /// The name on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::AddCard { .. } => "add_card",
            Self::UpdateCard { .. } => "update_card",
            Self::MoveCard { .. } => "move_card",
            Self::DuplicateCard { .. } => "duplicate_card",
            Self::DeleteCard { .. } => "delete_card",
            Self::AddBranch { .. } => "add_branch",
            Self::UpdateBranch { .. } => "update_branch",
            Self::MoveBranch { .. } => "move_branch",
            Self::DeleteBranch { .. } => "delete_branch",
            Self::AddElement { .. } => "add_element",
            Self::UpdateElement { .. } => "update_element",
            Self::MoveElement { .. } => "move_element",
            Self::DuplicateElement { .. } => "duplicate_element",
            Self::DeleteElement { .. } => "delete_element",
        }
    }

    /// Reads an operation, or says everything that is wrong with it; `base` is its JSON pointer.
    pub fn parse(value: &Value, base: &str) -> Result<Self, Vec<FieldError>> {
        let mut reader = Reader::default();
        let op = read(value, base, &mut reader);
        reader.finish(op)
    }
}

/// The fields of one operation, taken one by one; what is left over is unknown.
struct Fields<'a> {
    left: Map<String, Value>,
    at: &'a str,
    reader: &'a mut Reader,
}

impl Fields<'_> {
    fn take(&mut self, key: &str) -> Option<Value> {
        let taken = self.left.remove(key);
        if taken.is_none() {
            let message = format!("`{key}` is missing");
            self.reader
                .wrong::<()>(step(self.at, key), "missing-key", message);
        }
        taken
    }

    fn typed<T: de::DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        let value = self.take(key)?;
        self.reader.typed(&value, &step(self.at, key))
    }

    fn read<T>(&mut self, key: &str, read: impl Fn(&Value, &str, &mut Reader) -> Option<T>) -> Option<T> {
        let value = self.take(key)?;
        read(&value, &step(self.at, key), self.reader)
    }
}

fn read(value: &Value, at: &str, reader: &mut Reader) -> Option<Op> {
    let Value::Object(node) = value else {
        return reader.wrong(
            at,
            "wrong-type",
            "expected an operation, an object with the key `op`",
        );
    };
    let mut fields = Fields {
        left: node.clone(),
        at,
        reader,
    };
    let name: String = fields.typed("op")?;
    let op = by_name(&name, &mut fields);
    for key in fields.left.keys().take(20) {
        let message = format!(
            "unknown key `{}` of `{name}`",
            key.chars().take(64).collect::<String>()
        );
        fields.reader.wrong::<()>(step(at, key), "unknown-key", message);
    }
    op
}

fn by_name(name: &str, fields: &mut Fields<'_>) -> Option<Op> {
    match name {
        "add_card" | "update_card" | "move_card" | "duplicate_card" | "delete_card" => {
            about_card(name, fields)
        }
        "add_branch" | "update_branch" | "move_branch" | "delete_branch" => about_branch(name, fields),
        "add_element" | "update_element" | "move_element" | "duplicate_element" | "delete_element" => {
            about_element(name, fields)
        }
        other => {
            let shown: String = other.chars().take(64).collect();
            let message = format!("`{shown}` is no operation; allowed: {}", NAMES.join(", "));
            fields.reader.wrong(step(fields.at, "op"), "unknown-op", message)
        }
    }
}

fn about_card(name: &str, fields: &mut Fields<'_>) -> Option<Op> {
    Some(match name {
        "add_card" => {
            // Read as a card of the tree itself; how deep it lies is known once it is in place.
            let card = fields.read("card", |value, at, reader| {
                Card::read(value, at, 1, reader).map(Box::new)
            });
            let at = fields.typed("at");
            Op::AddCard { card: card?, at: at? }
        }
        "update_card" => {
            let (card, face) = (fields.typed("card"), fields.read("face", Face::read));
            let face = Box::new(face?);
            Op::UpdateCard { card: card?, face }
        }
        "move_card" => {
            let (card, to) = (fields.typed("card"), fields.typed("to"));
            Op::MoveCard { card: card?, to: to? }
        }
        "duplicate_card" => Op::DuplicateCard {
            card: fields.typed("card")?,
        },
        _ => Op::DeleteCard {
            card: fields.typed("card")?,
        },
    })
}

fn about_branch(name: &str, fields: &mut Fields<'_>) -> Option<Op> {
    Some(match name {
        "add_branch" => {
            let card = fields.typed("card");
            let branch = fields.read("branch", |value, at, reader| Branch::read(value, at, 1, reader));
            let index = fields.typed("index");
            Op::AddBranch {
                card: card?,
                branch: Box::new(branch?),
                index: index?,
            }
        }
        "update_branch" => {
            let (branch, when) = (fields.typed("branch"), fields.read("when", Condition::read));
            Op::UpdateBranch {
                branch: branch?,
                when: when?,
            }
        }
        "move_branch" => {
            let (branch, index) = (fields.typed("branch"), fields.typed("index"));
            Op::MoveBranch {
                branch: branch?,
                index: index?,
            }
        }
        _ => Op::DeleteBranch {
            branch: fields.typed("branch")?,
        },
    })
}

fn about_element(name: &str, fields: &mut Fields<'_>) -> Option<Op> {
    Some(match name {
        "add_element" => {
            let (card, element) = (fields.typed("card"), fields.read("element", Element::read));
            let index = fields.typed("index");
            Op::AddElement {
                card: card?,
                element: Box::new(element?),
                index: index?,
            }
        }
        "update_element" => Op::UpdateElement {
            element: Box::new(fields.read("element", Element::read)?),
        },
        "move_element" => {
            let (element, to) = (fields.typed("element"), fields.typed("to"));
            let index = fields.typed("index");
            Op::MoveElement {
                element: element?,
                to: to?,
                index: index?,
            }
        }
        "duplicate_element" => Op::DuplicateElement {
            element: fields.typed("element")?,
        },
        _ => Op::DeleteElement {
            element: fields.typed("element")?,
        },
    })
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Place", deny_unknown_fields)]
struct WrittenPlace {
    #[serde(default)]
    branch: Option<BranchId>,
    index: usize,
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        WrittenPlace::deserialize(deserializer)
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WrittenPlace::serialize(self, serializer)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFace {
    kind: String,
    #[serde(default)]
    settings: Option<Value>,
    #[serde(default)]
    title: Text,
    #[serde(default)]
    visible_when: Option<Value>,
    #[serde(default)]
    locked_by_template: bool,
}

impl Face {
    fn read(value: &Value, at: &str, reader: &mut Reader) -> Option<Self> {
        let written: WrittenFace = reader.typed(value, at)?;
        let settings = written.settings.unwrap_or_else(|| Value::Object(Map::new()));
        let kind = CardKind::read(&written.kind, &settings, at, reader);
        let visible_when = match &written.visible_when {
            Some(value) => Some(Condition::read(value, &step(at, "visible_when"), reader)?),
            None => None,
        };
        Some(Self {
            kind: kind?,
            title: written.title,
            visible_when,
            locked_by_template: written.locked_by_template,
        })
    }
}

impl Serialize for Face {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", self.kind.name())?;
        self.kind.write_settings(&mut map)?;
        map.serialize_entry("title", &self.title)?;
        if let Some(condition) = &self.visible_when {
            map.serialize_entry("visible_when", condition)?;
        }
        map.serialize_entry("locked_by_template", &self.locked_by_template)?;
        map.end()
    }
}

impl Serialize for Op {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("op", self.name())?;
        match self {
            Self::AddCard { card, at } => {
                map.serialize_entry("card", card)?;
                map.serialize_entry("at", at)?;
            }
            Self::UpdateCard { card, face } => {
                map.serialize_entry("card", card)?;
                map.serialize_entry("face", face)?;
            }
            Self::MoveCard { card, to } => {
                map.serialize_entry("card", card)?;
                map.serialize_entry("to", to)?;
            }
            Self::DuplicateCard { card } | Self::DeleteCard { card } => map.serialize_entry("card", card)?,
            Self::AddBranch { card, branch, index } => {
                map.serialize_entry("card", card)?;
                map.serialize_entry("branch", branch)?;
                map.serialize_entry("index", index)?;
            }
            Self::UpdateBranch { branch, when } => {
                map.serialize_entry("branch", branch)?;
                map.serialize_entry("when", when)?;
            }
            Self::MoveBranch { branch, index } => {
                map.serialize_entry("branch", branch)?;
                map.serialize_entry("index", index)?;
            }
            Self::DeleteBranch { branch } => map.serialize_entry("branch", branch)?,
            Self::AddElement { card, element, index } => {
                map.serialize_entry("card", card)?;
                map.serialize_entry("element", element)?;
                map.serialize_entry("index", index)?;
            }
            Self::UpdateElement { element } => map.serialize_entry("element", element)?,
            Self::MoveElement { element, to, index } => {
                map.serialize_entry("element", element)?;
                map.serialize_entry("to", to)?;
                map.serialize_entry("index", index)?;
            }
            Self::DuplicateElement { element } | Self::DeleteElement { element } => {
                map.serialize_entry("element", element)?;
            }
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Op {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::parse(&value, "#").map_err(|errors| de::Error::custom(joined(&errors)))
    }
}
