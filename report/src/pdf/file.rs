//! Writing the file: sheets become PDF/A-2a, tagged by PDF/UA-1, with the letters it uses inside.
//!
//! What must stay true: what is repeated on each sheet is marked as such, so that a screen reader
//! reads it once; a report that misses a rule of the archive standard is printed all the same, as
//! plain PDF.

use std::collections::BTreeMap;

use krilla::color::luma;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TableHeaderScope, Tag, TagGroup,
    TagTree,
};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Document as File, SerializeSettings};
use parley::layout::Run;

use super::letters::{BOLD, Block, Ink, Letters, REGULAR, Side, Style, count};
use super::sheet::{Document, Kind, Margins, Part, Placed, Role, Row, Rule, sheets};

/// A file that could not be written, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotPrinted(pub String);

impl std::fmt::Display for NotPrinted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the PDF could not be written: {}", self.0)
    }
}

impl std::error::Error for NotPrinted {}

/// The document as a PDF file.
///
/// # Errors
/// [`NotPrinted`] where the typeface cannot be read or a limit of the format is exceeded.
pub fn written(document: &Document, letters: &mut Letters) -> Result<Vec<u8>, NotPrinted> {
    write(document, letters, true).or_else(|_| write(document, letters, false))
}

/// Whether the document keeps the archive standard; for tests.
///
/// # Errors
/// What it breaks.
pub fn archived(document: &Document, letters: &mut Letters) -> Result<Vec<u8>, NotPrinted> {
    write(document, letters, true)
}

fn write(
    document: &Document,
    letters: &mut Letters,
    archived: bool,
) -> Result<Vec<u8>, NotPrinted> {
    let mut file = File::new_with(settings(archived)?);
    let face = |bytes: &'static [u8]| {
        Font::new(bytes.into(), 0).ok_or_else(|| NotPrinted("the typeface is unreadable".into()))
    };
    let (wide, high) = document.paper.size();
    let sheets = sheets(document);
    let total = sheets.len();
    let mut printing = Printing {
        faces: [face(REGULAR)?, face(BOLD)?],
        read: Read { running: Vec::new(), parts: BTreeMap::new() },
        margins: document.paper.margins(),
        wide,
        high,
    };
    for (number, sheet) in (1..).zip(&sheets) {
        let foot = foot(document, letters, (number, total));
        let page = PageSettings::from_wh(wide, high)
            .ok_or_else(|| NotPrinted("a sheet without a size".into()))?;
        let mut page = file.start_page_with(page);
        let mut surface = page.surface();
        printing.sheet(&mut surface, document, (number, sheet, &foot));
        surface.finish();
        page.finish();
    }
    let Printing { read, .. } = printing;
    file.set_metadata(metadata(document));
    file.set_tag_tree(read.tree(document));
    let mut outline = Outline::new();
    let begin = XyzDestination::new(0, Point::from_xy(0.0, 0.0));
    outline.push_child(OutlineNode::new(document.title.clone(), begin));
    file.set_outline(outline);
    file.finish().map_err(|error| NotPrinted(format!("{error:?}")))
}

fn settings(archived: bool) -> Result<SerializeSettings, NotPrinted> {
    let mut configuration = ConfigurationBuilder::new();
    if archived {
        configuration = configuration
            .with_archival_validator(Archival::A2_A)
            .with_accessibility_validator(Accessibility::UA1);
    }
    let configuration = configuration.finish().map_err(|error| NotPrinted(format!("{error:?}")))?;
    Ok(SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() })
}

fn metadata(document: &Document) -> Metadata {
    let (year, [month, day, hour, minute, second]) = document.made;
    let made = DateTime::new(year).month(month).day(day).hour(hour).minute(minute).second(second);
    Metadata::new()
        .title(document.title.clone())
        .language("en".into())
        .creator("Meniscus".into())
        .creation_date(made)
}

/// Identifiers at the left, the sheet's number and how many there are at the right.
fn foot(document: &Document, letters: &mut Letters, (number, total): (usize, usize)) -> Row {
    let (wide, _) = document.paper.size();
    let wide = wide - 2.0 * document.paper.margins().side;
    let room = 80.0;
    let style = Style { size: 8.0, ink: Ink::Black, wide: wide - room, side: Side::Left };
    let at_right = Style { wide: room, side: Side::Right, ..style };
    let cell = |x, block| super::Cell { x, y: 3.0, block, role: Role::Words };
    let mut row = Row::of(vec![
        cell(0.0, letters.set(&document.foot.as_str().into(), style)),
        cell(wide - room, letters.set(&format!("Page {number} of {total}").into(), at_right)),
    ]);
    row.rules.push(Rule { x: 0.0, y: 0.0, wide, high: 0.5, shade: 0 });
    row
}

/// A row as who reads with a screen reader meets it: each of its texts.
type ReadRow = Vec<(Role, Identifier)>;

/// What was printed, for who reads with a screen reader.
struct Read {
    running: Vec<Identifier>,
    parts: BTreeMap<usize, Vec<(Kind, ReadRow)>>,
}

struct Printing {
    faces: [Font; 2],
    read: Read,
    margins: Margins,
    wide: f32,
    high: f32,
}

impl Printing {
    fn sheet(
        &mut self,
        surface: &mut Surface<'_>,
        document: &Document,
        (number, sheet, foot): (usize, &[Placed<'_>], &Row),
    ) {
        let mut y = self.margins.top;
        for row in &document.running {
            let head = ContentTag::Artifact(Artifact::with_kind(ArtifactType::Header));
            let tag = if number == 1 { ContentTag::Span(SpanTag::empty()) } else { head };
            for (_, read) in self.row(surface, row, (y, tag)) {
                if number == 1 {
                    self.read.running.push(read);
                }
            }
            y += row.high;
        }
        for placed in sheet {
            let tag = match placed.kind {
                Kind::Again => {
                    ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther))
                }
                Kind::Own | Kind::Head => ContentTag::Span(SpanTag::empty()),
            };
            let read = self.row(surface, placed.row, (placed.y, tag));
            if placed.kind != Kind::Again {
                self.read.parts.entry(placed.part).or_default().push((placed.kind, read));
            }
        }
        if self.margins.foot > 0.0 {
            let tag = ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer));
            self.row(surface, foot, (self.high - self.margins.foot + 8.0, tag));
        }
    }

    fn row(
        &self,
        surface: &mut Surface<'_>,
        row: &Row,
        (y, tag): (f32, ContentTag<'_>),
    ) -> Vec<(Role, Identifier)> {
        if !row.rules.is_empty() {
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
            for rule in &row.rules {
                self.rule(surface, rule, y);
            }
            surface.end_tagged();
        }
        let mut read = Vec::new();
        for cell in row.cells.iter().filter(|cell| !cell.block.set.text.is_empty()) {
            read.push((cell.role, surface.start_tagged(tag)));
            self.block(surface, &cell.block, (self.margins.side + cell.x, y + cell.y));
            surface.end_tagged();
        }
        read
    }

    fn rule(&self, surface: &mut Surface<'_>, rule: &Rule, y: f32) {
        let side = self.margins.side;
        let wide = rule.wide.min(self.wide - side - rule.x);
        let Some(area) = Rect::from_xywh(side + rule.x, y + rule.y, wide, rule.high) else {
            return;
        };
        let mut path = PathBuilder::new();
        path.push_rect(area);
        surface.set_fill(Some(ink(rule.shade)));
        if let Some(path) = path.finish() {
            surface.draw_path(&path);
        }
    }

    fn block(&self, surface: &mut Surface<'_>, block: &Block, (left, top): (f32, f32)) {
        let Block { set, lines } = block;
        let above = set.line * count(lines.start);
        for number in lines.clone() {
            let Some(line) = set.layout.get(number) else { continue };
            let y = top + line.metrics().baseline - above;
            let mut x = left + line.metrics().offset;
            for run in line.runs() {
                let shade = match run.visual_clusters().next().map(|first| first.style().brush) {
                    Some(Ink::Gray) => 60,
                    Some(Ink::White) => 255,
                    Some(Ink::Black) | None => 0,
                };
                surface.set_fill(Some(ink(shade)));
                let glyphs = glyphs(&run);
                let font = self.face(&run);
                let at = Point::from_xy(x, y);
                surface.draw_glyphs(at, &glyphs, font, &set.text, run.font_size(), false);
                x += run.advance();
            }
        }
    }

    /// The face that a run is set in: the file it was read from.
    fn face(&self, run: &Run<'_, Ink>) -> Font {
        let [regular, bold] = &self.faces;
        let is_bold = std::ptr::eq(run.font().data.data(), BOLD);
        if is_bold { bold.clone() } else { regular.clone() }
    }
}

fn ink(lightness: u8) -> Fill {
    Fill {
        paint: luma::Color::new(lightness).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::default(),
    }
}

fn glyphs(run: &Run<'_, Ink>) -> Vec<KrillaGlyph> {
    let size = run.font_size();
    let mut glyphs: Vec<KrillaGlyph> = Vec::new();
    for cluster in run.visual_clusters() {
        let range = cluster.text_range();
        if cluster.is_ligature_continuation() {
            if let Some(last) = glyphs.last_mut() {
                last.text_range.start = last.text_range.start.min(range.start);
                last.text_range.end = last.text_range.end.max(range.end);
            }
            continue;
        }
        for glyph in cluster.glyphs() {
            let measure = (glyph.advance / size, glyph.x / size, glyph.y / size);
            let id = GlyphId::new(glyph.id);
            let (advance, x, y) = measure;
            glyphs.push(KrillaGlyph::new(id, advance, x, y, 0.0, range.clone(), None));
        }
    }
    glyphs
}

impl Read {
    fn tree(self, document: &Document) -> TagTree {
        let mut tree = TagTree::new();
        let mut head = TagGroup::new(Tag::P);
        self.running.into_iter().for_each(|read| head.push(read));
        tree.push(head);
        for (number, rows) in self.parts {
            match document.parts.get(number) {
                Some(Part::Table { .. }) => tree.push(table(rows)),
                _ => {
                    for (_, row) in rows {
                        let mut group = TagGroup::new(Tag::P);
                        row.into_iter().for_each(|(_, read)| group.push(read));
                        tree.push(group);
                    }
                }
            }
        }
        tree
    }
}

fn table(rows: Vec<(Kind, ReadRow)>) -> TagGroup {
    let mut table = TagGroup::new(Tag::Table);
    let mut head = TagGroup::new(Tag::THead);
    let mut body = TagGroup::new(Tag::TBody);
    for (kind, cells) in rows {
        let mut row = TagGroup::new(Tag::TR);
        for (role, read) in cells {
            let mut cell = match role {
                Role::ColumnHead => TagGroup::new(Tag::TH(TableHeaderScope::Column)),
                Role::RowHead => TagGroup::new(Tag::TH(TableHeaderScope::Row)),
                Role::Words => TagGroup::new(Tag::TD),
            };
            cell.push(read);
            row.push(cell);
        }
        if kind == Kind::Head { head.push(row) } else { body.push(row) }
    }
    table.push(head);
    table.push(body);
    table
}
