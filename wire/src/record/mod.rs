//! A message as records and fields: borrowed from the text, nothing thrown away.
//!
//! What must stay true: bytes become characters first and are split afterwards; the separators
//! are those the message itself declares; an escape nobody knows stays as it stands.

pub mod astm;
pub mod bci;
pub mod charset;
pub mod hl7;
pub mod xml;

/// Part `skip` (from 0) of a text between separators; none if there are not so many.
///
/// Fields are short, so looking at byte after byte is faster than a search set up for each.
fn nth_part(text: &str, separator: char, skip: usize) -> Option<&str> {
    let Some(byte) = u8::try_from(separator).ok().filter(u8::is_ascii) else {
        return text.split(separator).nth(skip);
    };
    let mut from = 0;
    let mut left = skip;
    for (at, b) in text.bytes().enumerate() {
        if b == byte {
            if left == 0 {
                return text.get(from..at);
            }
            left -= 1;
            from = at + 1;
        }
    }
    if left == 0 { text.get(from..) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_are_those_of_a_split(text in "[a|é~]{0,20}", skip in 0usize..8) {
            for separator in ['|', '~', 'é'] {
                let expect = text.split(separator).nth(skip);
                prop_assert_eq!(nth_part(&text, separator, skip), expect);
            }
        }
    }
}
