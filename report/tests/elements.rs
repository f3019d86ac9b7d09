//! What law and accreditation ask of a report, element by element, on the page and on paper.
//!
//! The list is that of the reference, which is not part of the repository: it is looked for beside
//! it, or where `MENISCUS_REFERENCE` points; each of its elements must have its words here.

mod ward;

use std::path::PathBuf;
use std::process::Command;

use lab::accession::{Amendment, Amends, SpecimenState, TestState};
use lab::issue::{Issue, ReportState};
use lab::people::{Actor, Role};
use lab::value::{IssueId, PersonId};
use report::patient_report::{PatientReport, Printed, page, pdf};
use report::pdf::Paper;
use ward::{COLLECTED, Ward};

/// An element by its source, with the words that a report of the ward must have for it.
const ELEMENTS: [(&str, &[&str]); 16] = [
    ("493.1291(c)(1)", &["Okafor, Ngozi Adaeze", "00481516", "1957-03-02"]),
    (
        "493.1291(c)(2)",
        &["Performed at Harbor Teaching Laboratory, 200 Quay Street, Portland, ME 04101"],
    ),
    // The first results, the last, this issue and this printing are told apart.
    (
        "493.1291(c)(3)",
        &[
            "2026-11-24 07:53 EST",
            "2026-11-24 08:02 EST",
            "issued 2026-11-24 08:05 EST to A. Osei, MD, Ward 4B",
            "Printed 2026-11-24 08:20 EST (UTC-05:00)",
            "Printed again.",
        ],
    ),
    ("493.1291(c)(4)", &["Potassium", "Leukocyte count"]),
    ("493.1291(c)(5)", &["whole blood, lavender", "urine, yellow conical"]),
    ("493.1291(c)(6)", &["6.8", "mmol/L", "Negative"]),
    ("493.1291(c)(7)", &["REJECTED: Clot or fibrin in anticoagulated tube"]),
    ("493.1291(d)", &["3.5\u{2013}5.1"]),
    ("493.1291(e)", &["XN-550 A", "Test methods and their performance are available on request"]),
    // To whom it went, and that it is confidential; who may look is the table of privileges.
    ("493.1291(f)", &["to A. Osei, MD, Ward 4B", "Confidential patient information"]),
    ("493.1291(g)", &["CRITICAL Potassium 6.8 mmol/L HH", "called to Dr. Osei 08:02"]),
    // What is late is named as pending with what it waits for.
    ("493.1291(h)", &["PRELIMINARY", "3 of 41 tests pending", "pending: specimen on its way"]),
    // Each issue can be made again from the journal: `store::query::as_issued`.
    ("493.1291(j)", &["Report 2 of this accession"]),
    ("493.1291(k)", &["Report 2 of this accession, issued"]),
    (
        "CAP extra",
        &["2026-11-24 07:15 EST", "2026-11-24 07:36 EST", "A. Osei", "HH", "Eli Marsh, MD"],
    ),
    ("ISO 15189:2022 7.4.1.6", &["Accession 2632800017004"]),
];

/// Elements that nothing of this laboratory has yet, and why.
const ELSEWHERE: [(&str, &str); 3] = [
    ("493.1291(i)", "results of other laboratories are not kept yet"),
    ("493.1291(l)", "a matter of who may ask, not of what stands on paper"),
    ("LDT statement", "no test of the starter catalog is made by the laboratory itself"),
];

fn issue(ward: &Ward) -> Issue {
    Issue {
        id: IssueId(1),
        accession: ward.accession.id,
        number: 2,
        at: COLLECTED.plus_minutes(50),
        by: Actor::Person(PersonId(1), Role::Mls),
        to: ward.accession.provider.clone(),
        standing: ReportState::Preliminary,
        patient: ward.patient.clone(),
        letterhead: ward.letterhead.clone(),
        results: Vec::new(),
    }
}

/// Words alone: without tags, with one blank between any two.
fn words(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        let (tag, rest) = piece.split_once('>').unwrap_or(("", piece));
        let within = matches!(tag.split(' ').next(), Some("b" | "/b" | "span" | "/span" | "bdi"));
        text.push_str(if within { "" } else { " " });
        text.push_str(rest);
    }
    let text = text.replace("&lt;", "<").replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sources() -> Option<Vec<String>> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/reference");
    let folder = std::env::var_os("MENISCUS_REFERENCE").map_or(beside, PathBuf::from);
    let Ok(text) = std::fs::read_to_string(folder.join("domain/report_elements.csv")) else {
        println!("NOT RUN: the reference file domain/report_elements.csv is absent");
        return None;
    };
    let first = |line: &str| line.split(',').next().unwrap_or_default().to_owned();
    Some(text.lines().skip(1).filter(|line| !line.is_empty()).map(first).collect())
}

#[test]
fn every_element_of_the_reference_is_looked_for() {
    let Some(sources) = sources() else { return };
    let known = |source: &&String| {
        ELEMENTS.iter().any(|(known, _)| known == *source)
            || ELSEWHERE.iter().any(|(known, _)| known == *source)
    };
    let unknown: Vec<&String> = sources.iter().filter(|source| !known(source)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert_eq!(sources.len(), ELEMENTS.len() + ELSEWHERE.len());
}

#[test]
fn every_element_stands_on_the_page_and_on_paper() {
    let ward = Ward::busy();
    let issue = issue(&ward);
    let report = ward.report();
    let report =
        PatientReport { printed: Printed { issue: Some(&issue), ..report.printed }, ..report };
    let page = words(&page(&report).into_string());
    for (source, said) in ELEMENTS {
        for one in said {
            assert!(page.contains(one), "{source}, on the page: {one}\n{page}");
        }
    }
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("elements.pdf");
    std::fs::write(&file, pdf(&report, Paper::Letter).expect("printed")).expect("written");
    let Ok(output) = Command::new("pdftotext").arg("-raw").arg(&file).arg("-").output() else {
        assert!(std::env::var_os("MENISCUS_READERS").is_none(), "pdftotext is missing");
        eprintln!("NOT RUN: pdftotext is not installed");
        return;
    };
    let paper = String::from_utf8_lossy(&output.stdout).into_owned();
    let paper = paper.split_whitespace().collect::<Vec<_>>().join(" ");
    for (source, said) in ELEMENTS {
        for one in said {
            assert!(paper.contains(one), "{source}, on paper: {one}\n{paper}");
        }
    }
    assert!(paper.contains("Page 1 of 2") && paper.contains("Page 2 of 2"), "{paper}");
}

#[test]
fn a_look_at_how_things_stand_is_no_report_that_went_out() {
    let ward = Ward::busy();
    let page = words(&page(&ward.report()).into_string());
    assert!(page.contains("Not issued") && !page.contains("of this accession, issued"), "{page}");
}

/// A potassium of 4.1 that went out and was corrected to 6.8.
fn corrected() -> Ward {
    let mut ward = Ward::empty();
    ward.specimen(1, "PST_GREEN", SpecimenState::Received);
    let at = ward.test("K", None, 1);
    ward.file(at, "4.1");
    ward.verify(at);
    ward.file(at, "6.8");
    ward.verify(at);
    ward.tests[at].state = TestState::Corrected;
    let [old, new] = ward.results.as_mut_slice() else { panic!("two versions") };
    new.filed_at = COLLECTED.plus_minutes(120);
    new.filed_by = Actor::Person(PersonId(1), Role::Mls);
    new.amends = Some(Amends {
        version: old.id,
        kind: Amendment::Corrected,
        value: old.value.clone(),
        unit: old.unit.clone(),
        flag: old.flag,
        at: COLLECTED.plus_minutes(47),
        by: Actor::Person(PersonId(1), Role::Mls),
        reason: "SPECIMEN_MIXUP".into(),
        note: "tubes exchanged in the rack".into(),
        told: "Dr. Osei, 09:20".into(),
    });
    ward
}

#[test]
fn the_old_value_has_its_unit_as_the_new_one_has() {
    let mut ward = corrected();
    for result in &mut ward.results {
        result.unit = "10*3/uL".into();
        if let Some(amends) = &mut result.amends {
            amends.unit = "10*3/uL".into();
        }
    }
    let page = words(&page(&ward.report()).into_string());
    for said in [
        "is 6.8 10\u{b3}/\u{b5}L, previously reported as 4.1 10\u{b3}/\u{b5}L",
        "CORRECTED: previously reported as 4.1 10\u{b3}/\u{b5}L, 2026-11-24 08:02 EST",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
}

#[test]
fn a_corrected_report_gives_both_values() {
    let ward = corrected();
    let report = ward.report();
    assert_eq!(report.status(), ReportState::Corrected);
    let page = words(&page(&report).into_string());
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("corrected.pdf");
    std::fs::write(&file, pdf(&report, Paper::Letter).expect("printed")).expect("written");
    let paper = Command::new("pdftotext").arg("-raw").arg(&file).arg("-").output();
    let paper = paper.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let mut outputs = vec![("page", page)];
    outputs.extend(
        paper.ok().map(|text| ("paper", text.split_whitespace().collect::<Vec<_>>().join(" "))),
    );
    for (where_, text) in outputs {
        for said in [
            "CORRECTED",
            "1 result corrected",
            "CORRECTED Potassium is 6.8 mmol/L, previously reported as 4.1 mmol/L",
            "CORRECTED: previously reported as 4.1 mmol/L, 2026-11-24 08:02 EST by Cy Young, MLS. \
             Amended 2026-11-24 09:15 EST by Cy Young, MLS: SPECIMEN_MIXUP, tubes exchanged in \
             the rack; told: Dr. Osei, 09:20.",
        ] {
            assert!(text.contains(said), "{said}, on the {where_}: {text}");
        }
    }
}
