//! Laying rows on sheets: what stands at the head of each, what is repeated, and where one sheet
//! ends.
//!
//! What must stay true: every row is printed once; the head of a table stands on each sheet the
//! table goes on to; a heading never stands alone at the end of a sheet; how many sheets there are
//! is known before the first is printed.

use jiff::tz::TimeZone;
use lab::value::Moment;

use super::letters::Block;

/// The size of a sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paper {
    /// 8.5 by 11 inches.
    #[default]
    Letter,
    /// 210 by 297 mm.
    A4,
    /// A label of 2 by 1 inch.
    Label,
}

impl Paper {
    /// Width and height in points.
    // ISO 216 (A4) and ANSI/ASME Y14.1 (Letter), at 72 points to the inch.
    #[must_use]
    pub const fn size(self) -> (f32, f32) {
        match self {
            Paper::Letter => (612.0, 792.0),
            Paper::A4 => (595.28, 841.89),
            Paper::Label => (144.0, 72.0),
        }
    }
}

/// What stays free of print, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Margins {
    /// At the left and at the right.
    pub side: f32,
    /// At the top.
    pub top: f32,
    /// Below this distance from the lower edge stands only the foot; without it, no foot.
    pub foot: f32,
}

impl Paper {
    /// What stays free of print: 13 mm at the sides of a sheet, nothing on a label, whose layout
    /// has its own margins.
    #[must_use]
    pub const fn margins(self) -> Margins {
        match self {
            Paper::Letter | Paper::A4 => Margins { side: 36.85, top: 34.0, foot: 44.0 },
            Paper::Label => Margins { side: 0.0, top: 0.0, foot: 0.0 },
        }
    }
}

/// What a text is, for who reads with a screen reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Text.
    Words,
    /// The name of a column.
    ColumnHead,
    /// The name of a row.
    RowHead,
}

/// A text at its place in a row.
pub struct Cell {
    /// From the left margin, in points.
    pub x: f32,
    /// From the upper edge of the row, in points.
    pub y: f32,
    /// The text.
    pub block: Block,
    /// What it is.
    pub role: Role,
}

/// A line or a box, drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// From the left margin, in points.
    pub x: f32,
    /// From the upper edge of the row, in points.
    pub y: f32,
    /// Width in points.
    pub wide: f32,
    /// Height in points.
    pub high: f32,
    /// How light it is: 0 for black, 255 for white.
    pub shade: u8,
}

/// What stands side by side.
#[derive(Default)]
pub struct Row {
    /// Its texts, in the order of reading.
    pub cells: Vec<Cell>,
    /// Its lines.
    pub rules: Vec<Rule>,
    /// Its height in points.
    pub high: f32,
    /// True where it must stand on one sheet with the row after it.
    pub keeps: bool,
}

impl Row {
    /// A row as high as its highest text.
    #[must_use]
    pub fn of(cells: Vec<Cell>) -> Row {
        let high = cells.iter().map(|cell| cell.y + cell.block.high()).fold(0.0, f32::max);
        Row { cells, high, ..Row::default() }
    }

    /// The same with room above.
    #[must_use]
    pub fn below(mut self, room: f32) -> Row {
        self.cells.iter_mut().for_each(|cell| cell.y += room);
        self.rules.iter_mut().for_each(|rule| rule.y += room);
        self.high += room;
        self
    }

    /// The same with room beneath.
    #[must_use]
    pub fn above(mut self, room: f32) -> Row {
        self.high += room;
        self
    }

    /// The same with a line at its lower edge.
    #[must_use]
    pub fn underlined(mut self, (wide, thick, shade): (f32, f32, u8)) -> Row {
        self.rules.push(Rule { x: 0.0, y: self.high, wide, high: thick, shade });
        self.high += thick;
        self
    }

    /// The same, on one sheet with what follows.
    #[must_use]
    pub fn keeping(mut self) -> Row {
        self.keeps = true;
        self
    }
}

/// A part of a document.
pub enum Part {
    /// Lines of text.
    Lines(Vec<Row>),
    /// A table.
    Table {
        /// The rows of its head.
        head: Vec<Row>,
        /// Its rows.
        rows: Vec<Row>,
    },
}

impl Part {
    /// The rows that are repeated on every sheet.
    fn head(&self) -> &[Row] {
        match self {
            Part::Table { head, .. } => head,
            Part::Lines(_) => &[],
        }
    }

    /// The rows that are printed once.
    fn rows(&self) -> &[Row] {
        match self {
            Part::Lines(rows) | Part::Table { rows, .. } => rows,
        }
    }
}

/// A document, ready for the printer.
pub struct Document {
    /// What it is, as a reader of files shows it.
    pub title: String,
    /// The size of its sheets.
    pub paper: Paper,
    /// When it was made, UTC, as `(year, month, day, hour, minute, second)`.
    pub made: (u16, [u8; 5]),
    /// What stands at the head of each sheet.
    pub running: Vec<Row>,
    /// What stands at the foot of each sheet, before its number.
    pub foot: String,
    /// Its parts in order.
    pub parts: Vec<Part>,
}

/// The moment in UTC, as a file's date wants it.
#[must_use]
pub fn made(at: Moment) -> (u16, [u8; 5]) {
    let at = at.in_zone(&TimeZone::UTC);
    let parts = [at.month(), at.day(), at.hour(), at.minute(), at.second()];
    (
        u16::try_from(at.year()).unwrap_or(1970),
        parts.map(|part| u8::try_from(part).unwrap_or_default()),
    )
}

/// A row at its place on a sheet.
#[derive(Clone, Copy)]
pub(super) struct Placed<'a> {
    pub(super) part: usize,
    pub(super) row: &'a Row,
    /// From the upper edge of the sheet, in points.
    pub(super) y: f32,
    pub(super) kind: Kind,
}

/// How a row came to its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A row of the part.
    Own,
    /// The head of a table, for the first time.
    Head,
    /// The head of a table, again.
    Again,
}

/// The rows of each sheet below its running head.
pub(super) fn sheets(document: &Document) -> Vec<Vec<Placed<'_>>> {
    let running: f32 = document.running.iter().map(|row| row.high).sum();
    let Margins { top, foot, .. } = document.paper.margins();
    let mut laying = Laying {
        sheets: vec![Vec::new()],
        y: top + running,
        top: top + running,
        bottom: document.paper.size().1 - foot,
    };
    for (number, part) in document.parts.iter().enumerate() {
        laying.part(number, part);
    }
    laying.sheets
}

struct Laying<'a> {
    sheets: Vec<Vec<Placed<'a>>>,
    y: f32,
    top: f32,
    bottom: f32,
}

impl<'a> Laying<'a> {
    fn part(&mut self, number: usize, part: &'a Part) {
        let head: f32 = part.head().iter().map(|row| row.high).sum();
        let rows = part.rows();
        if self.y + head + needed(rows) > self.bottom && self.y > self.top {
            self.turn();
        }
        part.head().iter().for_each(|row| self.place(number, row, Kind::Head));
        for (at, row) in rows.iter().enumerate() {
            let begins = rows.get(at.wrapping_sub(1)).is_none_or(|before| !before.keeps);
            let after = rows.get(at..).unwrap_or_default();
            if begins && self.y + needed(after) > self.bottom && self.y > self.top + head {
                self.turn();
                part.head().iter().for_each(|row| self.place(number, row, Kind::Again));
            }
            self.place(number, row, Kind::Own);
        }
    }

    fn place(&mut self, part: usize, row: &'a Row, kind: Kind) {
        let placed = Placed { part, row, y: self.y, kind };
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.push(placed);
        }
        self.y += row.high;
    }

    fn turn(&mut self) {
        self.sheets.push(Vec::new());
        self.y = self.top;
    }
}

/// The height of the rows that must stand on one sheet: the first and all it keeps to.
fn needed(rows: &[Row]) -> f32 {
    let mut high = 0.0;
    for row in rows {
        high += row.high;
        if !row.keeps {
            break;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(high: f32, keeps: bool) -> Row {
        Row { high, keeps, ..Row::default() }
    }

    fn laid(parts: Vec<Part>) -> Vec<Vec<(f32, Kind)>> {
        let running = vec![row(58.0, false)];
        let document = Document {
            title: String::new(),
            paper: Paper::Letter,
            made: (2026, [1, 1, 0, 0, 0]),
            running,
            foot: String::new(),
            parts,
        };
        let told = |sheet: Vec<Placed<'_>>| {
            sheet.iter().map(|placed| (placed.row.high, placed.kind)).collect()
        };
        sheets(&document).into_iter().map(told).collect()
    }

    #[test]
    fn the_head_of_a_table_stands_on_each_sheet() {
        let rows = (0..100).map(|_| row(20.0, false)).collect();
        let sheets = laid(vec![Part::Table { head: vec![row(16.0, false)], rows }]);
        // 656 points are left on a sheet of Letter paper: the head and 32 rows.
        let counts: Vec<usize> = sheets.iter().map(Vec::len).collect();
        assert_eq!(counts, [33, 33, 33, 5]);
        assert_eq!(sheets[0][0], (16.0, Kind::Head));
        assert!(sheets[1..].iter().all(|sheet| sheet[0] == (16.0, Kind::Again)));
    }

    #[test]
    fn a_heading_goes_with_its_first_row() {
        let rows = vec![row(600.0, false), row(30.0, true), row(25.0, true), row(20.0, false)];
        let sheets = laid(vec![Part::Table { head: Vec::new(), rows }]);
        let highs: Vec<Vec<f32>> =
            sheets.iter().map(|sheet| sheet.iter().map(|(high, _)| *high).collect()).collect();
        assert_eq!(highs, [vec![600.0], vec![30.0, 25.0, 20.0]]);
    }

    #[test]
    fn what_is_higher_than_a_sheet_ends_the_laying_all_the_same() {
        let rows = vec![row(5000.0, true), row(5000.0, false), row(10.0, false)];
        let sheets = laid(vec![Part::Table { head: vec![row(10.0, false)], rows }]);
        assert_eq!(sheets.iter().flatten().filter(|(_, kind)| *kind == Kind::Own).count(), 3);
    }
}
