//! The promises of this crate, on a real server.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::LazyLock,
    thread,
    time::{Duration, Instant},
};

use kale_devdb::{DevdbError, Lookup, Mongod, MongodBinary, Origin, ParentDeath, StartOptions, find};

static BINARY: LazyLock<MongodBinary> = LazyLock::new(|| find(&Lookup::for_workspace(None)).unwrap());

fn options(folder: &Path) -> StartOptions {
    let mut options = StartOptions::new(folder);
    options.cache_gb = 0.25;
    options
}

fn start(folder: &Path) -> Mongod {
    Mongod::start(&BINARY, options(folder)).unwrap()
}

fn is_alive(pid: u32) -> bool {
    // A zombie has no command line any more.
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| !line.is_empty())
}

fn wait_until_gone(pid: u32) {
    let start = Instant::now();
    while is_alive(pid) {
        assert!(
            start.elapsed() < Duration::from_mins(1),
            "the server {pid} is still there"
        );
        thread::sleep(Duration::from_millis(20));
    }
}

/// A process that holds a server, as the demo does.
fn hold(folder: &Path, way: &str) -> (Child, u32) {
    let tests = std::env::current_exe().unwrap();
    let holder = tests.ancestors().nth(2).unwrap().join("examples/hold");
    assert!(
        holder.exists(),
        "run `cargo build -p kale-devdb --examples` first"
    );
    let mut child = Command::new(holder)
        .arg(&BINARY.path)
        .arg(folder)
        .arg(way)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let pid = line.split(' ').next().unwrap().parse().unwrap();
    (child, pid)
}

#[test]
fn it_is_a_writable_primary_and_stops_cleanly() {
    let folder = tempfile::tempdir().unwrap();
    let mongod = start(folder.path());
    assert_eq!(
        mongod.uri(),
        format!("mongodb://127.0.0.1:{}/?replicaSet=rs0", mongod.port())
    );
    assert!(mongod.is_running());

    let pid = mongod.pid();
    mongod.stop().unwrap();

    assert!(!is_alive(pid));
    assert!(!mongod.is_running());
    // A clean stop empties the lock file; a kill leaves a number in it.
    assert_eq!(fs::read_to_string(folder.path().join("mongod.lock")).unwrap(), "");
    mongod.stop().unwrap();
}

#[test]
fn after_a_kill_it_comes_back_on_the_same_folder_and_port() {
    let folder = tempfile::tempdir().unwrap();
    let mongod = start(folder.path());
    let (pid, uri) = (mongod.pid(), mongod.uri());

    mongod.kill9().unwrap();
    assert!(!is_alive(pid));
    assert_ne!(fs::read_to_string(folder.path().join("mongod.lock")).unwrap(), "");
    mongod.restart().unwrap();

    assert_ne!(mongod.pid(), pid);
    assert_eq!(mongod.uri(), uri);
    assert!(mongod.is_running());
}

#[test]
fn on_another_port_the_set_follows() {
    let folder = tempfile::tempdir().unwrap();
    let first = start(folder.path());
    let port = first.port();
    drop(first);

    // Another program has taken the port; what it is told makes no sense to it.
    let taken = TcpListener::bind(("127.0.0.1", port)).unwrap();
    thread::spawn(move || taken.incoming().for_each(drop));
    let second = start(folder.path());

    assert_ne!(second.port(), port);
    assert!(second.uri().contains(&second.port().to_string()));
}

#[test]
fn a_fixed_port_that_is_taken_is_an_error_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let mut options = options(folder.path());
    options.port = Some(taken.local_addr().unwrap().port());

    let error = Mongod::start(&BINARY, options).unwrap_err();

    assert!(matches!(error, DevdbError::Ended { .. }), "{error}");
    assert!(error.to_string().contains("Address already in use"), "{error}");
}

#[test]
fn an_unknown_argument_is_an_error_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(folder.path());
    options.arguments = vec!["--no-such-argument".to_owned()];

    let error = Mongod::start(&BINARY, options).unwrap_err().to_string();

    assert!(error.contains("no-such-argument"), "{error}");
}

#[test]
fn the_server_dies_with_its_parent_by_the_signal() {
    let folder = tempfile::tempdir().unwrap();
    let (mut holder, pid) = hold(folder.path(), "signal");
    assert!(is_alive(pid));
    holder.kill().unwrap();
    holder.wait().unwrap();
    wait_until_gone(pid);
}

#[test]
fn the_server_dies_with_its_parent_by_the_watchdog() {
    let folder = tempfile::tempdir().unwrap();
    let (mut holder, pid) = hold(folder.path(), "watchdog");
    assert!(is_alive(pid));
    holder.kill().unwrap();
    holder.wait().unwrap();
    wait_until_gone(pid);
}

#[test]
fn it_outlives_the_thread_that_started_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let mongod = thread::spawn(move || start(&path)).join().unwrap();
    thread::sleep(Duration::from_millis(300));
    assert!(mongod.is_running());
}

#[test]
fn a_watched_server_is_killed_and_restarted_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(folder.path());
    options.parent_death = Some(ParentDeath::Watchdog);
    let mongod = Mongod::start(&BINARY, options).unwrap();
    mongod.kill9().unwrap();
    mongod.restart().unwrap();
    thread::sleep(Duration::from_millis(300));
    assert!(mongod.is_running());
}

#[test]
fn a_killed_parent_does_not_keep_the_next_run_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    let (mut holder, pid) = hold(folder.path(), "signal");
    holder.kill().unwrap();
    holder.wait().unwrap();

    let next = start(folder.path());

    assert!(!is_alive(pid));
    assert!(next.is_running());
}

#[test]
fn a_folder_whose_server_has_a_living_owner_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (mut holder, pid) = hold(folder.path(), "signal");

    let error = Mongod::start(&BINARY, options(folder.path())).unwrap_err();

    let DevdbError::InUse {
        pid: named, owner, ..
    } = error
    else {
        panic!("expected a refusal, got {error}");
    };
    assert_eq!((named, owner), (pid, holder.id()));
    assert!(is_alive(pid), "the other's server must not be touched");
    holder.kill().unwrap();
    holder.wait().unwrap();
    wait_until_gone(pid);
}

#[test]
fn an_orphan_on_the_folder_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let first = start(folder.path());
    let port = first.port();
    drop(first);
    // Started by a shell that ends at once, as a parent without either way of parent death would leave it.
    let script = r#""$1" --dbpath "$2" --port "$3" --replSet rs0 --bind_ip 127.0.0.1 --nounixsocket >/dev/null 2>&1 &
        echo $!"#;
    let folder_path = folder.path().canonicalize().unwrap();
    let shell = Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(&BINARY.path)
        .arg(&folder_path)
        .arg(port.to_string())
        .output()
        .unwrap();
    let orphan: u32 = String::from_utf8(shell.stdout).unwrap().trim().parse().unwrap();
    let pid_file = format!(r#"{{"pid":{orphan},"owner":{},"port":{port}}}"#, u32::MAX);
    fs::write(folder.path().join("kale-mongod.json"), pid_file).unwrap();
    assert!(is_alive(orphan));

    let next = start(folder.path());

    assert!(!is_alive(orphan));
    assert!(next.is_running());
}

#[test]
fn the_log_of_the_run_before_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mongod = start(folder.path());
    mongod.restart().unwrap();
    assert!(fs::metadata(folder.path().join("mongod.log.1")).unwrap().len() > 0);
    assert!(fs::metadata(mongod.log_path()).unwrap().len() > 0);
}

fn script(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("mongod");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn the_named_binary_comes_first_then_the_path_then_the_cache() {
    let named = tempfile::tempdir().unwrap();
    let on_path = tempfile::tempdir().unwrap();
    let text = "#!/bin/sh\necho 'db version v8.0.1'\n";
    let mut lookup = Lookup::for_workspace(Some(on_path.path().as_os_str().to_owned()));
    lookup.explicit = Some(script(named.path(), text));
    script(on_path.path(), text);

    let found = find(&lookup).unwrap();
    assert_eq!(
        (found.origin, found.version.as_str()),
        (Origin::Explicit, "8.0.1")
    );
    lookup.explicit = None;
    assert_eq!(find(&lookup).unwrap().origin, Origin::Path);
    // Too old: passed over, not used.
    script(on_path.path(), "#!/bin/sh\necho 'db version v4.4.0'\n");
    LazyLock::force(&BINARY);
    assert_eq!(find(&lookup).unwrap().origin, Origin::Cache);
}

#[test]
fn a_named_binary_that_does_not_work_is_an_error_and_nothing_else_is_tried() {
    let mut lookup = Lookup::for_workspace(None);
    lookup.explicit = Some(PathBuf::from("/nowhere/mongod"));
    let error = find(&lookup).unwrap_err();
    assert!(matches!(error, DevdbError::Unusable { .. }), "{error}");
    assert!(
        error.to_string().contains("KALE_MONGOD names /nowhere/mongod"),
        "{error}"
    );
}

#[test]
fn without_fetching_an_empty_cache_says_what_to_install() {
    let empty = tempfile::tempdir().unwrap();
    let lookup = Lookup {
        explicit: None,
        path: None,
        cache: empty.path().join("cache"),
        fetch: false,
    };
    let error = find(&lookup).unwrap_err().to_string();
    assert!(
        error.contains("Install MongoDB 6.0") && error.contains("KALE_MONGOD"),
        "{error}"
    );
}

#[test]
fn of_two_that_fetch_at_once_one_downloads_and_both_get_the_binary() {
    let cache = tempfile::tempdir().unwrap();
    let lookup = Lookup {
        explicit: None,
        path: None,
        cache: cache.path().to_owned(),
        fetch: true,
    };
    let other = lookup.clone();
    let racing = thread::spawn(move || find(&other).unwrap());
    let mine = find(&lookup).unwrap();
    let theirs = racing.join().unwrap();
    assert_eq!(mine.path, theirs.path);
    let origins = [mine.origin, theirs.origin];
    assert!(
        origins.contains(&Origin::Fetched) && origins.contains(&Origin::Cache),
        "{origins:?}"
    );
    // Nothing but the binary and the lock stays.
    assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 2);
}
