//! Catalog files with one mistake each: what is said, at which line, and how to mend it.

mod told;

use lab::catalog::{Catalog, calculate, read_words};

const GOOD: &str = r#"bench = "chemistry"

[[container]]
code = "TUBE"
cap = "gold"
additive = "gel"
inversions = "5"
nominal_mL = "5"
min_fill_mL = "1"
ratio_critical = false
specimen = "serum"
typical_use = "chemistry"

[[test]]
code = "SOD"
name = "Sodium"
section = "CHEM"
loinc = "2951-2"
loinc_check = "index"
unit = "mmol/L"
specimen = "serum"
container = "TUBE"
value = "numeric"
decimals = 0
complexity = "moderate"
plausible = { low = "90", high = "200" }
delta = { absolute = "8", within_hours = 48 }
interval_source = "Tietz"
intervals = [
  { from_days = 0, to_days = 28, ages = "0d-28d", low = "130", high = "146" },
  { sex = "F", from_days = 28, ages = "28d-inf", low = "136", high = "145" },
  { sex = "M", from_days = 28, ages = "28d-inf", low = "136", high = "145" },
]
critical = [
  { from_days = 0, ages = "0d-inf", low = "120", high = "160" },
]

[[test]]
code = "TWICE"
name = "Twice the sodium"
section = "CHEM"
loinc_check = "none"
unit = "mmol/L"
specimen = "serum"
container = "TUBE"
value = "numeric"
decimals = 0
complexity = "moderate"
origin = "calculated"
calculation = "C_TWICE"

[[panel]]
code = "BOTH"
name = "Both"
members = ["SOD", "TWICE"]

[[calculation]]
id = "C_TWICE"
name = "Twice"
expression = "lookup(factor, 1, 0) * SOD"
inputs = [
  { name = "SOD", unit = "mmol/L" },
]
unit = "mmol/L"
decimals = 0
requires = [
  { that = "SOD > 0", code = "not_positive", because = "SOD must be above 0." },
]
source = "arithmetic"
examples = [
  { given = "SOD=70", gives = "140" },
  { given = "SOD=0", refused = "not_positive" },
]

[[band_table]]
name = "factor"
source = "arithmetic"
columns = ["0"]
rows = [
  ["1", "9", "2"],
]

[[turnaround]]
name = "STAT sodium"
priority = "stat"
of = ["SOD"]
from = "received"
within = "60 min"
source = "common practice"

[[turnaround]]
name = "STAT"
priority = "stat"
from = "ordered"
within = "2 h"
source = "common practice"
"#;

/// What is told of each mistake.
const CASES: &[told::Case] = &[
    (
        "name = \"Both\"",
        "name = \"Both\"\nloinc = \"24321-3\"",
        "53: the check digit of LOINC 24321-3 is wrong",
    ),
    ("decimals = 0\ncomplexity", "decimals = 7\ncomplexity", "15: 7 decimals are not 0 to 6"),
    ("loinc = \"2951-2\"", "loinc = \"2951-3\"", "15: the check digit of LOINC 2951-3 is wrong"),
    ("loinc = \"2951-2\"\n", "", "15: no LOINC code"),
    ("low = \"90\"", "low = \"900\"", "26: low 900 is above high 200"),
    (
        "low = \"136\", high = \"145\" },\n  {",
        "low = \"146\", high = \"145\" },\n  {",
        "31: low 146 is above high 145",
    ),
    ("low = \"130\"", "low = \"13O\"", "30: \"13O\" is not a number"),
    ("to_days = 28", "to_days = 29", "31: the ages from day 28 overlap with the band before"),
    ("to_days = 28", "to_days = 20", "31: no interval for the ages from day 20 to before day 28"),
    (
        "from_days = 0, to_days = 28",
        "from_days = 28, to_days = 28",
        "30: the ages from day 28 to before day 28 are none",
    ),
    ("sex = \"M\"", "sex = \"X\"", "32: sex \"X\""),
    ("interval_source = \"Tietz\"\n", "", "29: the interval has no source"),
    (
        "absolute = \"8\"",
        "absolute = \"8\", percent = \"5\"",
        "27: a delta is absolute or in percent",
    ),
    (
        "critical = [\n",
        "critical = [\n  { from_days = 9, ages = \"9d-inf\", low = \"1\" },\n",
        "36: two critical limits for the same age",
    ),
    (
        "container = \"TUBE\"\nvalue = \"numeric\"\ndecimals = 0\ncomplexity = \"moderate\"\nplaus",
        "container = \"POT\"\nvalue = \"numeric\"\ndecimals = 0\ncomplexity = \"moderate\"\nplaus",
        "15: SOD names the unknown container POT",
    ),
    ("\"SOD\", \"TWICE\"", "\"SOD\", \"THRICE\"", "53: BOTH has the unknown member THRICE"),
    ("code = \"BOTH\"", "code = \"SOD\"", "53: SOD is a panel and a test"),
    (
        "calculation = \"C_TWICE\"",
        "calculation = \"C_THRICE\"",
        "39: TWICE names the unknown calculation C_THRICE",
    ),
    ("origin = \"calculated\"\n", "", "39: origin and calculation do not agree"),
    (
        "code = \"TWICE\"",
        "code = \"SOD\"",
        "39: the test SOD stands twice, first at catalog/all.toml:15",
    ),
    (
        "{ name = \"SOD\", unit",
        "{ name = \"SOD\", test = \"NA\", unit",
        "39: TWICE needs SOD from the unknown test NA",
    ),
    ("* SOD\"", "* NA\"", "58: C_TWICE uses NA, which is no input of it"),
    ("* SOD\"", "* \"", "60: in \"lookup(factor, 1, 0) * \", line 1 column 24"),
    ("lookup(factor", "lookup(factors", "58: C_TWICE looks up the unknown table factors"),
    (
        "gives = \"140\"",
        "gives = \"141\"",
        "58: C_TWICE: the example \"SOD=70\" gives 140, expected 141",
    ),
    (
        "refused = \"not_positive\"",
        "refused = \"below\"",
        "58: C_TWICE: the example \"SOD=0\" gives refused not_positive",
    ),
    (
        "source = \"arithmetic\"\nexamples",
        "source = \"\"\nexamples",
        "58: the calculation has no source",
    ),
    ("[\"1\", \"9\", \"2\"]", "[\"1\", \"9\"]", "80: the row has not one figure per column"),
    ("bench = \"chemistry\"", "bench = \"kitchen\"", "1: there is no bench \"kitchen\""),
    ("bench = \"chemistry\"\n", "\n", "15: the file's tests have no bench"),
    (
        "complexity = \"moderate\"\nplausible",
        "complexity = \"moderate\"\nplausibel",
        "26: unknown field `plausibel`",
    ),
    ("decimals = 0\ncomplexity", "decimals = \ncomplexity", "24: "),
    ("value = \"numeric\"", "value = \"number\"", "23: unknown variant `number`"),
    ("of = [\"SOD\"]", "of = [\"NA\"]", "84: STAT sodium names the unknown test or panel NA"),
    ("of = [\"SOD\"]\n", "", "91: STAT sodium and STAT are both for every test"),
    ("of = [\"SOD\"]", "bench = \"kitchen\"", "84: there is no bench \"kitchen\""),
    (
        "of = [\"SOD\"]",
        "of = [\"SOD\"]\nbench = \"chemistry\"",
        "84: STAT sodium is for a bench and for tests",
    ),
    ("priority = \"stat\"", "priority = \"soon\"", "84: there is no urgency \"soon\""),
    ("from = \"ordered\"", "from = \"printed\"", "92: no clock begins at \"printed\""),
    ("within = \"2 h\"", "within = \"2 hours\"", "92: \"2 hours\" is not a time"),
    (
        "within = \"2 h\"\nsource = \"common practice\"",
        "within = \"2 h\"\nsource = \"\"",
        "92: the target STAT has no source",
    ),
    ("name = \"STAT\"", "name = \"STAT sodium\"", "92: the turnaround STAT sodium stands twice"),
];

#[test]
fn the_file_itself_is_good() {
    let loaded = Catalog::load(7, &[("catalog/all.toml", GOOD)]);
    assert_eq!(loaded.map(|catalog| catalog.release()), Ok(7));
}

#[test]
fn each_mistake_is_told_with_its_line() {
    let load = |text: &str| Catalog::load(7, &[("catalog/all.toml", text)]);
    told::each_with_its_line(("catalog/all.toml", GOOD), CASES, load);
}

#[test]
fn several_mistakes_are_all_told() {
    let text = GOOD.replacen("2951-2", "2951-3", 1).replacen("sex = \"M\"", "sex = \"X\"", 1);
    let mistakes = Catalog::load(7, &[("catalog/all.toml", &text)]).unwrap_err();
    assert!(mistakes.len() >= 2);
}

#[test]
fn a_break_between_bands_may_be_declared() {
    let declared =
        "not_established = [{ from_days = 20, to_days = 28, because = \"none published\" }]";
    let text = GOOD.replacen("to_days = 28", "to_days = 20", 1).replacen(
        "critical = [",
        &format!("{declared}\ncritical = ["),
        1,
    );
    assert!(Catalog::load(7, &[("catalog/all.toml", &text)]).is_ok());
}

#[test]
fn any_text_is_a_catalog_or_a_list_of_mistakes() {
    for end in (0..GOOD.len()).step_by(7) {
        let _ = Catalog::load(7, &[("catalog/all.toml", &GOOD[..end])]);
    }
    for junk in ["", "\u{0}", "[[test]]", "test = 1", "[[[", "é = \"\\"] {
        let _ = Catalog::load(7, &[("catalog/all.toml", junk)]);
    }
}

#[test]
fn one_comparator_passes_through_a_calculation_and_two_do_not() {
    let other = "{ name = \"B\", unit = \"1\", from = \"entered\", default = \"0\", \
                 qualified = \"reversed\" }";
    let text = GOOD
        .replacen("{ name = \"SOD\", unit", "{ name = \"SOD\", qualified = \"reversed\", unit", 1)
        .replacen("lookup(factor, 1, 0) * SOD", "100 - SOD - B", 1)
        .replacen("inputs = [", &format!("inputs = [\n  {other},"), 1)
        .replacen("gives = \"140\"", "gives = \"30\"", 1);
    let catalog = Catalog::load(7, &[("catalog/all.toml", &text)]).unwrap();
    let worked_out = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        calculate(&catalog, "C_TWICE", &read_words(&words))
            .map_or_else(|refusal| refusal.code, |calculated| calculated.value)
    };
    assert_eq!(worked_out(&["SOD=70", "B=5"]), "25");
    assert_eq!(worked_out(&["SOD=<70", "B=5"]), ">25");
    assert_eq!(worked_out(&["SOD=>=70"]), "<=30");
    assert_eq!(worked_out(&["SOD=<70", "B=<5"]), "qualified_input");
}
