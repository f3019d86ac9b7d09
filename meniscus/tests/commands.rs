//! The commands of the shell, as a person or a script meets them: what they print, and how they
//! end.

mod server;

use std::path::Path;
use std::process::{Command, Output};

use server::{Ground, Named, folder, ground, program};

fn run(words: &[&str]) -> Output {
    Command::new(program()).args(words).output().expect("the program runs")
}

fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("it ended by itself")
}

/// A laboratory made at a place of its own, and how that is named.
fn made(name: &str) -> (Ground, [String; 2]) {
    let ground = ground(name);
    let words = ground.words();
    let output = at("init", &words, &[]);
    assert_eq!(status(&output), 0, "{}", said(&output));
    assert!(printed(&output).contains("Sign in as admin with the password "));
    (ground, words)
}

/// Runs a command on a laboratory.
fn at(command: &str, place: &[String; 2], rest: &[&str]) -> Output {
    let place = place.each_ref().map(String::as_str);
    run(&command.split(' ').chain(place).chain(rest.iter().copied()).collect::<Vec<_>>())
}

#[test]
fn a_calculation_is_answered_or_refused_with_its_reason() {
    let done = run(&["calculate", "C_AGAP", "SOD=140", "CL=104", "CO2=24"]);
    assert_eq!(printed(&done), "{\"unit\":\"mmol/L\",\"value\":\"12\"}\n");
    assert_eq!(status(&done), 0);
    let refused = run(&["calculate", "C_AGAP", "SOD=140", "CL=104", "CO2=<5"]);
    assert_eq!(status(&refused), 1);
    assert!(printed(&refused).contains("\"refused\":\"qualified_input\""), "{refused:?}");
    let unknown = run(&["calculate", "C_NOTHING"]);
    assert_eq!(status(&unknown), 1);
    assert!(printed(&unknown).contains("unknown_calculation"), "{unknown:?}");
}

#[test]
fn a_captured_message_is_told_as_json() {
    let file = folder("parse").join("cbc.astm");
    let message = "H|\\^&|||XN-1000^00-10^1^^^^A1||||||||E1394-97\rP|1\r\
                   O|1||^^         2632800001700^B|^^^^WBC|||||||N||||||||||||||F\r\
                   R|1|^^^^WBC^1|<0.10|10*3/uL||L||F||||20261124080000\rL|1|N\r";
    std::fs::write(&file, message).expect("written");
    let output = run(&["parse", file.to_str().expect("a path")]);
    assert_eq!(status(&output), 0, "{}", said(&output));
    let told: serde_json::Value = serde_json::from_str(&printed(&output)).expect("JSON");
    assert_eq!(
        (told["driver"].as_str(), told["kind"].as_str()),
        (Some("sysmex_xn"), Some("results"))
    );
    let specimen = &told["specimens"][0];
    assert_eq!(specimen["id"], "2632800001700");
    let reading = &specimen["readings"][0];
    assert_eq!((reading["code"].as_str(), reading["value"].as_str()), (Some("WBC"), Some("0.10")));
    assert_eq!((&reading["comparator"], &reading["unit"]), (&"<".into(), &"10*3/uL".into()));
    assert_eq!(reading["at"], "2026-11-24T08:00:00");
}

#[test]
fn what_is_no_message_is_said_to_be_none() {
    let file = folder("garbage").join("x.bin");
    std::fs::write(&file, b"hello\x00world").expect("written");
    assert_eq!(status(&run(&["parse", file.to_str().expect("a path")])), 1);
    let unknown = run(&["parse", "--driver", "abacus", file.to_str().expect("a path")]);
    assert_eq!(status(&unknown), 2);
    assert!(said(&unknown).contains("there is no driver abacus; there are "), "{unknown:?}");
    assert_eq!(status(&run(&["parse", "/nowhere/at/all"])), 2);
}

#[test]
fn a_laboratory_is_made_once_checked_and_copied() {
    let (data, path) = made("init");
    let again = at("init", &path, &[]);
    assert_eq!(status(&again), 2);
    assert!(said(&again).contains("holds a laboratory already"), "{again:?}");
    let check = at("check", &path, &[]);
    assert_eq!((status(&check), printed(&check).contains(" 0 findings")), (0, true), "{check:?}");
    let copy = data.folder().join("copy");
    std::fs::create_dir_all(&copy).expect("a folder");
    let file = copy.join(store::FILE);
    let backup = at("backup", &path, &[file.to_str().expect("a path")]);
    assert_eq!(status(&backup), 0, "{}", said(&backup));
    let beside = std::fs::read_dir(&copy).expect("the folder").count();
    assert_eq!(beside, 1, "nothing is left beside the copy");
    assert_eq!(status(&run(&["check", "--data", copy.to_str().expect("a path")])), 0);
    let over = at("backup", &path, &[file.to_str().expect("a path")]);
    assert_eq!(status(&over), 2, "an existing file is left alone");
}

#[test]
fn a_copy_moves_a_laboratory_to_another_place_whatever_engine_is_there() {
    let (from, path) = made("moved");
    let copy = from.folder().join("copied.db");
    let copy = copy.to_str().expect("a path");
    assert_eq!(status(&at("backup", &path, &[copy])), 0);
    let to = ground("moved-to");
    let folder = to.folder().join("embedded").words();
    for place in [to.words(), folder] {
        let restored = at("restore", &place, &[copy]);
        assert_eq!(status(&restored), 0, "{}", said(&restored));
        let check = at("check", &place, &[]);
        assert!(status(&check) == 0 && printed(&check).contains(" 0 findings"), "{check:?}");
        let known = at("user password", &place, &["admin"]);
        assert_eq!(status(&known), 0, "who was there is there: {known:?}");
        if place[0] == "--database" {
            let over = at("restore", &place, &[copy]);
            assert_eq!(status(&over), 2, "{over:?}");
            assert!(said(&over).contains("holds a laboratory already"), "{over:?}");
        }
    }
}

#[test]
fn people_are_added_from_the_shell_and_a_taken_name_is_refused() {
    let (_ground, path) = made("user");
    let add = ["--shown", "Zoe Lab", "--role", "MLS", "zoe"];
    let added = at("user add", &path, &add);
    assert_eq!(status(&added), 0, "{}", said(&added));
    assert!(printed(&added).starts_with("zoe may sign in with the password "));
    let taken = at("user add", &path, &add);
    assert_eq!(status(&taken), 2);
    assert!(said(&taken).contains("The sign-in name zoe is taken."), "{taken:?}");
    let role = ["--shown", "Q", "--role", "Wizard", "q"];
    assert!(
        said(&at("user add", &path, &role))
            .contains("there is no role Wizard; there are Reception, MLT")
    );
    let nobody = at("user password", &path, &["nobody"]);
    assert!(said(&nobody).contains("nobody signs in as nobody"), "{nobody:?}");
}

#[test]
fn a_folder_without_a_laboratory_says_how_to_make_one() {
    let empty = folder("empty");
    for command in ["check", "serve"] {
        let output = run(&[command, "--data", empty.to_str().expect("a path")]);
        assert_eq!(status(&output), 2);
        assert!(said(&output).contains("make one with: meniscus init --data "), "{output:?}");
    }
    assert!(!Path::new(&empty).join(store::FILE).exists(), "asking makes nothing");
}

#[test]
fn the_place_is_named_once_or_the_command_says_how() {
    let nowhere = Command::new(program()).arg("check").env_remove("MENISCUS_DATABASE").output();
    let nowhere = nowhere.expect("the program runs");
    assert_eq!(status(&nowhere), 2);
    assert!(said(&nowhere).contains("--data DIR, or --database URL, or MENISCUS_DATABASE"));
    let both = run(&["check", "--data", "x", "--database", "postgresql://a@b/c"]);
    assert_eq!(status(&both), 2, "{both:?}");
}

#[test]
fn a_database_that_cannot_be_reached_is_a_fault_and_its_password_is_not_told() {
    let url = "postgresql://meniscus:s3cret@127.0.0.1:1/lab";
    let told = run(&["check", "--database", url]);
    assert_eq!(status(&told), 3, "{told:?}");
    assert!(said(&told).contains("reaching the database lab on 127.0.0.1"), "{told:?}");
    let named = Command::new(program()).arg("check").env("MENISCUS_DATABASE", url).output();
    let named = named.expect("the program runs");
    assert_eq!((status(&named), said(&named)), (3, said(&told)), "the environment names it too");
    let odd = run(&["check", "--database", "postgresql://meniscus:s3cret@127.0.0.1:x/lab"]);
    assert_eq!(status(&odd), 2, "{odd:?}");
    for output in [told, odd] {
        assert!(!format!("{output:?}").contains("s3cret"), "{output:?}");
    }
}

#[test]
fn a_configuration_with_an_unknown_word_is_refused_with_its_place() {
    let (data, path) = made("config");
    let file = data.folder().join("meniscus.toml");
    std::fs::write(&file, "[laboratory]\nnme = \"X\"\n").expect("written");
    let output = at("serve", &path, &["--config", file.to_str().expect("a path")]);
    assert_eq!(status(&output), 2);
    assert!(said(&output).contains("nme") && said(&output).contains("line 2"), "{output:?}");
}
