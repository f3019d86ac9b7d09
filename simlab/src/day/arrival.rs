//! When orders come, for whom, and how long tubes are on their way.
//!
//! What must stay true: visits are numbered in the order of their minutes; whoever returns within
//! the day does so after the first visit; the number of tubes is exactly the one asked for.

use lab::value::Priority;

use super::{Day, is_weekend, menu};
use crate::chance::Chance;
use crate::patient::Patient;

/// Orders by the hour of the day they are given, as weights.
// Our choice, in the shape of MIMIC-IV's collection times: rounds before dawn hold the busiest hour
// at some three times the mean, clinics fill the morning, the evening and night belong to the
// emergency department.
const HOURS: [f64; 24] = [
    2.0, 1.6, 1.6, 2.4, 7.0, 10.5, 8.0, 6.0, 7.0, 7.5, 7.0, 6.0, 5.0, 4.8, 4.8, 4.4, 3.8, 3.4, 3.2,
    3.0, 2.8, 2.6, 2.4, 2.2,
];

/// Of a hundred orders from the second day on, how many are for somebody from days before.
const RETURNING_PERCENT: f64 = 26.0;

/// Of a hundred who return, how many come to a clinic again, whole weeks after they were there.
const CLINIC_PERCENT: f64 = 40.0;

/// Of a hundred orders, how many repeat one of the same day for a patient who stays.
const REPEAT_PERCENT: f64 = 14.0;

/// Numbers of patients set aside for each day.
const PATIENTS_A_DAY: u64 = 100_000;

/// One order before the blood is drawn.
pub(super) struct Visit {
    pub number: u32,
    pub minute: u32,
    pub patient: Patient,
    pub returning: bool,
    /// Hours since the patient was first seen.
    pub hours: f64,
    pub priority: Priority,
    pub codes: Vec<&'static str>,
}

/// Every visit of the day.
pub(super) fn visits(day: &Day) -> Vec<Visit> {
    // An order needs one tube or two, so half as many orders never need more than asked for; then
    // as many more as tubes are missing.
    let mut count = day.tubes / 2;
    loop {
        let mut visits = visits_at(day, &minutes(day, count));
        let tubes: u32 = visits.iter().map(tubes_of).sum();
        if tubes >= day.tubes {
            leave_out(&mut visits, tubes - day.tubes);
            return visits;
        }
        count += (day.tubes - tubes).div_ceil(2);
    }
}

fn tubes_of(visit: &Visit) -> u32 {
    menu::benches(&visit.codes).len() as u32
}

/// Leaves out the second tube of as many of the last orders.
fn leave_out(visits: &mut [Visit], tubes: u32) {
    let two = visits.iter_mut().rev().filter(|visit| tubes_of(visit) == 2);
    for visit in two.take(tubes as usize) {
        visit.codes.truncate(1);
    }
}

/// The minutes at which so many orders come, in order.
fn minutes(day: &Day, count: u32) -> Vec<u32> {
    let chance = &mut day.chance("arrival", 0);
    let mut hour = 0;
    let hours = HOURS.map(|weight| {
        hour += 1;
        (hour - 1, weight)
    });
    let minute = |_| chance.weighted(&hours) * 60 + chance.below(60) as u32;
    let mut minutes: Vec<u32> = (0..count).map(minute).collect();
    minutes.sort_unstable();
    minutes
}

fn visits_at(day: &Day, minutes: &[u32]) -> Vec<Visit> {
    let mut visits: Vec<Visit> = Vec::with_capacity(minutes.len());
    for (number, minute) in (0..).zip(minutes) {
        let chance = &mut day.chance("visit", number);
        let next = visit(day, number, (*minute, &visits), chance);
        visits.push(next);
    }
    visits
}

fn visit(day: &Day, number: u32, (minute, before): (u32, &[Visit]), chance: &mut Chance) -> Visit {
    let lately = &before[earlier_than(before, minute, APART_HOURS)..];
    let free = |(patient, _): &(Patient, f64)| {
        lately.iter().all(|visit| visit.patient.number != patient.number)
    };
    let (patient, hours) = repeated(before, minute, chance)
        .or_else(|| returned(day, minute, chance))
        .filter(free)
        .unwrap_or_else(|| (newcomer(day, number), 0.0));
    let returning = hours > 0.0;
    let stat = chance.yes(patient.ward.stat_share);
    let priority = match chance.uniform() {
        _ if stat => Priority::Stat,
        asap if asap < 0.08 => Priority::Asap,
        _ => Priority::Routine,
    };
    let codes = menu::order(&patient, returning, chance);
    Visit { number, minute, patient, returning, hours, priority, codes }
}

/// How many of these visits were at least so many hours before the minute.
fn earlier_than(before: &[Visit], minute: u32, hours: u32) -> usize {
    before.partition_point(|visit| visit.minute + hours * 60 <= minute)
}

/// Somebody new. At the weekend the clinics are closed: whoever would have gone to one is left
/// out, and the next in line comes.
fn newcomer(day: &Day, number: u32) -> Patient {
    let first = u64::from(day.number) * PATIENTS_A_DAY + u64::from(number);
    let mut patient = Patient::new(day.seed, first);
    for line in 1..LINES {
        if patient.ward.stays || !is_weekend(day.number) {
            break;
        }
        patient = Patient::new(day.seed, first + line * (PATIENTS_A_DAY / LINES));
    }
    patient
}

/// How many wait in line for each place of a weekend day: one of them surely is no clinic's.
const LINES: u64 = 16;

/// Hours between two orders for one patient, at least and for a repeat at most.
const APART_HOURS: u32 = 3;
const REPEAT_HOURS_MOST: u32 = 9;

/// Somebody seen some hours ago who stays.
fn repeated(before: &[Visit], minute: u32, chance: &mut Chance) -> Option<(Patient, f64)> {
    if !chance.yes(REPEAT_PERCENT / 100.0) {
        return None;
    }
    let at = |hours| earlier_than(before, minute, hours);
    let due = &before[at(REPEAT_HOURS_MOST)..at(APART_HOURS)];
    let waiting: Vec<&Visit> = due.iter().filter(|visit| visit.patient.ward.stays).collect();
    let first = waiting.get(chance.below(waiting.len() as u64) as usize)?;
    Some((first.patient.clone(), first.hours + f64::from(minute - first.minute) / 60.0))
}

/// Somebody from one of the days before: from a ward, mostly yesterday's; from a clinic, whole
/// weeks ago.
fn returned(day: &Day, minute: u32, chance: &mut Chance) -> Option<(Patient, f64)> {
    if day.number == 0 || !chance.yes(RETURNING_PERCENT / 100.0) {
        return None;
    }
    let clinic = chance.yes(CLINIC_PERCENT / 100.0) && day.number >= 7 && !is_weekend(day.number);
    let step = if clinic { 7 } else { 1 };
    // The last time is twice as likely as the one before it, and so on.
    let mut days = step;
    while days + step <= day.number && chance.yes(0.5) {
        days += step;
    }
    // A fifth of the tubes: numbers that surely were visits of that day, be it a Sunday.
    let number = chance.below(u64::from(day.tubes / 5).max(1));
    let earlier = Day { number: day.number - days, ..*day };
    let patient = newcomer(&earlier, number as u32);
    let hours = f64::from(days) * 24.0 + f64::from(minute) / 60.0 - 12.0;
    (patient.ward.stays != clinic).then_some((patient, hours))
}

/// Minutes from the order to the draw.
pub(super) fn minutes_to_collect(visit: &Visit, chance: &mut Chance) -> u32 {
    let middle = match visit.priority {
        Priority::Stat => 8.0,
        Priority::Asap | Priority::Timed => 18.0,
        Priority::Routine => 35.0,
    };
    skewed(middle, chance)
}

/// Minutes from the draw to the laboratory.
pub(super) fn minutes_to_receive(visit: &Visit, chance: &mut Chance) -> u32 {
    let middle = match (visit.priority, visit.patient.ward.stays) {
        (Priority::Stat, _) => 7.0,
        (_, true) => 16.0,
        (_, false) => 40.0,
    };
    skewed(middle, chance)
}

/// At least a minute, about `middle`, now and then much longer.
fn skewed(middle: f64, chance: &mut Chance) -> u32 {
    (middle * chance.factor(0.5)).round().clamp(1.0, 240.0) as u32
}
