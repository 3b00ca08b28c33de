//! A child process that does not outlive this one.

use std::{
    fs::File,
    io,
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child as Process, Command, ExitStatus, Stdio},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

/// How a `mongod` learns that its parent is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParentDeath {
    /// The kernel sends it SIGTERM: Linux, through `setpriv --pdeathsig`.
    Signal,
    /// A shell that holds the other end of a pipe sends it SIGTERM when the pipe closes: everywhere else.
    Watchdog,
}

impl ParentDeath {
    /// The signal where this system has it, else the watchdog.
    #[must_use]
    pub fn best() -> Self {
        // Asked by running it: BusyBox has a `setpriv` without this option.
        let works = cfg!(target_os = "linux")
            && quiet(Command::new("setpriv").args(["--pdeathsig", "TERM", "true"]))
                .status()
                .is_ok_and(|status| status.success());
        if works { Self::Signal } else { Self::Watchdog }
    }
}

/// What to run.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) binary: PathBuf,
    pub(crate) arguments: Vec<String>,
    /// Takes what the program prints.
    pub(crate) output: File,
    pub(crate) parent_death: ParentDeath,
}

/// A running (or ended) child.
#[derive(Debug)]
pub(crate) struct Child {
    pid: Pid,
    exit: Arc<Exit>,
}

#[derive(Debug, Default)]
struct Exit {
    status: Mutex<Option<ExitStatus>>,
    changed: Condvar,
}

impl Exit {
    fn lock(&self) -> MutexGuard<'_, Option<ExitStatus>> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Child {
    /// Starts the program from a thread of its own that waits for its end.
    ///
    /// The parent-death signal is sent when the *thread* that forked ends, not the process. A pool thread or a test's
    /// thread may end long before the process does, so none of them may fork; this thread ends after the child.
    pub(crate) fn spawn(program: Program) -> io::Result<Self> {
        let exit = Arc::new(Exit::default());
        let kept = Arc::clone(&exit);
        let (sender, receiver) = mpsc::channel();
        thread::Builder::new()
            .name("mongod-keeper".to_owned())
            .spawn(move || keep(program, &sender, &kept))?;
        let pid = receiver.recv().map_err(io::Error::other)??;
        Ok(Self { pid, exit })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Its exit status, once it has ended.
    pub(crate) fn status(&self) -> Option<ExitStatus> {
        *self.exit.lock()
    }

    /// Waits for its end, no longer than `patience`.
    pub(crate) fn wait(&self, patience: Duration) -> Option<ExitStatus> {
        let guard = self.exit.lock();
        let waited = self
            .exit
            .changed
            .wait_timeout_while(guard, patience, |status| status.is_none());
        let (guard, _timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        *guard
    }

    /// Sends a signal; a child that has ended is left alone, because its number may be another's by now.
    pub(crate) fn signal(&self, signal: Signal) -> io::Result<()> {
        let guard = self.exit.lock();
        if guard.is_some() {
            return Ok(());
        }
        match kill_process(self.pid, signal) {
            Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// The body of the keeper thread.
fn keep(program: Program, started: &mpsc::Sender<io::Result<Pid>>, exit: &Exit) {
    let (mut process, mut watchdog) = match launch(program) {
        Ok(running) => running,
        Err(error) => {
            report(started, Err(error));
            return;
        }
    };
    report(started, pid_of(&process));
    let status = process.wait();
    if let Some(watchdog) = &mut watchdog {
        // Ended before its pipe closes, so that it never signals a number that is another's by now.
        if let Err(error) = watchdog.kill().and_then(|()| watchdog.wait().map(drop)) {
            tracing::warn!(%error, "the watchdog of mongod could not be ended");
        }
    }
    match status {
        Ok(status) => *exit.lock() = Some(status),
        Err(error) => tracing::error!(%error, "mongod could not be waited for"),
    }
    exit.changed.notify_all();
}

fn report(started: &mpsc::Sender<io::Result<Pid>>, outcome: io::Result<Pid>) {
    if started.send(outcome).is_err() {
        tracing::error!("nobody waits for the start of mongod");
    }
}

fn pid_of(process: &Process) -> io::Result<Pid> {
    i32::try_from(process.id())
        .ok()
        .and_then(Pid::from_raw)
        .ok_or_else(|| io::Error::other("a process id out of range"))
}

fn launch(program: Program) -> io::Result<(Process, Option<Process>)> {
    let mut command = match program.parent_death {
        ParentDeath::Signal => {
            let mut command = Command::new("setpriv");
            command.args(["--pdeathsig", "TERM", "--"]).arg(&program.binary);
            command
        }
        ParentDeath::Watchdog => Command::new(&program.binary),
    };
    let errors = program.output.try_clone()?;
    command
        .args(&program.arguments)
        .stdin(Stdio::null())
        .stdout(program.output)
        .stderr(errors)
        // A group of its own: Ctrl-C in a terminal reaches the server first, which drains before it stops mongod.
        .process_group(0);
    let mut process = command.spawn()?;
    let watchdog = match program.parent_death {
        ParentDeath::Signal => Ok(None),
        ParentDeath::Watchdog => watch(process.id()).map(Some),
    };
    match watchdog {
        Ok(watchdog) => Ok((process, watchdog)),
        Err(error) => {
            process.kill()?;
            process.wait()?;
            Err(error)
        }
    }
}

/// A shell that reads from a pipe only this process writes to. The kernel closes it when this process dies, however
/// it dies, and then the shell ends the server.
fn watch(pid: u32) -> io::Result<Process> {
    let script = r#"read -r _; kill -TERM "$1""#;
    let mut command = Command::new("sh");
    quiet(&mut command)
        .args(["-c", script, "mongod-watchdog", &pid.to_string()])
        .stdin(Stdio::piped())
        .process_group(0)
        .spawn()
}

fn quiet(command: &mut Command) -> &mut Command {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
}
