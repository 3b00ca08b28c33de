//! From a value that somebody sent to an event, or to what is wrong with it.

use jiff::{SignedDuration, Timestamp};
use kale_domain::{
    error::FieldError,
    id::{CustomerId, SessionId},
};
use kale_flow::event::{RESERVED, UI};
use serde_json::{Map, Value};
use uuid::Uuid;

/// How far ahead of us the clock of whoever tells may be.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);
/// Nothing that is told happened before.
const EARLIEST: Timestamp = Timestamp::constant(946_684_800, 0);
/// The longest name, in characters.
const NAME_CHARS: usize = 100;
/// The most that properties take as JSON, in bytes.
const PROPERTIES_BYTES: usize = 8 * 1024;

/// An event as it was sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) at: Timestamp,
    pub(super) session: Option<SessionId>,
    pub(super) customer: Option<CustomerId>,
    pub(super) properties: Map<String, Value>,
}

/// Reads one. The pointer of what is wrong leads into it.
pub(super) fn read(event: Value, now: Timestamp) -> Result<Draft, FieldError> {
    let Value::Object(mut fields) = event else {
        return Err(FieldError::new("", "wrong-type", "expected an object"));
    };
    let mut take = |name: &str| fields.remove(name).filter(|value| !value.is_null());
    let (id, name, at) = (take("id"), take("name"), take("at"));
    let (session, customer, properties) = (take("session"), take("customer"), take("properties"));
    if let Some(unknown) = fields.keys().next() {
        let pointer = format!("/{}", unknown.replace('~', "~0").replace('/', "~1"));
        let message = format!("unknown field `{unknown}`");
        return Err(FieldError::new(pointer, "unknown-field", message));
    }
    Ok(Draft {
        id: identity(&required(id, "id")?)?,
        name: named(&required(name, "name")?)?,
        at: instant(&required(at, "at")?, now)?,
        session: parsed(session, "session", "the id of a session such as `ses_…`")?,
        customer: parsed(customer, "customer", "the id of a customer such as `cus_…`")?,
        properties: more(properties)?,
    })
}

/// Whether an event may be called so: `ui.…` inside of a session, none of our beginnings outside.
pub(super) fn name_fits(name: &str, in_session: bool) -> Result<(), FieldError> {
    let folded = name.to_lowercase();
    if in_session {
        if name.starts_with(UI) {
            return Ok(());
        }
        let message = "from inside a session only names that begin with `ui.` are taken";
        return Err(FieldError::new("/name", "reserved-name", message));
    }
    let ours = RESERVED
        .iter()
        .chain([&UI])
        .find(|ours| folded.starts_with(**ours));
    match ours {
        None => Ok(()),
        Some(ours) => {
            let message = format!("names that begin with `{ours}` are Kale's own");
            Err(FieldError::new("/name", "reserved-name", message))
        }
    }
}

fn wrong(field: &str, code: &'static str, message: impl Into<String>) -> FieldError {
    FieldError::new(format!("/{field}"), code, message.into())
}

fn required(value: Option<Value>, field: &str) -> Result<String, FieldError> {
    match value {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(wrong(field, "wrong-type", "expected a text")),
        None => Err(wrong(field, "missing", format!("missing field `{field}`"))),
    }
}

fn identity(text: &str) -> Result<Uuid, FieldError> {
    let id = Uuid::try_parse(text).ok().filter(|id| id.get_version_num() == 7);
    // What happens in sessions has ids of another version, so that nobody takes one before.
    id.filter(|_| text.len() == 36).ok_or_else(|| {
        wrong(
            "id",
            "not-a-uuid-v7",
            "expected a UUID of version 7, as 36 characters",
        )
    })
}

fn named(text: &str) -> Result<String, FieldError> {
    let trimmed = text.trim();
    let length = trimmed.chars().count();
    if !(1..=NAME_CHARS).contains(&length) || trimmed.chars().any(char::is_control) {
        let message = format!("a name has 1 to {NAME_CHARS} characters");
        return Err(wrong("name", "length", message));
    }
    Ok(trimmed.to_owned())
}

fn instant(text: &str, now: Timestamp) -> Result<Timestamp, FieldError> {
    let at: Timestamp = text
        .parse()
        .map_err(|_no_time| wrong("at", "not-a-time", "expected a time such as 2026-11-22T10:00:00Z"))?;
    if at.duration_since(now) > AHEAD {
        return Err(wrong("at", "in-the-future", "at most 24 hours ahead of now"));
    }
    if at < EARLIEST {
        return Err(wrong("at", "too-old", "not before the year 2000"));
    }
    Ok(at)
}

fn parsed<I: std::str::FromStr>(
    value: Option<Value>,
    field: &str,
    expected: &str,
) -> Result<Option<I>, FieldError> {
    let Some(value) = value else { return Ok(None) };
    let id = value.as_str().and_then(|text| text.parse().ok());
    id.map(Some)
        .ok_or_else(|| wrong(field, "wrong-type", format!("expected {expected}")))
}

fn more(value: Option<Value>) -> Result<Map<String, Value>, FieldError> {
    let Some(value) = value else { return Ok(Map::new()) };
    let Value::Object(fields) = value else {
        return Err(wrong("properties", "wrong-type", "expected an object"));
    };
    let length = serde_json::to_vec(&fields).map_or(usize::MAX, |text| text.len());
    if length > PROPERTIES_BYTES {
        let message = format!("properties take at most {PROPERTIES_BYTES} bytes as JSON");
        return Err(wrong("properties", "too-long", message));
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_800_000_000, 0);
    const ID: &str = "01935b2c-7a52-7f6e-9f0b-0f4f2f2f8a11";

    fn event() -> Value {
        json!({ "id": ID, "name": "Report exported", "at": "2026-11-22T10:00:00Z" })
    }

    fn code(name: &str, value: Value) -> Option<(String, String)> {
        let mut event = event();
        event[name] = value;
        read(event, NOW)
            .err()
            .map(|wrong| (wrong.pointer, wrong.code.into_owned()))
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        assert!(read(event(), NOW).is_ok());
        let customer = "cus_01h455vb4pex5vsknk084sn02q";
        let cases = [
            (
                "id",
                json!("01935b2c-7a52-4f6e-9f0b-0f4f2f2f8a11"),
                Some("not-a-uuid-v7"),
            ),
            ("id", json!(ID.replace('-', "")), Some("not-a-uuid-v7")),
            ("id", json!(7), Some("wrong-type")),
            ("id", Value::Null, Some("missing")),
            ("name", json!(" "), Some("length")),
            ("name", json!("x".repeat(101)), Some("length")),
            ("at", json!("yesterday"), Some("not-a-time")),
            ("at", json!("2027-01-17T08:00:01Z"), Some("in-the-future")),
            ("at", json!("2027-01-16T08:00:00Z"), None),
            ("at", json!("1999-12-31T23:59:59Z"), Some("too-old")),
            ("customer", json!(customer), None),
            (
                "customer",
                json!("ses_01h455vb4pex5vsknk084sn02q"),
                Some("wrong-type"),
            ),
            ("session", json!(customer), Some("wrong-type")),
            ("properties", json!({ "rows": 7 }), None),
            ("properties", json!([1]), Some("wrong-type")),
            (
                "properties",
                json!({ "x": "x".repeat(PROPERTIES_BYTES) }),
                Some("too-long"),
            ),
            ("company_id", json!("x"), Some("unknown-field")),
        ];
        for (field, value, expected) in cases {
            let expected = expected.map(|code| (format!("/{field}"), code.to_owned()));
            assert_eq!(code(field, value.clone()), expected, "{field} {value}");
        }
    }

    #[test]
    fn a_name_of_ours_is_nobodys_and_a_session_knows_only_those_of_the_viewer() {
        for name in [
            "session.ended",
            "Card.Viewed",
            "offer.",
            "ui.click",
            "cta.clicked",
        ] {
            assert!(name_fits(name, false).is_err(), "{name}");
        }
        for name in ["report.exported", "Signed in", "uifoo"] {
            assert!(name_fits(name, false).is_ok(), "{name}");
            assert!(name_fits(name, true).is_err(), "{name}");
        }
        assert!(name_fits("ui.click", true).is_ok());
        assert!(name_fits("session.ended", true).is_err());
    }
}
