//! Passwords: only their digests are kept, by Argon2id.
//!
//! What must stay true: a name that does not exist takes as long as a wrong password; nothing
//! here is ever logged.

use std::sync::OnceLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// The digest of a password, as a PHC string, with a salt of its own.
///
/// # Errors
/// The machine gave no random numbers, in words.
pub fn digest(password: &str) -> Result<String, String> {
    // Default parameters: 19 MiB, 2 passes, 1 lane (OWASP Password Storage Cheat Sheet, Argon2id).
    let digested = Argon2::default().hash_password(password.as_bytes());
    digested.map(|digest| digest.to_string()).map_err(|error| error.to_string())
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
}
