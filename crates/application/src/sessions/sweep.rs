//! What nobody touches is abandoned after half an hour and over after a day: written down once a minute.

use std::collections::BTreeSet;

use kale_flow::{
    session::{SessionState, idle_since},
    walk::EXPIRED_AFTER,
};
use kale_jobs::{Job, JobError, Lease};
use kale_persistence::{Installation, Store, StoreError, Tenant, events, sessions};
use serde::{Deserialize, Serialize};

use super::Session;
use crate::measures;

/// How many sessions are read at once.
const BATCH: u32 = 500;

/// Writes down what idleness has made of sessions.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SweepSessions {}

impl Job for SweepSessions {
    const KIND: &'static str = "session_expiry";
    const HOUSEKEEPING: bool = true;
}

/// Runs [`SweepSessions`].
pub async fn sweep_sessions(store: &Store, _: SweepSessions, lease: &Lease) -> Result<(), JobError> {
    let installation = lease.installation()?;
    let mut done = 0;
    loop {
        let swept = sweep(store, installation).await?;
        if swept.written == 0 {
            let words = match swept.unreadable {
                0 => format!("{done} sessions abandoned or ended"),
                some => {
                    format!("{done} sessions abandoned or ended; {some} can't be read, the log says which")
                }
            };
            return lease.progress(done, Some(done), &words);
        }
        done += swept.written;
        lease.progress(done, None, "Sessions that nobody goes on with")?;
    }
}

/// What came of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many sessions changed.
    pub written: u64,
    /// How many were passed over, because they can't be read.
    pub unreadable: u64,
}

/// Writes one batch of each state down.
pub async fn sweep(store: &Store, installation: Installation) -> Result<Swept, StoreError> {
    let now = store.now();
    let over = now.saturating_sub(EXPIRED_AFTER).unwrap_or(jiff::Timestamp::MIN);
    let mut swept = Swept::default();
    let mut companies = BTreeSet::new();
    for (state, since) in [
        (SessionState::InProgress, idle_since(now)),
        (SessionState::Abandoned, over),
    ] {
        let untouched = sessions::untouched(store, installation, state, since, BATCH).await?;
        swept.unreadable += untouched.unreadable;
        for (tenant, session) in untouched.sessions {
            if settle(store, tenant, &session).await? {
                swept.written += 1;
                companies.insert(tenant.company());
            }
        }
    }
    for company in companies {
        measures::ask(store, company).await?;
    }
    Ok(swept)
}

/// Writes down what became of one; `false` where somebody was faster.
async fn settle(store: &Store, tenant: Tenant, session: &Session) -> Result<bool, StoreError> {
    let Some(changed) = session.idled(store.now()) else {
        return Ok(false);
    };
    let written = store
        .transaction::<_, StoreError>(tenant, async |tx| {
            sessions::write(store, tx, &changed.session, None).await?;
            events::add(store, tx, &changed.events).await
        })
        .await;
    match written {
        Ok(()) => Ok(true),
        Err(StoreError::Stale) => Ok(false),
        Err(error) => Err(error),
    }
}
