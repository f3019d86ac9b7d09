//! Two ASTM links talking to each other over a line that loses and damages bytes.

use wire::frame::astm::{Action, Link, Millis, Role, Session};

/// A deterministic source of chances.
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

/// One end of the line in the simulation.
struct End {
    session: Session,
    to_send: Vec<String>,
    kept: Vec<String>,
    attempts: usize,
}

impl End {
    fn new(role: Role, name: &str, count: usize) -> Self {
        let mut link = Link::new(role);
        link.frame_text = 20;
        let message = |n| format!("H|\\^&|||{name}\rP|1\rO|1|{n}\rR|1|^^^A|{n}\rL|1|N\r");
        let to_send = (0..count).map(message).collect();
        End { session: Session::with(link), to_send, kept: Vec::new(), attempts: 0 }
    }

    /// Gives the next message to the link when the link has none.
    fn feed(&mut self, now: Millis) {
        if self.session.unsent() == 0
            && let Some(message) = self.to_send.first()
        {
            self.attempts += 1;
            self.session.send(now, message.clone().into_bytes());
        }
    }

    fn act(&mut self, now: Millis, chance: &mut Chance) -> Vec<u8> {
        let mut out = Vec::new();
        while let Some(action) = self.session.next_action() {
            match action {
                Action::Write(bytes) => out.extend(bytes),
                Action::Keep(received) if received.complete && chance.next(10) > 0 => {
                    let text = String::from_utf8(received.text).expect("what was sent");
                    if !self.kept.contains(&text) {
                        self.kept.push(text);
                    }
                    self.session.kept(now);
                }
                Action::Keep(_) => self.session.not_kept(now),
                Action::Sent => {
                    self.to_send.remove(0);
                }
                Action::NotSent(_) | Action::Trouble(_) => {}
            }
        }
        out
    }
}

/// Damages what goes over the line once in so many times: all of it lost, or one byte lost or
/// changed. (Two changes in one frame can cancel out in the standard's checksum.)
fn damage(bytes: &mut Vec<u8>, one_in: u64, chance: &mut Chance) {
    if bytes.is_empty() || chance.next(one_in) > 0 {
        return;
    }
    let at = usize::try_from(chance.next(bytes.len() as u64)).expect("small");
    match chance.next(3) {
        0 => bytes.clear(),
        1 => {
            bytes.remove(at);
        }
        _ => bytes[at] ^= 0x80,
    }
}

/// Plays two ends over a line that loses and damages bytes for ten minutes and is sound then.
fn converse(seed: u64, one_in: u64, counts: [usize; 2]) -> [End; 2] {
    let mut chance = Chance(seed | 1);
    let mut ends =
        [End::new(Role::Host, "LIS", counts[0]), End::new(Role::Instrument, "XN", counts[1])];
    let mut line: Vec<(Millis, usize, Vec<u8>)> = Vec::new();
    let mut now: Millis = 0;
    for _ in 0..40_000 {
        for (from, end) in ends.iter_mut().enumerate() {
            let mut bytes = end.act(now, &mut chance);
            end.feed(now);
            bytes.extend(end.act(now, &mut chance));
            if now < 600_000 {
                damage(&mut bytes, one_in, &mut chance);
            }
            if !bytes.is_empty() {
                // Bytes of one direction stay in order.
                let before = line.iter().filter(|l| l.1 == 1 - from).map(|l| l.0).max();
                let at = (now + 1 + chance.next(40)).max(before.unwrap_or(0));
                line.push((at, 1 - from, bytes));
            }
        }
        if ends.iter().all(|end| end.to_send.is_empty()) && line.is_empty() {
            break;
        }
        let arrival = (0..line.len()).min_by_key(|i| line[*i].0);
        let due = ends.iter().filter_map(|e| e.session.deadline()).min();
        match (arrival, due) {
            (Some(i), due) if due.is_none_or(|d| line[i].0 <= d) => {
                let (at, to, bytes) = line.remove(i);
                now = now.max(at);
                let cut = usize::try_from(chance.next(bytes.len() as u64 + 1)).expect("small");
                ends[to].session.receive(now, &bytes[..cut]);
                ends[to].session.receive(now, &bytes[cut..]);
            }
            (_, Some(due)) => {
                now = now.max(due);
                ends.iter_mut().for_each(|end| end.session.tick(now));
            }
            _ => {}
        }
    }
    ends
}

#[test]
fn two_ends_over_a_lossy_line_deliver_everything_once() {
    for seed in 1..200u64 {
        for one_in in [3, 20, 1_000_000] {
            let counts = [4, 6];
            let expect = [End::new(Role::Host, "LIS", 4), End::new(Role::Instrument, "XN", 6)];
            let ends = converse(seed * 7919, one_in, counts);
            for (end, other) in [(0, 1), (1, 0)] {
                let left = &ends[end].to_send;
                assert!(left.is_empty(), "seed {seed}/{one_in}: {end} did not send {left:?}");
                let mut kept = ends[other].kept.clone();
                kept.sort();
                assert_eq!(kept, expect[end].to_send, "seed {seed}/{one_in}: {end} to {other}");
            }
        }
    }
}
