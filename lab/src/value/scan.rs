//! What a scanner reads, before anybody knows what it names.
//!
//! What must stay true: what a scanner says of the kind of barcode is no part of the number.

/// What was scanned or typed, trimmed, without the three signs by which a scanner may tell the kind
/// of barcode.
// ISO/IEC 15424: `]`, a letter for the symbology, a sign for the way it was read.
#[must_use]
pub fn scanned(text: &str) -> &str {
    let text = text.trim();
    let mut signs = text.chars();
    match (signs.next(), signs.next(), signs.next()) {
        (Some(']'), Some(letter), Some(way))
            if letter.is_ascii_alphabetic() && way.is_ascii_alphanumeric() =>
        {
            signs.as_str()
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::scanned;

    #[test]
    fn the_kind_of_barcode_is_no_part_of_the_number() {
        for (text, number) in [
            ("]C0123", "123"),
            (" ]d2A-1 ", "A-1"),
            ("]123", "]123"),
            ("C0123", "C0123"),
            ("]", "]"),
            ("", ""),
        ] {
            assert_eq!(scanned(text), number, "{text}");
        }
    }
}
