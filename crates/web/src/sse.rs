//! Server-sent events: frames, heart-beats, and an end for every stream.

use std::{
    convert::Infallible,
    pin::Pin,
    time::{Duration, Instant},
};

use actix_web::{
    HttpResponse,
    http::header::{self, HeaderName, HeaderValue},
    rt::time,
};
use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream};
use serde::Serialize;

use crate::Drain;

/// How often a silent stream looks whether it has to end.
const TICK: Duration = Duration::from_secs(1);
/// After how long a silent stream sends a comment, so that nobody in between takes it for dead.
const HEART_BEAT: Duration = Duration::from_secs(15);
/// After how long a stream ends: whoever connects again is authenticated again.
const LONGEST: Duration = Duration::from_mins(30);
/// How long clients wait before they connect again.
const HELLO: &[u8] = b"retry: 2000\n\n";
const COMMENT: &[u8] = b":\n\n";

/// One event as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event(String);

impl Event {
    /// An event of that name with JSON as its data.
    #[must_use]
    pub fn new(name: &'static str, data: &impl Serialize) -> Self {
        // JSON text has no line break outside of its strings' escapes, so that one `data` line is enough.
        let data = serde_json::to_string(data).unwrap_or_else(|error| {
            tracing::error!(error = %error, "an event could not be written");
            "null".to_owned()
        });
        Self(format!("event: {name}\ndata: {data}\n\n"))
    }

    /// As it goes over the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The answer that sends these events. It ends with them, when the process goes away, and after half an hour.
pub fn respond(events: impl Stream<Item = Event> + 'static, drain: Drain) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        // A proxy or the compression of ours would hold events back.
        .insert_header((
            HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ))
        .insert_header((header::CONTENT_ENCODING, HeaderValue::from_static("identity")))
        .streaming(chunks(events, drain))
}

struct Sending {
    events: Pin<Box<dyn Stream<Item = Event>>>,
    drain: Drain,
    end: Option<Instant>,
    silent: Duration,
}

fn chunks(
    events: impl Stream<Item = Event> + 'static,
    drain: Drain,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let end = Instant::now().checked_add(LONGEST);
    let sending = Sending {
        events: Box::pin(events),
        drain,
        end,
        silent: Duration::ZERO,
    };
    let rest = stream::unfold(sending, |mut sending| async move {
        let chunk = sending.next().await?;
        Some((Ok(chunk), sending))
    });
    stream::iter([Ok(Bytes::from_static(HELLO))]).chain(rest)
}

impl Sending {
    async fn next(&mut self) -> Option<Bytes> {
        while !self.drain.is_draining() && self.end.is_some_and(|end| Instant::now() < end) {
            // A stream keeps what it waits for, so that nothing is lost when the wait is broken off.
            match time::timeout(TICK, self.events.next()).await {
                Ok(event) => {
                    self.silent = Duration::ZERO;
                    return event.map(|event| Bytes::from(event.0));
                }
                Err(_silence) => self.silent = self.silent.saturating_add(TICK),
            }
            if self.silent >= HEART_BEAT {
                self.silent = Duration::ZERO;
                return Some(Bytes::from_static(COMMENT));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(chunks: &[Result<Bytes, Infallible>]) -> Vec<&str> {
        chunks
            .iter()
            .map(|chunk| std::str::from_utf8(chunk.as_ref().unwrap()).unwrap())
            .collect()
    }

    #[actix_web::test]
    async fn a_stream_says_hello_and_ends_with_its_events() {
        let events = stream::iter([Event::new("job", &serde_json::json!({ "note": "a\nb" }))]);
        let all: Vec<_> = chunks(events, Drain::default()).collect().await;

        assert_eq!(
            texts(&all),
            ["retry: 2000\n\n", "event: job\ndata: {\"note\":\"a\\nb\"}\n\n"]
        );
    }

    #[actix_web::test]
    async fn a_silent_stream_sends_a_comment_every_fifteen_seconds() {
        tokio::time::pause();
        let all: Vec<_> = chunks(stream::pending(), Drain::default())
            .take(3)
            .collect()
            .await;

        assert_eq!(texts(&all), ["retry: 2000\n\n", ":\n\n", ":\n\n"]);
    }

    #[actix_web::test]
    async fn a_stream_ends_when_the_process_goes_away() {
        let drain = Drain::default();
        drain.begin();

        let all: Vec<_> = chunks(stream::pending(), drain).collect().await;
        assert_eq!(texts(&all), ["retry: 2000\n\n"]);
    }

    #[actix_web::test]
    async fn nobody_in_between_may_keep_or_compress_a_stream() {
        let response = respond(stream::pending(), Drain::default());
        for (name, value) in [
            ("content-type", "text/event-stream"),
            ("cache-control", "no-store"),
            ("x-accel-buffering", "no"),
            ("content-encoding", "identity"),
        ] {
            assert_eq!(response.headers().get(name).unwrap(), value);
        }
    }
}
