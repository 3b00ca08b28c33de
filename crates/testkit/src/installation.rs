//! A database of its own that can be killed, and a company in it, for tests with real processes.

use std::path::{Path, PathBuf};

use kale_application::installation::{NewCompany, Setup};
use kale_devdb::{Lookup, Mongod, StartOptions};
use kale_domain::{company::Industry, money::Currency};
use kale_persistence::{Connection, Store, Tenant, access, migrations::Migrations};

/// A `mongod` that nobody shares, a folder of local data, and the way behind the API.
pub struct Installation {
    mongod: Mongod,
    store: Store,
    folder: tempfile::TempDir,
}

impl Installation {
    /// Starts an empty database.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same with those arguments of `mongod`.
    pub async fn start_with(arguments: &[&str]) -> Self {
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let folder = tempfile::tempdir().unwrap();
        let binary = kale_devdb::find(&Lookup::for_workspace(None)).unwrap();
        let options = StartOptions {
            cache_gb: 0.25,
            oplog_mb: 512,
            arguments: arguments.iter().copied().map(str::to_owned).collect(),
            ..StartOptions::new(folder.path().join("mongodb"))
        };
        let mongod = Mongod::start(&binary, options).unwrap();
        let connection = Connection {
            uri: mongod.uri(),
            database: "kale".to_owned(),
            pool: 8,
        };
        let store = Store::connect(&connection, kale::sources::system())
            .await
            .unwrap();
        Self {
            mongod,
            store,
            folder,
        }
    }

    /// Its database.
    #[must_use]
    pub const fn mongod(&self) -> &Mongod {
        &self.mongod
    }

    /// Its store, for looking behind the API.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The folder that all its processes share.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Where its database writes its log, to look at after a failed test.
    #[must_use]
    pub fn database_log(&self) -> &Path {
        self.mongod.log_path()
    }

    /// Migrates it and makes a company; answers the way to its data and a key that may do everything a key may.
    pub async fn company(&self, name: &str) -> (Tenant, String) {
        let applied = Migrations::embedded().unwrap().apply(&self.store).await.unwrap();
        drop(applied);
        let setup = Setup::new(self.store.clone());
        let new = NewCompany {
            name: name.to_owned(),
            slug: name.to_lowercase().parse().unwrap(),
            industry: Industry::Telecom,
            time_zone: "UTC".to_owned(),
            currency: Currency::USD,
        };
        let operator = access::operator();
        let (tenant, _) = setup.create_company(operator, new).await.unwrap();
        let key = setup.replace_api_key(operator, tenant, "Tests").await.unwrap();
        (tenant, key.reveal().to_owned())
    }
}
