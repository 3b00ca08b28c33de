//! What was read a moment ago, remembered for a few seconds: a company's definitions, which nearly every request needs,
//! and tallies of many customers, which are dear.
//!
//! In this process a read after a write sees the write: the end of each [`Tx`](crate::Tx) and of each
//! [`Store::settle`](crate::Store::settle) forgets what it may have changed. What another process wrote is seen at the
//! latest when the time is over. So nothing that decides about a write is read from here.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::sync::Cache;

use crate::tenant::Tenant;

/// How long a company's definitions are taken as they were.
const DEFINITIONS: Duration = Duration::from_secs(2);
/// How long a tally is.
const TALLIES: Duration = Duration::from_secs(5);
/// Of how many companies something is remembered.
const COMPANIES: u64 = 2_000;
/// How many things of one company are.
const THINGS: usize = 200;

/// The memories of one process.
#[derive(Debug)]
pub(crate) struct Memories {
    /// What companies have defined: attributes, personas.
    pub(crate) definitions: Memory,
    /// How many customers there are of which kind.
    pub(crate) tallies: Memory,
}

/// Things of companies, for some seconds.
#[derive(Debug)]
pub(crate) struct Memory {
    shelves: Cache<Tenant, Arc<Shelf>>,
}

/// What is remembered of one company. To forget it is to put up a new one: whoever still reads puts what they find on
/// the old one, where nobody looks, so that what was read before a write is never remembered after it.
#[derive(Debug, Default)]
struct Shelf(Mutex<HashMap<Key, Thing>>);

/// Of which type, and, where there are several, about what.
type Key = (TypeId, Vec<u8>);
type Thing = Arc<dyn Any + Send + Sync>;

impl Memories {
    pub(crate) fn new() -> Self {
        Self {
            definitions: Memory::new(DEFINITIONS),
            tallies: Memory::new(TALLIES),
        }
    }
}

impl Memory {
    fn new(lasts: Duration) -> Self {
        Self {
            shelves: Cache::builder()
                .max_capacity(COMPANIES)
                .time_to_live(lasts)
                .build(),
        }
    }

    /// What is remembered, else what `read` gives, remembered from then on if it is `worth` it.
    pub(crate) async fn recall<T, E>(
        &self,
        tenant: Tenant,
        about: &[u8],
        read: impl AsyncFnOnce() -> Result<T, E>,
        worth: impl FnOnce(&T) -> bool,
    ) -> Result<Arc<T>, E>
    where
        T: Send + Sync + 'static,
    {
        let key = (TypeId::of::<T>(), about.to_vec());
        let shelf = self.shelves.get_with(tenant, Arc::default);
        if let Some(known) = shelf.find(&key).and_then(|thing| thing.downcast::<T>().ok()) {
            return Ok(known);
        }
        let value = Arc::new(read().await?);
        if worth(&value) {
            shelf.put(key, Arc::<T>::clone(&value));
        }
        Ok(value)
    }

    /// Forgets what it knows of a company.
    pub(crate) fn forget(&self, tenant: Tenant) {
        self.shelves.invalidate(&tenant);
    }

    /// Forgets everything.
    pub(crate) fn forget_all(&self) {
        self.shelves.invalidate_all();
    }
}

impl Shelf {
    fn find(&self, key: &Key) -> Option<Thing> {
        let things = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        things.get(key).cloned()
    }

    fn put(&self, key: Key, thing: Thing) {
        let mut things = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if things.len() < THINGS {
            things.insert(key, thing);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::testing::people::company_id;

    fn tenant(n: u128) -> Tenant {
        Tenant::new(company_id(n))
    }

    async fn recall(memory: &Memory, tenant: Tenant, about: &[u8], fresh: u32) -> u32 {
        let read = async || Ok::<_, Infallible>(fresh);
        *memory.recall(tenant, about, read, |_| true).await.unwrap()
    }

    #[tokio::test]
    async fn a_thing_is_read_once_per_company_type_and_subject() {
        let memory = Memory::new(Duration::from_mins(1));
        assert_eq!(recall(&memory, tenant(1), b"a", 1).await, 1);
        assert_eq!(recall(&memory, tenant(1), b"a", 2).await, 1);
        assert_eq!(recall(&memory, tenant(1), b"b", 3).await, 3);
        assert_eq!(recall(&memory, tenant(2), b"a", 4).await, 4);
        let text = async || Ok::<_, Infallible>("text".to_owned());
        assert_eq!(
            *memory.recall(tenant(1), b"a", text, |_| true).await.unwrap(),
            "text"
        );
    }

    #[tokio::test]
    async fn what_is_forgotten_or_too_old_is_read_again() {
        let memory = Memory::new(Duration::from_mins(1));
        assert_eq!(recall(&memory, tenant(1), b"", 1).await, 1);
        assert_eq!(recall(&memory, tenant(2), b"", 1).await, 1);
        memory.forget(tenant(1));
        assert_eq!(recall(&memory, tenant(1), b"", 2).await, 2);
        assert_eq!(recall(&memory, tenant(2), b"", 2).await, 1);
        memory.forget_all();
        assert_eq!(recall(&memory, tenant(2), b"", 3).await, 3);

        let brief = Memory::new(Duration::from_nanos(1));
        assert_eq!(recall(&brief, tenant(1), b"", 1).await, 1);
        assert_eq!(recall(&brief, tenant(1), b"", 2).await, 2);
    }

    #[tokio::test]
    async fn what_was_read_before_a_write_is_not_remembered_after_it() {
        let memory = Memory::new(Duration::from_mins(1));
        let overtaken = async || {
            memory.forget(tenant(1));
            Ok::<_, Infallible>(1_u32)
        };
        let before = memory.recall(tenant(1), b"", overtaken, |_| true).await;
        assert_eq!(*before.unwrap(), 1);
        assert_eq!(recall(&memory, tenant(1), b"", 2).await, 2);
    }

    #[tokio::test]
    async fn what_is_not_worth_it_is_not_remembered_and_neither_is_more_than_there_is_room_for() {
        let memory = Memory::new(Duration::from_mins(1));
        let read = async || Ok::<_, Infallible>(1_u32);
        memory.recall(tenant(1), b"", read, |_| false).await.unwrap();
        assert_eq!(recall(&memory, tenant(1), b"", 2).await, 2);
        for n in 0..2 * THINGS {
            recall(&memory, tenant(1), &n.to_le_bytes(), 0).await;
        }
        let shelf = memory.shelves.get(&tenant(1)).unwrap();
        assert_eq!(shelf.0.lock().unwrap().len(), THINGS);
    }
}
