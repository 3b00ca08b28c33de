//! The built program as a process of its own, for faults that no thread survives.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::Client;

/// How long a start may take, the demo's first one among them.
const START: Duration = Duration::from_mins(3);

/// `kale all` or `kale demo` as a process. Dropping it kills it.
pub struct KaleProcess {
    child: Child,
    url: String,
    log: PathBuf,
}

/// The program that `cargo build -p kale` makes beside this test: `target/<profile>/kale` for a test in
/// `target/<profile>/deps`. Cargo names the programs of a test's own package only, and this one is another's.
fn binary() -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let binary = this.parent().and_then(Path::parent).unwrap().join("kale");
    assert!(
        binary.is_file(),
        "there is no {}: run `cargo build -p kale` with the profile of this test first",
        binary.display()
    );
    binary
}

impl KaleProcess {
    /// Starts it on that database and that folder of local data, and waits until it says that it is ready.
    pub async fn start(mongodb_uri: &str, folder: &Path) -> Self {
        let mut starting = Self::launch(mongodb_uri, folder);
        starting.ready().await;
        starting
    }

    /// Starts `kale demo --json` in that folder, with a database of its own, and waits; answers the line it printed too.
    pub async fn start_demo(folder: &Path) -> (Self, Value) {
        let mongod = kale_devdb::find(&kale_devdb::Lookup::for_workspace(None)).unwrap();
        let mut command = Command::new(binary());
        command
            .args(["demo", "--json", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder)
            .env_clear()
            .env("KALE_MONGOD", mongod.path);
        let mut starting = Self::run(&mut command, folder);
        starting.ready().await;
        let line = starting.lines().into_iter().find(|line| line["url"].is_string());
        (starting, line.unwrap())
    }

    /// Starts it without waiting; it has no address before [`KaleProcess::ready`].
    #[must_use]
    pub fn launch(mongodb_uri: &str, folder: &Path) -> Self {
        Self::launch_with(mongodb_uri, folder, &[])
    }

    /// The same with those variables.
    #[must_use]
    pub fn launch_with(mongodb_uri: &str, folder: &Path, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(binary());
        command
            .arg("all")
            .env_clear()
            .env("KALE_MONGODB_URI", mongodb_uri)
            .env("KALE_LISTEN", "127.0.0.1:0")
            .env("KALE_DATA_DIR", folder)
            // Faults are met at full speed.
            .env("KALE_REQUESTS_PER_SECOND", u32::MAX.to_string())
            .env("KALE_LOG", "info,kale_jobs=debug")
            .envs(variables.iter().copied());
        Self::run(&mut command, folder)
    }

    /// Runs it with these words and waits; answers whether it succeeded, and what it said.
    #[must_use]
    pub fn run_to_its_end(mongodb_uri: &str, folder: &Path, words: &[&str]) -> (bool, String) {
        let output = Command::new(binary())
            .args(words)
            .env_clear()
            .env("KALE_MONGODB_URI", mongodb_uri)
            .env("KALE_DATA_DIR", folder)
            .env("KALE_LOG", "error")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.success(), said)
    }

    /// The number of the process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its output goes to a file of that folder.
    fn run(command: &mut Command, folder: &Path) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        let taken = |number: &u32| folder.join(format!("kale-{number}.log")).exists();
        let number = (1..1_000).find(|number| !taken(number)).unwrap();
        let log = folder.join(format!("kale-{number}.log"));
        let output = File::create_new(&log).unwrap();
        let child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap();
        Self {
            child,
            url: String::new(),
            log,
        }
    }

    /// Waits until it says that it is ready.
    pub async fn ready(&mut self) {
        let begun = Instant::now();
        loop {
            if let Some(url) = self.announced() {
                self.url = url;
                return;
            }
            let ended = self.child.try_wait().unwrap();
            assert!(
                ended.is_none() && begun.elapsed() < START,
                "kale did not become ready ({ended:?}): {}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn announced(&self) -> Option<String> {
        self.lines().iter().find_map(|line| {
            let url = line.pointer("/url").or_else(|| line.pointer("/fields/url"))?;
            url.as_str().map(str::to_owned)
        })
    }

    /// The lines of JSON that it wrote so far.
    fn lines(&self) -> Vec<Value> {
        let log = self.log();
        log.lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A client with that bearer token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Client {
        Client::new(&self.url, Some(token.to_owned()))
    }

    /// A client that is nobody.
    #[must_use]
    pub fn stranger(&self) -> Client {
        Client::new(&self.url, None)
    }

    /// What it logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Kills it on the spot, as a power cut would.
    pub fn kill9(&mut self) {
        self.child.kill().unwrap();
        let _status = self.child.wait().unwrap();
    }

    /// Asks it to end, as a deployment does.
    pub fn terminate(&self) {
        let pid = i32::try_from(self.child.id())
            .ok()
            .and_then(Pid::from_raw)
            .unwrap();
        kill_process(pid, Signal::TERM).unwrap();
    }

    /// How it ended, if it does within that time.
    pub async fn ended(&mut self, within: Duration) -> Option<ExitStatus> {
        let begun = Instant::now();
        loop {
            let ended = self.child.try_wait().unwrap();
            if ended.is_some() || begun.elapsed() > within {
                return ended;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for KaleProcess {
    fn drop(&mut self) {
        // One that has ended can't be killed, and that is what is wanted.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
