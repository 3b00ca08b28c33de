//! As much of BSON as a handful of administration commands needs.
//!
//! Documents are ordered lists, because the first key of a command is its name.

use std::fmt;

/// An ordered document.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Document(pub(crate) Vec<(String, Value)>);

/// A value of one of the kinds that can be read and written back unchanged.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Double(f64),
    Text(String),
    Document(Document),
    Array(Vec<Value>),
    Bool(bool),
    Null,
    Int32(i32),
    Int64(i64),
    /// A kind that only has to survive a round trip: its tag and its fixed-length or prefixed bytes.
    Opaque(u8, Vec<u8>),
}

/// The bytes are not a document of the known kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Malformed(&'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unreadable BSON: {}", self.0)
    }
}

impl Document {
    /// Adds a key at the end.
    pub(crate) fn with(mut self, key: &str, value: Value) -> Self {
        self.0.push((key.to_owned(), value));
        self
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.0
            .iter_mut()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether the key holds a true value; MongoDB writes `ok: 1.0`.
    pub(crate) fn is_true(&self, key: &str) -> bool {
        match self.get(key) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::Double(number)) => *number != 0.0,
            Some(Value::Int32(number)) => *number != 0,
            Some(Value::Int64(number)) => *number != 0,
            _ => false,
        }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for (key, value) in &self.0 {
            write_element(&mut body, key, value);
        }
        framed(body)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader(bytes);
        reader.document()
    }
}

fn framed(mut body: Vec<u8>) -> Vec<u8> {
    body.push(0);
    let length = i32::try_from(body.len() + 4).unwrap_or(i32::MAX);
    let mut bytes = length.to_le_bytes().to_vec();
    bytes.append(&mut body);
    bytes
}

fn write_element(out: &mut Vec<u8>, key: &str, value: &Value) {
    let (tag, bytes) = match value {
        Value::Double(number) => (0x01, number.to_le_bytes().to_vec()),
        Value::Text(text) => {
            let length = i32::try_from(text.len() + 1).unwrap_or(i32::MAX);
            let mut bytes = length.to_le_bytes().to_vec();
            bytes.extend_from_slice(text.as_bytes());
            bytes.push(0);
            (0x02, bytes)
        }
        Value::Document(document) => (0x03, document.to_bytes()),
        Value::Array(values) => {
            let mut body = Vec::new();
            for (index, value) in values.iter().enumerate() {
                write_element(&mut body, &index.to_string(), value);
            }
            (0x04, framed(body))
        }
        Value::Bool(flag) => (0x08, vec![u8::from(*flag)]),
        Value::Null => (0x0a, Vec::new()),
        Value::Int32(number) => (0x10, number.to_le_bytes().to_vec()),
        Value::Int64(number) => (0x12, number.to_le_bytes().to_vec()),
        Value::Opaque(tag, bytes) => (*tag, bytes.clone()),
    };
    out.push(tag);
    out.extend_from_slice(key.as_bytes());
    out.push(0);
    out.extend(bytes);
}

/// Reads from the front of a slice.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self
            .0
            .split_at_checked(count)
            .ok_or(Malformed("it ends too early"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (taken, rest) = self
            .0
            .split_first_chunk::<N>()
            .ok_or(Malformed("it ends too early"))?;
        self.0 = rest;
        Ok(*taken)
    }

    fn length(&mut self) -> Result<usize, Malformed> {
        usize::try_from(i32::from_le_bytes(self.array()?)).map_err(|_negative| Malformed("a negative length"))
    }

    fn key(&mut self) -> Result<String, Malformed> {
        let end = self
            .0
            .iter()
            .position(|byte| *byte == 0)
            .ok_or(Malformed("a key without an end"))?;
        let key = String::from_utf8_lossy(self.take(end)?).into_owned();
        self.take(1)?;
        Ok(key)
    }

    fn document(&mut self) -> Result<Document, Malformed> {
        let length = self.length()?;
        let body = self.take(length.checked_sub(4).ok_or(Malformed("a length below four"))?)?;
        let mut inner = Reader(body);
        let mut document = Document::default();
        loop {
            let [tag] = inner.array()?;
            if tag == 0 {
                return Ok(document);
            }
            let key = inner.key()?;
            let value = inner.value(tag)?;
            document.0.push((key, value));
        }
    }

    fn value(&mut self, tag: u8) -> Result<Value, Malformed> {
        Ok(match tag {
            0x01 => Value::Double(f64::from_le_bytes(self.array()?)),
            0x02 => {
                let length = self.length()?;
                let bytes = self.take(length)?;
                let text = bytes.split_last().ok_or(Malformed("a text without an end"))?.1;
                Value::Text(String::from_utf8_lossy(text).into_owned())
            }
            0x03 => Value::Document(self.document()?),
            0x04 => Value::Array(self.document()?.0.into_iter().map(|(_, value)| value).collect()),
            0x05 => {
                let prefix: [u8; 4] = self
                    .0
                    .first_chunk()
                    .copied()
                    .ok_or(Malformed("it ends too early"))?;
                let length = usize::try_from(i32::from_le_bytes(prefix));
                let length = length.map_err(|_negative| Malformed("a negative length"))?;
                Value::Opaque(tag, self.take(length.saturating_add(5))?.to_vec())
            }
            0x07 => Value::Opaque(tag, self.take(12)?.to_vec()),
            0x08 => Value::Bool(self.array::<1>()? != [0]),
            0x0a => Value::Null,
            0x10 => Value::Int32(i32::from_le_bytes(self.array()?)),
            0x12 => Value::Int64(i64::from_le_bytes(self.array()?)),
            0x09 | 0x11 => Value::Opaque(tag, self.take(8)?.to_vec()),
            _ => return Err(Malformed("an unknown kind of value")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Document {
        Document::default()
            .with("hello", Value::Int32(1))
            .with("ok", Value::Double(1.0))
            .with("set", Value::Text("rs0".to_owned()))
            .with(
                "members",
                Value::Array(vec![Value::Document(
                    Document::default().with("_id", Value::Int64(0)),
                )]),
            )
            .with("id", Value::Opaque(0x07, vec![7; 12]))
            .with("hash", Value::Opaque(0x05, vec![2, 0, 0, 0, 0, 1, 2]))
            .with("primary", Value::Bool(true))
            .with("none", Value::Null)
    }

    #[test]
    fn a_document_survives_a_round_trip() {
        let bytes = sample().to_bytes();
        assert_eq!(Document::from_bytes(&bytes).unwrap(), sample());
    }

    #[test]
    fn the_bytes_are_those_of_the_specification() {
        let document = Document::default().with("hello", Value::Text("world".to_owned()));
        assert_eq!(
            document.to_bytes(),
            b"\x16\x00\x00\x00\x02hello\x00\x06\x00\x00\x00world\x00\x00"
        );
    }

    #[test]
    fn every_cut_of_a_document_is_refused_without_a_panic() {
        let bytes = sample().to_bytes();
        for end in 0..bytes.len() {
            assert!(Document::from_bytes(&bytes[..end]).is_err(), "cut at {end}");
        }
    }
}
