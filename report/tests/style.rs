//! Pages that bring their style with them name it by its hash, so that the program may forbid any
//! other style.

use report::{label, patient_report};
use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// `sha256-` and the digest in base64, as Content Security Policy Level 3 writes a hash source.
fn hash(text: &str) -> String {
    let mut written = String::from("sha256-");
    for three in Sha256::digest(text).chunks(3) {
        let bits = three.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        let bits = bits << (8 * (3 - three.len()));
        for place in 0..=three.len() {
            written.push(char::from(ALPHABET[bits >> (18 - 6 * place) & 63]));
        }
        written.push_str(&"=".repeat(3 - three.len()));
    }
    written
}

#[test]
fn the_hashes_are_those_of_the_styles() {
    assert_eq!(hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    assert_eq!(patient_report::STYLE_HASH, hash(patient_report::STYLE));
    assert_eq!(label::SHEET_STYLE_HASH, hash(label::SHEET_STYLE));
}
