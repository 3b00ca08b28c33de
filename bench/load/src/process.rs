//! Processes: started, ended, and what the kernel says they used.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use crate::http::{Connection, get};

/// What `/proc` counts processor time in, on every Linux.
const TICKS: f64 = 100.0;

/// A process of ours; ended when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// Its id.
    pub pid: u32,
    /// Where it listens on 127.0.0.1.
    pub port: u16,
    /// How long it took until it first answered 200.
    pub started_in: Duration,
}

impl Process {
    /// Starts a server, its output going to that file, and waits for a first 200 at that path.
    pub async fn serve(command: Command, port: u16, path: &str, log: &Path) -> Result<Self> {
        let out = fs::File::create(log).with_context(|| format!("create {}", log.display()))?;
        let mut command = dying_with_us(command);
        command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out);
        let begun = Instant::now();
        let child = command
            .spawn()
            .with_context(|| format!("start {}", command.get_program().display()))?;
        let mut process = Self {
            pid: child.id(),
            child,
            port,
            started_in: Duration::ZERO,
        };
        while !answers(port, path).await {
            if let Some(status) = process.child.try_wait()? {
                bail!(
                    "{} ended with {status}; see {}",
                    command.get_program().display(),
                    log.display()
                );
            }
            if begun.elapsed() > Duration::from_secs(60) {
                bail!(
                    "{} does not answer; see {}",
                    command.get_program().display(),
                    log.display()
                );
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        process.started_in = begun.elapsed();
        Ok(process)
    }
}

/// The same command, told by the kernel to end when this process does: a killed run must not leave servers behind.
fn dying_with_us(command: Command) -> Command {
    const SETPRIV: &str = "/usr/bin/setpriv";
    if !Path::new(SETPRIV).is_file() {
        return command;
    }
    let mut bound = Command::new(SETPRIV);
    bound.args(["--pdeathsig", "TERM", "--"]);
    bound.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            bound.env(name, value);
        }
    }
    if let Some(folder) = command.get_current_dir() {
        bound.current_dir(folder);
    }
    bound
}

async fn answers(port: u16, path: &str) -> bool {
    let asked = async {
        let mut connection = Connection::open(port).await?;
        connection.exchange(&get(path, &[])).await
    };
    matches!(tokio::time::timeout(Duration::from_secs(2), asked).await, Ok(Ok((head, _))) if head.status == 200)
}

impl Drop for Process {
    fn drop(&mut self) {
        // Asked first, so that leases are given back and nothing is left half done.
        let asked = Command::new("kill")
            .arg("-TERM")
            .arg(self.pid.to_string())
            .status();
        let begun = Instant::now();
        while asked.is_ok() && begun.elapsed() < Duration::from_secs(12) {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        if self.child.kill().is_ok() {
            self.child.wait().ok();
        }
    }
}

/// A port nobody listens on just now.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// The processor seconds a process used so far, all threads, itself and the kernel for it.
pub fn cpu(pid: u32) -> Result<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))
        .with_context(|| format!("read the state of {pid}"))?;
    // The name stands in parentheses and may hold anything.
    let rest = text
        .rsplit_once(')')
        .context("the state of a process is unreadable")?
        .1;
    let field = |at: usize| {
        rest.split_whitespace()
            .nth(at)
            .and_then(|ticks| ticks.parse::<f64>().ok())
    };
    let (user, system) = (
        field(11).context("no user time")?,
        field(12).context("no system time")?,
    );
    Ok((user + system) / TICKS)
}

/// Memory of a process, in MB.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// Now.
    pub now: f64,
    /// The most since it started, or since [`forget_peak`].
    pub peak: f64,
}

/// How much memory a process has.
pub fn memory(pid: u32) -> Result<Memory> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let megabytes = |name: &str| -> Result<f64> {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .with_context(|| format!("no {name}"))?;
        let kilobytes: f64 = line
            .trim_start_matches(':')
            .trim()
            .trim_end_matches("kB")
            .trim()
            .parse()?;
        Ok(kilobytes / 1024.0)
    };
    Ok(Memory {
        now: megabytes("VmRSS")?,
        peak: megabytes("VmHWM")?,
    })
}

/// Begins the peak of a process anew.
pub fn forget_peak(pid: u32) -> Result<()> {
    Ok(fs::write(format!("/proc/{pid}/clear_refs"), "5")?)
}

/// The load average over the last minute.
pub fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("?").to_owned()
}
