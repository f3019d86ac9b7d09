//! Words of which some stand in bold: what a page and a sheet of paper say alike.
//!
//! What must stay true: it is text; nothing in it commands a browser or a printer.

use maud::{Markup, Render, html};

/// Words, some of them in bold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    pieces: Vec<(bool, String)>,
}

impl Text {
    /// Words in bold.
    #[must_use]
    pub fn bold(words: impl AsRef<str>) -> Text {
        Text::default().and_bold(words)
    }

    /// With words after it.
    #[must_use]
    pub fn and(mut self, words: impl Into<String>) -> Text {
        self.pieces.push((false, words.into()));
        self
    }

    /// With words in bold after it.
    #[must_use]
    pub fn and_bold(mut self, words: impl AsRef<str>) -> Text {
        self.pieces.push((true, words.as_ref().to_owned()));
        self
    }

    /// Its pieces in order, with whether each is in bold.
    pub fn pieces(&self) -> impl Iterator<Item = (bool, &str)> {
        self.pieces.iter().map(|(bold, words)| (*bold, words.as_str()))
    }

    /// True where nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces.iter().all(|(_, words)| words.is_empty())
    }
}

impl From<&str> for Text {
    fn from(words: &str) -> Text {
        Text::default().and(words)
    }
}

impl From<String> for Text {
    fn from(words: String) -> Text {
        Text::default().and(words)
    }
}

impl Render for Text {
    fn render(&self) -> Markup {
        html! {
            @for (bold, words) in self.pieces() {
                @if bold { b { (words) } } @else { (words) }
            }
        }
    }
}
