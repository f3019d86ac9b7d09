//! Rules in the catalog's files: each mistake is told with its line and how to mend it.

mod told;

use lab::catalog::{Catalog, Mistake, Within};

const GOOD: &str = r#"[[release]]
name = "electrolytes"
tests = ["SOD", "K"]
within = "interval"
when = "not known(CL) or SOD > CL"
source = "AUTO15"

[[release]]
name = "glucose"
tests = ["GLU"]
low = "50"
high = "180"
source = "policy of the director"

[[reflex]]
name = "free thyroxine"
tests = ["TSH"]
flags = ["L", "H"]
adds = ["FT4"]
source = "ATA 2012"
"#;

/// The starter catalog with these rules.
fn load(rules: &str) -> Result<Catalog, Vec<Mistake>> {
    let files: Vec<(&str, &str)> = Catalog::starter_files()
        .iter()
        .map(
            |(name, text)| {
                if name.ends_with("rules.toml") { (*name, rules) } else { (*name, *text) }
            },
        )
        .collect();
    Catalog::load(7, &files)
}

/// What is told of each mistake.
const CASES: &[told::Case] = &[
    ("\"SOD\", \"K\"", "\"NA\", \"K\"", "2: electrolytes names the unknown test NA"),
    ("\"SOD\", \"K\"", "\"SOD\", \"GLU\"", "9: GLU has two rules of release"),
    ("\"SOD\", \"K\"", "\"SOD\", \"UWBC\"", "2: UWBC gives no plain number"),
    ("\"SOD\", \"K\"", "", "2: the rule names no test"),
    ("within = \"interval\"", "within = \"limits\"", "4: unknown variant `limits`"),
    ("within = \"interval\"\n", "", "2: where the value must lie is not said"),
    ("low = \"50\"\n", "", "9: where the value must lie is not said"),
    ("low = \"50\"", "low = \"500\"", "9: low 500 is above high 180"),
    (
        "tests = [\"GLU\"]",
        "tests = [\"GLU\", \"CL\"]",
        "9: low and high stand for more than one test",
    ),
    ("tests = [\"GLU\"]", "tests = [\"UBLD\"]", "9: UBLD is coded and has no low and high"),
    ("SOD > CL", "SOD > ", "5: in \"not known(CL) or SOD > \", line 1"),
    ("SOD > CL", "SOD > XYZ", "2: electrolytes names the unknown test XYZ"),
    ("when =", "whenever =", "5: unknown field `whenever`"),
    ("source = \"AUTO15\"", "source = \" \"", "2: the rule has no source"),
    ("name = \"glucose\"", "name = \"electrolytes\"", "9: the release electrolytes stands twice"),
    ("adds = [\"FT4\"]", "adds = []", "16: the rule adds nothing"),
    ("adds = [\"FT4\"]", "adds = [\"FT5\"]", "16: free thyroxine names the unknown test FT5"),
    ("adds = [\"FT4\"]", "adds = [\"AGAP\"]", "16: free thyroxine adds AGAP, which is calculated"),
    ("adds = [\"FT4\"]", "adds = [\"TSH\"]", "16: what free thyroxine adds leads back"),
    ("flags = [\"L\", \"H\"]\n", "", "16: the rule adds tests whatever the result is"),
    ("\"L\", \"H\"]", "\"LOW\"]", "16: there is no flag \"LOW\""),
];

#[test]
fn good_rules_are_read_as_they_are_written() {
    let catalog = load(GOOD).expect("good rules");
    let rule = catalog.rules().releasing("K").expect("a rule for potassium");
    assert_eq!((rule.name.as_str(), &rule.within), ("electrolytes", &Within::Interval));
    let glucose = catalog.rules().releasing("GLU").expect("a rule for glucose");
    let window = Within::Window("50".parse().expect("50"), "180".parse().expect("180"));
    assert_eq!(glucose.within, window);
    assert!(catalog.rules().releasing("CL").is_none());
    assert_eq!(catalog.rules().following("TSH").count(), 1);
}

#[test]
fn each_mistake_is_told_with_its_line() {
    told::each_with_its_line(("catalog/rules.toml", GOOD), CASES, load);
}

#[test]
fn a_chain_of_added_tests_that_comes_back_is_told() {
    let back = "[[reflex]]\nname = \"back\"\ntests = [\"FT4\"]\nflags = [\"H\"]\n\
        adds = [\"T3\"]\nsource = \"x\"\n\
        [[reflex]]\nname = \"round\"\ntests = [\"T3\"]\nflags = [\"H\"]\nadds = [\"TSH\"]\n\
        source = \"x\"\n";
    let mistakes = load(&format!("{GOOD}{back}")).expect_err("a circle");
    assert_eq!(mistakes.len(), 3, "each rule of the circle is named: {mistakes:?}");
}

#[test]
fn every_rule_of_the_starter_catalog_names_its_source() {
    let catalog = Catalog::starter().expect("the starter catalog loads");
    let rules = catalog.rules();
    assert!(rules.release.len() >= 10 && rules.reflex.len() >= 2);
    assert!(rules.release.iter().all(|rule| rule.source.contains("AUTO15")));
}
