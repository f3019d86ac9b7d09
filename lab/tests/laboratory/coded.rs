//! Coded answers: read by any of their words, flagged A or AA, held where nobody knows what they
//! mean.

use lab::accession::{Flag, Hold, Looked};
use lab::journey::analyze::EnterResult;
use lab::refusal::Refusal;
use lab::value::TestId;

use crate::bench::*;

fn enter(test: TestId, typed: &str) -> EnterResult {
    EnterResult {
        test,
        looked_at: Looked::default(),
        typed: typed.into(),
        not_performed: String::new(),
    }
}

#[test]
fn an_answer_is_typed_by_any_of_its_words_and_reported_by_its_own() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["HBSAG", "MALARIA", "UPRO", "UCOL"]);
    for (code, typed, filed) in [
        ("HBSAG", "neg", "HBSAG v1 Negative"),
        ("HBSAG", " NON-REACTIVE ", "HBSAG v1 Negative"),
        ("HBSAG", "p", "HBSAG v1 Positive A"),
        ("HBSAG", "Gray  Zone", "HBSAG v1 Indeterminate A"),
        ("UPRO", "++", "UPRO v1 2+ A"),
        ("UPRO", "tr", "UPRO v1 Trace A"),
        ("UCOL", "y", "UCOL v1 Yellow"),
        ("MALARIA", "negative", "MALARIA v1 Negative"),
        ("MALARIA", "pos", "MALARIA v1 Positive AA Critical"),
    ] {
        check(&bench, (BEN, enter(ordered.test(code), typed)), Ok(&[filed]));
    }
    let expected = "one of Negative, Positive, Indeterminate".to_owned();
    let refusal = Refusal::NotAValue { code: "HBSAG".into(), expected };
    check(&bench, (BEN, enter(ordered.test("HBSAG"), "perhaps")), Err(refusal));
}

#[test]
fn a_critical_answer_asks_for_a_call_like_a_critical_figure() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["MALARIA"]);
    bench.does(BEN, enter(ordered.test("MALARIA"), "pos"));
    let malaria = bench.test(ordered.test("MALARIA"));
    assert!(malaria.call.is_some_and(|call| call.open));
    assert_eq!(bench.newest(malaria.id).flag, Some(Flag::AA));
}

#[test]
fn an_instruments_words_are_read_as_answers_and_unknown_words_are_held_as_sent() {
    let mut bench = Bench::new();
    let mut instrument = analyzer("Serology 1");
    instrument.codes = [("HBs".to_owned(), "HBSAG".into())].into();
    instrument.sender = "SERO".into();
    bench.does(DORA, instrument);
    let serology = bench.laboratory.all::<lab::instrument::Instrument>().last().expect("added").id;
    let ordered = bench.received(&["HBSAG"]);
    for (sent, filed, holds) in [
        ("Reactive", "Positive", vec![]),
        ("NOT DETECTED", "Negative", vec![]),
        ("1.21 S/CO high", "1.21 S/CO high", vec![Hold::Uncoded]),
    ] {
        let mut bench = bench.clone();
        let mut message = bench.message(&ordered.label(), &[reading("HBs", sent)]);
        message.instrument = serology;
        bench.does(lab::people::Actor::Instrument(serology), message);
        let result = bench.newest(ordered.test("HBSAG"));
        assert_eq!((result.value.to_string().as_str(), result.holds), (filed, holds));
    }
}

#[test]
fn a_list_with_a_mistake_is_told_with_its_place() {
    let load = |text: &str| {
        let mut files: Vec<(&str, &str)> = lab::catalog::Catalog::starter_files().to_vec();
        files.push(("catalog/more.toml", text));
        let mistakes = lab::catalog::Catalog::load(2, &files).expect_err("a mistake");
        mistakes[0].to_string()
    };
    let list = |answers: &str, tests: &str| {
        format!("[[answers]]\nname = \"mine\"\nanswers = [{answers}]\ntests = [{tests}]\n")
    };
    let one = "{ text = \"Yes\" }";
    for (answers, tests, says) in [
        (one, "\"NOPE\"", "unknown test NOPE"),
        (one, "\"K\"", "K has answers and is not coded"),
        (one, "\"HBSAG\"", "HBSAG has two lists of answers"),
        ("{ text = \"Yes\" }, { text = \"No\", also = [\"yes\"] }", "\"GRAM\"", "means Yes and No"),
    ] {
        let told = load(&list(answers, tests));
        assert!(told.contains(says) && told.contains("catalog/more.toml"), "{told}");
    }
}
