//! A copy takes the place of the record: proven first, beside a server at work, and whatever moment
//! the power goes.

mod server;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use server::{Server, folder, program};
use store::{FILE, Store};

fn run(words: &[&str]) -> Output {
    Command::new(program()).args(words).output().expect("the program runs")
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("it ended by itself")
}

/// A laboratory, a copy of it, and somebody who was added after the copy.
fn copied(name: &str) -> (PathBuf, PathBuf) {
    let data = folder(name).join("lab");
    let copy = data.with_file_name("copy.db");
    assert_eq!(status(&run(&["init", "--data", text(&data)])), 0);
    assert_eq!(status(&run(&["backup", "--data", text(&data), text(&copy)])), 0);
    add(&data, "later");
    assert!(names(&data).contains(&"later".to_owned()));
    (data, copy)
}

fn add(data: &Path, name: &str) {
    let words = ["user", "add", "--data", text(data), "--shown", name, "--role", "MLS", name];
    let added = run(&words);
    assert_eq!(status(&added), 0, "{}", said(&added));
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path")
}

fn restore(data: &Path, copy: &Path) -> Output {
    run(&["restore", "--data", text(data), text(copy)])
}

fn names(data: &Path) -> Vec<String> {
    let store = Store::open(data).expect("the record opens");
    let rows = store.read(|sql| sql.rows("SELECT sign_in FROM person ORDER BY sign_in", &[]));
    rows.expect("read").iter().map(|line| line.text(0).expect("a name").to_owned()).collect()
}

fn findings(data: &Path) -> usize {
    let store = Store::open(data).expect("the record opens");
    store.read(|sql| store::check::check(sql)).expect("checked").lines.len()
}

fn files(data: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(data).expect("the folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_copy_takes_the_place_of_the_record_which_is_kept() {
    let (data, copy) = copied("restore");
    let before = std::fs::read(&copy).expect("the copy");
    let restored = restore(&data, &copy);
    assert_eq!(status(&restored), 0, "{}", said(&restored));
    assert_eq!(names(&data), ["admin"]);
    assert_eq!(findings(&data), 0);
    assert_eq!(std::fs::read(&copy).expect("the copy"), before, "the copy is not touched");
    let kept: Vec<String> =
        files(&data).into_iter().filter(|name| name.starts_with("before-restore-")).collect();
    assert_eq!(kept.len(), 1, "{:?}", files(&data));
    let back = restore(&data, &data.join(&kept[0]));
    assert_eq!(status(&back), 0, "{}", said(&back));
    assert_eq!(names(&data), ["admin", "later"], "and it can be taken back");
}

#[test]
fn a_copy_is_restored_where_nothing_was() {
    let (_, copy) = copied("restore-new");
    let data = copy.with_file_name("new");
    let restored = restore(&data, &copy);
    assert_eq!(status(&restored), 0, "{}", said(&restored));
    assert_eq!(files(&data), [FILE]);
    assert_eq!((names(&data), findings(&data)), (vec!["admin".to_owned()], 0));
}

#[test]
fn what_is_no_whole_record_replaces_nothing() {
    let (data, copy) = copied("restore-bad");
    let other = copy.with_file_name("other.db");
    std::fs::write(&other, "a letter to the ward").expect("written");
    let refused = restore(&data, &other);
    assert_eq!(status(&refused), 2);
    assert!(said(&refused).contains("is no copy of a laboratory"), "{}", said(&refused));
    assert_eq!(status(&restore(&data, Path::new("/nowhere/at/all"))), 2);
    // A record somebody changed by hand.
    let tampered = folder("restore-tampered");
    std::fs::copy(&copy, tampered.join(FILE)).expect("copied");
    rename_admin(&tampered);
    let refused = restore(&data, &tampered.join(FILE));
    assert_eq!(status(&refused), 1, "{}", said(&refused));
    assert!(said(&refused).contains("row_differs: person"), "{}", said(&refused));
    assert!(said(&refused).contains("nothing was replaced"), "{}", said(&refused));
    // One of which only a part arrived.
    let bytes = std::fs::read(&copy).expect("the copy");
    std::fs::write(&other, &bytes[..bytes.len() / 2]).expect("written");
    assert_ne!(status(&restore(&data, &other)), 0);
    assert_eq!(names(&data), ["admin", "later"]);
    assert_eq!(findings(&data), 0);
    assert!(files(&data).iter().all(|name| name.starts_with(FILE)), "{:?}", files(&data));
}

/// Changes the record as a person with a database tool would.
fn rename_admin(folder: &Path) {
    use store::engine::{EmbeddedPen, Pen};
    let mut pen = EmbeddedPen::open(&folder.join(FILE)).expect("it opens");
    pen.run("UPDATE person SET shown='Mallory'", &[]).expect("changed");
    pen.rest().expect("folded in");
}

#[test]
fn a_server_at_work_goes_on_with_what_was_restored() {
    let (data, copy) = copied("restore-beside");
    let server = Server::start(&["serve"], &data);
    let backup = data.with_file_name("at-work.db");
    let made = run(&["backup", "--data", text(&data), text(&backup)]);
    assert_eq!(status(&made), 0, "{}", said(&made));
    let restored = restore(&data, &copy);
    assert_eq!(status(&restored), 0, "{}", said(&restored));
    add(&data, "after");
    assert!(ready(&server), "the server works on");
    assert!(server.stop());
    assert_eq!((names(&data), findings(&data)), (vec!["admin".into(), "after".into()], 0));
    assert_eq!(status(&restore(&data, &backup)), 0, "the copy made at work is whole");
    assert_eq!(names(&data), ["admin", "later"]);
}

fn ready(server: &Server) -> bool {
    use std::io::{Read, Write};
    let mut line = std::net::TcpStream::connect(server.http).expect("connected");
    let request = "GET /ready HTTP/1.1\r\nhost: lab\r\nconnection: close\r\n\r\n";
    line.write_all(request.as_bytes()).expect("asked");
    let mut answer = String::new();
    line.read_to_string(&mut answer).expect("answered");
    answer.starts_with("HTTP/1.1 200")
}

#[test]
fn killed_at_any_moment_it_leaves_the_record_as_it_was_or_as_it_is_to_be() {
    let (data, copy) = copied("restore-killed");
    let (mut old, mut new) = (0, 0);
    for wait_ms in (0..160).step_by(8) {
        let mut child = begin(&data, &copy);
        std::thread::sleep(Duration::from_millis(wait_ms));
        child.kill().expect("killed");
        child.wait().expect("ended");
        assert_eq!(findings(&data), 0, "killed after {wait_ms} ms");
        match names(&data).as_slice() {
            [admin] if admin == "admin" => new += 1,
            [_, later] if later == "later" => old += 1,
            other => panic!("{other:?}"),
        }
        if new > 0 {
            let names = names(&data);
            if names.len() == 1 {
                add(&data, "later");
            }
        }
    }
    assert!(old > 0, "some were killed before it was done: {old} old, {new} new");
    assert_eq!(status(&restore(&data, &copy)), 0, "what they left behind is in nobody's way");
    let begun = files(&data).into_iter().filter(|name| name.starts_with("restoring-"));
    assert_eq!(begun.count(), 0, "and is cleared away");
}

fn begin(data: &Path, copy: &Path) -> Child {
    Command::new(program())
        .args(["restore", "--data", text(data), text(copy)])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs")
}
