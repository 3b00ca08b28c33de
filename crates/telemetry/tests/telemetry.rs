//! What a reader of logs and metrics sees.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use std::{
    io,
    sync::{Arc, Mutex},
};

use kale_telemetry::{Format, Lines, Metrics, TelemetryError, init, parse_filter};
use serde_json::Value;
use tracing_subscriber::layer::SubscriberExt;

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl io::Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn written(format: Format, filter: &str, act: impl FnOnce()) -> String {
    let buffer = Buffer::default();
    let writer = buffer.clone();
    let subscriber = tracing_subscriber::registry()
        .with(parse_filter(filter).unwrap())
        .with(Lines::new(format, move || writer.clone()));
    tracing::subscriber::with_default(subscriber, act);
    let bytes = buffer.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

fn one_line(act: impl FnOnce()) -> Value {
    let text = written(Format::Json, "trace", act);
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_line_is_one_flat_object_with_the_fields_of_its_spans() {
    let line = one_line(|| {
        let request = tracing::info_span!(
            "request",
            request_id = "r1",
            company = tracing::field::Empty,
            step = 1
        );
        request.record("company", "cmp_1");
        let _request = request.enter();
        let _inner = tracing::info_span!("inner", step = 2).entered();
        tracing::warn!(
            code = "too-slow",
            took_ms = 12_u64,
            share = 0.5,
            cached = false,
            "the answer was slow"
        );
    });
    let mut line = line.as_object().unwrap().clone();
    let at = line.remove("at").unwrap();
    assert!(at.as_str().unwrap().ends_with('Z'), "{at}");
    let expected = serde_json::json!({
        "level": "warn", "target": "telemetry", "message": "the answer was slow", "request_id": "r1",
        "company": "cmp_1", "step": 2, "code": "too-slow", "took_ms": 12, "share": 0.5, "cached": false,
    });
    assert_eq!(Value::Object(line), expected);
}

#[test]
fn private_fields_are_redacted_in_events_and_spans_of_both_formats() {
    for format in [Format::Json, Format::Pretty] {
        let text = written(format, "trace", || {
            let span = tracing::info_span!("request", client.ip = "203.0.113.7", user_agent = "agent-x");
            let _request = span.enter();
            let email = "anna@example.com";
            tracing::info!(email, contact.email = %email, token = ?Some("hunter2"), kept = "kept", "an invitation was sent");
        });
        for private in ["203.0.113.7", "agent-x", "anna@example.com", "hunter2"] {
            assert!(!text.contains(private), "{text}");
        }
        assert!(text.contains("kept") && text.contains("[redacted]"), "{text}");
    }
}

#[test]
fn an_error_is_written_with_its_causes() {
    #[derive(Debug, thiserror::Error)]
    #[error("the store is away")]
    struct Away(#[source] io::Error);

    let line = one_line(|| {
        let error = Away(io::Error::other("connection refused"));
        let error: &(dyn std::error::Error + 'static) = &error;
        tracing::error!(error, "a job failed");
    });
    assert_eq!(line["error"], "the store is away: connection refused");
}

#[test]
fn a_field_can_not_pass_for_the_line_itself() {
    let line = one_line(|| tracing::info!(level = "error", target_ = 1, at = "never", "quiet"));
    assert_eq!(line["level"], "info");
    assert_ne!(line["at"], "never");
}

#[test]
fn a_line_break_in_a_value_makes_no_second_line() {
    for format in [Format::Json, Format::Pretty] {
        let text = written(format, "trace", || {
            tracing::info!(file = "a\nERROR b\r\nc", "uploaded\nERROR");
        });
        assert_eq!(text.lines().count(), 1, "{text}");
    }
}

#[test]
fn the_filter_decides_by_target_and_level() {
    let text = written(Format::Pretty, "warn,kale_jobs=debug", || {
        tracing::info!("hidden");
        tracing::warn!("seen one");
        tracing::debug!(target: "kale_jobs", "seen two");
        tracing::debug!(target: "kale_web", "hidden");
    });
    assert!(
        text.contains("WARN  telemetry: seen one") && text.contains("DEBUG kale_jobs: seen two"),
        "{text}"
    );
    assert!(!text.contains("hidden"), "{text}");
}

#[test]
fn an_unreadable_filter_is_refused_with_an_example() {
    let error = init("info,kale=loudest", Format::Json).unwrap_err();
    assert!(matches!(error, TelemetryError::Filter { .. }));
    assert!(error.to_string().contains("info,kale_jobs=debug"), "{error}");
}

#[test]
fn logging_is_set_up_once() {
    init("off", Format::Json).unwrap();
    assert!(matches!(
        init("off", Format::Json),
        Err(TelemetryError::TakenBefore("logging"))
    ));
}

#[test]
fn metrics_are_rendered_and_a_second_installation_is_the_same() {
    let first = Metrics::install().unwrap();
    metrics::counter!("kale_test_events_total", "kind" => "viewed").increment(3);
    metrics::histogram!("kale_test_request_seconds").record(0.003);
    let second = Metrics::install().unwrap();
    second.upkeep();
    for text in [first.render(), second.render()] {
        assert!(
            text.contains(r#"kale_test_events_total{kind="viewed"} 3"#),
            "{text}"
        );
        assert!(
            text.contains(r#"kale_test_request_seconds_bucket{le="0.005"} 1"#),
            "{text}"
        );
        assert!(
            text.contains(r#"kale_test_request_seconds_bucket{le="0.002"} 0"#),
            "{text}"
        );
    }
}
