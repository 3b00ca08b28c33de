//! Waking the count after a write, without a write of its own for each.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use kale_domain::id::CompanyId;
use kale_persistence::{Store, Tenant};

use super::ask;

/// How long changes gather before the count is asked for.
const PAUSE: Duration = Duration::from_millis(400);

/// Asks for a count soon after something has changed, once for all changes of a company that come meanwhile.
///
/// The mark in the store is what is never lost. A process that ends before it has asked leaves that to the sweep.
#[derive(Debug, Clone)]
pub(crate) struct Waker {
    store: Store,
    /// Companies of whom somebody will ask.
    asked: Arc<Mutex<BTreeSet<CompanyId>>>,
}

impl Waker {
    pub(crate) fn new(store: Store) -> Self {
        Self {
            store,
            asked: Arc::default(),
        }
    }

    /// Something was written that is to be counted.
    pub(crate) fn changed(&self, tenant: Tenant) {
        let company = tenant.company();
        if !self.lock().insert(company) {
            return;
        }
        let this = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(PAUSE).await;
            // Before asking: who changes something from now on asks again.
            this.lock().remove(&company);
            if let Err(error) = ask(&this.store, company).await {
                tracing::warn!(%error, "a count could not be asked for; the sweep will");
            }
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<CompanyId>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
