//! Every envelope a message may come in, whole, broken off and damaged.

use wire::driver::{Unrecognized, parse_all, recognize};
use wire::frame::astm::{Link, Role, frames_of, sum_of};
use wire::reading::{Kind, Message};

const PLAIN: &str = "H|\\^&|||Nobody\rP|1\rO|1|A1||^^^GLU\rR|1|^^^GLU|5.4|mmol/L\rL|1|N\r";

/// `specimen: code value`, one line a reading.
fn values(bytes: &[u8]) -> Vec<String> {
    let all = parse_all(None, bytes);
    let readings = all.iter().flat_map(Message::readings);
    readings.map(|(s, r)| format!("{}: {} {}", s.id, r.code, r.value)).collect()
}

#[test]
fn every_envelope_is_opened() {
    let frames = frames_of(PLAIN.as_bytes(), &Link::new(Role::Instrument)).concat();
    let mut unsummed = Link::new(Role::Instrument);
    unsummed.checksum = false;
    unsummed.frame_text = 30;
    let unsummed = frames_of(PLAIN.as_bytes(), &unsummed).concat();
    let wrap = |begin: &[u8], end: &[u8]| [begin, PLAIN.as_bytes(), end].concat();
    for (what, bytes) in [
        ("bare records", PLAIN.as_bytes().to_vec()),
        ("a transfer", [&[5][..], &frames, &[4]].concat()),
        ("frames alone", frames.clone()),
        (
            "a transfer after noise",
            [&[0, 6, 6, 4, b'\r', 5, b'\r'][..], &frames, b"\r\x04\r"].concat(),
        ),
        ("frames without checksum", [&[5][..], &unsummed, &[4]].concat()),
        ("Snibe, without numbers", wrap(&[5, 2], &[3, 4])),
        ("Radiometer, SOH and EOT", wrap(&[1], &[4])),
    ] {
        assert_eq!(values(&bytes), ["A1: GLU 5.4"], "{what}");
    }
    let hl7 = "MSH|^~\\&|A||||2025||ORU^R01|7|P|2.5.1\rOBR|1||A1|BMP\rOBX|1|NM|GLU||5.4|mmol/L\r";
    for (what, bytes) in [
        ("bare", hl7.to_owned()),
        ("a block", format!("\u{b}{hl7}\u{1c}\r")),
        ("a batch", format!("FHS|^~\\&\rBHS|^~\\&\r{hl7}\rBTS|1\rFTS|1\r")),
        ("without VT", format!("{hl7}\r\u{1c}\r")),
    ] {
        assert_eq!(values(bytes.as_bytes()), ["A1: GLU 5.4"], "{what}");
    }
}

#[test]
fn what_is_no_message_is_listed() {
    for bytes in [
        &b"hello"[..],
        b"<OBS.R01><HDR/>",
        b"\x0bMSH|^~\\&|A",
        b"\x021garbage",
        b"\x05\x021H|\\^&\r\x0300\r\n\x04",
        b"MSH",
    ] {
        let all = parse_all(None, bytes);
        assert!(!all.is_empty());
        for message in all {
            assert_eq!(message.kind, Kind::Other);
            assert!(!message.not_understood.is_empty(), "{bytes:?}");
        }
    }
    assert!(parse_all(None, b"").is_empty());
    assert_eq!(recognize(b"hello").err(), Some(Unrecognized::NoMessage));
}

#[test]
fn a_message_that_breaks_off_gives_no_values() {
    let mut link = Link::new(Role::Instrument);
    link.frame_text = 30;
    let frames = frames_of(PLAIN.as_bytes(), &link).concat();
    let whole = [&[5][..], &frames, &[4]].concat();
    for cut in 0..whole.len() - 4 {
        assert_eq!(values(&whole[..cut]), [] as [&str; 0], "cut at {cut}");
    }
}

#[test]
fn one_damaged_byte_in_frames_never_changes_a_value() {
    for size in [20, 240] {
        let text = PLAIN.replace("L|1", "C|1|I|a remark long enough to need a frame more|I\rL|1");
        let mut link = Link::new(Role::Instrument);
        link.frame_text = size;
        let frames = frames_of(text.as_bytes(), &link).concat();
        let whole = [&[5][..], &frames, &[4]].concat();
        let expect = values(&whole);
        for at in 0..whole.len() {
            for change in 1..=255 {
                let mut damaged = whole.clone();
                damaged[at] ^= change;
                let found = values(&damaged);
                assert!(found.is_empty() || found == expect, "byte {at}: {found:?}");
            }
        }
    }
}

#[test]
fn a_checksum_in_lower_case_holds() {
    let mut body = b"1".to_vec();
    body.extend(PLAIN.as_bytes());
    body.push(3);
    let sum = format!("{:02x}", sum_of(&body));
    let bytes = [&[5, 2][..], &body, sum.as_bytes(), b"\r\n\x04"].concat();
    assert_eq!(values(&bytes), ["A1: GLU 5.4"]);
}
