//! The speaking half of the ASTM link: bids for the line, frames, retries.
//!
//! What must stay true: one message a transfer; a frame is sent at most six times; who gives up
//! says so with EOT.

use super::frame::frames_of;
use super::*;

impl Session {
    pub(super) fn bid(&mut self, now: Millis) {
        let free = matches!(self.state, State::Neutral) && self.inbox.is_empty();
        if !free || self.outbox.is_empty() || now < self.bid_at {
            return;
        }
        self.bids = self.bids.saturating_add(1);
        self.state = State::Bidding { until: now + limit::REPLY_MS };
        self.write(ENQ);
    }

    pub(super) fn byte_after_bid(&mut self, now: Millis, byte: u8) {
        match byte {
            ACK => {
                let text = self.outbox.front().cloned().unwrap_or_default();
                let frames = frames_of(&text, &self.link);
                self.bids = 0;
                self.state = State::Sending { frames, at: 0, tries: 0, until: now };
                self.send_frame(now);
            }
            NAK => {
                self.state = State::Neutral;
                self.bid_at = now + limit::BUSY_MS;
                if self.bids >= limit::BIDS {
                    self.give_up(NotSent::Busy);
                }
            }
            ENQ => {
                self.state = State::Neutral;
                self.bid_at = now
                    + match self.link.role {
                        Role::Host => limit::HOST_CONTENTION_MS,
                        Role::Instrument => limit::INSTRUMENT_CONTENTION_MS,
                    };
            }
            _ => {}
        }
    }

    fn send_frame(&mut self, now: Millis) {
        let State::Sending { frames, at, tries, until } = &mut self.state else { return };
        match frames.get(*at) {
            Some(_) if *tries >= limit::FRAME_TRIES => {
                self.write(EOT);
                self.give_up(NotSent::Refused);
            }
            Some(frame) => {
                *tries += 1;
                *until = now + limit::REPLY_MS;
                let frame = frame.clone();
                self.actions.push_back(Action::Write(frame));
            }
            None => self.finish(now),
        }
    }

    fn finish(&mut self, now: Millis) {
        self.write(EOT);
        self.outbox.pop_front();
        self.state = State::Neutral;
        self.bid_at = now;
        self.actions.push_back(Action::Sent);
    }

    pub(super) fn byte_after_frame(&mut self, now: Millis, byte: u8) {
        let State::Sending { frames, at, tries, .. } = &mut self.state else { return };
        match byte {
            0 | CR | LF => return,
            ACK => {
                *at += 1;
                *tries = 0;
            }
            EOT => {
                // Accepted, and the receiver wants to speak: what remains is sent again later.
                if *at + 1 >= frames.len() {
                    self.finish(now);
                } else {
                    self.write(EOT);
                    self.state = State::Neutral;
                }
                self.bid_at = now + limit::INTERRUPT_MS;
                return;
            }
            // CLSI LIS01-A2 6.3.4: any reply but ACK or EOT counts as NAK.
            _ => {}
        }
        self.send_frame(now);
    }

    pub(super) fn give_up(&mut self, because: NotSent) {
        self.bids = 0;
        self.outbox.pop_front();
        self.state = State::Neutral;
        self.actions.push_back(Action::NotSent(because));
    }
}
