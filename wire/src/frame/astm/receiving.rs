//! The listening half of the ASTM link: frames are weighed, put together and handed on.
//!
//! What must stay true: every frame gets exactly one reply; an ENQ or EOT inside a frame counts
//! only after silence, so that a damaged byte of text cannot end a transfer.

use super::frame::{ends_with_terminator, following, lines_are_sound, weigh};
use super::*;

impl Session {
    pub(super) fn begin_receiving(&mut self, now: Millis) {
        self.noisy = false;
        self.accepted_any = false;
        self.out_of_step = false;
        self.forget_frame();
        self.state = State::Receiving { expected: 1, until: now + limit::FRAME_WAIT_MS };
        self.write(ACK);
    }

    pub(super) fn forget_frame(&mut self) {
        self.incoming.part = Part::Between;
        self.incoming.bytes.clear();
        self.incoming.control_tail = None;
    }

    pub(super) fn byte_in_transfer(&mut self, now: Millis, byte: u8) {
        if let State::Receiving { until, .. } = &mut self.state {
            *until = now + limit::FRAME_WAIT_MS;
        }
        self.incoming.control_tail = None;
        match (self.incoming.part, byte) {
            (Part::Between, _) => self.byte_between_frames(now, byte),
            (_, STX) => {
                let frame = std::mem::take(&mut self.incoming.bytes);
                self.trouble(LinkTrouble::BadFrame { because: BadFrame::CutShort, frame });
                self.begin_frame(byte);
            }
            (Part::Text, ETX) if self.incoming.bytes.starts_with(&[STX, RS]) => {
                self.incoming.bytes.push(byte);
                self.judge_lines(now);
            }
            (Part::Text, ETX | ETB) => {
                self.incoming.bytes.push(byte);
                self.incoming.part = Part::Sum1;
                if !self.link.checksum {
                    self.judge(now);
                }
            }
            (Part::Text, ENQ | EOT) if self.incoming.bytes.first() != Some(&STX) => {
                self.forget_frame();
                self.byte_between_frames(now, byte);
            }
            (Part::Text, _) => self.text_byte(now, byte),
            (Part::Sum1, _) if byte.is_ascii_hexdigit() => {
                self.incoming.bytes.push(byte);
                self.incoming.part = Part::Sum2;
            }
            (Part::Sum1 | Part::Sum2, _) => {
                self.incoming.bytes.push(byte);
                self.judge(now);
            }
        }
    }

    pub(super) fn byte_between_frames(&mut self, now: Millis, byte: u8) {
        match byte {
            ENQ => {
                self.drop_partial(Dropped::Restarted);
                self.begin_receiving(now);
            }
            EOT => self.end_receiving(now),
            0 | CR | LF | ACK | NAK => {}
            _ => self.begin_frame(byte),
        }
    }

    fn begin_frame(&mut self, byte: u8) {
        self.forget_frame();
        self.incoming.bytes.push(byte);
        self.incoming.part = Part::Text;
    }

    fn text_byte(&mut self, now: Millis, byte: u8) {
        if self.incoming.bytes.len() + self.partial.text.len() >= limit::MESSAGE_BYTES {
            self.forget_frame();
            self.drop_partial(Dropped::TooLong);
            self.write(NAK);
            return;
        }
        self.incoming.bytes.push(byte);
        if matches!(byte, ENQ | EOT) {
            self.incoming.control_tail = Some(now);
        }
        // A frame begins with STX and its number; what does not is no frame however long it grows.
        let is_frame =
            matches!(self.incoming.bytes.as_slice(), [STX] | [STX, b'0'..=b'7' | RS, ..]);
        if !is_frame && self.incoming.bytes.len() > limit::GARBAGE_BYTES {
            let frame = std::mem::take(&mut self.incoming.bytes);
            self.forget_frame();
            self.trouble(LinkTrouble::BadFrame { because: BadFrame::NoStart, frame });
        }
    }

    /// Weighs a message in lines, as bioMerieux's instruments frame it: without a number, its
    /// checksum before its end.
    fn judge_lines(&mut self, now: Millis) {
        let frame = std::mem::take(&mut self.incoming.bytes);
        self.forget_frame();
        if !lines_are_sound(&frame) {
            return self.refuse(BadFrame::Checksum, frame);
        }
        self.garbage = 0;
        let before =
            Before::Frame { frames: self.partial.frames.len(), text: self.partial.text.len() };
        self.partial.frames.extend_from_slice(&frame);
        self.partial.text.extend(frame.iter().filter(|byte| !matches!(**byte, STX | ETX)));
        self.partial.complete = true;
        // Such frames have no numbers: the next is due as the first is.
        self.state = State::Deciding { asked: now, expected: 0, before };
        self.actions.push_back(Action::Keep(self.partial.clone()));
        self.partial.complete = false;
    }

    /// Weighs the frame that is whole now.
    fn judge(&mut self, now: Millis) {
        let State::Receiving { expected, .. } = self.state else { return };
        let frame = std::mem::take(&mut self.incoming.bytes);
        self.forget_frame();
        match weigh(&frame, self.link.checksum) {
            Err(because) => self.refuse(because, frame),
            Ok(_) if self.out_of_step => self.refuse(BadFrame::Number, frame),
            Ok((number, _)) if number == expected => self.accept(now, &frame),
            Ok((number, _)) if self.accepted_any && following(number) == expected => {
                self.write(ACK);
            }
            Ok(_) => {
                self.out_of_step = true;
                self.refuse(BadFrame::Number, frame);
            }
        }
    }

    fn refuse(&mut self, because: BadFrame, frame: Vec<u8>) {
        self.trouble(LinkTrouble::BadFrame { because, frame });
        self.write(NAK);
    }

    fn accept(&mut self, now: Millis, frame: &[u8]) {
        let Ok((number, text)) = weigh(frame, self.link.checksum) else { return };
        if self.partial.text.is_empty() && text.starts_with(b"MSH") {
            self.trouble(LinkTrouble::WrongProtocol { bytes: frame.to_vec() });
            self.write(NAK);
            return;
        }
        self.garbage = 0;
        let before =
            Before::Frame { frames: self.partial.frames.len(), text: self.partial.text.len() };
        self.partial.frames.extend_from_slice(frame);
        self.partial.frames.extend_from_slice(b"\r\n");
        self.partial.text.extend_from_slice(text);
        let whole_record = frame.contains(&ETX) || text.ends_with(b"\r");
        if whole_record && ends_with_terminator(&self.partial.text) {
            self.partial.complete = true;
            self.state = State::Deciding { asked: now, expected: number, before };
            self.actions.push_back(Action::Keep(self.partial.clone()));
            self.partial.complete = false;
        } else {
            self.accepted_any = true;
            let until = now + limit::FRAME_WAIT_MS;
            self.state = State::Receiving { expected: following(number), until };
            self.write(ACK);
        }
    }

    fn end_receiving(&mut self, now: Millis) {
        self.forget_frame();
        if self.partial.text.is_empty() {
            self.state = State::Neutral;
            return;
        }
        self.state = State::Deciding { asked: now, expected: 0, before: Before::End };
        self.actions.push_back(Action::Keep(self.partial.clone()));
    }

    pub(super) fn drop_partial(&mut self, because: Dropped) {
        let partial = std::mem::take(&mut self.partial);
        if !partial.text.is_empty() || because == Dropped::TooLong {
            self.trouble(LinkTrouble::Dropped { because, text: partial.text });
        }
    }
}
