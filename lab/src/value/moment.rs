//! When something happened, to the microsecond, in UTC; and the day somebody was born.
//!
//! What must stay true: nothing here asks what time it is; the time is always given.

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// A moment: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(i64);

const MICROS_A_MINUTE: i64 = 60_000_000;

impl Moment {
    /// The moment `micros` microseconds after 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Moment {
        Moment(micros)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole minutes from `earlier` to this moment; negative when `earlier` is later.
    #[must_use]
    pub const fn minutes_since(self, earlier: Moment) -> i64 {
        (self.0 - earlier.0) / MICROS_A_MINUTE
    }

    /// This moment plus `minutes` (which may be negative).
    #[must_use]
    pub const fn plus_minutes(self, minutes: i64) -> Moment {
        Moment(self.0 + minutes * MICROS_A_MINUTE)
    }

    /// The UTC year and day of the year (1 to 366).
    #[must_use]
    pub fn year_and_day(self) -> (i16, i16) {
        let date = self.date();
        (date.year(), date.day_of_year())
    }

    /// The UTC date.
    #[must_use]
    pub fn date(self) -> Date {
        self.in_zone(&TimeZone::UTC).date()
    }

    /// This moment as people near the laboratory read a clock.
    #[must_use]
    pub fn in_zone(self, zone: &TimeZone) -> jiff::ZonedDateTime {
        Timestamp::from_microsecond(self.0)
            .unwrap_or(Timestamp::UNIX_EPOCH)
            .to_zoned_datetime(zone.clone())
    }
}

/// The day somebody was born.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BirthDate(Date);

impl BirthDate {
    /// Reads `YYYY-MM-DD`.
    #[must_use]
    pub fn read(text: &str) -> Option<BirthDate> {
        text.trim().parse().ok().map(BirthDate)
    }

    /// Age in whole days at `at`; `None` when that is before birth.
    ///
    /// A birth date is a date near the laboratory, `at` is reckoned in UTC: east of Greenwich the
    /// new day begins up to 14 hours earlier, and a child born this morning was born tomorrow by
    /// UTC. One day ahead therefore counts as today: 0 days old.
    #[must_use]
    pub fn days_old(self, at: Moment) -> Option<u32> {
        match at.date().since((jiff::Unit::Day, self.0)).ok()?.get_days() {
            -1 => Some(0),
            days => u32::try_from(days).ok(),
        }
    }

    /// Age in completed years at `at`; `None` when that is before birth, as for
    /// [`days_old`](BirthDate::days_old).
    #[must_use]
    pub fn years_old(self, at: Moment) -> Option<u32> {
        let years = at.date().since((jiff::Unit::Year, self.0)).ok()?.get_years();
        u32::try_from(years).ok().filter(|_| self.days_old(at).is_some())
    }
}

impl std::fmt::Display for BirthDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_counts_completed_days_and_years() {
        let born = BirthDate::read("2000-11-24").expect("a date");
        let at = Moment::from_micros(1_795_500_000_000_000); // 2026-11-24T06:40Z
        assert_eq!(born.years_old(at), Some(26));
        assert_eq!(born.years_old(at.plus_minutes(-24 * 60)), Some(25));
        assert_eq!(BirthDate::read("2026-11-23").and_then(|b| b.days_old(at)), Some(1));
        assert_eq!(BirthDate::read("2026-11-24").and_then(|b| b.days_old(at)), Some(0));
        assert_eq!(BirthDate::read("2026-13-01"), None);
    }

    #[test]
    fn born_today_in_the_east_is_born_tomorrow_by_utc() {
        let at = Moment::from_micros(1_795_500_000_000_000); // 2026-11-24T06:40Z
        for (born, days, years) in [
            ("2026-11-25", Some(0), Some(0)),
            ("2026-11-26", None, None),
            ("2027-11-24", None, None),
        ] {
            let born = BirthDate::read(born).expect("a date");
            assert_eq!((born.days_old(at), born.years_old(at)), (days, years), "{born}");
        }
    }
}
