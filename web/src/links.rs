//! Which instrument connections are up: told by the program that holds them, read by the
//! Instruments screen.
//!
//! What must stay true: it only remembers; nothing here connects or waits; a name that was never
//! up is simply not there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use lab::value::Moment;

/// The state of one instrument's connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The instrument's name in the laboratory, or what it calls itself where it is not known.
    pub name: String,
    /// The other end, as the network names it.
    pub peer: String,
    /// True while connected.
    pub up: bool,
    /// How many connections it has: more than one while a broken one is not yet given up.
    pub lines: u32,
    /// When it came up or went down.
    pub since: Moment,
    /// When its last byte came.
    pub last_byte: Option<Moment>,
    /// Answers of ours that wait for it to take them.
    pub waiting: usize,
    /// The last trouble on its line: when, what, and what to do.
    pub trouble: Option<(Moment, String)>,
}

/// The connections of all instruments; copies share their state.
#[derive(Clone, Default)]
pub struct Links {
    all: Arc<Mutex<BTreeMap<String, Link>>>,
    changed: Arc<OnceLock<Changed>>,
}

/// Called when a connection went up or down.
type Changed = Box<dyn Fn() + Send + Sync>;

impl Links {
    /// An instrument connected from `peer`.
    pub fn up(&self, name: &str, peer: &str, now: Moment) {
        self.change(name, |link| {
            link.peer = peer.to_owned();
            link.lines += 1;
            (link.up, link.since) = (true, now);
        });
        self.tell();
    }

    /// Something came from an instrument.
    pub fn byte(&self, name: &str, now: Moment) {
        self.change(name, |link| link.last_byte = Some(now));
    }

    /// So many answers wait for an instrument to take them.
    pub fn waiting(&self, name: &str, answers: usize) {
        let known = {
            let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
            all.get(name).map_or(0, |link| link.waiting)
        };
        if known != answers {
            self.change(name, |link| link.waiting = answers);
            self.tell();
        }
    }

    /// There was trouble on an instrument's line.
    pub fn trouble(&self, name: &str, what: &str, now: Moment) {
        self.change(name, |link| link.trouble = Some((now, what.to_owned())));
        self.tell();
    }

    /// One of an instrument's connections ended.
    pub fn down(&self, name: &str, now: Moment) {
        self.change(name, |link| {
            link.lines = link.lines.saturating_sub(1);
            if link.lines == 0 {
                (link.up, link.since) = (false, now);
                link.waiting = 0;
            }
        });
        self.tell();
    }

    /// Every connection there is or was, by name.
    #[must_use]
    pub fn list(&self) -> Vec<Link> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.values().cloned().collect()
    }

    /// Has connections that go up or down told to the open pages.
    pub(crate) fn on_change(&self, changed: Changed) {
        let _ = self.changed.set(changed);
    }

    fn tell(&self) {
        if let Some(changed) = self.changed.get() {
            changed();
        }
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut Link)) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        change(all.entry(name.to_owned()).or_insert_with(|| Link {
            name: name.to_owned(),
            peer: String::new(),
            up: false,
            lines: 0,
            since: Moment::from_micros(0),
            last_byte: None,
            waiting: 0,
            trouble: None,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instrument_is_connected_while_one_of_its_lines_is() {
        let links = Links::default();
        let at = Moment::from_micros;
        links.up("XN-1", "127.0.0.1:5000", at(1));
        links.up("XN-1", "127.0.0.1:5001", at(2));
        links.down("XN-1", at(3));
        assert!(links.list().iter().all(|link| link.up && link.since == at(2)));
        links.down("XN-1", at(4));
        links.down("XN-1", at(5));
        assert!(links.list().iter().all(|link| !link.up && link.lines == 0));
    }

    #[test]
    fn what_waits_is_counted_while_the_line_is_up() {
        let links = Links::default();
        let at = Moment::from_micros;
        links.up("XN-1", "127.0.0.1:5000", at(1));
        links.waiting("XN-1", 2);
        links.trouble("XN-1", "no reply", at(2));
        let link = links.list().pop().expect("one link");
        assert_eq!((link.waiting, link.trouble), (2, Some((at(2), "no reply".to_owned()))));
        links.down("XN-1", at(3));
        assert!(links.list().iter().all(|link| link.waiting == 0 && link.trouble.is_some()));
    }

    #[test]
    fn a_link_goes_up_speaks_and_goes_down() {
        let links = Links::default();
        let at = Moment::from_micros;
        links.up("XN-1", "127.0.0.1:5000", at(1));
        links.clone().byte("XN-1", at(2));
        links.down("XN-1", at(3));
        let link = links.list().pop().expect("one link");
        assert_eq!((link.up, link.since, link.last_byte), (false, at(3), Some(at(2))));
        assert_eq!((link.name.as_str(), link.peer.as_str()), ("XN-1", "127.0.0.1:5000"));
    }
}
