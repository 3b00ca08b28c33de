//! Counting what has changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::tz::TimeZone;
use kale_domain::id::{CompanyId, CustomerId, SessionId, WorkflowId};
use kale_jobs::{Job, JobError, Lease};
use kale_measures::{
    cell::{Numbers, difference},
    session::{Asked, count},
    window::{Finished, superseded},
};
use kale_persistence::{
    Store, StoreError, Tenant, companies,
    rollups::{self, State},
    sessions::{self, Countable, Kin, Recounted},
    usage,
    workflows::versions,
};
use serde::{Deserialize, Serialize};

/// How many sessions one transaction counts at most.
const MOST: u32 = 1_000;
/// And at least: with so many, a session that somebody is just walking seldom stands in the way.
const FEWEST: u32 = 20;
/// How many events one transaction counts.
const EVENTS: u32 = 2_000;
/// How often in a row a count may find that somebody was faster.
const TRIES: u32 = 60;

/// Counts what has changed in a company.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RollUp {}

impl Job for RollUp {
    const KIND: &'static str = "rollup";
    const HOUSEKEEPING: bool = true;
    // The transaction of a process that was killed stands in the way for up to a minute.
    const MAX_ATTEMPTS: u32 = 10;
}

/// Asks for a count of a company, unless one is waiting.
pub(crate) async fn ask(store: &Store, company: CompanyId) -> Result<(), StoreError> {
    let job = RollUp::default().of(company)?.unless_queued("all");
    store.jobs().enqueue(None, job).await.map(drop)
}

/// Runs [`RollUp`] until nothing is left.
pub async fn roll_up(store: &Store, _: RollUp, lease: &Lease) -> Result<(), JobError> {
    let tenant = lease.tenant()?;
    let mut counter = Counter::of(store, tenant);
    let (mut limit, mut tries, mut done) = (MOST, 0, 0);
    loop {
        let counted = match counter.dirty(limit).await {
            Ok(sessions) => match usage::count(store, tenant, EVENTS).await {
                Ok(events) => Ok(sessions + events),
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        match counted {
            Ok(0) => {
                let words = format!("{done} sessions and events counted");
                return lease.progress(done, Some(done), &words);
            }
            Ok(counted) => {
                done += counted;
                tries = 0;
                limit = (limit * 2).min(MOST);
                lease.progress(done, None, "Counting what has changed")?;
            }
            // Somebody was faster: fewer at a time meet fewer others.
            Err(StoreError::Stale) if tries < TRIES => {
                tries += 1;
                limit = (limit / 2).max(FEWEST);
                lease.check()?;
                store.pause(tries.min(6)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Counts sessions of one company.
pub(super) struct Counter<'a> {
    store: &'a Store,
    tenant: Tenant,
    asked: Versions,
}

/// A time zone with its name.
pub(super) struct Zone {
    name: String,
    zone: TimeZone,
}

/// What the versions ask that were met: they never change.
pub(super) type Versions = BTreeMap<(WorkflowId, u32), Arc<Asked>>;

impl<'a> Counter<'a> {
    pub(super) const fn of(store: &'a Store, tenant: Tenant) -> Self {
        Self {
            store,
            tenant,
            asked: Versions::new(),
        }
    }

    /// Whose days an epoch has: those of the zone it was begun in, whatever the company has changed since. One that none
    /// is known of has the company's.
    pub(super) async fn zone(&self, kept: Option<&str>) -> Result<Zone, StoreError> {
        let name = match kept {
            Some(name) => name.to_owned(),
            None => companies::get(self.store, self.tenant).await?.time_zone,
        };
        let zone = TimeZone::get(&name).unwrap_or(TimeZone::UTC);
        Ok(Zone { name, zone })
    }

    /// Counts some that have changed; answers how many. [`StoreError::Stale`] where somebody was faster.
    async fn dirty(&mut self, limit: u32) -> Result<u64, StoreError> {
        // First of all: whoever counts between this and the write makes this one start again.
        let state = rollups::state(self.store, self.tenant).await?;
        let batch = sessions::dirty(self.store, self.tenant, limit).await?;
        if batch.is_empty() {
            return Ok(0);
        }
        let customers: BTreeSet<CustomerId> = batch.iter().map(|one| one.session.customer).collect();
        let kin = sessions::kin(self.store, self.tenant, &customers).await?;
        let say = Say::of(&kin);
        let moved = say.moved(&kin, &state, &batch);
        let moved = sessions::these(self.store, self.tenant, &moved).await?;
        // Whether one of them decides is what was read of all: they are counted as that, or somebody was faster.
        let all: Vec<&Countable> = batch.iter().chain(&moved).collect();
        self.write(&state, &all, &say).await
    }

    /// Counts whole families of sessions.
    pub(super) async fn families(&mut self, state: &State, all: &[Countable]) -> Result<u64, StoreError> {
        let say = Say::of_families(all);
        let all: Vec<&Countable> = all.iter().collect();
        self.write(state, &all, &say).await
    }

    async fn write(&mut self, state: &State, all: &[&Countable], say: &Say) -> Result<u64, StoreError> {
        let zone = self.zone(state.building_zone.as_deref()).await?;
        let mut numbers = Numbers::new();
        let mut recounted = Vec::with_capacity(all.len());
        for one in all {
            let decides = say.decides(one.session.id);
            let counted = self.count(one, decides, &zone).await?;
            difference(&mut numbers, rollups::counted_in(state, one), Some(&counted));
            recounted.push(Recounted {
                id: one.session.id,
                revision: one.session.revision,
                decides,
                counted,
            });
        }
        rollups::count(self.store, self.tenant, state, &recounted, &numbers, &zone.name).await?;
        Ok(u64::try_from(recounted.len()).unwrap_or(u64::MAX))
    }

    /// What a session counts for, on a day of that zone.
    pub(super) async fn count(
        &mut self,
        one: &Countable,
        decides: bool,
        zone: &Zone,
    ) -> Result<kale_measures::cell::Counted, StoreError> {
        let session = &one.session;
        let key = (session.workflow, session.walk.version);
        let asked = match self.asked.get(&key) {
            Some(asked) => Arc::clone(asked),
            None => {
                let version = versions::get(self.store, self.tenant, key.0, key.1).await?;
                let asked = version.map(|version| Asked::on(version.tree.all()));
                let asked = Arc::new(asked.unwrap_or_default());
                self.asked.insert(key, Arc::clone(&asked));
                asked
            }
        };
        Ok(count(session, &asked, &zone.zone, decides))
    }
}

/// Which sessions decide nothing, because another one of their subscription follows in the save window.
pub(super) struct Say(BTreeSet<SessionId>);

impl Say {
    fn of(kin: &[Kin]) -> Self {
        Self::among(kin.iter().map(|one| {
            let family = (one.customer, one.subscription.as_deref());
            (family, one.finished)
        }))
    }

    pub(super) fn of_families(all: &[Countable]) -> Self {
        Self::among(all.iter().filter_map(|one| Some((one.family(), one.finished()?))))
    }

    fn among<'k>(all: impl Iterator<Item = ((CustomerId, Option<&'k str>), Finished)>) -> Self {
        let mut families: BTreeMap<_, Vec<Finished>> = BTreeMap::new();
        for (family, finished) in all {
            families.entry(family).or_default().push(finished);
        }
        Self(families.values().flat_map(|family| superseded(family)).collect())
    }

    pub(super) fn decides(&self, session: SessionId) -> bool {
        !self.0.contains(&session)
    }

    /// Those beside a batch whose say is not the one they were counted with. Who has not been counted in this epoch will
    /// be, and who has changed is counted anew anyway.
    fn moved(&self, kin: &[Kin], state: &State, batch: &[Countable]) -> Vec<SessionId> {
        let batch: BTreeSet<SessionId> = batch.iter().map(|one| one.session.id).collect();
        let moved = kin.iter().filter(|one| {
            let is = self.decides(one.finished.id);
            let was = one
                .counted
                .filter(|(epoch, _)| *epoch == i64::from(state.building));
            !one.dirty && !batch.contains(&one.finished.id) && was.is_some_and(|(_, was)| was != is)
        });
        moved.map(|one| one.finished.id).collect()
    }
}
