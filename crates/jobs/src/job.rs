//! What a job is.

use kale_domain::id::CompanyId;
use kale_persistence::{StoreError, jobs::NewJob};
use serde::{Serialize, de::DeserializeOwned};

/// A kind of work. The value is what its handler is given: ids, no personal data.
///
/// A payload outlives releases: fields are added with a default and removed one release after nobody reads them.
pub trait Job: Serialize + DeserializeOwned + 'static {
    /// Names the kind in the store; never changes.
    const KIND: &'static str;
    /// Which workers take it.
    const POOL: &'static str = "default";
    /// How often it may be tried.
    const MAX_ATTEMPTS: u32 = 5;
    /// Whether nobody waits for it: it runs by itself, often, and people see it only where it runs or went wrong.
    const HOUSEKEEPING: bool = false;

    /// This work for a company.
    fn of(&self, company: CompanyId) -> Result<NewJob, StoreError> {
        Ok(self.of_installation()?.of(company))
    }

    /// This work for no company.
    fn of_installation(&self) -> Result<NewJob, StoreError> {
        let mut job = NewJob::new(Self::KIND, self)?;
        job.pool = Self::POOL;
        job.max_attempts = Self::MAX_ATTEMPTS;
        job.housekeeping = Self::HOUSEKEEPING;
        Ok(job)
    }
}
