//! XML documents as instruments at the bedside send them: elements within elements, what they say
//! in an attribute or in their text.
//!
//! What must stay true: nothing is expanded but the five entities that XML itself knows and
//! numbered characters; a document that declares a type, or nests deeper than any message does, is
//! refused whole; what does not close is no document.

use std::fmt;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use crate::limit::XML_DEPTH;

/// One element and what is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name, `OBS.value`.
    pub name: String,
    /// Its attributes as sent, in their order.
    pub attributes: Vec<(String, String)>,
    /// Its text, trimmed.
    pub text: String,
    /// The elements in it, in their order.
    pub inside: Vec<Element>,
}

impl Element {
    /// The value of an attribute, trimmed; none where it says nothing.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// What it says: its attribute `V`, or else its text, as some instruments write it.
    pub fn value(&self) -> Option<&str> {
        self.attribute("V").or(Some(self.text.as_str()).filter(|text| !text.is_empty()))
    }

    /// The first element of a name in it.
    pub fn first(&self, name: &str) -> Option<&Element> {
        self.inside.iter().find(|one| one.name == name)
    }

    /// Every element of a name in it.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.inside.iter().filter(move |one| one.name == name)
    }

    /// What the first element of a name in it says.
    pub fn says(&self, name: &str) -> Option<&str> {
        self.first(name).and_then(Element::value)
    }
}

/// Why a text is no document that is read here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotXml {
    /// It declares a document type, by which it could name other files or grow without end.
    DeclaresType,
    /// Its elements nest deeper than a message's do.
    TooDeep,
    /// An element is not closed, or there is none.
    Unclosed,
    /// It breaks another rule of XML.
    Broken(String),
}

impl fmt::Display for NotXml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotXml::DeclaresType => f.write_str("it declares a document type, which is not taken"),
            NotXml::TooDeep => write!(f, "its elements nest deeper than {XML_DEPTH}"),
            NotXml::Unclosed => f.write_str("an element is not closed"),
            NotXml::Broken(because) => write!(f, "no sound XML: {because}"),
        }
    }
}

/// Reads one document.
///
/// # Errors
/// It is no document, or one that is not taken.
pub fn parse(text: &str) -> Result<Element, NotXml> {
    let mut reader = quick_xml::Reader::from_str(text.trim_matches(blank));
    let mut open: Vec<Element> = Vec::new();
    loop {
        let event = reader.read_event().map_err(|error| NotXml::Broken(error.to_string()))?;
        let closed = match &event {
            Event::Start(start) => {
                if open.len() >= XML_DEPTH {
                    return Err(NotXml::TooDeep);
                }
                open.push(element(start)?);
                None
            }
            Event::Empty(start) => Some(element(start)?),
            Event::End(_) => open.pop(),
            Event::DocType(_) => return Err(NotXml::DeclaresType),
            Event::Eof => return Err(NotXml::Unclosed),
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => {
                if let Some(inner) = open.last_mut() {
                    add_text(&event, inner)?;
                }
                None
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => None,
        };
        let Some(mut closed) = closed else { continue };
        closed.text = closed.text.trim().to_owned();
        match open.last_mut() {
            Some(around) => around.inside.push(closed),
            None => return Ok(closed),
        }
    }
}

fn blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\0' | '\u{feff}')
}

fn element(start: &BytesStart<'_>) -> Result<Element, NotXml> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| NotXml::Broken(error.to_string()))?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        let value = value.map_err(|error| NotXml::Broken(error.to_string()))?;
        attributes.push((attribute.key.0.to_owned(), value.into_owned()));
    }
    Ok(Element { name: start.name().0.to_owned(), attributes, ..Element::default() })
}

fn add_text(event: &Event<'_>, to: &mut Element) -> Result<(), NotXml> {
    match event {
        Event::Text(text) => to.text.push_str(&text.xml10_content()),
        Event::CData(text) => to.text.push_str(&text.xml10_content()),
        Event::GeneralRef(name) => to.text.push(character(name)?),
        _ => {}
    }
    Ok(())
}

/// The character that `&amp;` or `&#181;` stands for.
fn character(name: &quick_xml::events::BytesRef<'_>) -> Result<char, NotXml> {
    let broken = |error: quick_xml::Error| NotXml::Broken(error.to_string());
    if let Some(numbered) = name.resolve_char_ref().map_err(broken)? {
        return Ok(numbered);
    }
    // XML 1.0 section 4.6: the predefined entities.
    match name.xml10_content().as_ref() {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        other => Err(NotXml::Broken(format!("&{other}; stands for nothing"))),
    }
}

/// Writes a text so that it can stand in an attribute.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_value_stands_in_its_attribute_or_in_its_text() {
        let text = "<?xml version=\"1.0\"?><A.R01><B V=\"x &lt; &#181;\" U='g'/><C>\n 1&amp;2 \
                    </C><B V=\"\">second</B><!-- no --></A.R01>";
        let root = parse(text).expect("a document");
        assert_eq!(root.name, "A.R01");
        assert_eq!(root.says("B"), Some("x < µ"));
        assert_eq!(root.first("B").and_then(|b| b.attribute("U")), Some("g"));
        assert_eq!(root.says("C"), Some("1&2"));
        assert_eq!(root.all("B").last().and_then(Element::value), Some("second"));
        assert_eq!(root.says("D"), None);
    }

    #[test]
    fn what_could_grow_or_reach_out_is_refused() {
        let laughs = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><l>&b;</l>";
        assert_eq!(parse(laughs), Err(NotXml::DeclaresType));
        let file = "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><x/>";
        assert_eq!(parse(file), Err(NotXml::DeclaresType));
        assert!(matches!(parse("<a>&b;</a>"), Err(NotXml::Broken(_))));
        assert!(matches!(parse("<a V=\"&b;\"/>"), Err(NotXml::Broken(_))));
        let deep = "<a>".repeat(100_000);
        assert_eq!(parse(&deep), Err(NotXml::TooDeep));
        for unclosed in ["", "text", "<a>", "<a><b></b>", "<!-- a -->"] {
            assert!(parse(unclosed).is_err(), "{unclosed}");
        }
        assert!(matches!(parse("<a></b>"), Err(NotXml::Broken(_))));
    }

    proptest! {
        #[test]
        fn a_text_survives_encoding(text in "[ -~µé]{0,30}") {
            let root = parse(&format!("<a V=\"{}\"/>", encode(&text))).expect("a document");
            prop_assert_eq!(root.attribute("V").unwrap_or(""), text.trim());
        }

        #[test]
        fn any_text_is_read_without_harm(text in "[<>/?!&;a-c \"'=\\[\\]-]{0,60}") {
            let _ = parse(&text);
        }
    }
}
