//! The language at its boundary: a text and values in, an outcome, a refusal or a mistake out.

use proptest::prelude::*;
use rule::{Band, BandTable, Comparator, Expression, KeyedTable, Refused, Table, Tables, Value};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::str::FromStr;

fn decimal(text: &str) -> Decimal {
    Decimal::from_str(text).unwrap()
}

/// Names of the form `A=1.5 B=<5 sex="F" known=true`, anything else unknown.
fn given(text: &str) -> BTreeMap<String, Value> {
    let pairs = text.split_whitespace().map(|word| {
        let (name, value) = word.split_once('=').unwrap();
        let value = match value {
            "true" => Value::Truth(true),
            "false" => Value::Truth(false),
            _ => Value::read_number(value)
                .unwrap_or_else(|| Value::Text(value.trim_matches('"').to_string())),
        };
        (name.to_string(), value)
    });
    pairs.collect()
}

fn tables() -> Tables {
    let bands = BandTable {
        columns: vec![decimal("0"), decimal("100")],
        rows: vec![
            Band {
                low: decimal("7"),
                high: decimal("49"),
                cells: vec![decimal("3.5"), decimal("3.4")],
            },
            Band {
                low: decimal("50"),
                high: decimal("56"),
                cells: vec![decimal("4.0"), decimal("3.9")],
            },
        ],
    };
    let glucose = BTreeMap::from([("percent".to_string(), decimal("8"))]);
    let keyed = KeyedTable { rows: BTreeMap::from([("GLU".to_string(), glucose)]) };
    Tables::from([
        ("factors".to_string(), Table::Bands(bands)),
        ("limits".to_string(), Table::Keyed(keyed)),
    ])
}

fn outcome(text: &str, values: &str) -> Result<Value, Refused> {
    let values = given(values);
    let expression = Expression::parse(text).unwrap_or_else(|mistake| panic!("{text}: {mistake}"));
    let value_of = |name: &str| values.get(name).cloned().unwrap_or(Value::Unknown);
    expression.evaluate_with(value_of, &tables())
}

#[test]
fn expressions_give_what_a_technologist_would_work_out() {
    let cases = [
        ("SOD - (CL + CO2)", "SOD=140 CL=104 CO2=24", "12"),
        ("1 + 2 * 3 ^ 2", "", "19"),
        ("-2 ^ 2", "", "-4"),
        ("2 ^ 3 ^ 2", "", "512"),
        ("2 ^ -2", "", "0.25"),
        ("10 - 2 - 3", "", "5"),
        ("24 / 4 / 2", "", "3"),
        ("0.1 + 0.2 = 0.3", "", "true"),
        ("abs(5.3 - 5.0) <= 0.3", "", "true"),
        ("round(2.5)", "", "3"),
        ("round(-2.5)", "", "-3"),
        ("round(4.875, 2)", "", "4.88"),
        ("floor(-1.5)", "", "-2"),
        ("ceil(6.46)", "", "7"),
        ("min(3, 1, 2) + max(3, 1, 2)", "", "4"),
        ("sqrt(16)", "", "4"),
        ("pow(2, 10)", "", "1024"),
        ("round(exp(ln(7.5)), 12)", "", "7.5"),
        ("if age > 50 then 0.01 * age else 0.50", "age=72", "0.72"),
        ("if age > 50 then 0.01 * age else 0.50", "age=44", "0.50"),
        ("let k = if sex = \"F\" then 0.7 else 0.9 in 1.4 / k", "sex=\"F\"", "2"),
        ("lookup(factors, 45, 90)", "", "3.5"),
        ("lookup(factors, 49, 100)", "", "3.4"),
        ("lookup(limits, a, \"percent\")", "a=\"GLU\"", "8"),
        ("default(lookup(limits, a, \"absolute\"), 0)", "a=\"GLU\"", "0"),
        ("not (1 > 2) and \"a\" != \"b\"", "", "true"),
        ("1 == 1", "", "true"),
    ];
    for (text, values, expected) in cases {
        let found = outcome(text, values).unwrap_or_else(|refused| panic!("{text}: {refused}"));
        match (&found, Value::read_number(expected)) {
            (Value::Number(number), Some(Value::Number(expected))) => {
                assert_eq!(*number, expected, "{text}");
            }
            _ => assert_eq!(found.to_string(), expected, "{text}"),
        }
    }
}

#[test]
fn roots_and_powers_keep_ten_digits() {
    let cases = [
        ("sqrt(2)", std::f64::consts::SQRT_2),
        ("sqrt(0.0000000002)", 0.000_000_000_2_f64.sqrt()),
        ("sqrt(79228162514264337593543950335)", 79_228_162_514_264_337_593_543_950_335_f64.sqrt()),
        ("exp(10)", 10_f64.exp()),
        ("sqrt(1)", 1.0),
        ("exp(-10)", (-10_f64).exp()),
        ("ln(0.000001)", 0.000_001_f64.ln()),
        ("10 ^ (7.20 - 6.105)", 10_f64.powf(1.095)),
        ("1.5289 ^ 1.05", 1.5289_f64.powf(1.05)),
        ("0.9938 ^ 70", 0.9938_f64.powf(70.0)),
        ("0.3 ^ -0.241", 0.3_f64.powf(-0.241)),
    ];
    for (text, expected) in cases {
        let Ok(Value::Number(found)) = outcome(text, "") else { panic!("{text}") };
        let found: f64 = found.try_into().unwrap();
        assert!((found / expected - 1.0).abs() < 1e-10, "{text}: {found} is not {expected}");
    }
}

#[test]
fn what_is_missing_is_unknown_and_spreads_as_kleene_says() {
    let cases = [
        ("A + 1", "unknown"),
        ("A = 1", "unknown"),
        ("A > 1 or true", "true"),
        ("true or A > 1", "true"),
        ("A > 1 or false", "unknown"),
        ("false and A > 1", "false"),
        ("A > 1 and false", "false"),
        ("A > 1 and true", "unknown"),
        ("not (A > 1)", "unknown"),
        ("if A > 1 then 1 else 2", "unknown"),
        ("min(A, 1)", "unknown"),
        ("false and 1 / 0 > 1", "false"),
        ("true or 1 / 0 > 1", "true"),
        ("known(A)", "false"),
        ("default(A, 7)", "7"),
        ("unknown", "unknown"),
        ("lookup(factors, A, 1)", "unknown"),
    ];
    for (text, expected) in cases {
        assert_eq!(outcome(text, "").map(|value| value.to_string()), Ok(expected.into()), "{text}");
    }
}

#[test]
fn a_number_with_comparator_is_compared_only_where_certain_and_never_calculated_with() {
    let below = Refused::Qualified(Comparator::Below, decimal("5"));
    for text in ["A + 1", "-A", "min(A, 9)", "A ^ 2", "lookup(factors, A, 1)"] {
        assert_eq!(outcome(text, "A=<5"), Err(below.clone()), "{text}");
    }
    let cases = [
        ("A < 10", "A=<5", "true"),
        ("A < 5", "A=<5", "true"),
        ("A <= 5", "A=<5", "true"),
        ("A < 4", "A=<5", "unknown"),
        ("A > 5", "A=<5", "false"),
        ("A >= 5", "A=<5", "false"),
        ("A = 5", "A=<5", "false"),
        ("A = 4", "A=<5", "unknown"),
        ("A < 5", "A=<=5", "unknown"),
        ("A <= 5", "A=<=5", "true"),
        ("A > 600", "A=>600", "true"),
        ("A > 450", "A=>600", "true"),
        ("A > 700", "A=>600", "unknown"),
        ("450 < A", "A=>600", "true"),
        ("A >= 600", "A=>=600", "true"),
        ("A > 600", "A=>=600", "unknown"),
        ("A != 600", "A=>600", "true"),
    ];
    for (text, values, expected) in cases {
        let found = outcome(text, values).map(|value| value.to_string());
        assert_eq!(found, Ok(expected.into()), "{text} with {values}");
    }
}

#[test]
fn what_has_no_answer_is_refused_by_code() {
    let cases = [
        ("1 / 0", "division_by_zero"),
        ("0 ^ -1", "division_by_zero"),
        ("sqrt(-1)", "not_defined"),
        ("ln(0)", "not_defined"),
        ("(-8) ^ 0.5", "not_defined"),
        ("10 ^ 40", "overflow"),
        ("exp(100)", "overflow"),
        ("79228162514264337593543950335 * 2", "overflow"),
        ("lookup(factors, 60, 90)", "outside_table"),
        ("lookup(factors, 45, -1)", "outside_table"),
        ("lookup(limits, \"XYZ\", \"percent\")", "outside_table"),
        ("lookup(nothing, 1, 2)", "unknown_table"),
        ("1 + \"a\"", "wrong_kind"),
        ("1 and true", "wrong_kind"),
        ("\"a\" < \"b\"", "wrong_kind"),
        ("1 = \"a\"", "wrong_kind"),
    ];
    for (text, code) in cases {
        let found = outcome(text, "").map_err(|refused| refused.code());
        assert_eq!(found, Err(code), "{text}");
    }
}

#[test]
fn a_mistake_says_where_and_how_to_mend_it() {
    let cases = [
        ("", "1:1: the end of the text where a value should begin"),
        ("1 +", "1:4: the end of the text where a value should begin"),
        ("(1 + 2", "1:7: the end of the text where ) should stand"),
        ("1 +\n  # 2", "2:3: '#' has no meaning here"),
        ("1 < 2 < 3", "1:7: comparisons do not chain"),
        ("1 2", "1:3: the number 2 was not expected here"),
        ("mean(1)", "1:1: there is no function mean"),
        ("abs(1, 2)", "1:1: abs was given 2 values"),
        ("if a then b", "1:12: the end of the text where the word else should stand"),
        ("\"open", "1:1: the text does not end"),
        ("1.2.3", "1:1: 1.2.3 is not a number"),
        ("let if = 1 in 2", "1:5: the word if where let needs a name"),
        ("let a = 1 in let a = 2 in a", "1:18: the name a is already bound by an outer let"),
        ("then", "1:1: the word then where a value should begin"),
    ];
    for (text, expected) in cases {
        let mistake = Expression::parse(text).unwrap_err();
        let shown = mistake.to_string();
        assert!(shown.starts_with(expected), "{text:?}: {shown}");
        assert!(!mistake.mend.is_empty(), "{text:?} has no remedy");
    }
}

#[test]
fn names_and_tables_are_listed_once_in_order() {
    let expression = Expression::parse("B + A * B + lookup(t, A, let c = 1 in c)").unwrap();
    assert_eq!(expression.names(), ["B", "A"]);
    assert_eq!(expression.tables(), ["t"]);
}

#[test]
fn depth_length_and_parts_are_bounded() {
    let deep = format!("{}1{}", "(".repeat(5000), ")".repeat(5000));
    let signs = format!("{}1", "-".repeat(5000));
    let powers = vec!["2"; 400].join(" ^ ");
    let sums = vec!["1"; 5000].join(" + ");
    for text in [deep, signs, powers, sums, "1 ".repeat(20_000)] {
        assert!(Expression::parse(&text).is_err());
    }
    let long = vec!["1"; 240].join(" + ");
    assert_eq!(outcome(&long, ""), Ok(Value::Number(decimal("240"))));
}

#[test]
fn printing_uses_no_more_brackets_than_needed() {
    let cases = [
        ("((a)) + (b * c)", "a + b * c"),
        ("(a + b) * c", "(a + b) * c"),
        ("a - (b - c)", "a - (b - c)"),
        ("(-a) ^ 2", "(-a) ^ 2"),
        ("-(a ^ 2)", "-a ^ 2"),
        ("(a ^ b) ^ c", "(a ^ b) ^ c"),
        ("(if a then b else c) + 1", "(if a then b else c) + 1"),
        ("not (a and b)", "not (a and b)"),
        ("(not a) = b", "(not a) = b"),
        ("\"say \\\"yes\\\"\" = a", "\"say \\\"yes\\\"\" = a"),
    ];
    for (text, expected) in cases {
        assert_eq!(Expression::parse(text).unwrap().to_string(), expected);
    }
}

/// Well-formed texts of every construct, bracketed throughout.
fn texts() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-zA-Z][a-z0-9_]{0,3}_",
        (0_u32..100_000, 0_u32..6)
            .prop_map(|(digits, scale)| Decimal::new(digits.into(), scale).to_string()),
        Just("true".to_string()),
        Just("unknown".to_string()),
        "\"[a-z ]{0,4}\"",
    ];
    leaf.prop_recursive(5, 60, 3, |inner| {
        let operation = prop::sample::select(vec![
            "or", "and", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "^",
        ]);
        prop_oneof![
            4 => (inner.clone(), operation, inner.clone())
                .prop_map(|(a, o, b)| format!("({a}) {o} ({b})")),
            1 => inner.clone().prop_map(|a| format!("-({a})")),
            1 => inner.clone().prop_map(|a| format!("not ({a})")),
            1 => (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("if {a} then {b} else {c}")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("max({a}, sqrt({b}))")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("lookup(t, {a}, {b})")),
            1 => ("[a-z]{6}", inner.clone(), inner.clone())
                .prop_map(|(n, a, b)| format!("let {n} = {a} in ({n}) + ({b})")),
        ]
    })
}

/// Figures of any size, sign and number of decimals.
fn extreme() -> impl Strategy<Value = Value> {
    let parts = (any::<u32>(), any::<u32>(), any::<u32>(), any::<bool>(), 0_u32..=28);
    prop_oneof![
        parts.prop_map(|(low, middle, high, negative, scale)| {
            Value::Number(Decimal::from_parts(low, middle, high, negative, scale))
        }),
        (any::<i64>(), 0_u32..=18)
            .prop_map(|(digits, scale)| Value::Number(Decimal::new(digits, scale))),
        (-20_i64..20).prop_map(|whole| Value::Number(whole.into())),
    ]
}

proptest! {
    #[test]
    fn reading_what_was_printed_gives_the_same_expression(text in texts()) {
        // a name bound twice within itself is a mistake by rule; every other text reads
        if let Ok(expression) = Expression::parse(&text) {
            let printed = expression.to_string();
            let again = Expression::parse(&printed);
            prop_assert_eq!(again.as_ref(), Ok(&expression), "{} printed as {}", text, printed);
        }
    }

    #[test]
    fn well_formed_texts_evaluate_to_a_value_or_a_refusal(text in texts(), value in extreme()) {
        if let Ok(expression) = Expression::parse(&text) {
            let _ = expression.evaluate_with(|_| value.clone(), &tables());
        }
    }

    #[test]
    fn no_text_whatever_stops_the_program(text in "\\PC{0,200}") {
        if let Ok(expression) = Expression::parse(&text) {
            let _ = expression.evaluate_with(|_| Value::Unknown, &Tables::new());
        }
    }

    #[test]
    fn no_sequence_of_its_own_words_stops_the_program(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "if", "then", "else", "let", "in", "=", "(", ")", ",", "a", "1", "0.5", "-", "^",
                "not", "and", "min(", "sqrt(", "exp(", "ln(", "lookup(", "\"x\"", "<", "/",
            ]),
            0..60,
        )
    ) {
        if let Ok(expression) = Expression::parse(&words.join(" ")) {
            let _ = expression.evaluate_with(|_| Value::Number(Decimal::MAX), &Tables::new());
        }
    }

    #[test]
    fn arithmetic_on_extreme_figures_always_answers(a in extreme(), b in extreme()) {
        let value_of = |name: &str| if name == "a" { a.clone() } else { b.clone() };
        for text in [
            "a + b", "a * b", "a / b", "a ^ b", "sqrt(a)", "ln(a)", "exp(a)", "round(a, b)",
        ] {
            let expression = Expression::parse(text).unwrap();
            let _ = expression.evaluate_with(value_of, &Tables::new());
        }
    }
}
