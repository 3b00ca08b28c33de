//! Doing again what somebody else was in the way of.

use crate::store::Store;

/// How often something is tried while others change the same.
const TRIES: u32 = 16;

impl Store {
    /// Does `work` again, after a pause, while `is_lost_race` says that somebody else was faster: reading anew is part of the
    /// work. Where they are faster every time, the last error is the answer.
    ///
    /// What only the server's transactions are in each other's way for, [`Store::transaction`] does again by itself.
    pub async fn retried<T, E>(
        &self,
        is_lost_race: impl Fn(&E) -> bool,
        mut work: impl AsyncFnMut() -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tries = 1;
        loop {
            match work().await {
                Err(error) if tries < TRIES && is_lost_race(&error) => {
                    self.pause(tries).await;
                    tries += 1;
                }
                other => return other,
            }
        }
    }
}
