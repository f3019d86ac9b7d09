//! The laboratory as files: exported, changed, compared, applied.

mod server;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use server::{Server, folder, program};

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

fn text(path: &Path) -> &str {
    path.to_str().expect("a path")
}

/// A laboratory and its files.
fn exported(name: &str) -> (PathBuf, PathBuf) {
    let data = folder(name).join("lab");
    let files = data.with_file_name("files");
    assert_eq!(status(&run(&["init", "--data", text(&data)])), 0);
    let export = run(&["export", "--data", text(&data), text(&files)]);
    assert_eq!(status(&export), 0, "{}", said(&export));
    (data, files)
}

fn apply(data: &Path, files: &Path, more: &[&str]) -> Output {
    run(&[&["apply", "--data", text(data), text(files)], more].concat())
}

/// Changes one place of a file.
fn change(files: &Path, name: &str, (from, to): (&str, &str)) {
    let file = files.join("catalog").join(name);
    let before = std::fs::read_to_string(&file).expect("the file");
    assert!(before.contains(from), "{from} in {name}");
    std::fs::write(file, before.replacen(from, to, 1)).expect("written");
}

fn contents(files: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(files.join("catalog")).expect("the folder");
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let entry = entry.expect("an entry");
        let bytes = std::fs::read(entry.path()).expect("read");
        (entry.file_name().to_string_lossy().into_owned(), bytes)
    };
    let mut all: Vec<_> = entries.map(read).collect();
    all.sort();
    all
}

#[test]
fn what_is_exported_and_applied_is_the_same_byte_for_byte() {
    let (data, files) = exported("labdir");
    let same = apply(&data, &files, &[]);
    assert_eq!((status(&same), said(&same).as_str()), (0, "no difference to release 1\n"));
    change(&files, "chemistry.toml", ("name = \"Potassium\"", "name = \"Potassium, plasma\""));
    let dry = apply(&data, &files, &["--dry-run"]);
    assert_eq!(status(&dry), 0, "{}", said(&dry));
    let told =
        "~ test K\n    name: Potassium -> Potassium, plasma\n0 added, 0 removed, 1 changed\n";
    assert!(said(&dry).starts_with(told), "{}", said(&dry));
    assert!(said(&dry).contains("release 1 stays in force"), "{}", said(&dry));
    let silent = apply(&data, &files, &[]);
    assert_eq!(status(&silent), 2);
    assert!(said(&silent).contains("say why: --reason"), "{}", said(&silent));
    let done = apply(&data, &files, &["--reason", "as on the report"]);
    assert_eq!(status(&done), 0, "{}", said(&done));
    assert!(said(&done).contains("release 2 is in force"), "{}", said(&done));
    let again = files.with_file_name("again");
    assert_eq!(status(&run(&["export", "--data", text(&data), text(&again)])), 0);
    assert_eq!(contents(&again), contents(&files));
    // An earlier release is written as it was, and files it does not have go.
    std::fs::write(again.join("catalog/new.toml"), "# mine\n").expect("written");
    let first = run(&["export", "--data", text(&data), "--release", "1", text(&again)]);
    assert_eq!(status(&first), 0, "{}", said(&first));
    assert_ne!(contents(&again), contents(&files));
    assert_eq!(contents(&again).len(), contents(&files).len());
    let none = run(&["export", "--data", text(&data), "--release", "9", text(&again)]);
    assert!(said(&none).contains("there is no release 9"), "{}", said(&none));
    assert_eq!(status(&run(&["check", "--data", text(&data)])), 0);
}

#[test]
fn every_mistake_is_told_with_its_place_and_how_to_mend_it() {
    let (data, files) = exported("labdir-mistakes");
    change(&files, "chemistry.toml", ("decimals = 1", "decimal = 1"));
    change(
        &files,
        "hematology.toml",
        ("container = \"EDTA_LAV\"", "container = \"EDTA_LAVENDER\""),
    );
    let refused = apply(&data, &files, &["--reason", "try"]);
    assert_eq!(status(&refused), 1, "{}", said(&refused));
    let told = said(&refused);
    assert!(told.contains("catalog/chemistry.toml:"), "{told}");
    assert!(told.contains("unknown field `decimal`"), "{told}");
    assert!(told.contains("mend: correct the field's name, or remove it"), "{told}");
    change(&files, "chemistry.toml", ("decimal = 1", "decimals = 1"));
    let told = said(&apply(&data, &files, &["--reason", "try"]));
    assert!(told.contains("names the unknown container EDTA_LAVENDER; mend: "), "{told}");
    assert!(told.contains("1 mistakes; nothing was applied"), "{told}");
}

#[test]
fn a_file_that_is_none_of_the_laboratory_is_never_passed_over() {
    let (data, files) = exported("labdir-strangers");
    std::fs::write(files.join("catalog/chemistry.tml"), "").expect("written");
    std::fs::write(files.join("notes.txt"), "").expect("written");
    std::fs::write(files.join("catalog/latin.toml"), b"# one\n# \xe9\n").expect("written");
    let refused = apply(&data, &files, &["--reason", "try"]);
    assert_eq!(status(&refused), 2);
    let told = said(&refused);
    for part in [
        "notes.txt: no file of a laboratory; mend: ",
        "catalog/chemistry.tml: no file",
        "catalog/latin.toml:2: no UTF-8 text; mend: save the file as UTF-8",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    let over = run(&["export", "--data", text(&data), text(&files)]);
    assert_eq!(status(&over), 2, "nor is a folder with something else in it written over");
    let nowhere = apply(&data, &files.join("catalog"), &["--dry-run"]);
    assert!(said(&nowhere).contains("there is no such folder"), "{}", said(&nowhere));
    let nowhere = apply(&data, &files.with_file_name("none"), &["--dry-run"]);
    assert!(said(&nowhere).contains("cannot be read"), "{}", said(&nowhere));
}

/// A file of an instrument with everything a file can say.
const XN: &str = "name = \"XN-1000\"\ndriver = \"sysmex_xn\"\nsender = \"XN-\"\n\
                  control_material = \"QC-*\"\nsilent_after_minutes = 90\n\
                  unused = [\"PDW\"]\n\n[codes]\nHGB = \"HGB\"\nWBC = \"WBC\"\n";

#[test]
fn instruments_are_added_changed_and_written_again_as_they_were() {
    let (data, files) = exported("labdir-instruments");
    let inside = files.join("instruments");
    let file = inside.join("xn-1000.toml");
    std::fs::write(&file, XN).expect("written");
    let dry = apply(&data, &files, &["--dry-run"]);
    let told = "+ instrument XN-1000\ninstruments: 1 added, 0 changed\n";
    assert!(said(&dry).starts_with(told), "{}", said(&dry));
    assert!(said(&apply(&data, &files, &["--dry-run"])).starts_with(told), "nothing was done");
    let done = apply(&data, &files, &["--reason", "new on the bench"]);
    assert_eq!(status(&done), 0, "{}", said(&done));
    assert!(!said(&done).contains("release 2"), "the catalog is the same: {}", said(&done));
    let again = files.with_file_name("again");
    assert_eq!(status(&run(&["export", "--data", text(&data), text(&again)])), 0);
    let written = std::fs::read_to_string(again.join("instruments/xn-1000.toml")).expect("read");
    assert_eq!(written, XN);
    let same = apply(&data, &again, &[]);
    assert_eq!(said(&same), "no difference to release 1\n");
    let changed = XN.replace("QC-*", "QC-* LOT7").replace("WBC = \"WBC\"\n", "");
    std::fs::write(&file, changed.replace("[\"PDW\"]", "[\"PDW\", \"WBC\"]")).expect("written");
    let done = apply(&data, &files, &["--reason", "WBC is done elsewhere"]);
    for line in [
        "~ instrument XN-1000",
        "    control_material: QC-* -> QC-* LOT7",
        "    code WBC: WBC -> not used here",
        "the instruments are as in the files",
    ] {
        assert!(said(&done).contains(line), "{line}: {}", said(&done));
    }
    std::fs::remove_file(&file).expect("removed");
    std::fs::write(inside.join("chem.toml"), "name = \"Chem 1\"\ndriver = \"hl7_oru\"\n")
        .expect("written");
    let stays = apply(&data, &files, &["--reason", "another"]);
    assert!(said(&stays).contains("= instrument XN-1000 is in no file and stays"));
    assert_eq!(status(&run(&["check", "--data", text(&data)])), 0);
}

#[test]
fn every_mistake_in_an_instruments_file_is_told_with_its_line() {
    let (data, files) = exported("labdir-wrong");
    let inside = files.join("instruments");
    let write = |name: &str, text: &str| {
        std::fs::write(inside.join(name), text).expect("written");
    };
    write("a.toml", &XN.replace("sysmex_xn", "sysmex").replace("\"HGB\"\n", "\"HB\"\n"));
    write("b.toml", &XN.replace("silent_after_minutes = 90", "silent_after = 90"));
    write("c.toml", &XN.replace("QC-*", "*").replace("= 90", "= 0"));
    write("d.toml", &XN.replace("[\"PDW\"]", "[\"WBC\"]"));
    write("e.toml", "name = \"E\"\ndriver = \"hl7_oru\"\nconnect_to = \"moxa\"\n");
    write("f.toml", "name = \"E\"\ndriver = \"hl7_oru\"\ncharacters = \"big5\"\n");
    write("g.txt", "");
    write("one.toml", "name = \"One\"\ndriver = \"hl7_oru\"\n");
    write("two.toml", "name = \"One\"\ndriver = \"hl7_oru\"\n");
    let refused = apply(&data, &files, &["--reason", "try"]);
    assert_eq!(status(&refused), 2);
    let told = said(&refused);
    for part in [
        "a.toml:2: no driver is named sysmex; mend: one of astm_plain",
        "a.toml:9: HGB stands for HB, which is no test of the catalog; mend: ",
        "b.toml:5: unknown field `silent_after`",
        "c.toml:4: Control material",
        "c.toml:5: Silent after",
        "d.toml:10: WBC is in codes and in unused; mend: ",
        "e.toml:3: Connect to",
        "f.toml:3: Characters",
        "g.txt: no file of a laboratory",
        "two.toml: One is in another file too; mend: ",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    let kept = run(&["export", "--data", text(&data), text(&files.with_file_name("kept"))]);
    assert!(said(&kept).contains("and 0 instruments"), "nothing was done: {}", said(&kept));
}

#[test]
fn a_draft_is_laid_down_and_released_by_nobody_but_the_director() {
    let (data, files) = exported("labdir-draft");
    change(&files, "chemistry.toml", ("name = \"Potassium\"", "name = \"Potassium, plasma\""));
    let laid = apply(&data, &files, &["--draft", "--reason", "for the report"]);
    assert_eq!(status(&laid), 0, "{}", said(&laid));
    let store = store::Store::open(&data).expect("the record");
    let draft = store.read(|sql| {
        use lab::command::Look;
        store::DatabaseLook(sql).newest_draft()
    });
    let draft = draft.expect("read").expect("a draft");
    assert_eq!((draft.base, draft.note.as_str()), (1, "for the report"));
    assert_eq!(store.catalog().expect("the catalog").release(), 1);
}

#[test]
fn a_server_at_work_takes_the_new_release() {
    let (data, files) = exported("labdir-live");
    let server = Server::start(&["serve"], &data);
    change(&files, "chemistry.toml", ("name = \"Potassium\"", "name = \"Potassium, plasma\""));
    let done = apply(&data, &files, &["--reason", "while at work"]);
    assert_eq!(status(&done), 0, "{}", said(&done));
    assert!(server.stop());
    let store = store::Store::open(&data).expect("the record");
    assert_eq!(store.catalog().expect("the catalog").release(), 2);
}
