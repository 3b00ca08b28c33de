//! The fields of an event or a span, with private ones redacted as they are recorded.

use std::{error::Error, fmt};

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};

const REDACTED: &str = "[redacted]";

/// Last words of field names that hold personal data or secrets.
const PRIVATE: [&str; 22] = [
    "address",
    "api_key",
    "authorization",
    "body",
    "cookie",
    "credentials",
    "display_name",
    "email",
    "first_name",
    "full_name",
    "ip",
    "last_name",
    "password",
    "phone",
    "query",
    "query_string",
    "recipient",
    "secret",
    "token",
    "uri",
    "user_agent",
    "user_name",
];

/// Whether a field of this name is redacted: its last part after a dot, or the end of that after an underscore, is a
/// word for personal data or a secret, such as `email`, `customer.email`, `contact_email`, `client.ip`, `token`.
#[must_use]
pub fn is_private(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    PRIVATE.iter().any(|word| {
        last.strip_suffix(word)
            .is_some_and(|before| before.is_empty() || before.ends_with('_'))
    })
}

/// The fields collected so far, by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(pub(crate) Map<String, Value>);

impl Fields {
    fn put(&mut self, field: &Field, value: impl FnOnce() -> Value) {
        let name = field.name();
        // `log.…` repeats what the bridge from the `log` crate knows about the line.
        if name.starts_with("log.") && name != "log.target" {
            return;
        }
        let value = if is_private(name) {
            Value::from(REDACTED)
        } else {
            value()
        };
        self.0.insert(name.to_owned(), value);
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, || Value::from(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, || Value::from(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, || Value::from(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, || Value::from(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, || Value::from(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, || Value::from(value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.put(field, || {
            let mut text = value.to_string();
            let mut cause = value.source();
            while let Some(error) = cause {
                text.push_str(": ");
                text.push_str(&error.to_string());
                cause = error.source();
            }
            Value::from(text)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::is_private;

    #[test]
    fn a_name_is_private_by_its_last_word() {
        for name in [
            "email",
            "customer.email",
            "contact_email",
            "client.ip",
            "reset_token",
            "kale.api_key",
        ] {
            assert!(is_private(name), "{name}");
        }
        for name in [
            "message",
            "company",
            "tip",
            "tokens",
            "email_sent",
            "http.status",
            "description",
        ] {
            assert!(!is_private(name), "{name}");
        }
    }
}
