//! Reading what specimens bear: times, limits and programs, as written in the catalog's files.
//!
//! What must stay true: a time that cannot be read is a mistake with its line, never no limit.

use rust_decimal::Decimal;
use serde::Deserialize;
use toml::Spanned;

use super::Catalog;
use super::keeping::{Fill, Interference, Keep, Keeping, Limit, Spin, Stability};
use super::mistake::{Mistake, Place};
use super::read::{Places, Reader};

/// What a file says of what specimens bear.
#[derive(Default)]
pub(super) struct KeepingText {
    pub(super) stability: Vec<Spanned<StabilityText>>,
    pub(super) spin: Vec<Spanned<SpinText>>,
    pub(super) interference: Vec<Spanned<InterferenceText>>,
    pub(super) fill: Vec<Spanned<FillText>>,
    pub(super) clotting: Vec<Spanned<ContainersText>>,
    pub(super) on_ice: Vec<Spanned<ContainersText>>,
    pub(super) keep: Vec<Spanned<KeepText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StabilityText {
    tests: Vec<String>,
    kept: KeptText,
    room: Option<String>,
    refrigerated: Option<String>,
    frozen: Option<String>,
    #[serde(default)]
    note: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeptText {
    Any,
    Unspun,
    Separated,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpinText {
    container: String,
    clot_minutes: i64,
    g: String,
    minutes: String,
    temperature: String,
    within: String,
    look_for: String,
    #[serde(default)]
    unspun: UnspunText,
}

/// What becomes of results from a tube that nobody recorded as spun.
#[derive(Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum UnspunText {
    #[default]
    Hold,
    Free,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InterferenceText {
    test: String,
    hemolysis: Option<String>,
    icterus: Option<String>,
    lipemia: Option<String>,
    #[serde(default)]
    effect: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FillText {
    container: String,
    #[serde(rename = "least_mL")]
    least_ml: String,
    #[serde(rename = "left_mL")]
    left_ml: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContainersText {
    containers: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeepText {
    what: String,
    containers: Vec<String>,
    after_report: String,
    source: String,
}

/// Adds what one file says.
pub(super) fn add(
    reader: &mut Reader<'_>,
    text: KeepingText,
    keeping: &mut Keeping,
    places: &mut Places,
) {
    for row in text.stability {
        let place = reader.place(row.span());
        let row = row.into_inner();
        let stability = stability(reader, &place, &row);
        for code in row.tests {
            places.note("kept test", &code, place.clone());
            keeping.stability.entry(code).or_default().push(stability.clone());
        }
    }
    for row in text.spin {
        let place = reader.place(row.span());
        let row = row.into_inner();
        places.note("spun container", &row.container, place.clone());
        let spin = spin(reader, &place, &row);
        keeping.spins.entry(row.container).or_insert(spin);
    }
    for row in text.interference {
        let place = reader.place(row.span());
        let row = row.into_inner();
        places.note("kept test", &row.test, place.clone());
        let limits = interference(reader, &place, &row);
        keeping.interference.entry(row.test).or_insert(limits);
    }
    tubes(reader, (text.fill, text.keep), keeping, places);
    for row in text.clotting {
        keeping.clotting.extend(named(reader, row, places));
    }
    for row in text.on_ice {
        keeping.on_ice.extend(named(reader, row, places));
    }
}

fn tubes(
    reader: &mut Reader<'_>,
    (fills, keeps): (Vec<Spanned<FillText>>, Vec<Spanned<KeepText>>),
    keeping: &mut Keeping,
    places: &mut Places,
) {
    for row in fills {
        let place = reader.place(row.span());
        let row = row.into_inner();
        places.note("kept container", &row.container, place.clone());
        let least = reader.decimal(&place, &row.least_ml);
        let left = reader.optional(&place, row.left_ml.as_ref()).or(least);
        if let (Some(least), Some(left)) = (least, left) {
            keeping.fills.entry(row.container).or_insert(Fill { least, left });
        }
    }
    for row in keeps {
        let place = reader.place(row.span());
        let row = row.into_inner();
        if row.source.trim().is_empty() {
            reader.wrong(&place, "the time of keeping has no source", "name who says so");
        }
        let minutes = minutes(reader, &place, &row.after_report);
        for container in row.containers {
            places.note("kept container", &container, place.clone());
            let (what, source) = (row.what.clone(), row.source.clone());
            keeping.keeps.entry(container).or_insert(Keep { what, minutes, source });
        }
    }
}

fn named(reader: &Reader<'_>, row: Spanned<ContainersText>, places: &mut Places) -> Vec<String> {
    let place = reader.place(row.span());
    let containers = row.into_inner().containers;
    for container in &containers {
        places.note("kept container", container, place.clone());
    }
    containers
}

fn stability(reader: &mut Reader<'_>, place: &Place, row: &StabilityText) -> Stability {
    Stability {
        separated: match row.kept {
            KeptText::Any => None,
            KeptText::Unspun => Some(false),
            KeptText::Separated => Some(true),
        },
        room: limit(reader, place, row.room.as_deref()),
        refrigerated: limit(reader, place, row.refrigerated.as_deref()),
        frozen: limit(reader, place, row.frozen.as_deref()),
        note: row.note.clone(),
    }
}

fn spin(reader: &mut Reader<'_>, place: &Place, row: &SpinText) -> Spin {
    if row.clot_minutes < 0 {
        reader.wrong(place, "clot_minutes is below 0", "write 0 where nothing has to clot");
    }
    Spin {
        clot_minutes: row.clot_minutes,
        g: row.g.clone(),
        minutes: row.minutes.clone(),
        temperature: row.temperature.clone(),
        within_minutes: minutes(reader, place, &row.within),
        look_for: row.look_for.clone(),
        holds_unspun: row.unspun == UnspunText::Hold,
    }
}

fn interference(reader: &mut Reader<'_>, place: &Place, row: &InterferenceText) -> Interference {
    let mut figure =
        |text: &Option<String>| -> Option<Decimal> { reader.optional(place, text.as_ref()) };
    Interference {
        hemolysis: figure(&row.hemolysis),
        icterus: figure(&row.icterus),
        lipemia: figure(&row.lipemia),
        effect: row.effect.clone(),
    }
}

fn limit(reader: &mut Reader<'_>, place: &Place, text: Option<&str>) -> Limit {
    match text {
        None => Limit::Unknown,
        Some("never") => Limit::Never,
        Some(text) => Limit::Minutes(minutes(reader, place, text)),
    }
}

/// Minutes of a time as written: `15 min`, `8 h`, `4 d`, `2 wk`, `1 mo` (30 d), `1 y` (365 d).
pub(super) fn minutes(reader: &mut Reader<'_>, place: &Place, text: &str) -> i64 {
    let (figure, unit) = text.split_once(' ').unwrap_or((text, ""));
    let each = match unit {
        "min" => Some(1),
        "h" => Some(60),
        "d" => Some(1_440),
        "wk" => Some(7 * 1_440),
        "mo" => Some(30 * 1_440),
        "y" => Some(365 * 1_440),
        _ => None,
    };
    let figure = figure.parse::<i64>().ok().filter(|figure| *figure > 0);
    let read = figure.zip(each).and_then(|(figure, each)| figure.checked_mul(each));
    read.unwrap_or_else(|| {
        let what = format!("{text:?} is not a time");
        reader.wrong(place, what, "write a whole number and min, h, d, wk, mo or y: \"8 h\"");
        0
    })
}

/// Mistakes that need the whole catalog: tests and containers that are not there.
pub(super) fn check(catalog: &Catalog, places: &Places) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (code, place) in places.all("kept test") {
        if catalog.test(code).is_none() {
            let what = format!("the unknown test {code}");
            found.push(place.mistake(what, "add the test or correct its code"));
        }
    }
    for kind in ["spun container", "kept container"] {
        for (code, place) in places.all(kind) {
            if catalog.container(code).is_none() {
                let what = format!("the unknown container {code}");
                found.push(place.mistake(what, "add the container or correct its code"));
            }
        }
    }
    found
}
