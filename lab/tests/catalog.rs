//! The catalog at its boundary: files in; tests, intervals, calculations and mistakes out.

use lab::catalog::{
    Basis, Bench, Calculated, Catalog, CriticalChoice, CriticalJudgement, InputSource, Interval,
    IntervalChoice, Origin, Sex, calculate, read_words,
};
use lab::value::Priority;
use rule::{Comparator, Value};
use rust_decimal::Decimal;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

/// The starter catalog, read once for all tests.
fn starter() -> Arc<Catalog> {
    static READ: OnceLock<Arc<Catalog>> = OnceLock::new();
    let read = || {
        Catalog::starter().unwrap_or_else(|mistakes| {
            let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
            panic!("{}", lines.join("\n"));
        })
    };
    READ.get_or_init(read).clone()
}

fn decimal(text: &str) -> Decimal {
    Decimal::from_str(text).unwrap()
}

/// `value unit`, or the code of the refusal.
fn worked_out(id: &str, words: &str) -> String {
    let words: Vec<String> = words.split_whitespace().map(str::to_string).collect();
    match calculate(&starter(), id, &read_words(&words)) {
        Ok(Calculated { value, unit }) => format!("{value} {unit}"),
        Err(refusal) => refusal.code,
    }
}

fn range(interval: &Interval) -> String {
    let shown = |figure: Option<Decimal>| figure.map_or(String::new(), |f| f.to_string());
    format!("{}-{}", shown(interval.low), shown(interval.high))
}

fn chosen(code: &str, sex: Option<Sex>, age_days: Option<u32>) -> String {
    match starter().interval(code, sex, age_days) {
        IntervalChoice::One(interval) => range(&interval),
        IntervalChoice::Differ(several) => {
            format!("differ {}", several.iter().map(range).collect::<Vec<_>>().join(" "))
        }
        IntervalChoice::None => "none".to_string(),
    }
}

#[test]
fn the_starter_catalog_has_no_mistake_and_is_release_one() {
    let catalog = starter();
    assert_eq!(catalog.release(), 1);
    assert_eq!(catalog.tests().len(), 328);
    assert_eq!(catalog.calculations().len(), 68);
    for bench in Bench::ALL {
        assert!(catalog.tests_of(bench).next().is_some(), "no test at {}", bench.name());
    }
}

#[test]
fn panels_expand_to_their_members_and_tests_to_themselves() {
    let catalog = starter();
    let codes = |code: &str| {
        let tests = catalog.expand(code)?;
        Some(tests.iter().map(|test| test.code.clone()).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(codes("BMP").as_deref(), Some("SOD K CL CO2 BUN CREA GLU CA AGAP EGFR"));
    assert_eq!(codes("CBC").as_deref(), Some("WBC RBC HGB HCT MCV MCH MCHC RDW PLT MPV"));
    assert_eq!(codes("HGB").as_deref(), Some("HGB"));
    assert_eq!(codes("NA"), None);
}

#[test]
fn every_member_of_the_basic_panels_has_what_the_bench_needs() {
    let catalog = starter();
    for code in ["BMP", "CBC"] {
        for test in catalog.expand(code).unwrap() {
            assert!(test.plausible.is_some(), "{}", test.code);
            assert!(test.loinc.is_some(), "{}", test.code);
            assert!(catalog.container(&test.container).is_some(), "{}", test.code);
            let adult = catalog.interval(&test.code, Some(Sex::Female), Some(40 * 365));
            assert!(adult.one().is_some(), "{} has no interval for a woman of 40", test.code);
        }
    }
    let sodium = catalog.test("SOD").unwrap();
    assert_eq!(
        (sodium.unit.as_str(), sodium.decimals, sodium.bench),
        ("mmol/L", 0, Bench::Chemistry)
    );
    assert_eq!(sodium.origin, Origin::Measured);
}

#[test]
fn calculated_tests_know_where_their_inputs_are_found() {
    let catalog = starter();
    let sources = |code: &str| -> Vec<String> {
        let inputs = catalog.inputs_of(code);
        inputs.iter().map(|(input, source)| format!("{} {source:?}", input.name)).collect()
    };
    assert_eq!(
        sources("EGFR"),
        ["CREA Result(\"CREA\")", "age Patient", "sex Patient"].map(String::from)
    );
    assert_eq!(
        sources("LYMPHA"),
        ["WBC Result(\"WBC\")", "PCT Result(\"LYMPHP\")"].map(String::from)
    );
    assert!(sources("SOD").is_empty());
    let dependents: Vec<&str> =
        catalog.dependents("HCT").iter().map(|test| test.code.as_str()).collect();
    assert_eq!(dependents, ["MCV", "MCHC", "RPI"]);
    for code in ["HCT", "MCV", "MCH", "MCHC"] {
        let test = catalog.test(code).unwrap();
        assert_eq!(test.origin, Origin::MeasuredOrCalculated, "{code}");
        assert!(test.may_be_calculated());
    }
    assert_eq!(catalog.test("AGAP").unwrap().origin, Origin::Calculated);
    assert!(
        catalog.inputs_of("INR").iter().any(|(_, source)| *source == InputSource::Lot),
        "ISI and MNPT belong to the lot"
    );
}

#[test]
fn the_upper_bound_of_an_age_band_is_exclusive() {
    assert_eq!(chosen("HGB", Some(Sex::Male), Some(3)), "14.5-22.5");
    assert_eq!(chosen("HGB", Some(Sex::Male), Some(4)), "13.5-21.5");
    assert_eq!(chosen("HGB", Some(Sex::Male), Some(6573)), "13.0-16.0");
    assert_eq!(chosen("HGB", Some(Sex::Male), Some(6574)), "13.5-17.5");
    assert_eq!(chosen("HGB", Some(Sex::Female), Some(40_000)), "12.0-16.0");
    assert_eq!(chosen("HGB", Some(Sex::Female), Some(60_000)), "12.0-16.0");
}

#[test]
fn an_unknown_sex_or_birth_date_never_defaults() {
    assert_eq!(chosen("HGB", None, Some(14_000)), "differ 12.0-16.0 13.5-17.5");
    assert_eq!(chosen("HGB", None, Some(100)), "9.5-13.5", "both sexes agree");
    assert!(chosen("HGB", Some(Sex::Male), None).starts_with("differ"));
    assert!(chosen("HGB", None, None).starts_with("differ"));
    // an interval for adults only is not one for everybody
    assert!(chosen("LIP", Some(Sex::Male), Some(14_000)).starts_with(|c: char| c != 'd'));
    assert!(chosen("BNP", Some(Sex::Male), None).starts_with("differ"));
    assert_eq!(chosen("BNP", Some(Sex::Male), Some(3_000)), "none");
}

#[test]
fn healthy_intervals_come_before_decision_state_and_drug_intervals() {
    assert_eq!(chosen("INR", None, Some(14_000)), "0.9-1.1");
    assert_eq!(chosen("INR", None, Some(3_000)), "differ 2.0-3.0 2.5-3.5");
    assert_eq!(chosen("TSH", Some(Sex::Female), Some(14_000)), "0.270-4.200");
    assert_eq!(
        chosen("FSH", Some(Sex::Female), Some(14_000)),
        "differ 3.5-12.5 4.7-21.5 1.7-7.7 25.8-134.8"
    );
    assert_eq!(chosen("FSH", Some(Sex::Male), Some(14_000)), "1.5-12.4");
    assert_eq!(chosen("GLU", None, Some(14_000)), "70-99");
    let kinds: Vec<Basis> =
        starter().test("INR").unwrap().intervals.iter().map(Interval::basis).collect();
    let expected = [Basis::Reference, Basis::Reference, Basis::Therapeutic, Basis::Therapeutic];
    assert_eq!(kinds, expected);
}

#[test]
fn a_declared_gap_gives_no_interval() {
    assert_eq!(chosen("PT", None, Some(2_000)), "none");
    let gap = starter().test("PT").unwrap().not_established.first().cloned().unwrap();
    assert_eq!((gap.from_days, gap.to_days), (30, 6574));
}

#[test]
fn critical_limits_go_by_age_and_are_strict() {
    let catalog = starter();
    let judge = |code: &str, age: Option<u32>, value: &str| {
        let value = Value::read_number(value).unwrap();
        match catalog.critical(code, age) {
            CriticalChoice::One(limit) => limit.judge(&value),
            CriticalChoice::Differ(limits) => {
                assert_eq!(limits.len(), 2);
                CriticalJudgement::Open
            }
            CriticalChoice::None => CriticalJudgement::NotCritical,
        }
    };
    let (adult, newborn) = (Some(14_000), Some(3));
    assert_eq!(judge("K", adult, "6.2"), CriticalJudgement::NotCritical);
    assert_eq!(judge("K", adult, "6.3"), CriticalJudgement::High);
    assert_eq!(judge("K", newborn, "6.3"), CriticalJudgement::NotCritical);
    assert_eq!(judge("K", None, "6.3"), CriticalJudgement::Open);
    assert_eq!(judge("SOD", None, "160"), CriticalJudgement::NotCritical);
    assert_eq!(judge("SOD", None, "161"), CriticalJudgement::High);
    assert_eq!(judge("GLU", adult, ">600"), CriticalJudgement::High);
    assert_eq!(judge("GLU", adult, ">450"), CriticalJudgement::High);
    assert_eq!(judge("GLU", adult, ">400"), CriticalJudgement::Open);
    assert_eq!(judge("GLU", adult, "<10"), CriticalJudgement::Low);
    assert_eq!(judge("GLU", adult, "<50"), CriticalJudgement::Low);
    assert_eq!(judge("GLU", adult, "<60"), CriticalJudgement::Open);
    assert_eq!(judge("ALP", adult, "9999"), CriticalJudgement::NotCritical);
    let one = catalog.critical("MALARIA", None);
    assert!(matches!(one, CriticalChoice::One(limit) if limit.when.as_deref() == Some("positive")));
}

#[test]
fn calculations_round_once_half_away_from_zero_in_decimals() {
    assert_eq!(worked_out("C_ANC", "WBC=7.5 SEG=60 BAND=5"), "4.88 10*3/uL");
    assert_eq!(worked_out("C_ABSDIFF", "WBC=12.5 PCT=1"), "0.13 10*3/uL", "not half to even");
    assert_eq!(worked_out("C_SDI", "result=99.875 mean=100 sd=1"), "-0.13 SDI", "away from zero");
    assert_eq!(worked_out("C_BE", "Hb=15 HCO3=12.9 pH=7.25"), "-12.9 mmol/L");
    assert_eq!(worked_out("C_HCT", "RBC=4.50 MCV=90.0"), "40.5 %");
    assert_eq!(worked_out("C_AGAP", "SOD=128 CL=104 CO2=24"), "0 mmol/L");
    assert_eq!(worked_out("C_AGAP", "SOD=127.6 CL=104 CO2=24"), "0 mmol/L", "never -0");
    assert_eq!(worked_out("C_EGFR21", "CREA=1.00 age=50 sex=M"), "92 mL/min/{1.73_m2}");
    assert_eq!(worked_out("C_PTGRADE", "K target=5.0 result=5.3"), "true bool");
    assert_eq!(worked_out("C_ACR", "UALB=<5 UCREA=50"), "<10 mg/g{creat}");
    assert_eq!(worked_out("C_URCOL", "colonies=>100 loop=0.001"), ">100000 CFU/mL");
}

#[test]
fn what_cannot_be_calculated_is_refused_with_a_sentence() {
    let cases = [
        ("C_NOTHING", "A=1", "unknown_calculation", "There is no calculation C_NOTHING."),
        ("C_AGAP", "SOD=140 CL=104", "missing_input", "CO2 is missing."),
        ("C_AGAP", "SOD=140 CL= CO2=", "missing_input", "CL, CO2 are missing."),
        (
            "C_AGAP",
            "SOD=140 CL=104 CO2=low",
            "not_a_number",
            "CO2 is \"low\", which is not a number.",
        ),
        (
            "C_AGAP",
            "SOD=1e2 CL=104 CO2=24",
            "not_a_number",
            "SOD is \"1e2\", which is not a number.",
        ),
        (
            "C_AGAP",
            "SOD=140 CL=104 CO2=<5",
            "qualified_input",
            "CO2 is <5, which is not a number one can calculate with.",
        ),
        ("C_AGAP", "SOD=140 SOD=141 CL=104 CO2=24", "given_twice", "SOD was given twice."),
        (
            "C_AGAP",
            "SOD=140 CL=104 CO2=24 K=4",
            "unknown_input",
            "K is not an input of C_AGAP; it takes SOD, CL, CO2.",
        ),
        (
            "C_AGAP",
            "SOD=140 CL=104 CO2=24 fast",
            "unknown_input",
            "The word \"fast\" is not an input of C_AGAP; it takes SOD, CL, CO2.",
        ),
        (
            "C_EGFR21",
            "CREA=1 age=50 sex=X",
            "not_a_choice",
            "sex is \"X\", where it must be F or M.",
        ),
        ("C_EGFR21", "CREA=0 age=50 sex=F", "not_positive", "CREA must be above 0."),
        ("C_SDI", "result=1 mean=1 sd=0", "not_positive", "sd must be above 0."),
        (
            "C_PTGRADE",
            "XYZ target=1 result=1",
            "outside_table",
            "Not calculated: the table clia_limits has no entry for XYZ.",
        ),
        ("C_ISBTDIN", "G1234", "not_defined", "G1234 has 5 characters where a DIN has 13."),
        (
            "C_UPCR",
            "UPRO=<4 UCREA=<9",
            "qualified_input",
            "UCREA is <9, which is not a number one can calculate with.",
        ),
    ];
    for (id, words, code, because) in cases {
        let words: Vec<String> = words.split_whitespace().map(str::to_string).collect();
        let refusal = calculate(&starter(), id, &read_words(&words)).unwrap_err();
        assert_eq!((refusal.code.as_str(), refusal.because.as_str()), (code, because));
    }
}

#[test]
fn inputs_may_be_spelled_in_the_usual_ways() {
    assert_eq!(worked_out("C_CG", "age=60 weight=72 CREA=1.00 sex=M"), "80 mL/min");
    assert_eq!(worked_out("c_cg", "AGE=60 wt=72 creatinine=1.00 sex=m"), "80 mL/min");
    assert_eq!(worked_out("C_ISBTDIN", "=G12349865432177"), "H char");
    assert_eq!(worked_out("C_HEMOCYT", "N=45 D=1 S=9 A=1 (one side)"), "50 /uL");
    assert_eq!(worked_out("C_AGNEG", "needed=2 K=0.09 Fya=0.66"), "7 units");
    let pairs = read_words(&["a=>5".into(), "word".into(), "(a remark)".into(), "b=1".into()]);
    let expected = [("a", ">5"), ("", "word"), ("b", "1")];
    assert_eq!(pairs, expected.map(|(name, value)| (name.to_string(), value.to_string())));
}

#[test]
fn order_entry_finds_by_code_and_by_words_of_the_name() {
    let catalog = starter();
    let first = |query: &str| catalog.find(query).first().map(|entry| entry.code().to_string());
    assert_eq!(first("bmp").as_deref(), Some("BMP"));
    assert_eq!(first("k").as_deref(), Some("K"));
    assert_eq!(first("sodium").as_deref(), Some("SOD"));
    assert_eq!(first("basic met").as_deref(), Some("BMP"));
    assert_eq!(first("potassium").as_deref(), Some("K"));
    assert_eq!(first("xyzzy"), None);
    assert!(catalog.find("glucose").len() > 3);
    assert_eq!(catalog.find("").len(), catalog.tests().len() + catalog.panels().len());
}

#[test]
fn tests_keep_catalog_order() {
    let catalog = starter();
    let codes: Vec<&str> = catalog.codes().take(4).collect();
    assert_eq!(codes, ["WBC", "RBC", "HGB", "HCT"]);
    assert!(catalog.position("SOD") < catalog.position("K"));
    assert_eq!(catalog.position("NOTHING"), usize::MAX);
}

#[test]
fn containers_come_in_order_of_draw() {
    let orders: Vec<u8> = starter()
        .containers()
        .iter()
        .filter(|container| container.code != "SPS_YELLOW")
        .filter_map(|container| container.draw_order)
        .collect();
    assert_eq!(orders.first(), Some(&1));
    let tubes = starter();
    assert_eq!(tubes.container("CIT_BLUE").unwrap().draw_order, Some(2));
    assert!(tubes.container("CIT_BLUE").unwrap().ratio_critical);
    assert_eq!(tubes.rejection("HEMOLYZED").unwrap().label, "Hemolysis above test limit");
}

#[test]
fn interval_figures_keep_their_digits() {
    let interval = starter().interval("HGB", Some(Sex::Female), Some(14_000));
    assert_eq!(interval.one().unwrap().low.unwrap().to_string(), "12.0");
    let comparator = Value::Qualified(Comparator::Below, decimal("5"));
    assert_eq!(comparator.to_string(), "<5");
}

#[test]
fn the_whole_catalog_loads_quickly() {
    let started = std::time::Instant::now();
    assert!(Catalog::load(2, Catalog::starter_files()).is_ok());
    let spent = started.elapsed();
    // about 20 ms when optimized; a debug build on a busy machine is given much more
    assert!(spent.as_millis() < 2_000, "{spent:?}");
    println!("catalog loaded in {spent:?}");
}

#[test]
fn the_narrowest_target_of_turnaround_counts() {
    let catalog = starter();
    let target = |code: &str, bench: &str, priority| {
        let target = catalog.turnaround((code, bench), priority).expect("a target");
        (target.name.as_str(), target.minutes, target.from.word())
    };
    for (code, bench, priority, expected) in [
        ("K", "chemistry", Priority::Stat, ("STAT chemistry", 60, "received")),
        ("HGB", "hematology", Priority::Stat, ("STAT blood count", 45, "received")),
        ("HSTNI", "chemistry", Priority::Stat, ("STAT troponin", 60, "ordered")),
        ("ESR", "hematology", Priority::Stat, ("STAT", 60, "received")),
        ("ESR", "hematology", Priority::Routine, ("Routine", 240, "received")),
        ("ANA", "immunology", Priority::Routine, ("Routine immunology", 1_440, "received")),
        ("ANA", "immunology", Priority::Asap, ("ASAP", 90, "received")),
    ] {
        assert_eq!(target(code, bench, priority), expected, "{code}");
    }
    assert!(catalog.turnarounds().iter().all(|one| !one.source.is_empty()));
}
