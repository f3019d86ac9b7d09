//! The patient report as PDF: read back by other people's programs where they are installed.

mod ward;

use std::path::PathBuf;
use std::process::Command;

use lab::accession::SpecimenState;
use lab::value::Priority;
use report::label::{Copies, LabelFor};
use report::patient_report::paper::Words;
use report::patient_report::{document, pdf};
use report::pdf::file::archived;
use report::pdf::{Letters, Paper};
use ward::{COLLECTED, Ward};

/// Writes a file beside the test's own output, for the eye and for other programs.
fn kept(name: &str, bytes: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).expect("written");
    path
}

/// What a program says; `None`, with a word about it, where it is not installed.
fn said(program: &str, arguments: &[&str]) -> Option<String> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => {
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{program}: {error}");
            Some(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        Err(_) => {
            assert!(std::env::var_os("MENISCUS_READERS").is_none(), "{program} is missing");
            eprintln!("NOT RUN: {program} is not installed (poppler-utils, zbar-tools bring it)");
            None
        }
    }
}

/// The text of each sheet as it stands on paper.
fn sheets(path: &std::path::Path) -> Option<Vec<String>> {
    let text = said("pdftotext", &["-layout", path.to_str().expect("a path"), "-"])?;
    Some(text.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned).collect())
}

/// A patient with three hundred results.
fn three_hundred() -> Ward {
    let mut ward = Ward::empty();
    ward.specimen(1, "PST_GREEN", SpecimenState::Received);
    for number in 0..300 {
        let code = ["SOD", "K", "CL", "GLU", "CREA", "HGB"][number % 6];
        ward.single(code, 1, &format!("{}.{}", 3 + number % 140, number % 10));
    }
    ward
}

#[test]
fn a_busy_report_is_a_pdf_that_others_read() {
    let ward = Ward::busy();
    let path = kept("busy.pdf", &pdf(&ward.report(), Paper::Letter).expect("printed"));
    let Some(sheets) = sheets(&path) else { return };
    let all = sheets.join("\n");
    for words in [
        "Harbor Teaching Laboratory",
        "CLIA 20D0000000",
        "PRELIMINARY",
        "Okafor, Ngozi Adaeze",
        "CRITICAL Potassium 6.8 mmol/L HH",
        "10³/µL",
        "Δ",
        "pending: specimen on its way",
        "End of report",
    ] {
        assert!(all.contains(words), "{words}: {all}");
    }
}

#[test]
fn three_hundred_results_go_over_many_sheets_each_with_the_patient() {
    let ward = three_hundred();
    let path = kept("many.pdf", &pdf(&ward.report(), Paper::A4).expect("printed"));
    let Some(sheets) = sheets(&path) else { return };
    assert!(sheets.len() > 5, "{}", sheets.len());
    for (number, sheet) in (1..).zip(&sheets) {
        let page = format!("Page {number} of {}", sheets.len());
        for words in [page.as_str(), "Okafor, Ngozi Adaeze", "MRN 00481516", "Born 1957-03-02"] {
            assert!(sheet.contains(words), "{words} on sheet {number}: {sheet}");
        }
        let results = sheet.lines().any(|line| line.contains("c 503"));
        assert!(!results || sheet.contains("Reference interval"), "{number}: {sheet}");
    }
    let rows = sheets.iter().flat_map(|sheet| sheet.lines());
    assert_eq!(rows.filter(|line| line.contains("c 503") || line.contains("XN-550")).count(), 300);
}

#[test]
fn the_file_keeps_the_rules_of_the_archive_and_of_screen_readers() {
    let mut letters = Letters::default();
    for ward in [Ward::busy(), Ward::empty(), three_hundred()] {
        let report = ward.report();
        let words = Words::of(&report);
        let document = document(&words, (Paper::Letter, report.printed.at), &mut letters);
        archived(&document, &mut letters).expect("PDF/A-2a and PDF/UA-1");
    }
}

#[test]
fn the_same_report_gives_the_same_file() {
    let ward = Ward::busy();
    let once = pdf(&ward.report(), Paper::Letter).expect("printed");
    assert_eq!(once, pdf(&ward.report(), Paper::Letter).expect("printed"));
}

#[test]
fn what_the_typeface_lacks_is_named_on_the_report() {
    let mut ward = Ward::busy();
    ward.patient.name.family = "王".into();
    ward.patient.name.given = "Nguyễn Σωκράτης".into();
    let path = kept("lacking.pdf", &pdf(&ward.report(), Paper::Letter).expect("printed"));
    let Some(sheets) = sheets(&path) else { return };
    let all = sheets.join("\n");
    for words in ["[U+738B], Nguyễn Σωκράτης", "lacks are printed by their Unicode number: U+738B."]
    {
        assert!(all.contains(words), "{words}: {all}");
    }
}

/// Labels of two tubes, three times each, read by zbar from a picture of the sheet.
#[test]
fn labels_as_pdf_are_read_by_a_scanner() {
    let ward = Ward::busy();
    let tests = ["CBCD".into(), "RETIC".into()];
    let label = |at: usize, priority| LabelFor {
        name: &ward.patient.name,
        record_number: &ward.patient.record_number,
        birth_date: ward.patient.birth_date,
        sex: ward.patient.sex,
        label: &ward.specimens[at].label,
        container: "EDTA_LAV",
        cap: "lavender",
        priority,
        tests: &tests,
        collected_at: None,
        zone: &ward.zone,
    };
    let labels = [label(0, Priority::Routine), label(1, Priority::Stat)];
    let copies = Copies::new(3).expect("few");
    let file = report::label::pdf(&labels, copies, COLLECTED).expect("printed");
    let path = kept("labels.pdf", &file);
    let Some(sheets) = sheets(&path) else { return };
    assert_eq!(sheets.len(), 6);
    for words in ["Okafor, Ngozi Adaeze", "00481516", "STAT", "CBCD RETIC"] {
        assert!(sheets[0].contains(words), "{words}: {}", sheets[0]);
    }
    let pictures = path.with_extension("");
    let [from, to] = [&path, &pictures].map(|path| path.to_str().expect("a path"));
    if said("pdftoppm", &["-r", "300", "-gray", from, to]).is_none() {
        return;
    }
    for (sheet, at) in [(1, 1), (3, 1), (4, 0), (6, 0)] {
        let picture = format!("{to}-{sheet}.pgm");
        let disable = ["-q", "--raw", "-Sdisable", "-Scode128.enable", &picture];
        let Some(read) = said("zbarimg", &disable) else { return };
        assert_eq!(read.trim(), ward.specimens[at].label.as_str(), "sheet {sheet}");
    }
}
