//! Applying what is pending.

use bson::{Document, doc};
use mongodb::error::{Error, ErrorKind};

use super::{Applied, MigrationError, Migrations, collection, file::Migration, lease::Lease};
use crate::{
    error::StoreError,
    store::{Store, check_bulk},
    value,
};

/// The collection to be created exists, or the index to be dropped does not: a former try got here.
const DONE_ALREADY: [i32; 2] = [48, 27];

impl Migrations {
    /// Applies what is pending, in order. Safe to call again after a kill, and in several processes at once: one
    /// works, the others wait for it.
    pub async fn apply(&self, store: &Store) -> Result<Applied, MigrationError> {
        let waiting = self.lease_or_nothing(store);
        let Ok(lease) = tokio::time::timeout(self.timing.patience, waiting).await else {
            return Err(MigrationError::Busy {
                waited: self.timing.patience.as_secs(),
            });
        };
        let Some(lease) = lease? else {
            return Ok(Applied { names: Vec::new() });
        };
        let outcome = tokio::select! {
            outcome = self.apply_pending(store) => outcome,
            lost = lease.keep() => Err(lost),
        };
        // Given back also after a failure: whoever mends the cause should not have to wait.
        let released = lease.release().await;
        let applied = outcome?;
        released?;
        Ok(applied)
    }

    /// Waits for the lease; `None` as soon as nothing is pending.
    async fn lease_or_nothing(&self, store: &Store) -> Result<Option<Lease>, MigrationError> {
        loop {
            let plan = self.plan(store).await?;
            plan.check()?;
            if plan.pending.is_empty() {
                return Ok(None);
            }
            if let Some(lease) = Lease::take(store, self.timing.lease).await? {
                return Ok(Some(lease));
            }
            tracing::info!(
                pending = plan.pending.len(),
                "another process is migrating the database; waiting"
            );
            tokio::time::sleep(self.timing.poll).await;
        }
    }

    async fn apply_pending(&self, store: &Store) -> Result<Applied, MigrationError> {
        // Read again: the former holder may have finished between the first look and the lease.
        let plan = self.plan(store).await?;
        plan.check()?;
        let mut names = Vec::new();
        for step in plan.pending {
            if let Some(migration) = self.all.iter().find(|migration| migration.number == step.number) {
                run(store, migration, step.commands_done).await?;
                tracing::info!(migration.name = %migration.name, "applied migration {}", migration.name);
                names.push(migration.name.clone());
            }
        }
        Ok(Applied { names })
    }
}

async fn run(store: &Store, migration: &Migration, done: usize) -> Result<(), MigrationError> {
    note(store, migration, done, false).await?;
    for (command, position) in migration.commands.iter().zip(1_usize..).skip(done) {
        execute(store, command)
            .await
            .map_err(|source| MigrationError::Command {
                name: migration.name.clone(),
                command: position,
                source,
            })?;
        note(store, migration, position, false).await?;
    }
    note(store, migration, migration.commands.len(), true).await
}

async fn execute(store: &Store, command: &Document) -> Result<(), StoreError> {
    match store.database().run_command(command.clone()).await {
        Ok(reply) => check_bulk(&reply),
        Err(error) if is_done_already(&error) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn is_done_already(error: &Error) -> bool {
    matches!(error.kind.as_ref(), ErrorKind::Command(command) if DONE_ALREADY.contains(&command.code))
}

/// Records how far a migration got. Never backwards, so that a process which lost its lease can't undo progress.
async fn note(
    store: &Store,
    migration: &Migration,
    done: usize,
    complete: bool,
) -> Result<(), MigrationError> {
    let done = i64::try_from(done).unwrap_or(i64::MAX);
    let mut set = doc! { "name": &migration.name, "checksum": &migration.checksum };
    if complete {
        set.insert("applied_at", value::date(store.now()));
    }
    let update = doc! { "$set": set, "$max": { "commands_done": done } };
    collection(store)
        .update_one(doc! { "_id": i64::from(migration.number) }, update)
        .upsert(true)
        .await?;
    Ok(())
}
