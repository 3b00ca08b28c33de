//! Starts a `mongod` on a data folder, prints its process id and port, and holds it until this process is killed.
//! The test of parent death runs it.
//!
//! `hold BINARY DATA_FOLDER signal|watchdog`

use std::{io::Write, path::PathBuf, time::Duration};

use kale_devdb::{Mongod, MongodBinary, Origin, ParentDeath, StartOptions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(binary), Some(folder), Some(way)) = (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("usage: hold BINARY DATA_FOLDER signal|watchdog".into());
    };
    let binary = MongodBinary {
        path: PathBuf::from(binary),
        version: "named".to_owned(),
        origin: Origin::Explicit,
    };
    let mut options = StartOptions::new(folder);
    options.parent_death = Some(match way.as_str() {
        "signal" => ParentDeath::Signal,
        _ => ParentDeath::Watchdog,
    });
    let mongod = Mongod::start(&binary, options)?;
    writeln!(std::io::stdout(), "{} {}", mongod.pid(), mongod.port())?;
    loop {
        std::thread::park_timeout(Duration::from_mins(1));
    }
}
