//! Setting text: words become lines of letters in Liberation Sans, broken to the width of their
//! column, with right-to-left scripts in their own order.
//!
//! The typeface has Latin with all its accents, Greek, Cyrillic and Hebrew. What must stay true: a
//! character that it lacks is printed as `[U+738B]`, never dropped and never an empty box; line
//! ends and tabs become blanks; nothing is looked for on the machine.

use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use parley::fontique::{Blob, Collection, CollectionOptions, SourceCache};
use parley::{
    Alignment, AlignmentOptions, FontContext, FontFamily, FontWeight, Layout, LayoutContext,
    LineHeight, OverflowWrap, StyleProperty,
};

use crate::text::Text;

/// Liberation Sans, regular.
pub(super) static REGULAR: &[u8] = include_bytes!("../../font/LiberationSans-Regular.ttf");
/// Liberation Sans, bold.
pub(super) static BOLD: &[u8] = include_bytes!("../../font/LiberationSans-Bold.ttf");
/// The family's name in both files.
const FAMILY: &str = "Liberation Sans";
/// Distance of lines, in sizes of the letters.
const LINE: f32 = 1.22;

/// What a letter is printed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ink {
    /// Black.
    #[default]
    Black,
    /// Dark gray, for names of columns and units; legible on any printer.
    Gray,
    /// White, on black.
    White,
}

/// On which side of its column a text stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// At the left.
    #[default]
    Left,
    /// In the middle.
    Middle,
    /// At the right.
    Right,
}

/// How a text is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// Size of the letters in points.
    pub size: f32,
    /// What it is printed in.
    pub ink: Ink,
    /// Width of the column in points; longer text goes on in the next line.
    pub wide: f32,
    /// Where it stands in its column.
    pub side: Side,
}

/// A text, set: some of the lines of one layout.
#[derive(Clone)]
pub struct Block {
    pub(super) set: Rc<Set>,
    pub(super) lines: Range<usize>,
}

/// A whole text, set.
pub(super) struct Set {
    pub(super) text: String,
    pub(super) layout: Layout<Ink>,
    pub(super) line: f32,
}

impl Block {
    /// Height in points.
    #[must_use]
    pub fn high(&self) -> f32 {
        self.set.line * count(self.lines.len())
    }

    /// Width of the widest line in points.
    #[must_use]
    pub fn wide(&self) -> f32 {
        self.set.layout.width()
    }

    /// From the upper edge of its first line to the line the letters stand on, in points.
    #[must_use]
    pub fn baseline(&self) -> f32 {
        self.set
            .layout
            .get(self.lines.start)
            .map_or(0.0, |line| line.metrics().baseline - self.set.line * count(self.lines.start))
    }

    /// Each line by itself, so that a long text may go on over the end of a sheet.
    pub fn split(self) -> impl Iterator<Item = Block> {
        let Block { set, lines } = self;
        lines.map(move |line| Block { set: Rc::clone(&set), lines: line..line + 1 })
    }
}

/// A small number as a measure.
pub(super) fn count(number: usize) -> f32 {
    f32::from(u16::try_from(number).unwrap_or(u16::MAX))
}

/// The typesetter: holds the typeface and what it has met that the typeface lacks.
pub struct Letters {
    fonts: FontContext,
    layouts: LayoutContext<Ink>,
    lacking: BTreeSet<char>,
}

impl Default for Letters {
    fn default() -> Letters {
        let options = CollectionOptions { shared: false, system_fonts: false };
        let mut collection = Collection::new(options);
        for face in [REGULAR, BOLD] {
            collection.register_fonts(Blob::new(Arc::new(face)), None);
        }
        Letters {
            fonts: FontContext { collection, source_cache: SourceCache::default() },
            layouts: LayoutContext::new(),
            lacking: BTreeSet::new(),
        }
    }
}

impl Letters {
    /// Sets a text.
    pub fn set(&mut self, text: &Text, style: Style) -> Block {
        let mut pieces: Vec<(bool, String)> =
            text.pieces().map(|(bold, words)| (bold, printable(words))).collect();
        let mut set = self.lay_out(&pieces, style);
        let lacking = lacking_in(&set);
        if !lacking.is_empty() {
            for (_, words) in &mut pieces {
                *words = numbered(words, &lacking);
            }
            self.lacking.extend(lacking);
            set = self.lay_out(&pieces, style);
        }
        let lines = 0..set.layout.len();
        Block { set: Rc::new(set), lines }
    }

    /// The characters met so far that the typeface lacks.
    #[must_use]
    pub fn lacking(&self) -> &BTreeSet<char> {
        &self.lacking
    }

    fn lay_out(&mut self, pieces: &[(bool, String)], style: Style) -> Set {
        let text: String = pieces.iter().map(|(_, words)| words.as_str()).collect();
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, &text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(FontFamily::named(FAMILY)));
        builder.push_default(StyleProperty::FontSize(style.size));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(LINE)));
        builder.push_default(StyleProperty::Brush(style.ink));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        let mut from = 0;
        for (bold, words) in pieces {
            let upto = from + words.len();
            if *bold && upto > from {
                builder.push(StyleProperty::FontWeight(FontWeight::BOLD), from..upto);
            }
            from = upto;
        }
        let mut layout = builder.build(&text);
        let wide = style.wide.is_finite().then_some(style.wide);
        layout.break_all_lines(wide);
        let alignment = match style.side {
            Side::Left => Alignment::Left,
            Side::Middle => Alignment::Center,
            Side::Right => Alignment::Right,
        };
        layout.align(alignment, AlignmentOptions::default());
        Set { text, layout, line: style.size * LINE }
    }
}

/// The text without what cannot be printed: line ends and tabs become blanks, other controls their
/// number.
fn printable(words: &str) -> String {
    let mut printable = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '\n' | '\r' | '\t' => printable.push(' '),
            // Unicode 16.0, 23.2: controls that turn the direction of writing, which would let a
            // name reorder what stands beside it; a script's own direction needs none of them.
            '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}' => {}
            letter if letter.is_control() => printable.push_str(&number(letter)),
            letter => printable.push(letter),
        }
    }
    printable
}

/// `[U+738B]`.
fn number(letter: char) -> String {
    format!("[U+{:04X}]", u32::from(letter))
}

fn numbered(words: &str, lacking: &BTreeSet<char>) -> String {
    let mut told = String::with_capacity(words.len());
    for letter in words.chars() {
        if lacking.contains(&letter) {
            told.push_str(&number(letter));
        } else {
            told.push(letter);
        }
    }
    told
}

/// The characters for which the typeface has no letter.
fn lacking_in(set: &Set) -> BTreeSet<char> {
    let mut lacking = BTreeSet::new();
    for line in set.layout.lines() {
        for cluster in line.runs().flat_map(|run| run.visual_clusters().collect::<Vec<_>>()) {
            if cluster.glyphs().any(|glyph| glyph.id == 0) {
                lacking.extend(set.text.get(cluster.text_range()).unwrap_or_default().chars());
            }
        }
    }
    lacking
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(wide: f32) -> Style {
        Style { size: 10.0, ink: Ink::Black, wide, side: Side::Left }
    }

    #[test]
    fn what_the_typeface_lacks_is_printed_by_its_number() {
        let mut letters = Letters::default();
        for (words, told) in [
            ("Nguyễn, Đức", "Nguyễn, Đức"),
            ("Πάρις Иванов", "Πάρις Иванов"),
            ("\u{5dc}\u{5d5}\u{5d9}", "\u{5dc}\u{5d5}\u{5d9}"),
            ("王, Mei", "[U+738B], Mei"),
            ("10³/µL ≥ 5 Δ", "10³/µL ≥ 5 Δ"),
            ("a\u{1f600}b\u{7}", "a[U+1F600]b[U+0007]"),
            ("a\tb\nc\u{202e}d", "a b cd"),
        ] {
            assert_eq!(letters.set(&words.into(), style(f32::INFINITY)).set.text, told);
        }
        assert_eq!(letters.lacking().iter().collect::<String>(), "王\u{1f600}");
    }

    #[test]
    fn a_long_word_is_broken_rather_than_cut() {
        let mut letters = Letters::default();
        let long = "Wolfeschlegelsteinhausenbergerdorff";
        let block = letters.set(&long.into(), style(60.0));
        assert!(block.lines.len() > 2 && block.wide() <= 60.0, "{}", block.wide());
        assert_eq!(block.clone().split().count(), block.lines.len());
        let wide = letters.set(&long.into(), style(f32::INFINITY));
        assert_eq!(wide.lines.len(), 1);
    }

    #[test]
    fn bold_is_wider() {
        let mut letters = Letters::default();
        let plain = letters.set(&"Potassium".into(), style(f32::INFINITY));
        let bold = letters.set(&Text::bold("Potassium"), style(f32::INFINITY));
        assert!(bold.wide() > plain.wide());
    }
}
