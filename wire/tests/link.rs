//! The ASTM link against the standard's rules, cut bytes and damaged bytes.

use proptest::prelude::*;
use wire::frame::astm::{
    Action, BadFrame, Dropped, Link, LinkTrouble, Millis, NotSent, Received, Role, Session,
    frames_of,
};
use wire::limit;

const RESULTS: &str =
    "H|\\^&|||XN-550\rP|1\rO|1||^^27^M|^^^^WBC\rR|1|^^^^WBC^1|8.13|10*3/uL\rL|1|N\r";

fn frames(text: &str, size: usize) -> Vec<Vec<u8>> {
    let mut link = Link::new(Role::Instrument);
    link.frame_text = size;
    frames_of(text.as_bytes(), &link)
}

fn transfer(text: &str, size: usize) -> Vec<u8> {
    let mut bytes = vec![5];
    bytes.extend(frames(text, size).concat());
    bytes.push(4);
    bytes
}

/// All actions of a session, each message kept at once.
fn settle(session: &mut Session, now: Millis) -> Vec<Action> {
    let mut out = Vec::new();
    while let Some(action) = session.next_action() {
        let keep = matches!(action, Action::Keep(_));
        out.push(action);
        if keep {
            session.kept(now);
        }
    }
    out
}

fn play(role: Role, pieces: &[&[u8]]) -> Vec<Action> {
    let mut session = Session::new(role);
    let mut out = Vec::new();
    for piece in pieces {
        session.receive(0, piece);
        out.extend(settle(&mut session, 0));
    }
    out
}

fn texts(actions: &[Action]) -> Vec<(String, bool)> {
    let kept = actions.iter().filter_map(|action| match action {
        Action::Keep(Received { text, complete, .. }) => {
            Some((String::from_utf8_lossy(text).into_owned(), *complete))
        }
        _ => None,
    });
    kept.collect()
}

fn replies(actions: &[Action]) -> Vec<u8> {
    let written = actions.iter().filter_map(|action| match action {
        Action::Write(bytes) => Some(bytes.clone()),
        _ => None,
    });
    written.collect::<Vec<_>>().concat()
}

fn troubles(actions: &[Action]) -> Vec<LinkTrouble> {
    let troubles = actions.iter().filter_map(|action| match action {
        Action::Trouble(trouble) => Some(trouble.clone()),
        _ => None,
    });
    troubles.collect()
}

#[test]
fn a_message_is_put_together_whatever_the_frames() {
    for size in [1, 7, 60, 240, 64_000] {
        let actions = play(Role::Host, &[&transfer(RESULTS, size)]);
        assert_eq!(texts(&actions), [(RESULTS.to_owned(), true)], "{size}");
        assert!(troubles(&actions).is_empty(), "{size}");
        let acks = frames(RESULTS, size).len() + 1;
        assert_eq!(replies(&actions), vec![6; acks], "{size}");
    }
}

#[test]
fn what_is_kept_are_the_frames_themselves() {
    let bytes = transfer(RESULTS, 40);
    let actions = play(Role::Host, &[&bytes]);
    let Some(Action::Keep(received)) = actions.iter().find(|a| matches!(a, Action::Keep(_))) else {
        panic!("nothing kept");
    };
    assert_eq!(received.frames, bytes[1..bytes.len() - 1]);
}

#[test]
fn the_last_frame_waits_for_the_message_to_be_kept() {
    let mut session = Session::new(Role::Host);
    let all = frames(RESULTS, 60);
    session.receive(0, &[5]);
    assert_eq!(settle(&mut session, 0), [Action::Write(vec![6])]);
    for frame in &all[..all.len() - 1] {
        session.receive(10, frame);
        assert_eq!(settle(&mut session, 10), [Action::Write(vec![6])]);
    }
    session.receive(20, &all[all.len() - 1]);
    assert!(matches!(session.next_action(), Some(Action::Keep(r)) if r.complete));
    assert_eq!(session.next_action(), None, "no reply before the message is kept");
    session.not_kept(30);
    assert_eq!(session.next_action(), Some(Action::Write(vec![0x15])));
    session.receive(40, &all[all.len() - 1]);
    assert!(matches!(session.next_action(), Some(Action::Keep(r)) if r.text == RESULTS.as_bytes()));
    session.kept(50);
    assert_eq!(session.next_action(), Some(Action::Write(vec![6])));
    session.receive(60, &[4]);
    assert!(session.is_idle());
}

#[test]
fn a_reply_too_late_is_not_given() {
    let mut session = Session::new(Role::Host);
    session.receive(0, &[5]);
    session.receive(0, &frames(RESULTS, 240)[0]);
    assert!(
        settle(&mut session, limit::REPLY_MS).contains(&Action::Trouble(LinkTrouble::KeptTooLate))
    );
}

#[test]
fn shapes_of_real_traffic() {
    let two = format!("{RESULTS}{RESULTS}");
    let cut = RESULTS.find("|1|N\rx").unwrap_or(RESULTS.len() - 3);
    let mut middle_of_terminator = vec![5];
    for (number, text, end) in [(b'1', &RESULTS[..cut], 0x17), (b'2', &RESULTS[cut..], 3)] {
        let mut body = vec![number];
        body.extend(text.as_bytes());
        body.push(end);
        middle_of_terminator.push(2);
        middle_of_terminator.extend(&body);
        let sum = format!("{:02x}", wire::frame::astm::sum_of(&body));
        middle_of_terminator.extend(sum.as_bytes());
        middle_of_terminator.extend(b"\r\r\n");
    }
    middle_of_terminator.push(4);
    let mut empty_first = vec![0, 4, 5, 4];
    empty_first.extend(transfer(RESULTS, 240));
    let no_line_ends: Vec<u8> = [
        vec![5],
        frames(RESULTS, 50).iter().flat_map(|f| f[..f.len() - 2].to_vec()).collect(),
        vec![4],
    ]
    .concat();
    for (what, bytes, expect) in [
        ("two messages in one frame", transfer(&two, 64_000), vec![(two.clone(), true)]),
        (
            "terminator cut by ETB, lower case sum, doubled CR",
            middle_of_terminator,
            vec![(RESULTS.to_owned(), true)],
        ),
        ("a stray NUL and an empty transfer first", empty_first, vec![(RESULTS.to_owned(), true)]),
        ("no CR LF after frames", no_line_ends, vec![(RESULTS.to_owned(), true)]),
        (
            "no terminator",
            transfer("H|\\^&\rP|1\r", 240),
            vec![("H|\\^&\rP|1\r".to_owned(), false)],
        ),
        (
            "EOT and ENQ in one read",
            [transfer(RESULTS, 240), transfer(RESULTS, 50)].concat(),
            vec![(RESULTS.to_owned(), true), (RESULTS.to_owned(), true)],
        ),
    ] {
        let actions = play(Role::Host, &[&bytes]);
        assert_eq!(texts(&actions), expect, "{what}");
        assert!(troubles(&actions).is_empty(), "{what}");
    }
}

#[test]
fn several_messages_in_one_transfer_are_kept_one_by_one() {
    // Each message ends at its own frame, and the frame numbers run on.
    let mut text = Vec::new();
    let mut number = 1;
    let mut bytes = vec![5];
    for _ in 0..5 {
        for record in RESULTS.split_inclusive('\r') {
            let mut body = vec![b'0' + number % 8];
            body.extend(record.as_bytes());
            body.push(3);
            bytes.push(2);
            bytes.extend(&body);
            bytes.extend(format!("{:02X}\r\n", wire::frame::astm::sum_of(&body)).as_bytes());
            number += 1;
        }
        text.push((RESULTS.to_owned(), true));
    }
    bytes.push(4);
    let actions = play(Role::Host, &[&bytes]);
    assert_eq!(texts(&actions), text);
    // Each can be read again from its kept frames, whatever their first number.
    for action in actions {
        if let Action::Keep(received) = action {
            let all = wire::driver::parse_all(None, &received.frames);
            assert_eq!(all.len(), 1);
            assert_eq!(all[0].specimens[0].readings[0].value, "8.13");
        }
    }
}

#[test]
fn repeated_and_damaged_frames() {
    let all = frames(RESULTS, 60);
    let mut bytes = vec![5];
    for frame in &all {
        bytes.extend(frame);
        bytes.extend(frame);
        // The repeat of the last frame comes after the message is kept and is dropped as well.
    }
    bytes.push(4);
    let actions = play(Role::Host, &[&bytes]);
    assert_eq!(texts(&actions), [(RESULTS.to_owned(), true)]);
    assert_eq!(replies(&actions), vec![6; all.len() * 2 + 1]);

    let mut damaged = all[0].clone();
    damaged[5] ^= 1;
    let bytes = [vec![5], damaged.clone(), all.concat(), vec![4]].concat();
    let actions = play(Role::Host, &[&bytes]);
    assert_eq!(texts(&actions), [(RESULTS.to_owned(), true)]);
    let frame = damaged[..damaged.len() - 2].to_vec();
    assert_eq!(troubles(&actions), [LinkTrouble::BadFrame { because: BadFrame::Checksum, frame }]);
    assert_eq!(replies(&actions)[..3], [6, 0x15, 6]);

    let all = frames(RESULTS, 20);
    let skipped = [vec![5], all[0].clone(), all[2..].concat(), vec![4]].concat();
    let actions = play(Role::Host, &[&skipped]);
    assert!(texts(&actions).iter().all(|(_, complete)| !complete));
    assert!(!troubles(&actions).is_empty());
}

#[test]
fn an_enq_begins_anew() {
    let bytes = [vec![5], frames(RESULTS, 60)[0].clone(), transfer(RESULTS, 60)].concat();
    let actions = play(Role::Host, &[&bytes]);
    assert_eq!(texts(&actions), [(RESULTS.to_owned(), true)]);
    assert!(matches!(
        troubles(&actions).as_slice(),
        [LinkTrouble::Dropped { because: Dropped::Restarted, .. }]
    ));
}

#[test]
fn an_instrument_set_to_hl7_is_told() {
    let framed = transfer("MSH|^~\\&|XN\rPID|1\r", 240);
    for bytes in [framed.as_slice(), b"\x0bMSH|^~\\&|XN\r\x1c\r"] {
        let actions = play(Role::Host, &[bytes]);
        let troubles = troubles(&actions);
        let told = troubles
            .iter()
            .any(|t| t.to_string().starts_with("instrument is set to HL7; expected"));
        assert!(told, "{troubles:?}");
        assert!(texts(&actions).is_empty());
    }
}

#[test]
fn silence_ends_a_transfer() {
    let mut session = Session::new(Role::Host);
    session.receive(0, &[5]);
    session.receive(0, &frames(RESULTS, 60)[0]);
    settle(&mut session, 0);
    assert_eq!(session.deadline(), Some(limit::FRAME_WAIT_MS));
    session.tick(limit::FRAME_WAIT_MS);
    let actions = settle(&mut session, limit::FRAME_WAIT_MS);
    assert!(matches!(
        troubles(&actions).as_slice(),
        [LinkTrouble::Dropped { because: Dropped::TimedOut, .. }]
    ));
    assert!(session.is_idle());
}

#[test]
fn a_sender_that_breaks_off_inside_a_frame_is_heard_again() {
    let mut session = Session::new(Role::Host);
    session.receive(0, &[5]);
    session.receive(0, &frames(RESULTS, 60)[0][..30]);
    session.receive(0, &[5]);
    assert_eq!(settle(&mut session, 0), [Action::Write(vec![6])], "ENQ may be damaged text");
    session.tick(limit::SILENCE_MS);
    assert_eq!(replies(&settle(&mut session, limit::SILENCE_MS)), [6]);
    session.receive(limit::SILENCE_MS, &transfer(RESULTS, 60)[1..]);
    assert_eq!(texts(&settle(&mut session, limit::SILENCE_MS)), [(RESULTS.to_owned(), true)]);
}

#[test]
fn a_message_beyond_the_limit_is_dropped() {
    let mut session = Session::new(Role::Host);
    session.receive(0, &[5, 2, b'1']);
    let block = vec![b'x'; 1024 * 1024];
    for _ in 0..17 {
        session.receive(0, &block);
    }
    let actions = settle(&mut session, 0);
    assert!(
        troubles(&actions)
            .iter()
            .any(|t| matches!(t, LinkTrouble::Dropped { because: Dropped::TooLong, .. }))
    );
    assert_eq!(replies(&actions), [6, 0x15]);
}

// --- sending ---

#[test]
fn a_message_goes_out_frame_by_frame() {
    let mut session = Session::new(Role::Host);
    session.send(0, RESULTS.as_bytes().to_vec());
    assert_eq!(session.next_action(), Some(Action::Write(vec![5])));
    let mut link = Link::new(Role::Host);
    link.frame_text = limit::FRAME_TEXT;
    for frame in frames_of(RESULTS.as_bytes(), &link) {
        session.receive(1, &[6]);
        assert_eq!(session.next_action(), Some(Action::Write(frame)));
    }
    session.receive(2, &[6]);
    assert_eq!(session.next_action(), Some(Action::Write(vec![4])));
    assert_eq!(session.next_action(), Some(Action::Sent));
    assert!(session.is_idle());
}

#[test]
fn what_a_sender_does_when_refused() {
    let text = RESULTS.as_bytes().to_vec();
    // No reply to ENQ.
    let mut session = Session::new(Role::Host);
    session.send(0, text.clone());
    session.tick(limit::REPLY_MS);
    let actions = settle(&mut session, limit::REPLY_MS);
    assert_eq!(actions.last(), Some(&Action::NotSent(NotSent::NoReply)));
    assert_eq!(replies(&actions), [5, 4]);

    // NAK to ENQ: again after ten seconds.
    let mut session = Session::new(Role::Host);
    session.send(0, text.clone());
    session.receive(5, &[0x15]);
    session.tick(limit::BUSY_MS);
    assert_eq!(replies(&settle(&mut session, 5)), [5]);
    assert_eq!(session.deadline(), Some(5 + limit::BUSY_MS));
    session.tick(5 + limit::BUSY_MS);
    assert_eq!(replies(&settle(&mut session, 5)), [5]);

    // Six refusals of one frame.
    let mut session = Session::new(Role::Host);
    session.send(0, text.clone());
    session.receive(0, &[6]);
    for _ in 0..6 {
        session.receive(0, &[0x15]);
    }
    let actions = settle(&mut session, 0);
    let written = actions.iter().filter(|a| matches!(a, Action::Write(b) if b[0] == 2)).count();
    assert_eq!(written, 6);
    assert_eq!(actions.last(), Some(&Action::NotSent(NotSent::Refused)));

    // The receiver interrupts: what was not finished is sent again from the start.
    let mut link = Link::new(Role::Host);
    link.frame_text = 60;
    let mut session = Session::with(link);
    session.send(0, text);
    session.receive(0, &[6]);
    session.receive(0, &[4]);
    assert_eq!(replies(&settle(&mut session, 0)).last(), Some(&4));
    session.receive(1, &[5]);
    assert_eq!(replies(&settle(&mut session, 1)), [6], "the receiver may bid");
    session.receive(2, &[4]);
    session.tick(limit::INTERRUPT_MS);
    assert_eq!(replies(&settle(&mut session, 3)), [5]);

    let mut session = Session::new(Role::Host);
    session.send(0, b"H|\x03\r".to_vec());
    assert_eq!(session.next_action(), Some(Action::NotSent(NotSent::Unsendable)));
}

#[test]
fn when_both_bid_the_instrument_wins() {
    for (role, wait) in [
        (Role::Host, limit::HOST_CONTENTION_MS),
        (Role::Instrument, limit::INSTRUMENT_CONTENTION_MS),
    ] {
        let mut session = Session::new(role);
        session.send(0, RESULTS.as_bytes().to_vec());
        session.receive(0, &[5]);
        assert_eq!(replies(&settle(&mut session, 0)), [5], "no answer to the contending bid");
        assert_eq!(session.deadline(), Some(wait));
        session.receive(wait - 1, &[5]);
        assert_eq!(replies(&settle(&mut session, 0)), [6], "it listens meanwhile");
    }
}

// --- cut, damaged ---

fn pieces<'a>(bytes: &'a [u8], cuts: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut at: Vec<_> = cuts.iter().map(|c| c.index(bytes.len() + 1)).collect();
    at.extend([0, bytes.len()]);
    at.sort_unstable();
    at.windows(2).map(|w| &bytes[w[0]..w[1]]).collect()
}

proptest! {
    #[test]
    fn any_cut_gives_the_same_actions(
        size in 1usize..90,
        noise in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let mut bytes = [transfer(RESULTS, size), transfer(RESULTS, 240)].concat();
        for (at, byte) in noise {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let whole = play(Role::Host, &[&bytes]);
        prop_assert_eq!(&play(Role::Host, &pieces(&bytes, &cuts)), &whole);
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        prop_assert_eq!(&play(Role::Host, &single), &whole);
    }

    #[test]
    fn any_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut framed = vec![5, 2, b'1'];
        framed.extend(&bytes);
        play(Role::Host, &[&bytes]);
        play(Role::Instrument, &[&framed]);
        wire::driver::parse_all(None, &bytes);
        wire::driver::parse_all(None, &framed);
    }
}

#[test]
fn one_damaged_byte_never_changes_a_message() {
    for size in [30, 240] {
        let bytes = transfer(RESULTS, size);
        for at in 0..bytes.len() {
            for with in (0..=255).filter(|b| *b != bytes[at]) {
                let mut damaged = bytes.clone();
                damaged[at] = with;
                let actions = play(Role::Host, &[&damaged]);
                for (text, complete) in texts(&actions) {
                    assert!(!complete || text == RESULTS, "byte {at} as {with}: {text:?}");
                }
            }
        }
    }
}
