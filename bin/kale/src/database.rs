//! The database: the replica set that was named, or a local `mongod` of our own.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use kale_config::Settings;
use kale_devdb::{Lookup, Mongod, StartOptions};
use kale_persistence::{Connection, Sources, Store, migrations::Migrations};
use secrecy::ExposeSecret as _;

/// How many connections one process holds.
const POOL: u32 = 64;
/// The name of the database where the address names none.
const DATABASE: &str = "kale";

/// A database that answers.
#[derive(Debug)]
pub struct Database {
    /// The store over it.
    pub store: Store,
    /// Where it is.
    pub uri: String,
    /// The local server, where it is ours; it stops when this is dropped.
    pub mongod: Option<Arc<Mongod>>,
}

/// Connects to the replica set of the settings; where they name none, starts a local one in the data folder.
pub async fn open(settings: &Settings, sources: Sources) -> Result<Database> {
    let (uri, mongod) = match &settings.mongodb_uri {
        Some(uri) => (uri.expose_secret().to_owned(), None),
        None => {
            let mongod = start_local(settings).await?;
            (mongod.uri(), Some(mongod))
        }
    };
    let connection = Connection {
        database: name_in(&uri).to_owned(),
        uri: uri.clone(),
        pool: POOL,
    };
    let store = Store::connect(&connection, sources)
        .await
        .context("the database address can't be used")?;
    store
        .ping()
        .await
        .context("the database does not answer; check KALE_MONGODB_URI")?;
    Ok(Database { store, uri, mongod })
}

async fn start_local(settings: &Settings) -> Result<Arc<Mongod>> {
    let lookup = Lookup {
        explicit: settings.mongod.clone(),
        path: settings.search_path.clone(),
        cache: settings.cache_dir.clone(),
        fetch: true,
    };
    let folder = settings.data_dir.join("mongodb");
    let started = tokio::task::spawn_blocking(move || {
        let binary = kale_devdb::find(&lookup)?;
        Mongod::start(&binary, StartOptions::new(folder))
    });
    Ok(Arc::new(
        started.await?.context("no local database could be started")?,
    ))
}

/// Applies what is pending; two processes that start at once apply it once.
pub async fn migrate(store: &Store) -> Result<()> {
    let applied = Migrations::embedded()?.apply(store).await?;
    for name in applied.names {
        tracing::info!(migration.name = %name, "a migration was applied");
    }
    Ok(())
}

/// The database an address names.
fn name_in(uri: &str) -> &str {
    let tail = uri.split_once("://").map_or(uri, |(_, tail)| tail);
    let path = tail.split_once('/').map_or("", |(_, path)| path);
    let name = path.split('?').next().unwrap_or("");
    if name.is_empty() { DATABASE } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_the_one_the_address_names() {
        assert_eq!(name_in("mongodb://127.0.0.1:27017/?replicaSet=rs0"), "kale");
        assert_eq!(name_in("mongodb://a,b/shop?replicaSet=rs0"), "shop");
        assert_eq!(name_in("mongodb://127.0.0.1:27017"), "kale");
    }
}
