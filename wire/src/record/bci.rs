//! The language of bioMerieux's instruments (BCI): fields that begin with two letters and end with
//! a bar, `rtHCG|qn28,94 mUI/ml|`, cut into lines for the link.
//!
//! What must stay true: lines are joined before fields are split, since a line may end inside a
//! word; a message whose checksum does not hold says so.

const RS: char = '\u{1e}';
const GS: char = '\u{1d}';

/// One message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    text: &'a str,
}

/// Whether bytes are messages of this language: the first field is the message's type, perhaps
/// after the control characters of the link.
pub fn is_message(bytes: &[u8]) -> bool {
    let begin = bytes.iter().position(|b| !is_control(*b)).and_then(|at| bytes.get(at..));
    begin.is_some_and(|text| text.starts_with(b"mtrsl|") || text.starts_with(b"mtmpr|"))
}

fn is_control(byte: u8) -> bool {
    // ENQ, STX, RS and line ends.
    matches!(byte, 0x05 | 0x02 | 0x1e | b'\r' | b'\n' | b' ')
}

/// Cuts a text into its messages; each begins with its type.
pub fn messages(text: &str) -> Vec<Message<'_>> {
    let mut begins: Vec<usize> = Vec::new();
    for kind in ["mtrsl|", "mtmpr|"] {
        let outside = |at: &usize| {
            let before = text.get(..*at).and_then(|before| before.chars().next_back());
            before.is_none_or(|c| c.is_control())
        };
        begins.extend(text.match_indices(kind).map(|(at, _)| at).filter(outside));
    }
    begins.sort_unstable();
    let ends = begins.iter().copied().skip(1).chain([text.len()]);
    let cut = begins.iter().zip(ends).filter_map(|(begin, end)| text.get(*begin..end));
    cut.map(|text| Message { text: text.trim_end_matches(char::is_control) }).collect()
}

impl<'a> Message<'a> {
    /// The message as it came.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Its fields: the two letters, and what follows them, trimmed.
    pub fn fields(&self) -> Vec<(String, String)> {
        let records = self.text.split(GS).next().unwrap_or_default();
        let joined: String = records.chars().filter(|c| !c.is_control()).collect();
        let field = |field: &str| {
            let (tag, value) = field.split_at_checked(2)?;
            Some((tag.to_owned(), value.trim().to_owned()))
        };
        joined.split('|').filter_map(field).collect()
    }

    /// Whether it is there to its end: its checksum, or the field that ends it.
    pub fn is_whole(&self) -> bool {
        let sum = self.text.split_once(GS).map(|(_, sum)| sum);
        let summed =
            sum.is_some_and(|sum| sum.chars().filter(char::is_ascii_hexdigit).count() >= 2);
        summed || self.text.ends_with("|zz|")
    }

    /// The checksum as sent and as it is, where one was sent that does not hold.
    pub fn damage(&self) -> Option<(String, String)> {
        let (records, sum) = self.text.split_once(GS)?;
        let sent: String = sum.chars().filter(char::is_ascii_hexdigit).take(2).collect();
        // bioMerieux BCI: the sum of all bytes from the first RS to GS, modulo 256. The RS before
        // the message's type is cut off here.
        let bytes = records.bytes().chain([0x1d, 0x1e]);
        let is = format!("{:02x}", bytes.fold(0_u8, u8::wrapping_add));
        (!sent.eq_ignore_ascii_case(&is)).then_some((sent, is))
    }
}

/// Writes one message as it stands on the link, whole in one line and with its checksum.
pub fn write(fields: &[(&str, &str)]) -> String {
    let mut records = String::from(RS);
    for (tag, value) in fields {
        records.push_str(tag);
        records.extend(value.chars().filter(|c| *c != '|' && !c.is_control()));
        records.push('|');
    }
    records.push(GS);
    let sum = records.bytes().fold(0_u8, u8::wrapping_add);
    format!("\u{2}{records}{sum:02x}\u{3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined_and_the_checksum_is_weighed() {
        let sound = write(&[("mt", "rsl"), ("rt", "HCG"), ("qn", "28,94 mUI/ml")]);
        let cut = sound.replace("28,94 m", "28,9\u{1e}4 m");
        for (text, whole) in [(sound.clone(), true), (sound.replace("28", "29"), false)] {
            let all = messages(&text);
            let [message] = all.as_slice() else { panic!("one message: {all:?}") };
            assert_eq!(message.damage().is_none(), whole, "{text:?}");
        }
        let fields = messages(&cut).first().map(Message::fields).unwrap_or_default();
        assert_eq!(fields.last(), Some(&("qn".to_owned(), "28,94 mUI/ml".to_owned())));
        assert!(is_message(b"\x05\x02\x1emtrsl|") && !is_message(b"\x05\x021H|"));
        assert_eq!(messages("mtrsl|pi1|zz|\nmtrsl|pi2|zz|\n").len(), 2);
        assert_eq!(messages("mtrsl|pnmtrsl|zz|").len(), 1, "the name of a patient begins nothing");
    }
}
