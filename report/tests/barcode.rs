//! Code 128 read back by a decoder of its own, against published examples, and by other people's
//! programs where they are installed.

mod ward;

use std::io::Write;
use std::process::{Command, Stdio};

use lab::value::Label;
use report::code128::{Code128, NotDrawable, QUIET_MODULES};
use report::label::{Copies, LabelFor, Printer, svg, zpl};

/// The bars as modules, true for black.
fn modules(code: &Code128) -> Vec<bool> {
    let widths = code.widths().enumerate();
    widths.flat_map(|(at, wide)| vec![at % 2 == 0; usize::try_from(wide).expect("small")]).collect()
}

/// How long each run of one color is.
fn runs(modules: &[bool]) -> Vec<usize> {
    let mut runs: Vec<usize> = Vec::new();
    let mut last = None;
    for module in modules {
        if last == Some(*module) {
            *runs.last_mut().expect("begun") += 1;
        } else {
            runs.push(1);
        }
        last = Some(*module);
    }
    runs
}

/// Every symbol from value 0 on, black modules as 1: the other of the two forms the tables are
/// published in, so that a slip in the encoder's table of widths is found.
const BY_VALUE: &str = "\
11011001100 11001101100 11001100110 10010011000 10010001100 10001001100 10011001000 10011000100 \
10001100100 11001001000 11001000100 11000100100 10110011100 10011011100 10011001110 10111001100 \
10011101100 10011100110 11001110010 11001011100 11001001110 11011100100 11001110100 11101101110 \
11101001100 11100101100 11100100110 11101100100 11100110100 11100110010 11011011000 11011000110 \
11000110110 10100011000 10001011000 10001000110 10110001000 10001101000 10001100010 11010001000 \
11000101000 11000100010 10110111000 10110001110 10001101110 10111011000 10111000110 10001110110 \
11101110110 11010001110 11000101110 11011101000 11011100010 11011101110 11101011000 11101000110 \
11100010110 11101101000 11101100010 11100011010 11101111010 11001000010 11110001010 10100110000 \
10100001100 10010110000 10010000110 10000101100 10000100110 10110010000 10110000100 10011010000 \
10011000010 10000110100 10000110010 11000010010 11001010000 11110111010 11000010100 10001111010 \
10100111100 10010111100 10010011110 10111100100 10011110100 10011110010 11110100100 11110010100 \
11110010010 11011011110 11011110110 11110110110 10101111000 10100011110 10001011110 10111101000 \
10111100010 11110101000 11110100010 10111011110 10111101110 11101011110 11110101110 11010000100 \
11010010000 11010011100";

/// Reads bars back, checking start, check symbol and stop.
fn decode(modules: &[bool]) -> Option<String> {
    let table: Vec<&str> = BY_VALUE.split_whitespace().collect();
    let bits: String = modules.iter().map(|black| if *black { '1' } else { '0' }).collect();
    let body = bits.strip_suffix("1100011101011")?;
    let mut values = Vec::new();
    for at in (0..body.len()).step_by(11) {
        values.push(table.iter().position(|symbol| Some(*symbol) == body.get(at..at + 11))?);
    }
    let check = values.pop()?;
    let sum: usize = values.iter().enumerate().map(|(at, value)| value * at.max(1)).sum();
    if sum % 103 != check {
        return None;
    }
    let mut in_c = match values.first()? {
        104 => false,
        105 => true,
        _ => return None,
    };
    let mut text = String::new();
    for value in &values[1..] {
        match (in_c, value) {
            (true, 100) => in_c = false,
            (false, 99) => in_c = true,
            (true, pair @ 0..=99) => text.push_str(&format!("{pair:02}")),
            (false, value @ 0..=94) => text.push(char::from(u8::try_from(value + 32).ok()?)),
            _ => return None,
        }
    }
    Some(text)
}

#[test]
fn published_symbols_are_the_same() {
    // Wikipedia, "Code 128", worked example: PJJ123C in subset B has check value 54 when started in
    // A; in B the start weighs one more.
    let code = Code128::of("PJJ123C").expect("drawable");
    assert_eq!(code.values(), [104, 48, 42, 42, 17, 18, 19, 35, 55, 106]);
    // ISO/IEC 15417 rule for even digits: start C, pairs.
    // (105 + 1*12 + 2*34) modulo 103 = 185 - 103 = 82.
    let code = Code128::of("1234").expect("drawable");
    assert_eq!(code.values(), [105, 12, 34, 82, 106]);
}

#[test]
fn thirteen_digits_take_123_modules() {
    let code = Code128::of("2632800017012").expect("drawable");
    assert_eq!(code.values()[..9], [105, 26, 32, 80, 0, 17, 1, 100, 18]);
    assert_eq!(code.modules(), 123);
}

#[test]
fn whatever_is_drawn_is_read_back() {
    let ascii: String = (' '..='~').collect();
    let long = "0123456789".repeat(9);
    for text in [
        "0",
        "42",
        "123",
        "1234",
        "12345",
        "A1234",
        "A12345",
        "AB123456",
        "12AB",
        "123456AB",
        "1234AB5678",
        "A123456B",
        "A1234567B",
        "2632800017012",
        "W000026000123",
        "=%6200",
        &ascii,
        &long,
    ] {
        let code = Code128::of(text).expect("drawable");
        assert_eq!(decode(&modules(&code)).as_deref(), Some(text));
    }
    for sequence in 1..3000 {
        let label = Label::new(ward::COLLECTED, sequence * 31, sequence % 100);
        let code = Code128::of(label.as_str()).expect("drawable");
        assert_eq!(decode(&modules(&code)).as_deref(), Some(label.as_str()));
        assert_eq!(code.modules(), 123);
    }
}

#[test]
fn every_symbol_of_the_decoder_is_one_of_the_standard() {
    for (value, symbol) in BY_VALUE.split_whitespace().enumerate() {
        let bits: Vec<bool> = symbol.chars().map(|bit| bit == '1').collect();
        let runs = runs(&bits);
        assert_eq!(
            (runs.len(), bits.len(), runs[0] + runs[2] + runs[4]),
            (6, 11, {
                let bars = bits.iter().filter(|black| **black).count();
                assert_eq!(bars % 2, 0, "{value}");
                bars
            })
        );
    }
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    assert_eq!(Code128::of(""), Err(NotDrawable::Empty));
    assert_eq!(Code128::of("12\n"), Err(NotDrawable::Character('\n')));
    assert_eq!(Code128::of("caf\u{e9}"), Err(NotDrawable::Character('\u{e9}')));
}

/// A grayscale picture of the bars between their quiet zones, three dots to a module.
fn picture(code: &Code128) -> Vec<u8> {
    let quiet = vec![false; usize::try_from(QUIET_MODULES).expect("small")];
    let line: Vec<u8> = [quiet.clone(), modules(code), quiet]
        .concat()
        .iter()
        .flat_map(|black| [if *black { 0 } else { 255 }; 3])
        .collect();
    let mut picture = format!("P5\n{} 90\n255\n", line.len()).into_bytes();
    for _ in 0..90 {
        picture.extend_from_slice(&line);
    }
    picture
}

/// What a program prints, or nothing when it is not installed.
fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stderr(Stdio::null()).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn kept(name: &str, bytes: &[u8]) -> String {
    let path = format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
    let mut file = std::fs::File::create(&path).expect("a file");
    file.write_all(bytes).expect("written");
    path
}

#[test]
fn zbar_reads_our_bars() {
    if said("zbarimg", &["--version"]).is_none() {
        println!("NOT RUN: zbarimg (Debian zbar-tools) is not installed");
        return;
    }
    for text in ["2632800017012", "2632899999991", "AB-123456-x", "0000000000000"] {
        let path = kept("bars.pgm", &picture(&Code128::of(text).expect("drawable")));
        let read = said("zbarimg", &["-q", "--raw", "-Sdisable", "-Scode128.enable", &path]);
        assert_eq!(read.as_deref(), Some(text));
    }
}

#[test]
fn zint_draws_the_same_bars() {
    if said("zint", &["--version"]).is_none() {
        println!("NOT RUN: zint is not installed");
        return;
    }
    for text in ["2632800017012", "2632812345067", "1234567890"] {
        let drawn = said("zint", &["--barcode=20", "--dump", "-d", text]).expect("installed");
        let hexadecimal: String = drawn.chars().filter(char::is_ascii_hexdigit).collect();
        let bits = hexadecimal.chars().filter_map(|digit| digit.to_digit(16));
        let bits = bits.flat_map(|digit| (0..4).rev().map(move |bit| digit >> bit & 1 == 1));
        let ours = modules(&Code128::of(text).expect("drawable"));
        assert_eq!(bits.take(ours.len()).collect::<Vec<_>>(), ours, "{text}");
    }
}

/// The bars of the drawing, painted from its path; the label printer draws its own.
#[test]
fn the_label_shows_its_number_on_both_printers() {
    let ward = ward::Ward::busy();
    let label = LabelFor {
        name: &ward.patient.name,
        record_number: &ward.patient.record_number,
        birth_date: ward.patient.birth_date,
        sex: ward.patient.sex,
        label: &ward.specimens[0].label,
        container: "EDTA_LAV",
        cap: "lavender",
        priority: ward.accession.priority,
        tests: &[],
        collected_at: None,
        zone: &ward.zone,
    };
    let drawing = svg(&label).into_string();
    let path = drawing.split_once("d=\"").and_then(|(_, p)| p.split_once('"')).expect("a path").0;
    let mut painted = vec![false; 406];
    for bar in path.split('M').skip(1) {
        let (x, rest) = bar.split_once(' ').expect("x");
        let wide = rest.split_once('h').and_then(|(_, w)| w.split_once('v')).expect("width").0;
        let (x, wide): (usize, usize) = (x.parse().expect("x"), wide.parse().expect("width"));
        painted[x..x + wide].fill(true);
    }
    let module: Vec<bool> = painted[28..28 + 246].iter().step_by(2).copied().collect();
    assert_eq!(decode(&module).as_deref(), Some(label.label.as_str()));
    assert!(painted[..28].iter().chain(&painted[274..]).all(|black| !black), "quiet zones");
    let text = zpl(&label, Printer::default(), Copies::ONE);
    assert!(text.contains("^BY2^BCN,80,N,N,N,N^FD>;263280001701>62^FS"), "{text}");
}
