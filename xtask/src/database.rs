//! A PostgreSQL server of our own, for as long as a step runs: in a temporary folder, reached by a
//! socket in it, with nothing of the machine's own servers touched.
//!
//! What must stay true: it does not run as root; it is stopped and its folder is gone however the
//! step ends; where there is no server to be had, the step says why it did not run.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::machine::{install, is_root};
use crate::step::Outcome;

/// Where Debian puts the programs of each version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// How the server behaves. Nothing in it outlives the step, so that nothing need be durable.
const SETTINGS: &str = "-c listen_addresses= -c fsync=off -c full_page_writes=off \
                        -c max_connections=300 -c log_min_messages=fatal";

/// A server that runs until this is dropped.
struct Server {
    programs: PathBuf,
    folder: PathBuf,
    user: Option<(u32, u32)>,
}

/// Starts a server, does the work with the URL of one of its databases, and stops it.
pub fn with_server(work: impl FnOnce(&str) -> Outcome) -> Outcome {
    let programs = match programs().or_else(|| installed(&install(&["postgresql"]))) {
        Some(programs) => programs,
        None => return install(&["postgresql"]),
    };
    match Server::start(programs) {
        Ok(server) => work(&server.url()),
        Err(why) => Outcome::Failed(format!("a PostgreSQL server did not start: {why}")),
    }
}

fn installed(outcome: &Outcome) -> Option<PathBuf> {
    if *outcome == Outcome::Passed { programs() } else { None }
}

/// The folder of the newest version's programs.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|version| {
            let number = version.file_name().to_str()?.parse().ok()?;
            Some((number, version.path().join("bin")))
        })
        .filter(|(_, programs)| programs.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().map(|(_, programs)| programs).or_else(on_the_path)
}

fn on_the_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find(|folder| folder.join("initdb").exists())
}

impl Server {
    fn start(programs: PathBuf) -> Result<Server, String> {
        let name = format!("meniscus-postgres-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let user = if is_root() { Some(somebody()?) } else { None };
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let server = Server { programs, folder, user };
        if let Some((user, group)) = server.user {
            chown(&server.folder, Some(user), Some(group)).map_err(|error| error.to_string())?;
        }
        let cluster = server.cluster();
        let make = ["-U", "meniscus", "-A", "trust", "-E", "UTF8", "-N"];
        // A database whose own order of texts is a dictionary's, as most have: ours must not be.
        let dictionary = ["--locale=C", "--locale-provider=icu", "--icu-locale=en-US"];
        let made = server.run("initdb", make.iter().chain(&dictionary), &cluster);
        made.or_else(|_| server.run("initdb", make.iter().chain(&["--locale=C"]), &cluster))?;
        let settings = format!("{SETTINGS} -c unix_socket_directories={}", server.folder.display());
        let log = server.folder.join("log").display().to_string();
        let start = ["-w", "-l", &log, "-o", &settings, "start"];
        server.run("pg_ctl", start.iter(), &cluster)?;
        Ok(server)
    }

    fn cluster(&self) -> PathBuf {
        self.folder.join("cluster")
    }

    fn url(&self) -> String {
        let socket = self.folder.display().to_string().replace('/', "%2F");
        format!("postgresql://meniscus@{socket}/postgres")
    }

    fn run<'a>(
        &self,
        program: &str,
        words: impl Iterator<Item = &'a &'a str>,
        cluster: &Path,
    ) -> Result<(), String> {
        let mut command = Command::new(self.programs.join(program));
        command.args(words).arg("-D").arg(cluster).current_dir(&self.folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        // Whoever starts a server and waits for its output to end waits for the server to end.
        let told = self.folder.join(format!("{program}.err"));
        let file = fs::File::create(&told).map_err(|error| error.to_string())?;
        let status = command.stderr(file).status().map_err(|error| error.to_string())?;
        if status.success() {
            return Ok(());
        }
        Err(format!(
            "{program} ended with {status}: {}",
            fs::read_to_string(told).unwrap_or_default()
        ))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stop = ["-m", "immediate", "stop"];
        if self.cluster().join("postmaster.pid").exists()
            && let Err(why) = self.run("pg_ctl", stop.iter(), &self.cluster())
        {
            eprintln!("the PostgreSQL server was not stopped: {why}");
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The user that Debian's package makes for its servers: one that may do nothing else.
fn somebody() -> Result<(u32, u32), String> {
    let number = |which: &str| {
        let told = Command::new("id").args([which, "postgres"]).output();
        let text = told.map_err(|error| error.to_string())?.stdout;
        let text = String::from_utf8_lossy(&text).trim().to_owned();
        text.parse().map_err(|_| "there is no user postgres to run it as".to_owned())
    };
    Ok((number("-u")?, number("-g")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_there_for_the_work_and_gone_after_it() {
        if programs().is_none() {
            println!("there is no PostgreSQL on this machine");
            return;
        }
        let mut folder = PathBuf::new();
        let outcome = with_server(|url| {
            let host = url.split(['@', '/']).nth(3).expect("a host");
            folder = PathBuf::from(host.replace("%2F", "/"));
            let socket = folder.join(".s.PGSQL.5432");
            if socket.exists() { Outcome::Passed } else { Outcome::Failed(url.to_owned()) }
        });
        assert_eq!(outcome, Outcome::Passed);
        assert!(!folder.exists());
    }
}
