//! The patient report: what stands on it, in which order, and what never does.

mod ward;

use lab::accession::{Specimen, SpecimenState, TestState};
use lab::value::{AccessionId, PatientId, Value};
use report::patient_report::{Status, page};
use ward::Ward;

/// The text of a page, one line to a table row or paragraph, cells divided by ` | `.
fn text(html: &str) -> String {
    let body = html.split_once("<body>").map_or(html, |(_, body)| body);
    let mut text = String::new();
    let mut rest = body;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, after) = after.split_once('>').expect("a closed tag");
        match tag.split('=').next().unwrap_or_default() {
            "/tr" | "/p" | "/div" | "/dl" | "/h1" => text.push('\n'),
            "/td" | "/th" => text.push_str(" | "),
            "/dt" => text.push_str(": "),
            "span class" if !tag.contains("whole") => text.push(' '),
            _ => {}
        }
        rest = after;
    }
    let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines = text.lines().map(|l| line(l).trim_end_matches(['|', ' ']).to_owned());
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn printed(ward: &Ward) -> String {
    text(&page(&ward.report()).into_string())
}

#[test]
fn a_busy_report_reads_like_this() {
    let ward = Ward::busy();
    let html = page(&ward.report()).into_string();
    std::fs::write(format!("{}/patient_report.html", env!("CARGO_TARGET_TMPDIR")), &html)
        .expect("written");
    insta::assert_snapshot!(text(&html));
}

#[test]
fn a_value_that_nobody_verified_is_not_printed() {
    for state in [TestState::Review, TestState::Held, TestState::Rerun, TestState::Awaiting] {
        let mut ward = Ward::empty();
        ward.specimen(1, "PST_GREEN", SpecimenState::Received);
        ward.single("SOD", 1, "141");
        let at = ward.test("K", None, 1);
        ward.file(at, "7.77");
        ward.tests[at].state = state;
        let page = printed(&ward);
        assert!(page.contains("141"), "{page}");
        assert!(!page.contains("7.77") && !page.contains("7.8"), "{page}");
        assert!(page.contains("pending: "), "{page}");
        assert_eq!(ward.report().status(), Status::Preliminary);
    }
}

#[test]
fn only_the_version_that_was_verified_is_printed() {
    let mut ward = Ward::empty();
    ward.specimen(1, "PST_GREEN", SpecimenState::Received);
    let at = ward.test("SOD", None, 1);
    ward.file(at, "139");
    ward.file(at, "123");
    ward.verify(at);
    let page = printed(&ward);
    assert!(page.contains("123") && !page.contains("139"), "{page}");
    assert_eq!(ward.report().status(), Status::Final);
}

#[test]
fn a_verified_result_that_was_not_given_leaves_the_report_preliminary() {
    let mut ward = Ward::empty();
    ward.single("SOD", 1, "141");
    ward.results.clear();
    assert_eq!(ward.report().status(), Status::Preliminary);
}

#[test]
fn a_value_told_before_it_is_final_says_so_and_leaves_the_report_preliminary() {
    let mut ward = Ward::empty();
    ward.specimen(1, "PST_GREEN", SpecimenState::Received);
    let at = ward.test("SOD", None, 1);
    ward.file(at, "139");
    ward.verify(at);
    ward.tests[at].preliminary = ward.tests[at].verified.take();
    ward.results[0].detail.dilution = Some("1:10".into());
    let page = printed(&ward);
    assert_eq!(ward.report().status(), Status::Preliminary);
    for said in ["139", "PRELIMINARY: told", "to be verified, may change", "a dilution (1:10)"] {
        assert!(page.contains(said), "{said}: {page}");
    }
}

#[test]
fn nothing_of_another_patient_or_accession_is_printed() {
    let mut ward = Ward::empty();
    ward.specimen(1, "PST_GREEN", SpecimenState::Received);
    for (code, value) in [("SOD", "141"), ("CL", "111"), ("K", "4.9"), ("GLU", "333")] {
        ward.single(code, 1, value);
    }
    ward.tests[1].patient = PatientId(8);
    ward.results[1].patient = PatientId(8);
    ward.tests[2].accession = AccessionId(71);
    ward.results[3].patient = PatientId(8);
    let other = Specimen { accession: AccessionId(71), ..ward.specimens[0].clone() };
    ward.specimens.push(Specimen { container: "ELSEWHERE".into(), ..other });
    let page = printed(&ward);
    assert!(page.contains("141"), "{page}");
    for not_ours in ["111", "4.9", "333", "ELSEWHERE"] {
        assert!(!page.contains(not_ours), "{not_ours}: {page}");
    }
}

#[test]
fn names_and_comments_are_text_to_the_browser() {
    let mut ward = Ward::busy();
    let attack = "<script>alert(1)</script><img src=x onerror=y>\"'&";
    ward.patient.name.family = attack.into();
    ward.patient.name.given = attack.into();
    ward.patient.record_number = attack.into();
    ward.accession.provider = attack.into();
    ward.accession.comment = attack.into();
    ward.letterhead.name = attack.into();
    ward.tests[0].note = attack.into();
    ward.people[0].shown = attack.into();
    ward.instruments[0].name = attack.into();
    let html = page(&ward.report()).into_string();
    assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    assert!(html.contains("&lt;script&gt;"));
}

#[test]
fn a_report_without_any_result_says_what_became_of_it() {
    let mut ward = Ward::empty();
    ward.specimen(1, "CIT_BLUE", SpecimenState::Rejected);
    ward.specimens[0].rejected = Some(("UNLABELED".into(), String::new()));
    let at = ward.test("PT", None, 1);
    ward.tests[at].state = TestState::Cancelled;
    assert_eq!(ward.report().status(), Status::Cancelled);
    let page = printed(&ward);
    for said in [
        "CANCELLED",
        "no test was performed",
        "REJECTED: Unlabeled primary container. Specimen received unlabeled. Not tested.",
        "Please collect a new specimen.",
        "not performed: specimen rejected (Unlabeled primary container)",
        "Reported: nothing yet",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
}

#[test]
fn no_approval_of_the_limits_is_claimed() {
    let page = printed(&Ward::busy());
    assert!(page.contains("await the laboratory director's approval"), "{page}");
    assert!(!page.contains("approved"), "{page}");
}

/// Written to a file too, for the eye: words for values, intervals that differ, a long name.
#[test]
fn values_that_are_words_and_intervals_that_differ_are_printed_whole() {
    let mut ward = Ward::empty();
    ward.patient.birth_date = None;
    ward.patient.sex = lab::value::Sex::Unknown;
    ward.patient.name.family = "Wolfeschlegelsteinhausenbergerdorff y Echegaray Eizaguirre".into();
    ward.letterhead.address = vec!["A very long street name 12345, Building 7, Floor 3".into()];
    ward.specimen(1, "EDTA_LAV", SpecimenState::Received);
    for (code, value) in [("HGB", "13.2"), ("PLT", "1"), ("FERR", "<1.0"), ("TSH", "1250.25")] {
        ward.single(code, 1, value);
    }
    for words in ["nonreactive", "Indeterminate; a second specimen after six weeks is advised"] {
        ward.single("GRAM", 1, words);
    }
    let at = ward.test("K", None, 1);
    ward.file(at, "4.0");
    ward.results.last_mut().expect("filed").value =
        Value::NotPerformed("quantity not sufficient".into());
    ward.verify(at);
    let html = page(&ward.report()).into_string();
    std::fs::write(format!("{}/strange_report.html", env!("CARGO_TARGET_TMPDIR")), &html)
        .expect("written");
    let page = text(&html);
    for said in [
        "Indeterminate; a second specimen after six weeks is advised",
        "Not performed: quantity not sufficient",
        " or ",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
}

#[test]
fn what_is_not_known_of_a_patient_stays_unknown() {
    let mut ward = Ward::empty();
    ward.specimen(1, "PST_GREEN", SpecimenState::Ordered);
    ward.patient.birth_date = None;
    ward.patient.sex = lab::value::Sex::Unknown;
    ward.test("SOD", None, 1);
    let page = printed(&ward);
    for said in ["Born unknown", "Sex unknown", "pending: specimen to be collected"] {
        assert!(page.contains(said), "{said}: {page}");
    }
}
