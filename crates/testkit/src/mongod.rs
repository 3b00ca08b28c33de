//! One real `mongod` for all tests of a process; it dies with the process.

use std::{
    path::Path,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use kale_devdb::{Lookup, Mongod, StartOptions};

/// The address of the shared server, started at the first call.
#[must_use]
pub fn shared_uri() -> String {
    static SERVER: OnceLock<Mongod> = OnceLock::new();
    SERVER.get_or_init(start).uri()
}

/// The address of a database that no other test uses.
#[must_use]
pub fn fresh_database() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    // The folder is used again by the next run: its process id keeps old databases apart.
    let name = format!("test_{}_{number}", std::process::id());
    shared_uri().replacen("/?", &format!("/{name}?"), 1)
}

fn start() -> Mongod {
    let binary = kale_devdb::find(&Lookup::for_workspace(None)).unwrap();
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/test-mongod");
    let mut refusals = Vec::new();
    for number in 0..8 {
        let folder = folders.join(format!("it-{number}"));
        let mut options = StartOptions {
            cache_gb: 0.5,
            oplog_mb: 512,
            ..StartOptions::of_many_databases(folder)
        };
        let fails_on_demand = ["--setParameter", "enableTestCommands=1"];
        options.arguments.extend(fails_on_demand.map(str::to_owned));
        match Mongod::start(&binary, options) {
            Ok(server) => return server,
            Err(refusal) => refusals.push(refusal.to_string()),
        }
    }
    panic!("no server starts: {refusals:#?}");
}
