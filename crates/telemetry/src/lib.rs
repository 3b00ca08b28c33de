//! Log lines and metrics.
//!
//! # Log lines
//!
//! One line an event. In JSON it is one flat object:
//!
//! | field | meaning |
//! |---|---|
//! | `at` | when it was written, RFC 3339 in UTC |
//! | `level` | `error`, `warn`, `info`, `debug`, `trace` |
//! | `target` | the module that wrote it |
//! | `message` | a fixed sentence; what varies stands in fields |
//! | `request_id` | the HTTP request it belongs to |
//! | `company`, `user`, `job`, `session`, `connection` | ids, never names |
//! | `code` | the stable code of a problem, as in the answer |
//! | `error` | what failed inside; never part of an answer |
//! | `took_ms` | how long it took, in milliseconds |
//!
//! Other fields are free. The fields of the enclosing spans are part of the line, the inner over the outer, so that a
//! line can be understood alone; the spans themselves are not listed.
//!
//! **No personal data:** a field whose name says that it holds some, or a secret, is written as `[redacted]`
//! ([`is_private`]). This is the second line of defence; the first is not to log it.
//!
//! # Metrics
//!
//! Written anywhere with the macros of the `metrics` crate, rendered by [`Metrics::render`] in the Prometheus text
//! format. Names begin with `kale_` and end with their unit; labels have few values and never an id.

mod fields;
mod lines;
mod metrics;

use std::io;

use tracing_subscriber::{EnvFilter, filter::ParseError, layer::SubscriberExt, util::SubscriberInitExt};

pub use crate::{fields::is_private, lines::Lines, metrics::Metrics};

/// What a log line looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// One JSON object a line.
    #[default]
    Json,
    /// Time, level, target, message and `name=value`, for people.
    Pretty,
}

/// Why logging or metrics could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter can't be read.
    #[error(
        "the log filter `{filter}` can't be read: {reason}. Write it as `info` or `info,kale_jobs=debug`"
    )]
    Filter {
        /// The filter as given.
        filter: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Another logger or metrics recorder was set up in this process before.
    #[error("{0} can be set up only once in a process, and something else did it before")]
    TakenBefore(&'static str),
}

/// Sends the log lines of this process to standard error: standard output belongs to what a command prints.
///
/// `filter` is a level or a list such as `info,kale_jobs=debug`. Call it once, first thing in `main`.
pub fn init(filter: &str, format: Format) -> Result<(), TelemetryError> {
    let filter = parse_filter(filter)?;
    tracing_subscriber::registry()
        .with(filter)
        .with(Lines::new(format, io::stderr))
        .try_init()
        .map_err(|_taken| TelemetryError::TakenBefore("logging"))
}

/// Targets of libraries that write down whole paths, bodies or commands, and with them whatever secret a client put there.
/// They are silent at every level, unless a filter names something inside them.
const SILENT: [&str; 1] = ["actix_web::types=off"];

/// Reads a filter; every word of it must be a level or `target=level`.
pub fn parse_filter(filter: &str) -> Result<EnvFilter, TelemetryError> {
    let refused = |reason: String| TelemetryError::Filter {
        filter: filter.to_owned(),
        reason,
    };
    let mut read = EnvFilter::builder()
        .parse(filter)
        .map_err(|error| refused(error.to_string()))?;
    for silent in SILENT {
        let directive = silent
            .parse()
            .map_err(|error: ParseError| refused(error.to_string()))?;
        read = read.add_directive(directive);
    }
    Ok(read)
}
