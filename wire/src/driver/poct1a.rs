//! Devices at the bedside that speak POCT1-A (CLSI POCT1-A2, device and observation reviewer).
//!
//! A message is an XML document; what an element says stands in its attribute `V`, with some makers
//! in its text. The number that was keyed or scanned is `ORD.order_id`, else `PT.patient_id`;
//! `OBS.R02` and every role but `OBS` are control or calibration material.
//!
//! What must stay true: a result that the device itself discarded is no measurement; a reading has
//! a reagent lot only where its service names one lot; a device whose clock contradicts itself is
//! told, since its times can be believed in nothing.

use super::{Dialect, Driver};
use crate::frame::poct1a::talk;
use crate::reading::{
    Comment, Kind, Message, NotUnderstood, Patient, Protocol, Reading, Specimen, SpecimenKind,
};
use crate::record::xml::{self, Element};
use crate::value;

pub(super) static DRIVER: Driver =
    Driver { name: "poct1a", title: "Bedside device (POCT1-A)", dialect: Dialect::Poct1a };

/// Reads one document.
pub(super) fn read(driver: &str, text: &str) -> Message {
    let mut reader = Reader {
        out: Message {
            driver: driver.to_owned(),
            protocol: Protocol::Poct1a,
            ..Message::default()
        },
        line: 0,
    };
    match xml::parse(text) {
        Ok(root) => reader.document(&root),
        Err(error) => reader.not_understood(text, &error.to_string()),
    }
    reader.out
}

struct Reader {
    out: Message,
    /// The service that is read, counted from 1.
    line: usize,
}

impl Reader {
    fn not_understood(&mut self, text: &str, because: &str) {
        let (line, text, because) = (self.line, text.to_owned(), because.to_owned());
        self.out.not_understood.push(NotUnderstood { line, text, because });
    }

    fn document(&mut self, root: &Element) {
        if let Some(header) = root.first("HDR") {
            self.out.id = owned(header.says("HDR.control_id"));
            let sent = header.says("HDR.creation_dttm");
            self.out.at = sent.and_then(value::written_time);
            if self.out.at.is_none() && sent.is_some() {
                self.not_understood(&root.name, "the time of the message is no time");
            }
        } else {
            self.not_understood(&root.name, "a message without a header");
        }
        self.out.kind = match root.name.as_str() {
            "OBS.R01" | "OBS.R02" => Kind::Results,
            "ACK.R01" => Kind::Acknowledgement,
            _ => Kind::Other,
        };
        match root.name.as_str() {
            "OBS.R01" | "OBS.R02" => self.observations(root),
            "HEL.R01" => self.out.sender = talk::device(root).unwrap_or_default(),
            "ESC.R01" => {
                let detail = root.first("ESC").and_then(|esc| esc.says("ESC.detail_cd"));
                let because = "the device did not understand what it was sent";
                self.not_understood(detail.unwrap_or(&root.name), because);
            }
            name if talk::is_conversation(name) => {}
            name => {
                let because = "a message that is not read here";
                self.not_understood(name, because);
            }
        }
    }

    fn observations(&mut self, root: &Element) {
        for service in root.all("SVC") {
            self.line += 1;
            self.performed(service, root.name == "OBS.R02");
        }
        self.line = 0;
        if self.out.readings().next().is_none() {
            self.not_understood(&root.name, "it holds no results");
        }
    }

    fn performed(&mut self, service: &Element, is_control: bool) {
        let at = self.time_of(service);
        let kind = kind(service.says("SVC.role_cd"), is_control);
        let mut found = 0;
        for holder in service.inside.iter().filter(|one| matches!(one.name.as_str(), "PT" | "CTC"))
        {
            found += 1;
            self.specimen(service, holder, (kind, at.as_deref()));
        }
        if found == 0 {
            self.specimen(service, service, (kind, at.as_deref()));
        }
    }

    fn time_of(&mut self, service: &Element) -> Option<String> {
        let sent = service.says("SVC.observation_dttm")?;
        let at = value::written_time(sent);
        match &at {
            None => self.not_understood(sent, "the time of the result is no time"),
            // Both times are by the device's own clock: it cannot tell of what is still to come.
            // Days alone are compared, since one of them may carry a zone.
            Some(at)
                if self.out.at.as_deref().is_some_and(|told| at.get(..10) > told.get(..10)) =>
            {
                let because = "measured after it was told: the device's clock is wrong, set it";
                self.not_understood(sent, because);
            }
            Some(_) => {}
        }
        at
    }

    fn specimen(
        &mut self,
        service: &Element,
        holder: &Element,
        (kind, at): (SpecimenKind, Option<&str>),
    ) {
        let order = [holder, service].into_iter().find_map(|one| one.first("ORD"));
        let number = order.and_then(|order| order.says("ORD.order_id"));
        let patient = read_patient(holder).filter(|_| holder.name == "PT");
        let own = number.or_else(|| holder.says("PT.patient_id"));
        let own = own.or_else(|| holder.says("CTC.lot_number")).or_else(|| holder.says("CTC.name"));
        let ordered = order.and_then(|order| order.says("ORD.universal_service_id"));
        let mut specimen = Specimen {
            id: own.unwrap_or_default().to_owned(),
            kind,
            patient,
            comments: service.all("NTE").filter_map(comment).collect(),
            material: owned(service.first("SPC").and_then(|spc| spc.says("SPC.type_cd"))),
            instrument_id: owned(service.says("SVC.sequence_nbr")),
            ordered: ordered.map(str::to_owned).into_iter().collect(),
            ..Specimen::default()
        };
        if specimen.id.is_empty() {
            self.not_understood(&service.name, "the specimen has no number");
        }
        let lots: Vec<&Element> = service.all("RGT").collect();
        let lot = match lots.as_slice() {
            [one] => owned(one.says("RGT.lot_number")),
            _ => None,
        };
        specimen.extra = lots.iter().chain(&holder.first("CTC")).map(|one| line(one)).collect();
        let operator = service.first("OPR").and_then(|opr| opr.says("OPR.operator_id"));
        for observation in holder.all("OBS") {
            let mut reading = read_observation(observation);
            if reading.code.is_empty() {
                self.not_understood(&line(observation), "a result without a test code");
            }
            reading.at = at.map(str::to_owned);
            reading.lot.clone_from(&lot);
            reading.operator = owned(operator);
            specimen.readings.push(reading);
        }
        self.out.specimens.push(specimen);
    }
}

/// POCT1-A2 role codes: `OBS` a patient's, `CAL` calibration; all others are some kind of control.
fn kind(role: Option<&str>, is_control: bool) -> SpecimenKind {
    match role {
        Some("CAL") => SpecimenKind::Calibrator,
        Some("OBS") | None if !is_control => SpecimenKind::Patient,
        _ => SpecimenKind::Control,
    }
}

fn read_observation(sent: &Element) -> Reading {
    let id = sent.first("OBS.observation_id");
    let quantity = sent.first("OBS.value");
    let words = sent.says("OBS.qualitative_value");
    let text = quantity.and_then(Element::value).or(words).unwrap_or_default();
    let understood = value::understand(text);
    let status = sent.says("OBS.status_cd");
    // POCT1-A2 observation status: D discarded, R rejected by the device or its operator.
    let discarded = matches!(status, Some("D" | "R"));
    let both = quantity.and_then(Element::value).is_some() && words.is_some();
    let range = sent.says("OBS.normal_lo-hi_limit");
    Reading {
        code: id.and_then(Element::value).unwrap_or_default().to_owned(),
        value: understood.text.to_owned(),
        comparator: understood.comparator.map(str::to_owned),
        unit: owned(quantity.and_then(|value| value.attribute("U"))),
        flags: sent
            .all("OBS.interpretation_cd")
            .filter_map(Element::value)
            .map(Into::into)
            .collect(),
        status: owned(status),
        measured: understood.measured && !discarded,
        name: owned(id.and_then(|id| id.attribute("DN"))),
        qualitative: owned(words.filter(|_| both)),
        quantitative: both.then(|| understood.text.to_owned()),
        range: owned(range),
        method: owned(sent.says("OBS.method_cd")),
        comments: sent.all("NTE").filter_map(comment).collect(),
        ..Reading::default()
    }
}

fn read_patient(holder: &Element) -> Option<Patient> {
    let name = holder.first("PT.name");
    let part = |which: &str| name.and_then(|name| name.says(which)).unwrap_or_default();
    let parts = format!("{}^{}", part("FAM"), part("GIV"));
    let whole = owned(name.and_then(Element::value));
    let patient = Patient {
        ids: holder.says("PT.patient_id").map(str::to_owned).into_iter().collect(),
        name: Some(parts).filter(|parts| parts != "^").or(whole),
        birth: owned(holder.says("PT.birth_date")),
        sex: owned(holder.says("PT.gender_cd")),
    };
    (patient != Patient::default()).then_some(patient)
}

fn comment(note: &Element) -> Option<Comment> {
    let text = note.says("NTE.text")?.to_owned();
    Some(Comment { text, ..Comment::default() })
}

/// An element in one line, to be kept beside what it belongs to: `RGT lot_number=0852`.
fn line(of: &Element) -> String {
    let part = |one: &Element| {
        let name = one.name.split_once('.').map_or(one.name.as_str(), |(_, name)| name);
        one.value().map(|value| format!(" {name}={value}"))
    };
    let parts: String = of.inside.iter().filter_map(part).collect();
    format!("{}{parts}", of.name)
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}
