//! Background work as it changes.
//!
//! Who follows something subscribes first and reads then, so that nothing falls between; [`Followed`] does both.

use std::{fmt, pin::Pin};

use futures::{Stream, StreamExt as _, stream};
use kale_domain::{id::JobId, job::JobStatus};
use kale_persistence::Tenant;
pub use kale_persistence::{
    jobs::JobFilter,
    live::{Live, LiveEvent},
};

use crate::work::{Work, WorkError};

/// One job, followed to its end.
pub struct Followed {
    events: Pin<Box<dyn Stream<Item = LiveEvent> + Send>>,
    work: Work,
    tenant: Tenant,
    id: JobId,
    last: JobStatus,
}

impl fmt::Debug for Followed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Followed")
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}

impl Followed {
    /// Follows a job of a company from now on; [`WorkError::NotFound`] where it has none of that identity.
    pub async fn begin(live: &Live, work: &Work, tenant: Tenant, id: JobId) -> Result<Self, WorkError> {
        let events = Box::pin(live.subscribe(tenant));
        let last = work.get(tenant, id).await?;
        Ok(Self {
            events,
            work: work.clone(),
            tenant,
            id,
            last,
        })
    }

    /// How the job is now.
    #[must_use]
    pub const fn now(&self) -> &JobStatus {
        &self.last
    }

    /// Each state that differs from the one before. It ends with the job, or with an error of the store.
    pub fn changes(self) -> impl Stream<Item = Result<JobStatus, WorkError>> + Send {
        stream::unfold(Some(self), |followed| async move {
            let mut followed = followed?;
            match followed.next().await {
                Ok(Some(job)) => Some((Ok(job), Some(followed))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        })
    }

    async fn next(&mut self) -> Result<Option<JobStatus>, WorkError> {
        while !self.last.state.is_final() {
            let Some(event) = self.events.next().await else {
                return Ok(None);
            };
            let now = match event {
                LiveEvent::Job(job) if job.id == self.id => job.as_ref().clone(),
                LiveEvent::Job(_) => continue,
                LiveEvent::Reset => self.work.get(self.tenant, self.id).await?,
            };
            if now != self.last {
                self.last = now.clone();
                return Ok(Some(now));
            }
        }
        Ok(None)
    }
}
