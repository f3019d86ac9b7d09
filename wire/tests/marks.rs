//! What an instrument says beside its values: which results a doubt is about, lots, and what its
//! laboratory knows control material by.

use wire::driver::{FieldMark, How, parse_all, parse_as};
use wire::reading::SpecimenKind;

#[test]
fn a_suspicion_of_a_sysmex_says_which_results_it_is_about() {
    let text = "H|\\^&|||XN-1000\rP|1\rO|1||^^4711^B|^^^^WBC\r\
                R|1|^^^^WBC^2|6.83|10*3/uL||N||F\rR|2|^^^^PLT_Clumps?|200|||A||F\rL|1|N\r";
    let message = &parse_all(None, text.as_bytes())[0];
    let [count, clumps] = message.specimens[0].readings.as_slice() else { panic!("{message:?}") };
    assert_eq!((count.run.as_deref(), count.concerns.len()), (Some("2"), 0), "a second run");
    assert!(clumps.concerns.iter().any(|code| code == "PLT"));
    assert!(!clumps.concerns.iter().any(|code| code == "HGB"));
}

#[test]
fn the_lot_of_the_reagent_is_read_where_the_family_sends_it() {
    for (text, lot) in [
        (
            "H|\\^&|||ARCHITECT^8.00\rP|1\rO|1|4711\r\
             R|1|^^^16^TSH^UNDILUTED^P^L123^77^^F|1.2|mIU/L||||F\rL|1\r",
            "L123",
        ),
        (
            "H|\\^&|||DCA VANTAGE^04\rP|1|4711\rO|1||660^0090\rR|1|^^^Alb|63.7|mg/L||||F\rL|1\r",
            "0090",
        ),
    ] {
        let message = &parse_all(None, text.as_bytes())[0];
        assert_eq!(message.specimens[0].readings[0].lot.as_deref(), Some(lot), "{text}");
    }
}

#[test]
fn a_laboratorys_own_mark_makes_a_control_and_nothing_makes_a_patients() {
    let mark = |record: &str, (field, component): (usize, usize), text: &str| FieldMark {
        record: record.into(),
        field,
        component,
        text: text.into(),
    };
    let astm = "H|\\^&|||Maglumi\rP|1\rO|1|4711||^^^TSH||||||||||||||CTRL\r\
                R|1|^^^TSH|1.2\rL|1\r";
    let hl7 = "MSH|^~\\&|LAB|X|||20261124||ORU^R01|7|P|2.3.1\r\
               OBR|1||4711|CHEM|||||||||||^^^^^^Q\rOBX|1|NM|K||4.1|mmol/L||||F\r";
    for (text, controls) in [
        (astm, vec![mark("O", (19, 0), "CTRL")]),
        (astm, vec![mark("OBR", (15, 7), "Q"), mark("O", (19, 1), "CTRL")]),
        (hl7, vec![mark("OBR", (15, 7), "Q")]),
    ] {
        let kind = |controls: &[FieldMark]| {
            let how = How { controls, ..How::default() };
            parse_as(how, text.as_bytes())[0].specimens[0].kind
        };
        assert_eq!(kind(&[]), SpecimenKind::Patient);
        assert_eq!(kind(&[mark("O", (19, 0), "CT"), mark("PID", (1, 0), "Q")]), kind(&[]));
        assert_eq!(kind(&controls), SpecimenKind::Control, "{text}");
    }
}
