//! What a former run left in the data folder: a pid file, perhaps a server.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};

use crate::DevdbError;

/// How long a server whose parent has just died is given to go by itself.
const GRACE: Duration = Duration::from_secs(5);
/// How long a clean stop of an orphan may take before it is killed.
const CLEAN_STOP: Duration = Duration::from_secs(10);
const KILL_TAKES: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(25);

/// `kale-mongod.json` in the data folder. It stays after a stop, so that the next start takes the same port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PidFile {
    pub(crate) pid: u32,
    /// The process that started it.
    pub(crate) owner: u32,
    pub(crate) port: u16,
}

impl PidFile {
    fn path(folder: &Path) -> PathBuf {
        folder.join("kale-mongod.json")
    }

    /// The file, if there is a readable one; an unreadable one is worth no more than none.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>, DevdbError> {
        let path = Self::path(folder);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(DevdbError::io(format!("reading {}", path.display()))(error)),
        };
        match serde_json::from_slice(&text) {
            Ok(file) => Ok(Some(file)),
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "an unreadable pid file is ignored");
                Ok(None)
            }
        }
    }

    /// Replaces the file in one step.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), DevdbError> {
        let path = Self::path(folder);
        let fresh = path.with_extension("json.new");
        let written = serde_json::to_vec(self)
            .map_err(std::io::Error::other)
            .and_then(|text| fs::write(&fresh, text))
            .and_then(|()| fs::rename(&fresh, &path));
        written.map_err(DevdbError::io(format!("writing {}", path.display())))
    }
}

/// Makes sure that no server runs on the folder: waits for one that is going, ends an orphan, refuses where the
/// server has a living owner.
pub(crate) fn make_way(folder: &Path) -> Result<(), DevdbError> {
    let file = PidFile::read(folder)?;
    if let Some(file) = &file {
        make_way_for(folder, file.pid, Some(file.owner))?;
    }
    // The server's own lock file also names one that was not started by Kale, or whose pid file is lost.
    match lock_file_pid(folder)? {
        Some(pid) if file.is_none_or(|file| file.pid != pid) => make_way_for(folder, pid, None),
        _ => Ok(()),
    }
}

fn lock_file_pid(folder: &Path) -> Result<Option<u32>, DevdbError> {
    let path = folder.join("mongod.lock");
    match fs::read_to_string(&path) {
        Ok(text) => Ok(text.trim().parse().ok()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(DevdbError::io(format!("reading {}", path.display()))(error)),
    }
}

fn make_way_for(folder: &Path, pid: u32, owner: Option<u32>) -> Result<(), DevdbError> {
    if gone_within(folder, pid, GRACE) {
        return Ok(());
    }
    let Some(running) = inspect(pid) else {
        return Ok(());
    };
    // An orphan is adopted by another process. Without a pid file only the first process counts as that.
    let has_owner = owner.map_or(running.parent != 1, |owner| running.parent == owner);
    if has_owner {
        return Err(DevdbError::InUse {
            folder: folder.to_owned(),
            pid,
            owner: running.parent,
        });
    }
    tracing::warn!(pid, folder = %folder.display(), "ending the mongod that a former run left behind");
    send(pid, Signal::TERM)?;
    if gone_within(folder, pid, CLEAN_STOP) {
        return Ok(());
    }
    send(pid, Signal::KILL)?;
    if gone_within(folder, pid, KILL_TAKES) {
        return Ok(());
    }
    Err(DevdbError::InUse {
        folder: folder.to_owned(),
        pid,
        owner: running.parent,
    })
}

/// Whether no server with this number runs on the folder any more; polls until `patience` is over.
fn gone_within(folder: &Path, pid: u32, patience: Duration) -> bool {
    let start = Instant::now();
    while inspect(pid).is_some_and(|running| running.runs_on(folder)) {
        if start.elapsed() >= patience {
            return false;
        }
        thread::sleep(POLL);
    }
    true
}

fn send(pid: u32, signal: Signal) -> Result<(), DevdbError> {
    let Some(target) = i32::try_from(pid).ok().and_then(Pid::from_raw) else {
        return Ok(());
    };
    match kill_process(target, signal) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(DevdbError::io(format!("ending the process {pid}"))(error.into())),
    }
}

/// A process that exists.
#[derive(Debug)]
struct Running {
    parent: u32,
    /// Its arguments, joined by spaces.
    command: String,
}

impl Running {
    /// Whether it is a server on this folder; a number alone proves nothing, numbers are used again.
    fn runs_on(&self, folder: &Path) -> bool {
        let wanted = format!("--dbpath {} ", folder.display());
        format!("{} ", self.command).contains(&wanted)
    }
}

fn inspect(pid: u32) -> Option<Running> {
    if cfg!(target_os = "linux") {
        inspect_proc(pid)
    } else {
        inspect_ps(pid)
    }
}

fn inspect_proc(pid: u32) -> Option<Running> {
    let folder = PathBuf::from(format!("/proc/{pid}"));
    let status = fs::read_to_string(folder.join("status")).ok()?;
    let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
    let command = fs::read(folder.join("cmdline")).ok()?;
    Some(Running {
        parent: parent.trim().parse().ok()?,
        command: String::from_utf8_lossy(&command)
            .replace('\0', " ")
            .trim_end()
            .to_owned(),
    })
}

fn inspect_ps(pid: u32) -> Option<Running> {
    let answer = Command::new("ps")
        .args(["-ww", "-o", "ppid=,args=", "-p", &pid.to_string()])
        .output()
        .ok()?;
    let line = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    let (parent, command) = line.split_once(' ')?;
    Some(Running {
        parent: parent.parse().ok()?,
        command: command.trim().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_counts_only_when_it_runs_on_this_very_folder() {
        let running = Running {
            parent: 1,
            command: "/usr/bin/mongod --dbpath /data/kale --port 1".to_owned(),
        };
        assert!(running.runs_on(Path::new("/data/kale")));
        assert!(!running.runs_on(Path::new("/data/kal")));
        assert!(!running.runs_on(Path::new("/data/kale2")));
    }

    #[test]
    fn the_number_of_an_unrelated_process_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = PidFile {
            pid: std::process::id(),
            owner: 1,
            port: 1,
        };
        file.write(folder.path()).unwrap();
        let start = Instant::now();
        make_way(folder.path()).unwrap();
        assert!(start.elapsed() < GRACE);
    }

    #[test]
    fn an_unreadable_pid_file_is_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("kale-mongod.json"), b"{half").unwrap();
        assert_eq!(PidFile::read(folder.path()).unwrap(), None);
        make_way(folder.path()).unwrap();
    }

    #[test]
    fn this_process_is_seen_with_its_parent_by_both_ways_of_asking() {
        let pid = std::process::id();
        let seen = inspect_proc(pid).unwrap();
        assert_eq!(seen.parent, std::os::unix::process::parent_id());
        // `ps` is not installed everywhere; where it is, it must agree.
        if let Some(by_ps) = inspect_ps(pid) {
            assert_eq!(by_ps.parent, seen.parent);
            assert_eq!(by_ps.command, seen.command);
        }
    }
}
