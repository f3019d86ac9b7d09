//! Times and ages as people near the laboratory read them.
//!
//! What must stay true: every time is printed with its zone or under a line that names it; an age
//! is the age at a stated moment and counted as the laboratory counts it, in completed units.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use lab::value::{BirthDate, Moment};

/// `2026-11-24 09:41`.
#[must_use]
pub fn minute(at: Moment, zone: &TimeZone) -> String {
    at.in_zone(zone).strftime("%Y-%m-%d %H:%M").to_string()
}

/// `2026-11-24 09:41 EST`.
#[must_use]
pub fn minute_zoned(at: Moment, zone: &TimeZone) -> String {
    at.in_zone(zone).strftime("%Y-%m-%d %H:%M %Z").to_string()
}

/// `2026-11-24`.
#[must_use]
pub fn day(at: Moment, zone: &TimeZone) -> String {
    at.in_zone(zone).strftime("%Y-%m-%d").to_string()
}

/// The offset from UTC at that moment: `UTC-05:00`.
#[must_use]
pub fn offset(at: Moment, zone: &TimeZone) -> String {
    at.in_zone(zone).strftime("UTC%:z").to_string()
}

/// Days until an age is told in months.
const MONTHS_FROM_DAYS: u32 = 28;
/// Completed years from which on an age is told in years.
const YEARS_FROM: u32 = 2;

/// Age at a moment in completed units: `12 d`, `7 mo`, `41 y`; `None` before birth.
#[must_use]
pub fn age(born: BirthDate, at: Moment) -> Option<String> {
    let days = born.days_old(at)?;
    let years = born.years_old(at)?;
    if days < MONTHS_FROM_DAYS {
        return Some(format!("{days} d"));
    }
    if years >= YEARS_FROM {
        return Some(format!("{years} y"));
    }
    let born: Date = born.to_string().parse().ok()?;
    let months = at.date().since((jiff::Unit::Month, born)).ok()?.get_months();
    Some(format!("{months} mo"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_in_the_unit_that_matters() {
        let at = Moment::from_micros(1_795_502_400_000_000); // 2026-11-24T06:40Z
        for (born, expected) in [
            ("2026-11-24", Some("0 d")),
            ("2026-10-28", Some("27 d")),
            ("2026-10-24", Some("1 mo")),
            ("2026-01-24", Some("10 mo")),
            ("2026-01-25", Some("9 mo")),
            ("2024-11-25", Some("23 mo")),
            ("2024-11-24", Some("2 y")),
            ("1926-11-25", Some("99 y")),
            ("2026-11-25", Some("0 d")), // east of Greenwich it is tomorrow already
            ("2026-11-26", None),
        ] {
            let born = BirthDate::read(born).expect("a date");
            assert_eq!(age(born, at).as_deref(), expected, "{born}");
        }
    }

    #[test]
    fn times_carry_their_zone() {
        let at = Moment::from_micros(1_795_502_400_000_000);
        let zone = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").expect("a zone");
        assert_eq!(minute_zoned(at, &zone), "2026-11-24 01:40 EST");
        assert_eq!(day(at, &zone), "2026-11-24");
        assert_eq!(offset(at, &zone), "UTC-05:00");
        assert_eq!(minute_zoned(at, &TimeZone::UTC), "2026-11-24 06:40 UTC");
    }
}
