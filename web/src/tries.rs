//! Wrong passwords, counted for each place and name: after some, that place waits before it may try
//! that name again, longer each time.
//!
//! What must stay true: a colleague who sits somewhere else is never kept out by it; a try is
//! counted before the password is compared, so that many at once gain nothing; a name that does
//! not exist waits like one that does; what is kept is bounded and may be lost.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use lab::value::Moment;

use crate::limit::{TRIES_FREE, TRIES_KEPT_MAX, TRIES_WAIT_MINUTES_MAX};

/// After so many minutes without a try it is forgotten.
const FORGOTTEN_MINUTES: i64 = 60;

/// The tries from one place for one name.
#[derive(Clone, Copy)]
struct Tried {
    count: u32,
    last: Moment,
    until: Moment,
}

/// All tries that were not right.
#[derive(Default)]
pub(crate) struct Tries(Mutex<HashMap<(String, String), Tried>>);

impl Tries {
    /// Counts a try that is about to be made; or says how many whole minutes that place must still
    /// wait before it may try that name.
    pub(crate) fn begin(&self, (place, name): (&str, &str), now: Moment) -> Result<(), i64> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= TRIES_KEPT_MAX {
            make_room(&mut all, now);
        }
        let tried =
            all.entry(key(place, name)).or_insert(Tried { count: 0, last: now, until: now });
        if now.minutes_since(tried.last) >= FORGOTTEN_MINUTES {
            tried.count = 0;
        }
        if tried.until > now {
            let whole = tried.until.minutes_since(now);
            return Err(if now.plus_minutes(whole) < tried.until { whole + 1 } else { whole });
        }
        tried.count = tried.count.saturating_add(1);
        tried.last = now;
        tried.until = now.plus_minutes(wait_after(tried.count));
        Ok(())
    }

    /// The password was right: nothing is held against that place any more.
    pub(crate) fn right(&self, (place, name): (&str, &str)) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&key(place, name));
    }
}

/// Minutes to wait after so many tries: none at first, then 1, 2, 4, … up to the most.
fn wait_after(count: u32) -> i64 {
    match count.checked_sub(TRIES_FREE) {
        None => 0,
        Some(beyond) => (1_i64 << beyond.min(10)).min(TRIES_WAIT_MINUTES_MAX),
    }
}

fn key(place: &str, name: &str) -> (String, String) {
    (place.to_owned(), name.trim().chars().take(64).collect())
}

/// Forgets what is old; where everything is new, whatever was tried least.
fn make_room(all: &mut HashMap<(String, String), Tried>, now: Moment) {
    all.retain(|_, tried| now.minutes_since(tried.last) < FORGOTTEN_MINUTES);
    let mut least = 1;
    while all.len() >= TRIES_KEPT_MAX {
        all.retain(|_, tried| tried.count > least);
        least += 1;
    }
}

/// The place a request came from, as it is counted: an address, of IPv6 the network, since one
/// machine has the whole of it. Behind a proxy with TLS, the address the proxy says.
pub(crate) fn place(peer: Option<IpAddr>, forwarded: Option<&str>) -> String {
    let by_proxy = forwarded.and_then(|line| line.rsplit(',').next()?.trim().parse().ok());
    let trusted = peer.is_none_or(|peer| peer.is_loopback());
    match by_proxy.filter(|_| trusted).or(peer) {
        None => "here".to_owned(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_micros(1_795_510_800_000_000);

    #[test]
    fn the_wait_grows_there_and_nowhere_else() {
        let tries = Tries::default();
        let at = |minute: i64| NOW.plus_minutes(minute);
        for _ in 0..TRIES_FREE {
            assert_eq!(tries.begin(("a", "ben"), NOW), Ok(()));
        }
        assert_eq!(tries.begin(("a", "ben"), NOW), Err(1));
        assert_eq!(tries.begin(("b", "ben"), NOW), Ok(()), "ben himself, elsewhere");
        assert_eq!(tries.begin(("a", "cy"), NOW), Ok(()), "somebody else, here");
        let mut minute = 1;
        for wait in [2, 4, 8, 15, 15] {
            assert_eq!(tries.begin(("a", "ben"), at(minute)), Ok(()));
            assert!(tries.begin(("a", "ben"), at(minute + wait - 1)).is_err(), "{wait}");
            minute += wait;
        }
        tries.right(("a", "ben"));
        assert_eq!(tries.begin(("a", "ben"), at(minute - 1)), Ok(()));
        for _ in 0..TRIES_FREE {
            let _ = tries.begin(("a", "ben"), at(minute));
        }
        assert!(tries.begin(("a", "ben"), at(minute)).is_err());
        assert_eq!(tries.begin(("a", "ben"), at(minute + 61)), Ok(()), "an hour later");
        assert_eq!(tries.begin(("a", "ben"), at(minute + 61)), Ok(()));
    }

    #[test]
    fn what_is_kept_is_bounded_and_the_worst_is_kept_longest() {
        let tries = Tries::default();
        for _ in 0..TRIES_FREE {
            tries.begin(("a", "ben"), NOW).expect("free");
        }
        for number in 0..TRIES_KEPT_MAX + 10 {
            let _ = tries.begin(("a", &format!("n{number}")), NOW);
        }
        assert!(tries.0.lock().expect("kept").len() <= TRIES_KEPT_MAX);
        assert!(tries.begin(("a", "ben"), NOW).is_err(), "many other names do not free one");
    }

    #[test]
    fn a_place_is_an_address_or_what_our_own_proxy_says_it_is() {
        let peer = |text: &str| Some(text.parse().expect("an address"));
        for (from, forwarded, is) in [
            ("10.0.0.9", None, "10.0.0.9"),
            ("10.0.0.9", Some("1.2.3.4"), "10.0.0.9"),
            ("127.0.0.1", Some("6.6.6.6, 1.2.3.4"), "1.2.3.4"),
            ("127.0.0.1", Some("nonsense"), "127.0.0.1"),
            ("2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::/64"),
        ] {
            assert_eq!(place(peer(from), forwarded), is);
        }
        assert_eq!(place(None, None), "here");
    }
}
