//! Journeys: laboratory days in plain lines, each with the transcript of what came of it.
//!
//! The days lie in `check/journeys`, one file each. Every one is lived through on every engine,
//! from an empty record; what happens must be, line by line, what the file says. To write one,
//! write its deeds, run this test with `MENISCUS_BLESS=1`, read the transcript as a laboratory
//! director would, and keep it. What must stay true: a journey ends with a clean check; it gives
//! the same transcript on every engine.

mod day;
mod deed;
mod engine;
mod line;
mod person;
mod phrase;
mod proof;
mod registered;
mod script;
mod shown;
mod told;
mod told_tube;
mod with_order;
mod with_tube;

use std::path::{Path, PathBuf};

use day::Day;
use engine::Engine;
use script::{Script, Step, difference};
use store::scratch::Scratch;

/// Lives through a journey at a place that is empty; answers the transcript of each step.
fn live(script: &Script, engine: &Engine, scratch: &Scratch) -> Result<Vec<Vec<String>>, String> {
    engine.lay(scratch)?;
    let mut day = Day::begin(&scratch.place())?;
    let step = |step: &Step| {
        let transcript = phrase::read(&step.deed).and_then(|deed| day.does(deed));
        transcript.map_err(|wrong| format!("line {}: {}\n  {wrong}", step.line, step.deed))
    };
    script.steps.iter().map(step).collect()
}

/// Lives through a journey at a place that is gone afterwards.
fn lived(script: &Script, name: &str, engine: &Engine) -> Result<Vec<Vec<String>>, String> {
    live(script, engine, &engine.scratch(name)?)
}

/// What is wrong with a journey as it is written; nothing where it happens so.
fn judge(name: &str, text: &str, bless: Option<&Path>) -> Result<(), String> {
    let script = Script::read(text);
    if script.steps.last().is_none_or(|step| step.deed != "check") {
        return Err("it does not end with: check".into());
    }
    let mut text = text.to_owned();
    let mut bless = bless;
    for engine in engine::all() {
        let transcripts = lived(&script, name, &engine)?;
        let finding =
            transcripts.last().into_iter().flatten().find(|line| line.starts_with("finding"));
        if let Some(finding) = finding {
            return Err(format!("on {}: {finding}", engine.name));
        }
        let happened = script.with(&transcripts);
        if let Some(file) = bless.take() {
            std::fs::write(file, &happened).map_err(|error| error.to_string())?;
            text = happened;
        } else if let Some(difference) = difference(&text, &happened) {
            return Err(format!("on {}: {difference}", engine.name));
        }
    }
    Ok(())
}

fn journeys() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("journeys");
    let entries = std::fs::read_dir(folder).expect("the journeys lie beside the tests");
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "journey"));
    files.sort();
    files
}

fn judge_file(file: &Path) -> Option<String> {
    let name = file.file_stem()?.to_string_lossy().into_owned();
    let text = std::fs::read_to_string(file).ok()?;
    let bless = std::env::var_os("MENISCUS_BLESS").map(|_| file);
    judge(&name, &text, bless).err().map(|wrong| format!("{name}.journey: {wrong}"))
}

#[test]
fn every_journey_happens_as_it_is_written() {
    let files = journeys();
    assert!(files.len() >= 10, "only {} journeys were found", files.len());
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let started: Vec<_> =
            files.iter().map(|file| scope.spawn(move || judge_file(file))).collect();
        started.into_iter().filter_map(|thread| thread.join().expect("a journey ends")).collect()
    });
    assert!(
        wrong.is_empty(),
        "{}\n\nIf this is how it should be: MENISCUS_BLESS=1 cargo test -p check --test journeys, \
         and read what changed.",
        wrong.join("\n\n")
    );
}

const SHORT: &str = "# A tube\nat 08:00\namy orders K for Lee, Ann (MRN 7, born 1980-01-01, F), \
     STAT, by Dr. Osei\n";

#[test]
fn a_transcript_that_is_not_what_happened_is_noticed() {
    let honest = Script::read(&format!("{SHORT}amy collects all of Lee\ncheck\n"));
    let lived = lived(&honest, "honest", &engine::EMBEDDED).expect("a short day");
    let text = honest.with(&lived);
    assert_eq!(judge("told", &text, None), Ok(()));
    let changed = text.replace("collected at 08:00", "collected at 08:01");
    assert_ne!(changed, text);
    let wrong = judge("changed", &changed, None).expect_err("a wrong time is noticed");
    assert!(wrong.contains("collected at 08:01"), "{wrong}");
    let without: String = text
        .lines()
        .filter(|line| !line.contains("collected"))
        .fold(String::new(), |text, line| text + line + "\n");
    assert!(judge("without", &without, None).is_err(), "a missing line is noticed");
}

#[test]
fn a_journey_without_its_check_or_with_a_sentence_nobody_knows_is_no_journey() {
    let unchecked = judge("unchecked", SHORT, None).expect_err("no check at the end");
    assert!(unchecked.contains("check"), "{unchecked}");
    for (sentence, expected) in [
        ("amy juggles the tubes", "nobody knows"),
        ("amy receives all of Nobody", "there is no Nobody"),
        ("zoe receives all of Lee", "nobody here signs in as zoe"),
        ("at 07:00", "only goes forward"),
        ("at half past", "no time"),
    ] {
        let text = format!("{SHORT}{sentence}\ncheck\n");
        let wrong = judge("unknown", &text, None).expect_err(sentence);
        assert!(wrong.contains("line 4") && wrong.contains(expected), "{sentence}: {wrong}");
    }
}

#[test]
fn a_record_that_somebody_changed_behind_the_door_does_not_pass_the_check() {
    let place = || engine::EMBEDDED.scratch("tampered").expect("a place");
    let (scratch, copy) = (place(), place());
    live(&Script::read(SHORT), &engine::EMBEDDED, &scratch).expect("a short day");
    let file = copy.folder().join(store::FILE);
    engine::open(&scratch.place()).expect("the record opens").copy_to(&file).expect("it is copied");
    let mut bytes = std::fs::read(&file).expect("the copy is a file");
    let written = br#""provider":"Dr. Osei""#;
    let at = bytes.windows(written.len()).position(|seen| seen == written);
    let at = at.expect("the journal tells who ordered");
    bytes[at + written.len() - 2] = b'n';
    std::fs::write(&file, &bytes).expect("the copy is written to");
    let store = engine::open(&copy.place()).expect("the copy opens");
    let findings = proof::checks(&store).expect("the copy is read").join("\n");
    drop(store);
    for expected in ["broken_seal", "row_differs: accession", "the fold of the journal is not"] {
        assert!(findings.contains(expected), "{expected} in\n{findings}");
    }
}

#[test]
fn a_journey_is_written_back_with_nothing_changed_but_its_transcript() {
    let text = "# Prose\n\nat 08:00\namy receives\n    all of Lee\n  > old\n\n# The end\ncheck\n  > old\n# After\n";
    let script = Script::read(text);
    let deeds: Vec<&str> = script.steps.iter().map(|step| step.deed.as_str()).collect();
    assert_eq!(deeds, ["at 08:00", "amy receives all of Lee", "check"]);
    let told = [vec![], vec!["new".to_owned()], vec!["clean".to_owned()]];
    let expected = text.replacen("old", "new", 1).replace("old", "clean");
    assert_eq!(script.with(&told), expected);
}
