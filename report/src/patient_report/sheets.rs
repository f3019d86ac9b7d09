//! A patient report on sheets of paper, as PDF.
//!
//! What must stay true: laboratory, state, name and identifiers stand at the head of every sheet
//! and at its foot beside `Page 2 of 5`; columns, weights and words are those of the page.

use lab::value::Moment;

use super::PatientReport;
use super::paper::{
    Block as Panel, COLUMNS, Fact, Head, ResultLine, SPECIMEN_COLUMNS, Said, Section, SpecimenLine,
    TestLine, Value, Weight, Words,
};
use crate::pdf::{
    Cell, Document, Ink, Letters, NotPrinted, Paper, Part, Role, Row, Rule, Side, Style, made,
    written,
};
use crate::text::Text;

/// The report as a PDF file.
///
/// # Errors
/// [`NotPrinted`] where the file cannot be written.
pub fn pdf(report: &PatientReport<'_>, paper: Paper) -> Result<Vec<u8>, NotPrinted> {
    let mut letters = Letters::default();
    let document = document(&Words::of(report), (paper, report.printed.at), &mut letters);
    written(&document, &mut letters)
}

/// The report laid out for sheets of that size.
#[must_use]
pub fn document(words: &Words, (paper, at): (Paper, Moment), letters: &mut Letters) -> Document {
    let wide = paper.size().0 - 2.0 * paper.margins().side;
    let mut desk = Desk { letters, wide };
    let running = desk.running(&words.head);
    let mut parts = vec![
        Part::Lines(desk.facts(&words.facts)),
        desk.specimens(&words.specimens),
        Part::Lines(words.notices.iter().flat_map(|notice| desk.notice(notice)).collect()),
        desk.results(&words.sections),
    ];
    let lacking: Vec<String> = desk.letters.lacking().iter().copied().map(named).collect();
    let mut foot: Vec<Text> = words.foot.clone();
    if !lacking.is_empty() {
        let said = "Characters that the printed typeface lacks are printed by their Unicode number";
        foot.push(format!("{said}: {}.", lacking.join(", ")).into());
    }
    parts.push(Part::Lines(desk.foot(&foot, &words.end)));
    Document {
        title: words.title.clone(),
        paper,
        made: made(at),
        running,
        foot: identified(&words.head),
        parts,
    }
}

fn named(letter: char) -> String {
    format!("U+{:04X}", u32::from(letter))
}

/// The patient in one line, for the foot of each sheet.
fn identified(head: &Head) -> String {
    let facts: Vec<String> =
        head.identifiers.iter().map(|Fact { name, value }| format!("{name} {value}")).collect();
    format!("{}   {}", head.name, facts.join("   "))
}

/// Sizes of letters in points.
const LARGE: f32 = 13.0;
const USUAL: f32 = 9.25;
const SMALL: f32 = 8.0;
const BENCH: f32 = 11.0;

/// Where each column of the results begins, in parts of the width, and where it ends.
const RESULTS_AT: [(f32, f32); 7] = [
    (0.0, 0.29),
    (0.30, 0.40),
    (0.41, 0.46),
    (0.47, 0.60),
    (0.61, 0.74),
    (0.75, 0.885),
    (0.895, 1.0),
];
/// Where the decimal marks of a column of results stand.
const MARK_AT: f32 = 0.342;
/// Where the columns of the specimens begin and end.
const SPECIMENS_AT: [(f32, f32); 5] =
    [(0.0, 0.15), (0.16, 0.38), (0.39, 0.54), (0.55, 0.70), (0.71, 1.0)];

/// The height of a report's rules: thin, usual, thick.
const THIN: f32 = 0.35;
const THICK: f32 = 1.2;

struct Desk<'a> {
    letters: &'a mut Letters,
    wide: f32,
}

impl Desk<'_> {
    fn cell(&mut self, text: &Text, (at, upto): (f32, f32), style: (f32, Ink, Role)) -> Cell {
        let (size, ink, role) = style;
        let wide = (upto - at) * self.wide;
        let style = Style { size, ink, wide, side: Side::Left };
        Cell { x: at * self.wide, y: 0.0, block: self.letters.set(text, style), role }
    }

    fn line(&mut self, text: &Text, size: f32) -> Row {
        Row::of(vec![self.cell(text, (0.0, 1.0), (size, Ink::Black, Role::Words))])
    }

    fn running(&mut self, head: &Head) -> Vec<Row> {
        let at_right =
            |size| Style { size, ink: Ink::Black, wide: self.wide * 0.3, side: Side::Right };
        let word = self.letters.set(&Text::bold(head.word), at_right(LARGE));
        let standing = self.letters.set(&head.standing.as_str().into(), at_right(SMALL));
        let right = |block, y| Cell { x: self.wide * 0.7, y, block, role: Role::Words };
        let (word, standing) = (right(word, 0.0), right(standing, LARGE * 1.25));
        let left = (0.0, 0.69);
        let words = |size| (size, Ink::Black, Role::Words);
        let name = self.cell(&Text::bold(&head.laboratory), left, words(LARGE));
        let mut y = name.block.high();
        let mut cells = vec![name];
        for said in [&head.address, &head.contact] {
            let mut cell = self.cell(&said.as_str().into(), left, words(SMALL));
            cell.y = y;
            y += cell.block.high();
            cells.push(cell);
        }
        cells.extend([word, standing]);
        let rule = (self.wide, THICK, 0);
        let laboratory = Row::of(cells).above(6.0).underlined(rule);
        vec![laboratory, self.patient(head), Row::default().above(8.0)]
    }

    /// The patient's name in large letters, the identifiers beside it, or below where it is long.
    fn patient(&mut self, head: &Head) -> Row {
        let mut identifiers = Text::default();
        for Fact { name, value } in &head.identifiers {
            identifiers = identifiers.and(format!("{name} ")).and_bold(value).and("   ");
        }
        let any = Style { size: 12.0, ink: Ink::Black, wide: f32::INFINITY, side: Side::Left };
        let beside = self.letters.set(&identifiers, Style { size: USUAL, ..any });
        let name = self.letters.set(&Text::bold(&head.name), any);
        let fits = name.wide() + beside.wide() + 10.0 <= self.wide;
        let words = |size| (size, Ink::Black, Role::Words);
        let (name, beside) = if fits {
            let cell = |x, y, block| Cell { x, y, block, role: Role::Words };
            (cell(0.0, 0.0, name), cell(self.wide - beside.wide(), 2.8, beside))
        } else {
            let name = self.cell(&Text::bold(&head.name), (0.0, 1.0), words(12.0));
            let mut beside = self.cell(&identifiers, (0.0, 1.0), words(USUAL));
            beside.y = name.block.high() + 1.0;
            (name, beside)
        };
        Row::of(vec![name, beside]).below(3.0).above(3.0).underlined((self.wide, 0.5, 0))
    }

    /// Four facts to a row, each with its name above it.
    fn facts(&mut self, facts: &[Fact]) -> Vec<Row> {
        let mut rows = Vec::new();
        for four in facts.chunks(4) {
            let mut cells = Vec::new();
            for (fact, at) in four.iter().zip([0.0, 0.25, 0.5, 0.75]) {
                let column = (at, at + 0.24);
                let gray = (SMALL, Ink::Gray, Role::Words);
                let name = self.cell(&fact.name.into(), column, gray);
                let words = (USUAL, Ink::Black, Role::Words);
                let mut value = self.cell(&fact.value.as_str().into(), column, words);
                value.y = name.block.high();
                cells.extend([name, value]);
            }
            rows.push(Row::of(cells).above(3.0));
        }
        rows
    }

    fn heads(&mut self, names: &[&str], columns: &[(f32, f32)]) -> Row {
        let heads = names.iter().zip(columns);
        let cells = heads
            .map(|(name, column)| {
                self.cell(&(*name).into(), *column, (SMALL, Ink::Gray, Role::ColumnHead))
            })
            .collect();
        Row::of(cells).below(5.0).above(1.5).underlined((self.wide, 0.7, 0))
    }

    fn specimens(&mut self, lines: &[SpecimenLine]) -> Part {
        let head = vec![self.heads(&SPECIMEN_COLUMNS, &SPECIMENS_AT)];
        let rows = lines
            .iter()
            .map(|line| {
                let plain = |words: &str| Text::from(words);
                let said = [
                    plain(&line.label),
                    plain(&line.source),
                    plain(&line.collected),
                    plain(&line.received),
                    line.condition.clone(),
                ];
                let style = (USUAL, Ink::Black, Role::Words);
                let cells = said.iter().zip(SPECIMENS_AT);
                Row::of(cells.map(|(said, column)| self.cell(said, column, style)).collect())
                    .below(1.0)
                    .above(1.0)
            })
            .collect();
        Part::Table { head, rows }
    }

    /// A sentence beside a thick bar, line by line, so that a long one may go on over the end of a
    /// sheet.
    fn notice(&mut self, notice: &Text) -> Vec<Row> {
        let block = self.cell(notice, (0.012, 1.0), (USUAL, Ink::Black, Role::Words)).block;
        let x = 0.012 * self.wide;
        let mut rows = vec![Row::default().above(7.0).keeping()];
        rows.extend(block.split().map(|block| {
            let mut row = Row::of(vec![Cell { x, y: 0.0, block, role: Role::Words }]).above(1.0);
            row.rules.push(Rule { x: 0.0, y: 0.0, wide: 3.0, high: row.high, shade: 0 });
            row
        }));
        rows.push(Row::default().above(2.0));
        rows
    }

    fn results(&mut self, sections: &[Section]) -> Part {
        let head = vec![self.heads(&COLUMNS, &RESULTS_AT).below(2.0)];
        let mut rows = Vec::new();
        for section in sections {
            let title = self.line(&Text::bold(&section.title), BENCH);
            rows.push(title.below(6.0).underlined((self.wide, 0.5, 0)).keeping());
            for block in &section.blocks {
                self.panel(&mut rows, block);
            }
        }
        Part::Table { head, rows }
    }

    fn panel(&mut self, rows: &mut Vec<Row>, block: &Panel) {
        if let Some(panel) = &block.panel {
            rows.push(self.line(&Text::bold(panel), USUAL).below(3.0).keeping());
        }
        for line in &block.lines {
            self.test(rows, line, block.panel.is_some());
        }
    }

    fn test(&mut self, rows: &mut Vec<Row>, line: &TestLine, within: bool) {
        let indent = if within { 0.015 } else { 0.0 };
        let [(from, upto), (value, _), (flag, _), ..] = RESULTS_AT;
        let head = (USUAL, Ink::Black, Role::RowHead);
        let mut cells = vec![self.cell(&line.name.as_str().into(), (from + indent, upto), head)];
        match &line.said {
            Said::Result(result) => self.result(&mut cells, result),
            Said::Instead(said) => {
                let column = (value, 1.0);
                let words = (USUAL, Ink::Black, Role::Words);
                cells.push(self.cell(&said.as_str().into(), column, words));
            }
        }
        let critical = matches!(&line.said, Said::Result(one) if one.weight == Weight::Critical);
        let mut row = Row::of(cells).below(1.2).above(1.0);
        if critical {
            row.rules.extend(frame((flag * self.wide - 3.0, 0.9), (19.0, USUAL * 1.22 + 0.6)));
        }
        let mut below = Vec::new();
        for note in &line.notes {
            let style = (8.5, Ink::Black, Role::Words);
            let block = self.cell(note, (0.03, 1.0), style).block;
            let x = 0.03 * self.wide;
            below.extend(
                block
                    .split()
                    .map(|block| Row::of(vec![Cell { x, y: 0.0, block, role: Role::Words }])),
            );
        }
        let hairline = (self.wide, THIN, 185);
        match below.pop() {
            None => rows.push(row.underlined(hairline)),
            Some(last) => {
                rows.push(row.keeping());
                rows.extend(below);
                rows.push(last.above(1.0).underlined(hairline));
            }
        }
    }

    /// The columns of a result; figures stand with their decimal marks in one line.
    fn result(&mut self, cells: &mut Vec<Cell>, result: &ResultLine) {
        let bold = result.weight != Weight::Normal;
        let text = |words: &str| if bold { Text::bold(words) } else { Text::from(words) };
        let usual = (USUAL, Ink::Black, Role::Words);
        let [_, value, flag, unit, interval, previous, method] = RESULTS_AT;
        match &result.value {
            Value::Figures(whole, part) => {
                let any =
                    Style { size: USUAL, ink: Ink::Black, wide: f32::INFINITY, side: Side::Left };
                let before = self.letters.set(&text(whole), any).wide();
                let block = self.letters.set(&text(&format!("{whole}{part}")), any);
                let most = flag.0 * self.wide - 4.0 - block.wide();
                let x = (MARK_AT * self.wide - before).min(most).max(value.0 * self.wide);
                cells.push(Cell { x, y: 0.0, block, role: Role::Words });
            }
            Value::Words { words, across } => {
                let column = if *across { (value.0, unit.1) } else { value };
                cells.push(self.cell(&text(words), column, usual));
            }
        }
        cells.push(self.cell(&text(result.flag), flag, usual));
        cells.push(self.cell(&result.unit.as_str().into(), unit, (8.5, Ink::Gray, Role::Words)));
        cells.push(self.cell(&result.interval.as_str().into(), interval, usual));
        let earlier = result.previous.as_ref().map_or_else(Text::default, |one| {
            let change = one.change.as_ref().map(|by| format!(" \u{394}\u{a0}{by}"));
            format!("{} {}{}", one.value, one.day, change.unwrap_or_default()).into()
        });
        cells.push(self.cell(&earlier, previous, (8.5, Ink::Black, Role::Words)));
        cells.push(self.cell(
            &result.method.as_str().into(),
            method,
            (8.5, Ink::Gray, Role::Words),
        ));
    }

    fn foot(&mut self, foot: &[Text], end: &str) -> Vec<Row> {
        let mut rule = Row::default().above(8.0).underlined((self.wide, 0.5, 0)).keeping();
        rule.high += 4.0;
        let mut rows = vec![rule];
        for line in foot {
            rows.push(self.line(line, SMALL).above(2.0));
        }
        let style = Style { size: SMALL, ink: Ink::Black, wide: self.wide, side: Side::Middle };
        let block = self.letters.set(&end.into(), style);
        rows.push(Row::of(vec![Cell { x: 0.0, y: 0.0, block, role: Role::Words }]).below(4.0));
        rows
    }
}

/// The four lines of a frame.
fn frame((x, y): (f32, f32), (wide, high): (f32, f32)) -> [Rule; 4] {
    let rule = |x, y, wide, high| Rule { x, y, wide, high, shade: 0 };
    [
        rule(x, y, wide, THICK),
        rule(x, y + high - THICK, wide, THICK),
        rule(x, y, THICK, high),
        rule(x + wide - THICK, y, THICK, high),
    ]
}
