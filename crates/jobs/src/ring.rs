//! Whose turn it is: one job per company, round and round.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::{Duration, Instant},
};

use kale_domain::id::CompanyId;
use kale_persistence::{Store, StoreError};
use rand::seq::SliceRandom as _;
use tokio::sync::watch;

/// A company, or the installation.
pub(crate) type Owner = Option<CompanyId>;

/// The companies that have jobs waiting. One per worker, so that no document is hot.
#[derive(Debug)]
pub(crate) struct Ring {
    turns: VecDeque<Owner>,
    /// Jobs in work, in all processes: counted at each reload, then by what this worker does.
    running: BTreeMap<Owner, u64>,
    cap: Option<u64>,
    refresh: Duration,
    loaded: Option<Instant>,
    /// Changes when somebody in this process enqueued.
    nudges: watch::Receiver<u64>,
}

impl Ring {
    pub(crate) const fn new(refresh: Duration, cap: Option<u64>, nudges: watch::Receiver<u64>) -> Self {
        Self {
            turns: VecDeque::new(),
            running: BTreeMap::new(),
            cap,
            refresh,
            loaded: None,
            nudges,
        }
    }

    /// Whose job to claim next.
    pub(crate) async fn next(&mut self, store: &Store, pool: &str) -> Result<Option<Owner>, StoreError> {
        let nudged = self.nudges.has_changed().unwrap_or(false);
        if nudged || self.loaded.is_none_or(|loaded| loaded.elapsed() >= self.refresh) {
            self.nudges.mark_unchanged();
            let waiting = store.jobs().waiting(pool).await?;
            let running = match self.cap {
                Some(_) => store.jobs().running(pool).await?,
                None => BTreeMap::new(),
            };
            self.load(waiting, running);
            self.loaded = Some(Instant::now());
        }
        Ok(self.turn())
    }

    fn load(&mut self, waiting: Vec<Owner>, running: BTreeMap<Owner, u64>) {
        let waiting: BTreeSet<Owner> = waiting.into_iter().collect();
        self.turns.retain(|owner| waiting.contains(owner));
        let known: BTreeSet<Owner> = self.turns.iter().copied().collect();
        let mut new: Vec<Owner> = waiting.difference(&known).copied().collect();
        new.shuffle(&mut rand::rng());
        // To the front: who had nothing waiting has not had a turn.
        for owner in new {
            self.turns.push_front(owner);
        }
        self.running = running;
    }

    fn turn(&mut self) -> Option<Owner> {
        for _ in 0..self.turns.len() {
            let owner = self.turns.pop_front()?;
            self.turns.push_back(owner);
            let running = self.running.entry(owner).or_default();
            if self.cap.is_none_or(|cap| *running < cap) {
                *running += 1;
                return Some(owner);
            }
        }
        None
    }

    /// Nothing waits there any more, until a reload says otherwise.
    pub(crate) fn dry(&mut self, owner: Owner) {
        self.turns.retain(|other| *other != owner);
        self.ended(owner);
    }

    /// A job of ours ended: without this the cap would limit how many jobs start between two reloads.
    pub(crate) fn ended(&mut self, owner: Owner) {
        if let Some(running) = self.running.get_mut(&owner) {
            *running = running.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const ONE: Owner = Some(CompanyId::from_uuid(Uuid::from_u128(1)));
    const TWO: Owner = Some(CompanyId::from_uuid(Uuid::from_u128(2)));
    const THREE: Owner = Some(CompanyId::from_uuid(Uuid::from_u128(3)));

    fn ring(cap: Option<u64>) -> Ring {
        Ring::new(Duration::from_secs(1), cap, watch::channel(0).1)
    }

    #[test]
    fn everybody_has_a_turn_before_anybody_has_a_second() {
        let mut ring = ring(None);
        ring.load(vec![ONE, TWO, None], BTreeMap::new());

        let turns: Vec<Owner> = (0..6).filter_map(|_| ring.turn()).collect();

        assert_eq!(turns[..3].iter().collect::<BTreeSet<_>>().len(), 3);
        assert_eq!(turns[..3], turns[3..]);
    }

    #[test]
    fn a_newcomer_is_next() {
        let mut ring = ring(None);
        ring.load(vec![ONE, TWO], BTreeMap::new());
        ring.load(vec![ONE, TWO, THREE], BTreeMap::new());

        assert_eq!(ring.turn(), Some(THREE));
    }

    #[test]
    fn a_company_at_its_cap_waits_until_one_of_its_jobs_ends() {
        let mut ring = ring(Some(2));
        ring.load(vec![ONE], BTreeMap::from([(ONE, 1)]));

        assert_eq!((ring.turn(), ring.turn()), (Some(ONE), None));
        ring.ended(ONE);
        assert_eq!(ring.turn(), Some(ONE));
    }

    #[test]
    fn a_company_without_jobs_leaves_the_ring() {
        let mut ring = ring(None);
        ring.load(vec![ONE, TWO], BTreeMap::new());
        ring.dry(ONE);

        assert_eq!((ring.turn(), ring.turn()), (Some(TWO), Some(TWO)));
    }
}
