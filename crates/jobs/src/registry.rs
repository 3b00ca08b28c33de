//! Which handler runs which kind.

use std::{collections::BTreeMap, fmt, sync::Arc};

use futures::future::LocalBoxFuture;
use serde_json::Value;

use crate::{Job, JobError, Lease};

type Handler = Arc<dyn Fn(Value, Lease) -> LocalBoxFuture<'static, Result<(), JobError>> + Send + Sync>;

/// The handlers of a worker. Cheap to clone.
#[derive(Clone, Default)]
pub struct Registry {
    handlers: BTreeMap<&'static str, Handler>,
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.handlers.keys()).finish()
    }
}

impl Registry {
    /// Without any handler.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs jobs of this kind with `handler`; a second handler of a kind takes the place of the first.
    #[must_use]
    pub fn on<J: Job>(
        mut self,
        handler: impl AsyncFn(J, Lease) -> Result<(), JobError> + Send + Sync + 'static,
    ) -> Self {
        let handler = Arc::new(handler);
        let erased: Handler = Arc::new(move |payload, lease| {
            let handler = Arc::clone(&handler);
            Box::pin(async move {
                match serde_json::from_value::<J>(payload) {
                    Ok(job) => handler(job, lease).await,
                    Err(error) => {
                        tracing::error!(job.id = %lease.id(), job.kind = J::KIND, %error, "a payload can't be read");
                        Err(JobError::fail("its payload can't be read by this release"))
                    }
                }
            })
        });
        self.handlers.insert(J::KIND, erased);
        self
    }

    /// The kinds it has handlers for.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.handlers.keys().copied()
    }

    /// The kind by its name in the code, if there is a handler for it.
    pub(crate) fn known(&self, kind: &str) -> Option<&'static str> {
        self.handlers.get_key_value(kind).map(|(kind, _)| *kind)
    }

    /// The run of a job; `None` where there is no handler.
    pub(crate) fn run(&self, lease: Lease) -> Option<LocalBoxFuture<'static, Result<(), JobError>>> {
        let handler = self.handlers.get(lease.job().kind())?;
        Some(handler(lease.job().payload().clone(), lease))
    }
}
