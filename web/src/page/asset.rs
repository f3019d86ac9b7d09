//! The files a page asks for besides itself: style, script, mark.
//!
//! What must stay true: they are part of the program, and the address of each carries a digest of
//! its content, so that a browser may keep it for ever and a new release is seen at once.

use std::sync::LazyLock;

/// One file as served.
#[derive(Debug)]
pub struct Asset {
    /// File name below `/assets/`.
    pub name: &'static str,
    /// Content type to send.
    pub kind: &'static str,
    /// Content.
    pub text: &'static str,
}

/// All of them. Serve with `cache-control: public, max-age=31536000, immutable`.
pub static ASSETS: [Asset; 5] = [
    Asset {
        name: "app.css",
        kind: "text/css; charset=utf-8",
        text: include_str!("../assets/app.css"),
    },
    Asset {
        name: "app.js",
        kind: "text/javascript; charset=utf-8",
        text: include_str!("../assets/app.js"),
    },
    Asset {
        name: "live.js",
        kind: "text/javascript; charset=utf-8",
        text: include_str!("../assets/live.js"),
    },
    Asset {
        name: "enter.js",
        kind: "text/javascript; charset=utf-8",
        text: include_str!("../assets/enter.js"),
    },
    Asset { name: "mark.svg", kind: "image/svg+xml", text: include_str!("../assets/mark.svg") },
];

static DIGESTS: LazyLock<[u64; 5]> =
    LazyLock::new(|| std::array::from_fn(|at| ASSETS.get(at).map_or(0, |file| digest(file.text))));

/// The file of that name, if there is one.
pub fn asset(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|file| file.name == name)
}

/// Address of a file with the digest of its content.
pub fn address(name: &str) -> String {
    let found = ASSETS.iter().zip(DIGESTS.iter()).find(|(file, _)| file.name == name);
    format!("/assets/{name}?v={:016x}", found.map_or(0, |(_, digest)| *digest))
}

/// FNV-1a, 64 bits: tells versions apart, guards nothing.
fn digest(text: &str) -> u64 {
    // Offset basis and prime: RFC 9923, section 5.
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
