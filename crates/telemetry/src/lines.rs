//! One line an event, as a layer of its own: the layers of `tracing-subscriber` list the spans around an event, and
//! can't keep private fields out.

use std::io::Write;

use serde_json::{Map, Value};
use tracing::{Event, Id, Subscriber, span};
use tracing_subscriber::{
    Layer,
    fmt::{
        MakeWriter,
        format::Writer,
        time::{FormatTime, SystemTime},
    },
    layer::Context,
    registry::LookupSpan,
};

use crate::{Format, fields::Fields};

/// The layer that writes log lines; [`init`](crate::init) installs it for a process, a test gives it a buffer.
#[derive(Debug)]
pub struct Lines<W> {
    format: Format,
    writer: W,
}

impl<W> Lines<W> {
    /// Writes to what `writer` makes, one write a line.
    pub fn new(format: Format, writer: W) -> Self {
        Self { format, writer }
    }
}

impl<S, W> Layer<S> for Lines<W>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: for<'writer> MakeWriter<'writer> + 'static,
{
    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &span::Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        for span in context
            .event_scope(event)
            .into_iter()
            .flat_map(tracing_subscriber::registry::Scope::from_root)
        {
            if let Some(of_span) = span.extensions().get::<Fields>() {
                fields.0.extend(of_span.0.clone());
            }
        }
        event.record(&mut fields);
        let line = line(self.format, event.metadata(), fields.0);
        // A log line that can't be written can't be logged either.
        drop(
            self.writer
                .make_writer_for(event.metadata())
                .write_all(line.as_bytes()),
        );
    }
}

fn line(format: Format, metadata: &tracing::Metadata<'_>, mut fields: Map<String, Value>) -> String {
    let message = fields.remove("message").unwrap_or_default();
    let target = fields
        .remove("log.target")
        .unwrap_or_else(|| Value::from(metadata.target()));
    let level = metadata.level().as_str().to_lowercase();
    let mut line = match format {
        Format::Json => {
            let mut object = Map::new();
            object.insert("at".to_owned(), Value::from(now()));
            object.insert("level".to_owned(), Value::from(level));
            object.insert("target".to_owned(), target);
            object.insert("message".to_owned(), message);
            for (name, value) in fields {
                // What the line says about itself can't be overwritten by a field of the same name.
                object.entry(name).or_insert(value);
            }
            Value::Object(object).to_string()
        }
        Format::Pretty => {
            let target = target.as_str().unwrap_or_default();
            let mut text = format!(
                "{} {:5} {target}: {}",
                now(),
                level.to_uppercase(),
                plain(&message)
            );
            for (name, value) in &fields {
                for part in [" ", name, "=", &plain(value)] {
                    text.push_str(part);
                }
            }
            text
        }
    };
    line.push('\n');
    line
}

/// A value for people, on one line: a line break in it could pass for another event.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.replace('\n', "\\n").replace('\r', "\\r"),
        other => other.to_string(),
    }
}

/// The wall clock, RFC 3339. Logging shows the real time also where a test fixes the clock of the product.
fn now() -> String {
    let mut text = String::new();
    match SystemTime.format_time(&mut Writer::new(&mut text)) {
        Ok(()) => text,
        Err(std::fmt::Error) => String::new(),
    }
}
