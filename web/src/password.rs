//! Passwords: only their digests are kept, by Argon2id.
//!
//! What must stay true: a name that does not exist takes as long as a wrong password; no more
//! passwords are compared at once than the limit, whoever hangs up meanwhile; nothing here is ever
//! logged.

use std::sync::{Arc, OnceLock};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use store::fault::Fault;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::act::waiting;
use crate::limit::{PASSWORDS_AT_ONCE, PASSWORDS_WAITING_MAX};

/// The digest of a password, as a PHC string, with a salt of its own.
///
/// # Errors
/// The machine gave no random numbers, in words.
pub fn digest(password: &str) -> Result<String, String> {
    // Default parameters: 19 MiB, 2 passes, 1 lane (OWASP Password Storage Cheat Sheet, Argon2id).
    let digested = Argon2::default().hash_password(password.as_bytes());
    digested.map(|digest| digest.to_string()).map_err(|error| error.to_string())
}

/// A password to be told once: 16 letters and digits without look-alikes.
///
/// # Errors
/// The machine gives no random bytes.
pub fn one_time() -> Result<String, Fault> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(Fault::new)?;
    Ok(bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect())
}

/// Whether a password fits a digest. Takes tens of milliseconds: not on a thread that serves.
#[must_use]
pub fn verify(password: &str, digest: &str) -> bool {
    PasswordHash::new(digest)
        .is_ok_and(|known| Argon2::default().verify_password(password.as_bytes(), &known).is_ok())
}

/// A digest that no password fits, for names that do not exist.
pub(crate) fn nobody() -> &'static str {
    static NOBODY: OnceLock<String> = OnceLock::new();
    NOBODY.get_or_init(|| {
        let mut noise = [0_u8; 32];
        let drawn = getrandom::fill(&mut noise).is_ok();
        let password = if drawn { store::hexadecimal(&noise) } else { String::new() };
        digest(&password).unwrap_or_default()
    })
}

/// The queue in front of the comparing of passwords.
pub(crate) struct Queue {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

/// A place in the queue, kept until the password was compared.
pub(crate) struct Place(OwnedSemaphorePermit);

impl Queue {
    pub(crate) fn new() -> Queue {
        Queue {
            places: Arc::new(Semaphore::new(PASSWORDS_AT_ONCE + PASSWORDS_WAITING_MAX)),
            turns: Arc::new(Semaphore::new(PASSWORDS_AT_ONCE)),
        }
    }

    /// A place, unless too many wait.
    pub(crate) fn place(&self) -> Option<Place> {
        Arc::clone(&self.places).try_acquire_owned().ok().map(Place)
    }

    /// Does the comparing when its turn comes. Place and turn go along to the thread that compares:
    /// a browser that hangs up frees neither before the work is done.
    pub(crate) async fn compare(
        &self,
        place: Place,
        work: impl FnOnce() -> bool + Send + 'static,
    ) -> Result<bool, Fault> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(Fault::new)?;
        waiting(move || {
            let fits = work();
            drop((place.0, turn));
            Ok(fits)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_digest_only() {
        let digest = digest("correct horse").expect("digested");
        assert!(digest.starts_with("$argon2id$"), "{digest}");
        assert!(verify("correct horse", &digest));
        assert!(!verify("correct horse ", &digest) && !verify("", &digest));
        assert!(!verify("correct horse", "") && !verify("", nobody()));
    }
    #[tokio::test]
    async fn who_hangs_up_keeps_the_turn_until_the_work_is_done() {
        let queue = Queue::new();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (end, may_end) = std::sync::mpsc::channel();
        let place = queue.place().expect("a place");
        let compared = queue.compare(place, move || {
            let _ = begun.send(());
            may_end.recv().is_ok()
        });
        tokio::select! {
            biased;
            _ = compared => panic!("nothing ended it"),
            begun = has_begun => begun.expect("begun"),
        }
        let free = || (queue.places.available_permits(), queue.turns.available_permits());
        let all = (PASSWORDS_AT_ONCE + PASSWORDS_WAITING_MAX, PASSWORDS_AT_ONCE);
        assert_eq!(free(), (all.0 - 1, all.1 - 1), "it still runs");
        end.send(()).expect("it still runs");
        let turns = u32::try_from(all.1).expect("few");
        let _turns = queue.turns.acquire_many(turns).await.expect("given back");
        assert_eq!(queue.places.available_permits(), all.0);
    }

    #[test]
    fn a_full_queue_gives_no_place() {
        let queue = Queue::new();
        let places: Vec<Place> = std::iter::from_fn(|| queue.place()).collect();
        assert_eq!(places.len(), PASSWORDS_AT_ONCE + PASSWORDS_WAITING_MAX);
        drop(places);
        assert!(queue.place().is_some());
    }
}
