//! The conversation with a bedside device: who it is, what it wants next, and what we answer.
//!
//! What must stay true: every message of the device but its acknowledgments is acknowledged by its
//! number; results are acknowledged by the caller, after they are kept; a device that has results
//! waiting is asked for them, and one that stays connected is told to send the next by itself.

use crate::record::xml::{Element, encode, parse};
use crate::value;

/// Messages that say nothing for the laboratory's record and belong to the conversation alone.
pub fn is_conversation(name: &str) -> bool {
    // POCT1-A2, device messaging layer: greeting, status, requests, lists, end of topic, keep
    // alive, directives, end.
    const TALK: [&str; 11] = [
        "HEL.R01", "DST.R01", "REQ.R01", "EOT.R01", "KPA.R01", "DTV.R01", "DTV.R02", "END.R01",
        "OPL.R01", "PTL.R01", "ACK.R01",
    ];
    TALK.contains(&name)
}

/// Who greets: maker, model and serial number.
pub fn device(root: &Element) -> Option<String> {
    let device = root.first("DEV")?;
    let part = |name: &str| device.says(name).unwrap_or_default();
    let (maker, model) = (part("DEV.vendor_id"), part("DEV.model_id"));
    let said = format!("{maker}^{model}^{}", part("DEV.serial_id"));
    Some(said).filter(|said| said != "^^").or_else(|| device.says("DEV.device_id").map(Into::into))
}

/// What a message of a device asks of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It carries results: keep them, then acknowledge.
    Keep,
    /// It greets and says who it is: acknowledge, and keep the greeting beside what follows.
    Greet,
    /// Acknowledge it.
    Acknowledge,
    /// Acknowledge it and ask for its results.
    AskResults,
    /// It has sent all it had: acknowledge it and have it send the next by itself.
    Continue,
    /// Its acknowledgment; nothing is to be done.
    Nothing,
    /// It ends the conversation: acknowledge it and close the line.
    End,
    /// It is no message that is read here: refuse it, and keep it for a person to look at.
    Refuse,
}

/// What a document of a device asks of us.
pub fn turn(document: &str) -> Turn {
    let Ok(root) = parse(document) else { return Turn::Refuse };
    match root.name.as_str() {
        "OBS.R01" | "OBS.R02" | "EVS.R01" => Turn::Keep,
        "HEL.R01" => Turn::Greet,
        "DST.R01" => {
            let waiting = root.first("DST").and_then(|d| d.says("DST.new_observations_qty"));
            // A device that does not count may have some.
            let none = waiting.is_some_and(|count| count.trim_matches('0').is_empty());
            if none { Turn::Continue } else { Turn::AskResults }
        }
        "EOT.R01" => Turn::Continue,
        "ACK.R01" => Turn::Nothing,
        "END.R01" => Turn::End,
        name if is_conversation(name) => Turn::Acknowledge,
        _ => Turn::Refuse,
    }
}

/// Whether a greeting says that the device stays connected and can be told to send by itself.
pub(super) fn stays_connected(greeting: &str) -> bool {
    let Ok(root) = parse(greeting) else { return false };
    let Some(device) = root.first("DEV") else { return false };
    let Some(says) = device.first("DSC") else { return false };
    let named = |name, value: &str| says.all(name).any(|one| one.value() == Some(value));
    // POCT1-A2 connection profiles: SA continuous, CS one conversation.
    named("DSC.connection_profile_cd", "SA")
        && (named("DSC.directives_supported_cd", "START_CONTINUOUS")
            || named("DSC.topics_supported_cd", "DTV"))
}

/// The number of a document, by which it is acknowledged.
fn number_of(document: &str) -> String {
    let root = parse(document).unwrap_or_default();
    let number = root.first("HDR").and_then(|header| header.says("HDR.control_id"));
    number.unwrap_or_default().to_owned()
}

/// Acknowledges a document: `AA` kept or understood, `AE` with what is wrong. `number` is the
/// number of this message of ours, `now` is `2024-06-27T13:54:07`.
pub fn acknowledge(document: &str, trouble: Option<&str>, (number, now): (u64, &str)) -> String {
    let code = if trouble.is_none() { "AA" } else { "AE" };
    let note = trouble.map(|text| format!("<ACK.note_txt V=\"{}\"/>", encode(text)));
    let answered = encode(&number_of(document));
    message(
        "ACK.R01",
        (number, now),
        &format!(
            "<ACK><ACK.type_cd V=\"{code}\"/><ACK.ack_control_id V=\"{answered}\"/>{}</ACK>",
            note.unwrap_or_default()
        ),
    )
}

/// Asks for the results that wait in the device.
pub fn ask_results(number: u64, now: &str) -> String {
    message("REQ.R01", (number, now), "<REQ><REQ.request_cd V=\"ROBS\"/></REQ>")
}

/// Has the device send the next result by itself.
pub fn go_on(number: u64, now: &str) -> String {
    message("DTV.R01", (number, now), "<DTV><DTV.command_cd V=\"START_CONTINUOUS\"/></DTV>")
}

fn message(name: &str, (number, now): (u64, &str), body: &str) -> String {
    let now = value::written_time(now).unwrap_or_default();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><{name}><HDR><HDR.message_type V=\"{name}\"/>\
         <HDR.control_id V=\"{number}\"/><HDR.version_id V=\"POCT1\"/>\
         <HDR.creation_dttm V=\"{now}\"/></HDR>{body}</{name}>"
    )
}
