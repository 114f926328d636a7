//! A PostgreSQL server for tests: one for all test processes of a user, made from the machine's server programs when the first
//! test asks, stopped and removed when no test has asked for some minutes. Nothing of it is kept on disk safely (`fsync` is off).
//!
//! `GUANXI_TEST_POSTGRES` names a server to use instead. Where there are no server programs, tests on PostgreSQL are skipped; with
//! `CI` set that is a failure.

use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{Error, Result};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// Stops the server when the file `used` is older than ten minutes. `$1`: programs, `$2`: folder.
const WATCH: &str = r#"cd "$2" && while [ -n "$(find used -mmin -10 2>/dev/null)" ] && [ -e data/postmaster.pid ]; do sleep 5; done
"$1/pg_ctl" -D data -m immediate stop; rm -rf "$2/data" "$2/port""#;

/// The address of a server to test on; `None` if there is none.
///
/// # Panics
/// If a server that should start does not, or if `CI` is set and there is no server program.
pub async fn url() -> Option<String> {
    if let Some(url) = std::env::var("GUANXI_TEST_POSTGRES").ok().filter(|url| !url.is_empty()) {
        return Some(url);
    }
    let Some(programs) = programs() else {
        assert!(std::env::var_os("CI").is_none(), "no PostgreSQL server programs on this machine; tests in CI must not skip them");
        eprintln!("skipped: no PostgreSQL server programs on this machine");
        return None;
    };
    let port = running(&programs).unwrap_or_else(|e| panic!("cannot start {}/postgres: {e}", programs.display()));
    Some(format!("postgres://guanxi@127.0.0.1:{port}/postgres"))
}

/// A name of a schema that no other test uses.
pub fn fresh_schema() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let random = RandomState::new().build_hasher().finish();
    format!("org_t{random:016x}_{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// The folder with the newest server's programs.
fn programs() -> Option<PathBuf> {
    let version = |path: &Path| path.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let newest = installed.filter(|path| path.join("initdb").exists()).max_by_key(|path| version(path));
    let on_path = || std::env::split_paths(&std::env::var_os("PATH")?).find(|p| p.join("initdb").exists() && p.join("postgres").exists());
    newest.or_else(on_path)
}

/// The port of the shared server; starts it if it does not run.
fn running(programs: &Path) -> Result<u16> {
    let user = user()?;
    let folder = std::env::temp_dir().join(format!("guanxi-test-postgres-{}", user.0));
    fs::create_dir_all(&folder)?;
    chown(&folder, Some(user.0), Some(user.1))?;
    let lock = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join("lock"))?;
    lock.lock()?;
    File::create(folder.join("used"))?;
    let known = fs::read_to_string(folder.join("port")).ok().and_then(|text| text.trim().parse::<u16>().ok());
    match known.filter(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok()) {
        Some(port) => Ok(port),
        None => start(programs, &folder, user),
    }
}

fn start(programs: &Path, folder: &Path, user: (u32, u32)) -> Result<u16> {
    let data = folder.join("data");
    if data.exists() {
        fs::remove_dir_all(&data)?;
    }
    let initdb = ["--auth=trust", "--username=guanxi", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"];
    succeed(command(&programs.join("initdb"), folder, user).args(initdb).arg(&data))?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let options = format!(
        "-F -p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{}' -c full_page_writes=off -c max_connections=200 \
         -c shared_buffers=64MB -c autovacuum_naptime=10min -c jit=off",
        folder.display()
    );
    let log = folder.join("log");
    let mut pg_ctl = command(&programs.join("pg_ctl"), folder, user);
    succeed(pg_ctl.args(["-w", "-o", &options, "-l"]).arg(&log).arg("-D").arg(&data).arg("start"))?;
    fs::write(folder.join("port"), port.to_string())?;
    chown(folder.join("port"), Some(user.0), Some(user.1))?;
    command(Path::new("/bin/sh"), folder, user).args(["-c", WATCH, "watch"]).arg(programs).arg(folder).process_group(0).spawn()?;
    Ok(port)
}

/// The user and group to run as: PostgreSQL refuses to run as root.
fn user() -> Result<(u32, u32)> {
    let me = fs::metadata("/proc/self")?;
    if me.uid() != 0 {
        return Ok((me.uid(), me.gid()));
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let find = |name: &str| {
        let fields: Vec<&str> = users.lines().find(|line| line.split(':').next() == Some(name))?.split(':').collect();
        Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    };
    find("postgres").or_else(|| find("nobody")).ok_or_else(|| Error::other("no user to run the server as"))
}

fn command(program: &Path, folder: &Path, (uid, gid): (u32, u32)) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0) {
        command.uid(uid).gid(gid);
    }
    command
}

fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(Error::other(format!("{:?}: {status}", command.get_program()))) }
}
