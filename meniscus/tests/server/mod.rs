//! The real program, started for a test: its addresses from the `ready` line, its end by signal.
//!
//! What must stay true: it is killed when the test ends, however it ends.
#![allow(dead_code)] // Each test file uses what it needs of it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use store::Place;
use store::scratch::Scratch;

/// The running program.
pub struct Server {
    child: Child,
    /// Where the web is.
    pub http: SocketAddr,
    /// Where ASTM is spoken.
    pub astm: SocketAddr,
    /// Where HL7 is spoken over MLLP.
    pub mllp: SocketAddr,
}

/// The program: the one named in the environment (a release build), or the one built for tests.
pub fn program() -> PathBuf {
    std::env::var_os("MENISCUS_BINARY")
        .map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_meniscus")), PathBuf::from)
}

/// A place of its own for a test's laboratory: on the server that `MENISCUS_TEST_POSTGRES` names,
/// or else in a folder.
pub struct Ground(Scratch);

impl Ground {
    /// A folder that is there for files.
    pub fn folder(&self) -> &Path {
        self.0.folder()
    }
}

impl From<&Ground> for Place {
    fn from(ground: &Ground) -> Place {
        ground.0.place()
    }
}

/// An empty place.
pub fn ground(name: &str) -> Ground {
    let server = std::env::var("MENISCUS_TEST_POSTGRES").ok();
    Ground(Scratch::new(name, server.as_deref()).expect("a place for the test"))
}

/// How a place is named on the command line.
pub trait Named {
    /// The two words.
    fn words(&self) -> [String; 2];
}

impl Named for Ground {
    fn words(&self) -> [String; 2] {
        self.0.url().map_or_else(|| self.folder().words(), |url| ["--database".into(), url.into()])
    }
}

impl Named for Path {
    fn words(&self) -> [String; 2] {
        ["--data".into(), self.display().to_string()]
    }
}

impl Named for PathBuf {
    fn words(&self) -> [String; 2] {
        self.as_path().words()
    }
}

/// A folder of its own for a test, empty.
pub fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("meniscus-test-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

impl Server {
    /// Starts a command for the laboratory at a place on free ports, and waits until it is ready.
    pub fn start(command: &[&str], data: &(impl Named + ?Sized)) -> Server {
        Server::started(Command::new(program()), (command, data))
    }

    /// The same with so many open files at most.
    pub fn limited(command: &[&str], data: &(impl Named + ?Sized), files: u32) -> Server {
        let mut shell = Command::new("sh");
        let limit = format!("ulimit -n {files}; exec \"$0\" \"$@\"");
        shell.args(["-c", &limit]).arg(program());
        Server::started(shell, (command, data))
    }

    fn started(mut program: Command, (command, data): (&[&str], &(impl Named + ?Sized))) -> Server {
        let mut child = program
            .args(command)
            .args(data.words())
            .args(["--http", "127.0.0.1:0", "--astm", "127.0.0.1:0", "--mllp", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        while !line.starts_with("ready ") {
            line.clear();
            let read = output.read_line(&mut line).expect("its output is read");
            assert!(read > 0, "the program ended before it was ready");
        }
        // Whoever reads no further must not stop it from writing.
        std::thread::spawn(move || drop(std::io::copy(&mut output, &mut std::io::sink())));
        let address = |name: &str| -> SocketAddr {
            let word = line.split_whitespace().find_map(|word| word.strip_prefix(name));
            let word = word.unwrap_or_else(|| panic!("no {name} in {line:?}"));
            word.trim_start_matches("http://").parse().expect("an address")
        };
        let (http, astm, mllp) = (address("http="), address("astm="), address("mllp="));
        Server { child, http, astm, mllp }
    }

    /// The processor time it has used so far, in seconds.
    pub fn processor_seconds(&self) -> f64 {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        let text = text.expect("its state");
        let after = text.rsplit(')').next().expect("fields");
        let ticks = |at: usize| -> f64 {
            after.split_whitespace().nth(at).and_then(|n| n.parse().ok()).expect("a count")
        };
        // proc(5): fields 14 and 15, in ticks of which a second has 100.
        (ticks(11) + ticks(12)) / 100.0
    }

    /// Kills it, as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it ends");
    }

    /// Asks it to stop (SIGTERM) and waits; true where it ended well.
    pub fn stop(mut self) -> bool {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().expect("kill runs");
        assert!(asked.success());
        self.child.wait().expect("it ends").success()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
