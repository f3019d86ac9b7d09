//! bioMerieux VIDAS and VITEK 2 in their own language (BCI).
//!
//! The number of the specimen is `ci`; VIDAS sends one assay (`rt`) with its quantity (`qn`, the
//! unit glued to it), its words (`ql`) and its dilution (`qd`); VITEK sends an organism (`o1` and
//! `o2`) and one group (`ra`) for each drug with its MIC (`a3`) and category (`a4`).
//!
//! What must stay true: a decimal comma stays as sent; a date whose day and month could be
//! exchanged is kept as a remark and not understood; readings of a message whose checksum does not
//! hold carry the mark `damaged`; a field that is not read is kept beside its specimen.

use super::{Dialect, Driver};
use crate::reading::{
    Comment, Kind, Message, Nature, NotUnderstood, Patient, Protocol, Reading, Specimen,
    SpecimenKind,
};
use crate::record::bci;
use crate::value;

pub(super) static DRIVER: Driver =
    Driver { name: "biomerieux", title: "bioMerieux VIDAS, VITEK 2 (BCI)", dialect: Dialect::Bci };

/// The mark of a reading out of a message whose checksum does not hold.
const DAMAGED: &str = "damaged";

/// Reads one message.
pub(super) fn read(driver: &str, message: &bci::Message<'_>) -> Message {
    let mut reader = Reader::default();
    let fields = message.fields();
    reader.identification = fields.iter().any(|(tag, value)| tag == "it" && value == "ID");
    for (tag, value) in &fields {
        reader.field(tag, value);
    }
    reader.finish_result();
    let mut out = Message {
        driver: driver.to_owned(),
        protocol: Protocol::Bci,
        kind: if reader.orders { Kind::Order } else { Kind::Results },
        sender: reader.sender.join("^"),
        ..Message::default()
    };
    let mut missing = |because: &str| {
        let (text, because) = (message.text().to_owned(), because.to_owned());
        out.not_understood.push(NotUnderstood { line: 0, text, because });
    };
    if reader.specimen.id.is_empty() {
        missing("the specimen has no number");
    }
    if reader.specimen.readings.is_empty() && !reader.orders {
        missing("it holds no results");
    }
    if reader.specimen.readings.iter().any(|reading| reading.code.is_empty()) {
        missing("a result without a test code");
    }
    if !message.is_whole() {
        missing("it broke off before its end: have the instrument send it again");
    }
    if let Some((sent, is)) = message.damage() {
        missing(&format!("the checksum says {sent} and is {is}: the message is damaged"));
        for reading in &mut reader.specimen.readings {
            reading.flags.push(DAMAGED.to_owned());
        }
    }
    out.specimens.push(reader.specimen);
    out
}

#[derive(Default)]
struct Reader {
    specimen: Specimen,
    sender: Vec<String>,
    orders: bool,
    /// The message tells which organism it is.
    identification: bool,
    /// The assay or card in force.
    test: String,
    name: Option<String>,
    /// The family of drugs whose phenotype follows.
    family: String,
    date: String,
    clock: String,
    /// The result that is read.
    result: Option<Sent>,
}

/// The parts of one result as they came.
#[derive(Default)]
struct Sent {
    code: String,
    name: Option<String>,
    value: String,
    words: Option<String>,
    unit: String,
    dilution: Option<String>,
    flags: Vec<String>,
}

impl Reader {
    fn field(&mut self, tag: &str, value: &str) {
        let sent = || Some(value.to_owned()).filter(|text| !text.is_empty());
        match tag {
            "mt" => self.orders = value == "mpr",
            "ii" | "is" => self.sender.push(value.to_owned()),
            "pi" => self.patient().ids.extend(sent()),
            "pn" => self.patient().name = sent(),
            "pb" => self.patient().birth = sent(),
            "ps" => self.patient().sex = sent(),
            "ci" => self.specimen.id = value.to_owned(),
            "t1" => self.specimen.instrument_id = Some(format!("{}^{value}", self.specimen.id)),
            "ct" => self.specimen.material = sent(),
            "rt" => {
                self.finish_result();
                self.test = value.to_owned();
                if self.orders {
                    self.specimen.ordered.extend(sent());
                }
            }
            "rn" => self.name = sent(),
            "td" => self.date = value.to_owned(),
            "tt" => self.clock = value.to_owned(),
            "ra" => {
                self.finish_result();
                self.result = Some(Sent::default());
            }
            "o1" | "o2" | "o9" => self.organism(tag, value),
            "af" => self.family = value.to_owned(),
            "ap" => self.phenotype(value),
            "so" | "zz" => {}
            _ if self.is_of_result(tag, value) => {}
            _ => self.specimen.extra.extend(sent().map(|text| format!("{tag} {text}"))),
        }
    }

    fn patient(&mut self) -> &mut Patient {
        self.specimen.kind = SpecimenKind::Patient;
        self.specimen.patient.get_or_insert_default()
    }

    /// A field of a drug, or of the assay in force.
    fn is_of_result(&mut self, tag: &str, value: &str) -> bool {
        const OF_RESULT: [&str; 11] =
            ["a1", "a2", "a3", "a4", "an", "ql", "qn", "y3", "qd", "nc", "qs"];
        if !OF_RESULT.contains(&tag) {
            return false;
        }
        let (test, name) = (self.test.clone(), self.name.clone());
        let of_assay = || Sent { code: test, name, ..Sent::default() };
        let result = self.result.get_or_insert_with(of_assay);
        let sent = Some(value.to_owned()).filter(|text| !text.is_empty());
        match tag {
            "a1" => result.code = value.to_owned(),
            "a2" => result.name = sent,
            "a3" | "qn" => result.value = value.to_owned(),
            // A category that was changed by a person (an) stands beside the instrument's own.
            "a4" | "an" => result.flags.extend(sent.filter(|own| !result.flags.contains(own))),
            "ql" => result.words = sent,
            "y3" => result.unit = value.to_owned(),
            "qd" => result.dilution = sent,
            // VIDAS: `valid`, or why the calibration or control behind it is not.
            "nc" => result.flags.extend(sent.filter(|state| state != "valid")),
            _ => self.specimen.extra.extend(sent.map(|text| format!("{tag} {text}"))),
        }
        true
    }

    fn organism(&mut self, tag: &str, value: &str) {
        let card = self.test.clone();
        // Under drugs, the organism says on what they were tried.
        let nature = if self.identification { Nature::Result } else { Nature::Setting };
        let known = self.specimen.readings.iter_mut().find(|one| one.code == card);
        let reading = match known {
            Some(reading) => reading,
            None => {
                let fresh = Reading { code: card, nature, ..Reading::default() };
                self.specimen.readings.push(fresh);
                let Some(reading) = self.specimen.readings.last_mut() else { return };
                reading
            }
        };
        match tag {
            "o1" => reading.qualitative = Some(value.to_owned()),
            "o2" => reading.value = value.to_owned(),
            _ => reading.comments.push(remark(format!("probability {value}"))),
        }
    }

    fn phenotype(&mut self, value: &str) {
        self.specimen.readings.push(Reading {
            code: self.family.clone(),
            value: value.to_owned(),
            nature: Nature::Interpretation,
            ..Reading::default()
        });
    }

    fn finish_result(&mut self) {
        let Some(sent) = self.result.take() else { return };
        let mut number = sent.value.as_str();
        let mut unit = sent.unit;
        if unit.is_empty() {
            let end = |c: char| c.is_alphabetic() || matches!(c, '%' | 'µ');
            let (value, glued) = number
                .split_at_checked(number.find(end).unwrap_or(number.len()))
                .unwrap_or((number, ""));
            if value::begins_a_number(value::understand(value).text) {
                (number, unit) = (value, glued.trim().to_owned());
            }
        } else if let Some(value) = number.strip_suffix(unit.as_str()) {
            number = value;
        }
        let words = sent.words.unwrap_or_default();
        let text = if number.is_empty() { words.as_str() } else { number };
        let understood = value::understand(text);
        let both = !words.is_empty() && !number.is_empty();
        let (at, as_sent) = self.time();
        self.specimen.readings.push(Reading {
            code: sent.code,
            name: sent.name,
            value: understood.text.to_owned(),
            comparator: understood.comparator.map(str::to_owned),
            measured: understood.measured,
            unit: Some(unit).filter(|unit| !unit.is_empty()),
            flags: sent.flags,
            dilution: sent.dilution,
            qualitative: both.then(|| words.clone()),
            quantitative: both.then(|| understood.text.to_owned()),
            at,
            comments: as_sent.into_iter().collect(),
            ..Reading::default()
        });
    }

    /// When it was measured, or the text of it where day and month could be exchanged.
    fn time(&self) -> (Option<String>, Option<Comment>) {
        if self.date.is_empty() {
            return (None, None);
        }
        let at = day(&self.date).and_then(|date| {
            let clock = match self.clock.as_str() {
                "" => String::new(),
                clock => format!("T{clock}"),
            };
            value::written_time(&format!("{date}{clock}"))
        });
        let as_sent = at.is_none().then(|| remark(format!("{} {}", self.date, self.clock)));
        (at, as_sent)
    }
}

fn remark(text: String) -> Comment {
    Comment { text: text.trim().to_owned(), ..Comment::default() }
}

/// A date with slashes as `2018-05-02`; none where day and month could be exchanged.
fn day(sent: &str) -> Option<String> {
    let parts: Vec<&str> = sent.split('/').collect();
    let [first, second, third] = parts.as_slice() else { return None };
    if first.len() == 4 {
        return Some(format!("{first}-{second}-{third}"));
    }
    let (one, two): (u8, u8) = (first.parse().ok()?, second.parse().ok()?);
    match (one > 12, two > 12) {
        (true, _) => Some(format!("{third}-{second}-{first}")),
        (false, true) => Some(format!("{third}-{first}-{second}")),
        (false, false) if one == two => Some(format!("{third}-{first}-{second}")),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_not_guessed() {
        for (sent, expect) in [
            ("20/05/1999", Some("1999-05-20")),
            ("05/20/1999", Some("1999-05-20")),
            ("05/05/1999", Some("1999-05-05")),
            ("05/06/1999", None),
            ("2018/05/02", Some("2018-05-02")),
            ("today", None),
        ] {
            assert_eq!(day(sent).as_deref(), expect, "{sent}");
        }
    }

    #[test]
    fn a_unit_comes_off_its_number_and_a_damaged_message_is_marked() {
        let fields =
            [("mt", "rsl"), ("ci", "99"), ("rt", "TSH"), ("ql", "Low"), ("qn", "<0,05uIU/ml")];
        let sound = bci::write(&fields);
        let all = bci::messages(&sound);
        let [message] = all.as_slice() else { panic!("one message") };
        let said = read("biomerieux", message);
        let [reading] = said.specimens[0].readings.as_slice() else { panic!("{said:?}") };
        let whole =
            (reading.comparator.as_deref(), reading.value.as_str(), reading.unit.as_deref());
        assert_eq!(whole, (Some("<"), "0,05", Some("uIU/ml")));
        assert_eq!(reading.qualitative.as_deref(), Some("Low"));
        assert_eq!((said.not_understood.len(), reading.flags.len()), (0, 0));
        let damaged = sound.replace("0,05", "0,06");
        let all = bci::messages(&damaged);
        let said = read("biomerieux", &all[0]);
        assert_eq!(said.specimens[0].readings[0].flags, [DAMAGED]);
        assert!(said.not_understood[0].because.contains("checksum"), "{said:?}");
    }
}
