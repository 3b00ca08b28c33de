//! A `mongod` of our own: start, stop, kill, restart.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rustix::process::Signal;

use crate::{
    DevdbError, MongodBinary, ParentDeath,
    child::{Child, Program},
    former::{self, PidFile},
    replica::{self, NotPrimary},
};

/// How long a clean stop may take; then the server is killed, which its journal survives.
const CLEAN_STOP: Duration = Duration::from_secs(20);
const KILL_TAKES: Duration = Duration::from_secs(10);
/// The exit code of a server whose port was taken between choosing it and listening on it.
const PORT_TAKEN: i32 = 48;
const PORT_ATTEMPTS: u32 = 3;
/// What a start on another port may take longer: the server first asks at its old address whether it is there, and
/// waits half a minute where something listens that never answers.
const MOVING_TAKES: Duration = Duration::from_secs(40);

/// How to run a server. [`StartOptions::new`] has the defaults.
#[derive(Debug, Clone)]
pub struct StartOptions {
    /// The folder of its data, made when missing. One server a folder.
    pub data_dir: PathBuf,
    /// Where it listens on 127.0.0.1. `None` or 0: the port of the last start on this folder if that is free, else any
    /// free one.
    pub port: Option<u16>,
    /// The most memory its cache takes, in GB. Default 1.
    pub cache_gb: f64,
    /// The size of its change log in MB, fixed by the first start on a folder. Default 1024.
    pub oplog_mb: u32,
    /// Its log. Default `mongod.log` in the data folder; the log of the run before is kept as `….1`.
    pub log_path: Option<PathBuf>,
    /// More arguments, such as `--setParameter` `enableTestCommands=1`.
    pub arguments: Vec<String>,
    /// How it learns that this process died. Default: the best this system has.
    pub parent_death: Option<ParentDeath>,
    /// How long it may take until it accepts writes. Default 2 min, which only a large folder or a
    /// very busy machine needs. A start on another port than the last one may take 40 s longer.
    pub ready_within: Duration,
}

impl StartOptions {
    /// The defaults, on this data folder.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            port: None,
            cache_gb: 1.0,
            oplog_mb: 1024,
            log_path: None,
            arguments: Vec::new(),
            parent_death: None,
            ready_within: Duration::from_mins(2),
        }
    }

    /// For a server that is given a database by every test. Each has some 120 files, and by default the server keeps a
    /// file open for ten minutes after its last use: it would reach the system's limit (20,000 on some machines), which
    /// ends it. Here it closes idle files within seconds; it needs a checkpoint for that, so those come oftener too.
    #[must_use]
    pub fn of_many_databases(data_dir: impl Into<PathBuf>) -> Self {
        let closes_idle_files = [
            "--wiredTigerEngineConfigString",
            "file_manager=(close_idle_time=5,close_scan_interval=2,close_handle_minimum=250)",
            "--syncdelay",
            "10",
        ];
        Self {
            arguments: closes_idle_files.map(str::to_owned).to_vec(),
            ..Self::new(data_dir)
        }
    }
}

/// A running one-node replica set, stopped cleanly when it is dropped. All methods take `&self`, so that a test can
/// kill and restart it while others write.
#[derive(Debug)]
pub struct Mongod {
    binary: PathBuf,
    options: StartOptions,
    log: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    child: Child,
    port: u16,
}

impl Mongod {
    /// Starts a server and returns when it accepts writes, 1 to 2 s later on a fresh folder. Whatever a former run left
    /// is cleared first: a dead server's files are ignored, an orphan is ended, a server with a living owner is
    /// refused with [`DevdbError::InUse`].
    pub fn start(binary: &MongodBinary, options: StartOptions) -> Result<Self, DevdbError> {
        let folder = &options.data_dir;
        fs::create_dir_all(folder)
            .map_err(DevdbError::io(format!("making the folder {}", folder.display())))?;
        // The full path stands in the server's arguments, where a later run recognises it.
        let data_dir = folder
            .canonicalize()
            .map_err(DevdbError::io(format!("resolving {}", folder.display())))?;
        let options = StartOptions { data_dir, ..options };
        let log = options
            .log_path
            .clone()
            .unwrap_or_else(|| options.data_dir.join("mongod.log"));
        let state = Mutex::new(launch(&binary.path, &options, &log)?);
        Ok(Self {
            binary: binary.path.clone(),
            options,
            log,
            state,
        })
    }

    /// The connection string. It names the set, so that a driver discovers the node and offers transactions and change
    /// streams. It changes only if a restart had to take another port.
    #[must_use]
    pub fn uri(&self) -> String {
        format!("mongodb://127.0.0.1:{}/?replicaSet={}", self.port(), replica::SET)
    }

    /// Where it listens on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.state().port
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.state().child.pid()
    }

    /// Its data folder, as a full path.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.options.data_dir
    }

    /// Its log file.
    #[must_use]
    pub fn log_path(&self) -> &Path {
        &self.log
    }

    /// Whether it has not ended, by itself or otherwise.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.state().child.status().is_none()
    }

    /// Stops it cleanly and waits for that; kills it where that takes longer than 20 s. Stopping twice is fine.
    pub fn stop(&self) -> Result<(), DevdbError> {
        stop(&self.state().child)
    }

    /// Kills it on the spot, as a power cut would, and waits until it is gone. For tests.
    pub fn kill9(&self) -> Result<(), DevdbError> {
        kill(&self.state().child)
    }

    /// Starts it again on the same folder and, if that is free, the same port, stopping it first if it runs.
    pub fn restart(&self) -> Result<(), DevdbError> {
        let mut state = self.state();
        stop(&state.child)?;
        *state = launch(&self.binary, &self.options, &self.log)?;
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Mongod {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::warn!(%error, "mongod could not be stopped");
        }
    }
}

fn stop(child: &Child) -> Result<(), DevdbError> {
    child
        .signal(Signal::TERM)
        .map_err(DevdbError::io("stopping mongod"))?;
    if child.wait(CLEAN_STOP).is_some() {
        return Ok(());
    }
    tracing::warn!(pid = child.pid(), "mongod did not stop in time and is killed");
    kill(child)
}

fn kill(child: &Child) -> Result<(), DevdbError> {
    child
        .signal(Signal::KILL)
        .map_err(DevdbError::io("killing mongod"))?;
    match child.wait(KILL_TAKES) {
        Some(_) => Ok(()),
        None => Err(DevdbError::Io {
            what: format!("killing mongod (pid {})", child.pid()),
            source: std::io::ErrorKind::TimedOut.into(),
        }),
    }
}

fn launch(binary: &Path, options: &StartOptions, log: &Path) -> Result<State, DevdbError> {
    former::make_way(&options.data_dir)?;
    let former = PidFile::read(&options.data_dir)?.map(|file| file.port);
    let fixed = options.port.filter(|port| *port != 0);
    let mut attempt = 0;
    loop {
        attempt += 1;
        let port = match fixed {
            Some(port) => port,
            None => choose_port(former.filter(|_| attempt == 1))?,
        };
        let moving = if former.is_some_and(|former| former != port) {
            MOVING_TAKES
        } else {
            Duration::ZERO
        };
        let patience = options.ready_within + moving;
        let child = spawn(binary, options, log, port)?;
        match replica::await_primary(&child, port, patience) {
            Ok(()) => return Ok(State { child, port }),
            Err(NotPrimary::TooSlow(last)) => {
                stop(&child)?;
                return Err(DevdbError::NotReady {
                    port,
                    seconds: patience.as_secs(),
                    last,
                    log: log.to_owned(),
                });
            }
            Err(NotPrimary::Ended) => {
                let status = child.status();
                let taken = status.is_some_and(|status| status.code() == Some(PORT_TAKEN));
                if !taken || fixed.is_some() || attempt >= PORT_ATTEMPTS {
                    return Err(DevdbError::Ended {
                        status: status
                            .map_or_else(|| "an unknown status".to_owned(), |status| status.to_string()),
                        log: log.to_owned(),
                        tail: tail(log),
                    });
                }
            }
        }
    }
}

fn spawn(binary: &Path, options: &StartOptions, log: &Path, port: u16) -> Result<Child, DevdbError> {
    if log.exists() {
        let former = suffixed(log, ".1");
        fs::rename(log, &former).map_err(DevdbError::io(format!("keeping {}", former.display())))?;
    }
    let output = suffixed(log, ".out");
    let output = File::create(&output).map_err(DevdbError::io(format!("making {}", output.display())))?;
    let program = Program {
        binary: binary.to_owned(),
        arguments: arguments(options, log, port),
        output,
        parent_death: options.parent_death.unwrap_or_else(ParentDeath::best),
    };
    let child = Child::spawn(program).map_err(DevdbError::io(format!("starting {}", binary.display())))?;
    let file = PidFile {
        pid: child.pid(),
        owner: std::process::id(),
        port,
    };
    match file.write(&options.data_dir) {
        Ok(()) => Ok(child),
        Err(error) => {
            kill(&child)?;
            Err(error)
        }
    }
}

fn arguments(options: &StartOptions, log: &Path, port: u16) -> Vec<String> {
    let mut arguments: Vec<String> = vec![
        "--dbpath".to_owned(),
        options.data_dir.display().to_string(),
        "--port".to_owned(),
        port.to_string(),
        "--bind_ip".to_owned(),
        Ipv4Addr::LOCALHOST.to_string(),
        // Its socket file in /tmp would be shared between users and outlive a kill.
        "--nounixsocket".to_owned(),
        "--replSet".to_owned(),
        replica::SET.to_owned(),
        "--oplogSize".to_owned(),
        options.oplog_mb.to_string(),
        "--wiredTigerCacheSizeGB".to_owned(),
        options.cache_gb.to_string(),
        "--logpath".to_owned(),
        log.display().to_string(),
        "--quiet".to_owned(),
    ];
    for parameter in [
        // A lone node has nobody to hand over to; the default keeps it waiting for 15 s on SIGTERM.
        "shutdownTimeoutMillisForSignaledShutdown=100",
        // The vendor's black box writes every second and is of no use here.
        "diagnosticDataCollectionEnabled=false",
    ] {
        arguments.push("--setParameter".to_owned());
        arguments.push(parameter.to_owned());
    }
    arguments.extend(options.arguments.iter().cloned());
    arguments
}

/// The port of the last start if it is free, else any free one. Keeping it keeps connection strings valid across
/// restarts.
fn choose_port(former: Option<u16>) -> Result<u16, DevdbError> {
    if let Some(port) = former
        && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
    {
        return Ok(port);
    }
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(DevdbError::io("looking for a free port"))
}

fn suffixed(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// What explains an early end: the errors in the log, else its last lines and what was printed before it was opened.
fn tail(log: &Path) -> String {
    let mut text = String::new();
    for path in [log.to_owned(), suffixed(log, ".out")] {
        match fs::read(&path) {
            Ok(bytes) => text.push_str(&String::from_utf8_lossy(&bytes)),
            Err(error) => tracing::debug!(path = %path.display(), %error, "there is no log to show"),
        }
    }
    let severe = |line: &&str| line.contains(r#""s":"E""#) || line.contains(r#""s":"F""#);
    let mut lines: Vec<&str> = text.lines().filter(severe).collect();
    if lines.is_empty() {
        lines = text.lines().collect();
    }
    lines
        .get(lines.len().saturating_sub(5)..)
        .unwrap_or_default()
        .join("\n")
}
