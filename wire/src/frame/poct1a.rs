//! POCT1-A on the wire: bare XML documents one after the other, without frames.
//!
//! What must stay true: a document ends where its outermost element closes and nowhere before;
//! what stands between documents is blank or is told; no more is held than a message may be long.

mod session;
pub mod talk;

pub use session::{Action, DocumentTrouble, Received, Session};

/// Where the first document in some bytes ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It is whole; it ends before this byte.
    At(usize),
    /// More of it has to come.
    NotYet,
    /// What stands there is the beginning of no document.
    NoDocument,
}

/// Finds the end of the first document.
pub fn ending(bytes: &[u8]) -> Ending {
    let mut at = 0;
    // Before the outermost element: blanks, the declaration, remarks.
    loop {
        let Some(rest) = bytes.get(at..) else { return Ending::NotYet };
        let Some(skip) = rest.iter().position(|b| !is_blank(*b)) else { return Ending::NotYet };
        at += skip;
        let rest = rest.get(skip..).unwrap_or_default();
        let closing: &[u8] = match rest {
            [b'<', b'?', ..] => b"?>",
            [b'<', b'!', b'-', b'-', ..] => b"-->",
            [b'<', b'!', b'-'] | [b'<', b'!'] | [b'<'] => return Ending::NotYet,
            [b'<', letter, ..] if is_of_name(*letter) => break,
            _ => return Ending::NoDocument,
        };
        match find(rest, closing) {
            Some(end) => at += end + closing.len(),
            None => return Ending::NotYet,
        }
    }
    root_ending(bytes, at)
}

/// The same from the outermost element, which begins at `at`.
fn root_ending(bytes: &[u8], at: usize) -> Ending {
    let root = bytes.get(at..).unwrap_or_default();
    let name = root.get(1..).unwrap_or_default();
    let name = name.split(|b| !is_of_name(*b)).next().unwrap_or_default();
    let Some(opened) = find(root, b">") else { return Ending::NotYet };
    if root.get(..opened).is_some_and(|tag| tag.ends_with(b"/")) {
        return Ending::At(at + opened + 1);
    }
    let closing = [b"</", name].concat();
    let mut from = opened;
    while let Some(found) = root.get(from..).and_then(|rest| find(rest, &closing)) {
        let after = from + found + closing.len();
        let rest = root.get(after..).unwrap_or_default();
        let blanks = rest.iter().take_while(|b| is_blank(**b)).count();
        match rest.get(blanks) {
            Some(b'>') => return Ending::At(at + after + blanks + 1),
            None => return Ending::NotYet,
            Some(_) => from = after,
        }
    }
    Ending::NotYet
}

/// Cuts bytes into whole documents; the last piece is what is left, where it is more than blanks.
pub fn documents(bytes: &[u8]) -> (Vec<&[u8]>, Option<&[u8]>) {
    let (mut out, mut rest) = (Vec::new(), bytes);
    while let Ending::At(end) = ending(rest) {
        let (document, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        out.push(document);
        rest = after;
    }
    let left = rest.iter().any(|b| !is_blank(*b)).then_some(rest);
    (out, left)
}

/// Whether bytes begin as a document does.
pub fn is_document(bytes: &[u8]) -> bool {
    let begin = bytes.iter().position(|b| !is_blank(*b)).and_then(|at| bytes.get(at..));
    let after = begin.and_then(|text| text.strip_prefix(b"<"));
    after.and_then(<[u8]>::first).is_some_and(|b| is_of_name(*b) || matches!(b, b'?' | b'!'))
}

fn is_blank(byte: u8) -> bool {
    // Some devices send NUL between documents, some a byte order mark before the first.
    byte.is_ascii_whitespace() || matches!(byte, 0 | 0xef | 0xbb | 0xbf)
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b':')
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_document_ends_where_its_outermost_element_closes() {
        for (text, whole) in [
            ("<A/>", 1),
            ("<A.R01><A.R01x></A.R01x></A.R01 >", 1),
            ("<?xml version='1.0'?>\n<A></A>\0\0<B><C/></B>", 2),
            ("<!-- <A></A> --><B></B>", 1),
            ("<A V=\"1\"></A><B>", 1),
            ("<A>", 0),
            ("<A", 0),
            ("<", 0),
            ("x<A/>", 0),
            ("<!DOCTYPE a><a/>", 0),
        ] {
            assert_eq!(documents(text.as_bytes()).0.len(), whole, "{text}");
        }
        assert_eq!(ending(b"<A></A>"), Ending::At(7));
        assert_eq!(ending(b"hello"), Ending::NoDocument);
        assert_eq!(ending(b" \0 "), Ending::NotYet);
        assert_eq!(documents(b"<A/> rest").1, Some(&b" rest"[..]));
        assert_eq!(documents(b"<A/> \r\n\0").1, None);
        assert!(
            is_document(b"\xef\xbb\xbf<HEL.R01>") && !is_document(b"\x05") && !is_document(b"")
        );
    }

    proptest! {
        #[test]
        fn nothing_is_lost_however_it_is_cut(bytes in "[<>/?!A-B -]{0,60}") {
            let (whole, left) = documents(bytes.as_bytes());
            let taken: usize = whole.iter().map(|one| one.len()).sum();
            let rest = &bytes.as_bytes()[taken..];
            prop_assert_eq!(left.is_some(), rest.iter().any(|b| !is_blank(*b)));
        }
    }
}
