//! Reading catalog files: text to entries, with every mistake found on the way.

use super::answer::{Answer, AnswerList};
use super::calculation::Calculation;
use super::container::{Container, RejectionReason};
use super::file::{
    AnswerText, AnswersText, BandTableText, ContainerText, FileText, KeyedTableText, PanelText,
    RejectionText,
};
use super::keeping::Keeping;
use super::mistake::{Mistake, Place};
use super::panel::Panel;
use super::reason::Reason;
use super::rules::Rules;
use super::test::{Bench, TestDefinition};
use super::turnaround::Turnaround;
use super::{read_calculation, read_keeping, read_rules, read_test, read_turnaround};
use rule::{Band, BandTable, KeyedTable, Table};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::ops::Range;
use std::str::FromStr;

/// Everything the files hold, in their order.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) tests: Vec<TestDefinition>,
    pub(super) panels: Vec<Panel>,
    pub(super) containers: Vec<Container>,
    pub(super) calculations: Vec<Calculation>,
    pub(super) rejections: Vec<RejectionReason>,
    pub(super) reasons: Vec<Reason>,
    pub(super) keeping: Keeping,
    pub(super) rules: Rules,
    pub(super) answers: Vec<AnswerList>,
    pub(super) turnarounds: Vec<Turnaround>,
    pub(super) sources: BTreeMap<String, String>,
    pub(super) tables: rule::Tables,
}

/// The entries and where each stands.
pub(super) struct Read {
    pub(super) parts: Parts,
    pub(super) places: Places,
}

/// Where entries stand, by kind and code; an entry given twice has two places.
#[derive(Default)]
pub(super) struct Places(BTreeMap<(&'static str, String), Vec<Place>>);

impl Places {
    pub(super) fn note(&mut self, kind: &'static str, code: &str, place: Place) {
        self.0.entry((kind, code.to_string())).or_default().push(place);
    }

    /// Where the entry stands.
    pub(super) fn of(&self, kind: &'static str, code: &str) -> Place {
        let places = self.0.get(&(kind, code.to_string()));
        places.and_then(|places| places.first()).cloned().unwrap_or_default()
    }

    /// Everything noted of one kind, each with its first place.
    pub(super) fn all(&self, kind: &'static str) -> impl Iterator<Item = (&str, &Place)> {
        let own = self.0.iter().filter(move |((own, _), _)| *own == kind);
        own.filter_map(|((_, code), places)| Some((code.as_str(), places.first()?)))
    }

    /// Entries given more than once: kind, code, first and further place. What is kept has a row
    /// for each state.
    pub(super) fn twice(&self) -> impl Iterator<Item = (&'static str, &str, &Place, &Place)> {
        let once = self.0.iter().filter(|((kind, _), _)| !kind.starts_with("kept "));
        once.filter_map(|((kind, code), places)| {
            Some((*kind, code.as_str(), places.first()?, places.get(1)?))
        })
    }
}

/// Reads all files.
pub(super) fn read(files: &[(&str, &str)]) -> Result<Read, Vec<Mistake>> {
    let mut parts = Parts::default();
    let mut places = Places::default();
    let mut mistakes = Vec::new();
    for (file, text) in files {
        let mut reader = Reader::new(file, text);
        match toml::from_str::<FileText>(text) {
            Ok(content) => reader.content(content, &mut parts, &mut places),
            Err(error) => {
                let place = reader.place(error.span().unwrap_or(0..0));
                let what = error.message();
                reader.mistakes.push(place.mistake(what, mend_of(what)));
            }
        }
        mistakes.append(&mut reader.mistakes);
    }
    if mistakes.is_empty() { Ok(Read { parts, places }) } else { Err(mistakes) }
}

/// How to mend what the TOML reader told.
fn mend_of(what: &str) -> &'static str {
    if what.starts_with("unknown field") {
        "correct the field's name, or remove it"
    } else if what.starts_with("missing field") {
        "add the field"
    } else if what.starts_with("unknown variant") || what.starts_with("invalid type") {
        "write one of the values expected"
    } else {
        "correct the line as TOML: name = value, texts and figures in quotes"
    }
}

/// Reads one file.
pub(super) struct Reader<'a> {
    file: &'a str,
    line_starts: Vec<usize>,
    pub(super) mistakes: Vec<Mistake>,
}

impl<'a> Reader<'a> {
    fn new(file: &'a str, text: &str) -> Reader<'a> {
        let line_starts = text.match_indices('\n').map(|(at, _)| at).collect();
        Reader { file, line_starts, mistakes: Vec::new() }
    }

    /// The place of a span of bytes.
    pub(super) fn place(&self, span: Range<usize>) -> Place {
        let before = self.line_starts.partition_point(|start| *start < span.start);
        let line = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1);
        Place { file: self.file.to_string(), line }
    }

    /// Notes a mistake.
    pub(super) fn wrong(&mut self, place: &Place, what: impl Into<String>, mend: &str) {
        self.mistakes.push(place.mistake(what, mend));
    }

    /// A figure as a decimal.
    pub(super) fn decimal(&mut self, place: &Place, text: &str) -> Option<Decimal> {
        let figure = Decimal::from_str(text.trim()).ok();
        if figure.is_none() {
            self.wrong(
                place,
                format!("{text:?} is not a number"),
                "write digits in quotes, \"4.5\"",
            );
        }
        figure
    }

    /// A figure that may be absent.
    pub(super) fn optional(&mut self, place: &Place, text: Option<&String>) -> Option<Decimal> {
        text.and_then(|text| self.decimal(place, text))
    }

    /// Digits after the point.
    pub(super) fn decimals(&mut self, place: &Place, decimals: i64) -> u32 {
        let fitting = u32::try_from(decimals).ok().filter(|decimals| *decimals <= 6);
        if fitting.is_none() {
            self.wrong(place, format!("{decimals} decimals are not 0 to 6"), "write 0 to 6");
        }
        fitting.unwrap_or(0)
    }

    /// Low must not lie above high.
    pub(super) fn ordered(&mut self, place: &Place, low: Option<Decimal>, high: Option<Decimal>) {
        if let (Some(low), Some(high)) = (low, high)
            && low > high
        {
            self.wrong(
                place,
                format!("low {low} is above high {high}"),
                "exchange or correct them",
            );
        }
    }

    fn content(&mut self, mut content: FileText, parts: &mut Parts, places: &mut Places) {
        let bench = self.bench(&content);
        read_keeping::add(self, content.keeping(), &mut parts.keeping, places);
        read_rules::add(self, content.rules(), &mut parts.rules, places);
        let stem = self.file.rsplit('/').next().unwrap_or(self.file).trim_end_matches(".toml");
        for (subject, source) in content.sources {
            parts.sources.insert(format!("{stem}.{subject}"), source);
        }
        for text in content.test {
            places.note("test", text.code.get_ref(), self.place(text.code.span()));
            parts.tests.push(read_test::test(self, bench, text));
        }
        for text in content.calculation {
            places.note("calculation", text.id.get_ref(), self.place(text.id.span()));
            parts.calculations.extend(read_calculation::calculation(self, text));
        }
        for text in content.panel {
            places.note("panel", text.code.get_ref(), self.place(text.code.span()));
            parts.panels.push(panel(text));
        }
        for text in content.container {
            places.note("container", text.code.get_ref(), self.place(text.code.span()));
            parts.containers.push(container(text));
        }
        for text in content.rejection {
            places.note("rejection", text.code.get_ref(), self.place(text.code.span()));
            parts.rejections.push(rejection(text));
        }
        for text in content.reason {
            places.note("reason", text.code.get_ref(), self.place(text.code.span()));
            let (code, label) = (text.code.into_inner(), text.label);
            parts.reasons.push(Reason { code, label, of: text.of });
        }
        for text in content.answers {
            places.note("answers", text.name.get_ref(), self.place(text.name.span()));
            parts.answers.push(self.answers(text));
        }
        for text in content.turnaround {
            parts.turnarounds.extend(read_turnaround::turnaround(self, text, places));
        }
        for text in content.band_table {
            self.note_table(&text.name, &text.source, places);
            let name = text.name.get_ref().clone();
            parts.tables.insert(name, Table::Bands(self.band_table(text)));
        }
        for text in content.keyed_table {
            self.note_table(&text.name, &text.source, places);
            let name = text.name.get_ref().clone();
            parts.tables.insert(name, Table::Keyed(self.keyed_table(text)));
        }
    }

    /// A list of answers; the same words must not mean two of them.
    fn answers(&mut self, text: AnswersText) -> AnswerList {
        let mut answers: Vec<Answer> = Vec::with_capacity(text.answers.len());
        for answer in text.answers {
            let place = self.place(answer.span());
            let AnswerText { text, also, abnormal } = answer.into_inner();
            for words in also.iter().chain([&text]) {
                if let Some(other) = Answer::meant(&answers, words) {
                    let what = format!("{words:?} means {} and {text}", other.text);
                    self.wrong(&place, what, "give the words to one of them");
                }
            }
            answers.push(Answer { text, also, abnormal, critical: false });
        }
        let name = text.name.into_inner();
        AnswerList { name, answers, tests: text.tests, critical: text.critical }
    }

    fn note_table(&mut self, name: &toml::Spanned<String>, source: &str, places: &mut Places) {
        let place = self.place(name.span());
        if source.trim().is_empty() {
            self.wrong(&place, "the table has no source", "name who published it");
        }
        places.note("table", name.get_ref(), place);
    }

    /// The bench the file's tests belong to.
    fn bench(&mut self, content: &FileText) -> Bench {
        let Some(name) = &content.bench else {
            if let Some(test) = content.test.first() {
                let place = self.place(test.code.span());
                let mend = "write bench = \"…\" at the top of the file";
                self.wrong(&place, "the file's tests have no bench", mend);
            }
            return Bench::Chemistry;
        };
        Bench::named(name.get_ref()).unwrap_or_else(|| {
            let known: Vec<&str> = Bench::ALL.into_iter().map(Bench::name).collect();
            let place = self.place(name.span());
            let what = format!("there is no bench {:?}", name.get_ref());
            self.wrong(&place, what, &format!("use one of {}", known.join(", ")));
            Bench::Chemistry
        })
    }

    fn band_table(&mut self, text: BandTableText) -> BandTable {
        let place = self.place(text.name.span());
        let columns: Vec<Decimal> =
            text.columns.iter().filter_map(|start| self.decimal(&place, start)).collect();
        if columns.windows(2).any(|pair| pair.first() >= pair.last()) {
            self.wrong(&place, "the columns do not rise", "order them by their lowest number");
        }
        let rows = text.rows.into_iter().filter_map(|row| {
            let place = self.place(row.span());
            let figures: Vec<Decimal> =
                row.get_ref().iter().filter_map(|figure| self.decimal(&place, figure)).collect();
            let [low, high, cells @ ..] = figures.as_slice() else {
                self.wrong(&place, "the row is too short", "write from, to, figures");
                return None;
            };
            self.ordered(&place, Some(*low), Some(*high));
            if cells.len() != columns.len() {
                self.wrong(&place, "the row has not one figure per column", "complete the row");
            }
            Some(Band { low: *low, high: *high, cells: cells.to_vec() })
        });
        let rows = rows.collect();
        BandTable { columns, rows }
    }

    fn keyed_table(&mut self, text: KeyedTableText) -> KeyedTable {
        let mut table = KeyedTable::default();
        for row in text.rows {
            let place = self.place(row.span());
            let row = row.into_inner();
            let mut cells = BTreeMap::new();
            for (column, figure) in row.figures {
                cells.extend(self.decimal(&place, &figure).map(|figure| (column, figure)));
            }
            if table.rows.insert(row.key.clone(), cells).is_some() {
                self.wrong(&place, format!("{} stands twice", row.key), "keep one of them");
            }
        }
        table
    }
}

fn panel(text: PanelText) -> Panel {
    Panel {
        code: text.code.into_inner(),
        name: text.name,
        loinc: text.loinc,
        members: text.members,
    }
}

fn container(text: ContainerText) -> Container {
    Container {
        code: text.code.into_inner(),
        draw_order: text.draw_order,
        cap: text.cap,
        additive: text.additive,
        inversions: text.inversions,
        nominal_ml: text.nominal_ml,
        min_fill_ml: text.min_fill_ml,
        ratio_critical: text.ratio_critical,
        specimen: text.specimen,
        typical_use: text.typical_use,
        note: text.note,
    }
}

fn rejection(text: RejectionText) -> RejectionReason {
    RejectionReason {
        code: text.code.into_inner(),
        label: text.label,
        scope: text.scope,
        action: text.action,
        irretrievable_override: text.irretrievable_override,
        report_text: text.report_text,
    }
}
