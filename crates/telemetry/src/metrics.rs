//! The registry of metrics of this process.

use std::sync::{Mutex, PoisonError};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::TelemetryError;

/// Upper bounds of duration buckets, in seconds: from a cached page to the longest allowed request.
const SECONDS: [f64; 14] = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0,
];
/// Upper bounds of size buckets, in bytes.
const BYTES: [f64; 7] = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

static INSTALLED: Mutex<Option<PrometheusHandle>> = Mutex::new(None);

/// The metrics of this process. Cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// Starts recording on the first call; later calls, also from other tests of one process, return the same.
    pub fn install() -> Result<Self, TelemetryError> {
        // Held while installing, so that of two first calls one installs and the other waits for it.
        let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = &*installed {
            return Ok(Self {
                handle: handle.clone(),
            });
        }
        let recorder = builder()?.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).map_err(|_taken| TelemetryError::TakenBefore("metrics"))?;
        *installed = Some(handle.clone());
        Ok(Self { handle })
    }

    /// Everything recorded so far, in the Prometheus text format.
    #[must_use]
    pub fn render(&self) -> String {
        // Nothing else drains the samples: there is no task beside this one.
        self.handle.run_upkeep();
        self.handle.render()
    }

    /// Moves recorded samples into their buckets. [`Metrics::render`] does so too; a process that is never asked for
    /// its metrics calls this every few seconds, or its samples pile up.
    pub fn upkeep(&self) {
        self.handle.run_upkeep();
    }
}

fn builder() -> Result<PrometheusBuilder, TelemetryError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
        .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_bytes".to_owned()), &BYTES))
        // The one cause is an empty list of buckets.
        .map_err(|_empty| TelemetryError::TakenBefore("metrics"))
}
