//! Believable people: a name, a record number, a birth date, a sex, where they are cared for and
//! by whom.
//!
//! No such person exists. Names are put together from lists of our own of family and given names
//! that are common in several parts of the world, so that the screens meet long names, accents
//! and apostrophes.
//!
//! What must stay true: a patient is a function of the seed and the patient's number alone, so
//! whoever returns is the same person with the same blood.

use jiff::Span;
use jiff::civil::Date;
use lab::value::{BirthDate, PersonName, Sex};

use crate::chance::Chance;
use crate::physiology::Condition;

/// The day on which the simulated people have the age they were given.
const EPOCH: Date = jiff::civil::date(2026, 1, 1);

/// Days in a year, leap years averaged.
const DAYS_A_YEAR: f64 = 365.25;

/// A ward or clinic that sends specimens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ward {
    /// Its name on labels and reports.
    pub name: &'static str,
    /// How many of a hundred new patients come from here.
    pub share: f64,
    /// Whether its patients stay and are drawn again.
    pub stays: bool,
    /// How many of a hundred orders are STAT.
    pub stat_share: f64,
    /// The ages in years it sees, from and to.
    pub ages: (f64, f64),
    /// What ails its patients, with weights.
    pub conditions: &'static [(Condition, f64)],
}

use Condition::{
    Anemia, Diabetes, Hyperkalemia, Infection, Ketoacidosis, KidneyDisease, Thrombocytopenia, Well,
};

/// Every ward and clinic. Shares are our choice for a mid-sized community hospital.
pub const WARDS: [Ward; 9] = [
    Ward {
        name: "Emergency Department",
        share: 24.0,
        stays: true,
        stat_share: 0.8,
        ages: (18.0, 92.0),
        conditions: &[
            (Well, 52.0),
            (Infection, 20.0),
            (Anemia, 9.0),
            (Diabetes, 9.0),
            (KidneyDisease, 5.0),
            (Ketoacidosis, 3.0),
            (Hyperkalemia, 2.0),
        ],
    },
    Ward {
        name: "Intensive Care",
        share: 4.0,
        stays: true,
        stat_share: 0.6,
        ages: (25.0, 88.0),
        conditions: &[
            (Infection, 45.0),
            (Anemia, 15.0),
            (KidneyDisease, 15.0),
            (Thrombocytopenia, 12.0),
            (Ketoacidosis, 8.0),
            (Hyperkalemia, 5.0),
        ],
    },
    Ward {
        name: "Medicine 3 East",
        share: 12.0,
        stays: true,
        stat_share: 0.15,
        ages: (30.0, 95.0),
        conditions: &[
            (Well, 35.0),
            (Infection, 22.0),
            (Anemia, 17.0),
            (KidneyDisease, 13.0),
            (Diabetes, 13.0),
        ],
    },
    Ward {
        name: "Surgery 2 West",
        share: 9.0,
        stays: true,
        stat_share: 0.15,
        ages: (20.0, 85.0),
        conditions: &[(Well, 60.0), (Anemia, 20.0), (Infection, 12.0), (Diabetes, 8.0)],
    },
    Ward {
        name: "Family Practice Clinic",
        share: 32.0,
        stays: false,
        stat_share: 0.01,
        ages: (18.0, 85.0),
        conditions: &[(Well, 80.0), (Diabetes, 9.0), (Anemia, 7.0), (KidneyDisease, 4.0)],
    },
    Ward {
        name: "Kidney Clinic",
        share: 3.0,
        stays: false,
        stat_share: 0.02,
        ages: (35.0, 85.0),
        conditions: &[(KidneyDisease, 88.0), (Hyperkalemia, 12.0)],
    },
    Ward {
        name: "Oncology Clinic",
        share: 4.0,
        stays: false,
        stat_share: 0.05,
        ages: (30.0, 82.0),
        conditions: &[(Thrombocytopenia, 35.0), (Anemia, 35.0), (Well, 30.0)],
    },
    Ward {
        name: "Maternity",
        share: 5.0,
        stays: true,
        stat_share: 0.1,
        ages: (18.0, 43.0),
        conditions: &[(Well, 78.0), (Anemia, 22.0)],
    },
    Ward {
        name: "Children's Clinic",
        share: 7.0,
        stays: false,
        stat_share: 0.08,
        ages: (1.0, 17.9),
        conditions: &[(Well, 75.0), (Infection, 18.0), (Anemia, 7.0)],
    },
];

/// One simulated person.
#[derive(Clone, Debug, PartialEq)]
pub struct Patient {
    /// The person's number in this simulation; with the seed it makes the person.
    pub number: u64,
    /// The record number the hospital gave: `MRN` and seven digits.
    pub record_number: String,
    /// Name.
    pub name: PersonName,
    /// Day of birth.
    pub birth_date: BirthDate,
    /// Sex for clinical use; never unknown here.
    pub sex: Sex,
    /// Age in years that physiology goes by.
    pub age_years: f64,
    /// Where the person is cared for.
    pub ward: Ward,
    /// Who orders.
    pub physician: String,
    /// What ails the person.
    pub condition: Condition,
    /// How much, from 0 (barely) to 1 (gravely).
    pub severity: f64,
}

impl Patient {
    /// The person of that number.
    #[must_use]
    pub fn new(seed: u64, number: u64) -> Patient {
        let mut chance = Chance::of(seed, "patient", number);
        let shares = WARDS.map(|ward| (ward, ward.share));
        let ward = *chance.weighted(&shares);
        let sex = match ward.name {
            "Maternity" => Sex::Female,
            _ if chance.yes(0.52) => Sex::Female,
            _ => Sex::Male,
        };
        let age_years = chance.between(ward.ages.0, ward.ages.1);
        let people = chance.pick(&PEOPLES);
        let condition = *chance.weighted(ward.conditions);
        // The product of two draws: most are mildly ill, few gravely.
        let severity = 1.0 - chance.uniform().max(chance.uniform());
        Patient {
            number,
            record_number: record_number(seed, number),
            name: people.name(sex, &mut chance),
            birth_date: born(age_years),
            sex,
            age_years,
            ward,
            physician: (*chance.pick(&PHYSICIANS)).to_owned(),
            condition,
            severity,
        }
    }
}

/// Seven digits that look unordered and never meet: the patient's number, turned over one-to-one.
fn record_number(seed: u64, number: u64) -> String {
    // 10^7 and the multiplier have no common factor, so each number below 10^7 has its own.
    let turned = (number % 10_000_000 * 7_654_321 + seed % 10_000_000) % 10_000_000;
    format!("MRN{turned:07}")
}

fn born(age_years: f64) -> BirthDate {
    let days = (age_years * DAYS_A_YEAR) as i64;
    let date = EPOCH.checked_sub(Span::new().days(days)).unwrap_or(EPOCH);
    BirthDate::read(&date.to_string()).expect("a date reads as a date")
}

/// Names that go together.
struct People {
    families: &'static [&'static str],
    women: &'static [&'static str],
    men: &'static [&'static str],
}

impl People {
    fn name(&self, sex: Sex, chance: &mut Chance) -> PersonName {
        let given = if sex == Sex::Female { self.women } else { self.men };
        let family = (*chance.pick(self.families)).to_owned();
        let mut given = (*chance.pick(given)).to_owned();
        if chance.yes(0.3) {
            given.push(' ');
            given.push(char::from(b'A' + chance.below(26) as u8));
        }
        PersonName { family, given }
    }
}

const PEOPLES: [People; 8] = [
    People {
        families: &[
            "Miller",
            "Carter",
            "Hughes",
            "Walker",
            "Reed",
            "Bennett",
            "Foster",
            "O'Connor",
            "Fitzgerald",
            "Campbell",
            "Brooks",
            "Hayes",
        ],
        women: &["Emily", "Grace", "Linda", "Susan", "Hannah", "Ruth", "Claire", "Megan"],
        men: &["James", "Robert", "Thomas", "Henry", "Daniel", "Patrick", "George", "Neil"],
    },
    People {
        families: &[
            "García",
            "Rodríguez",
            "Hernández",
            "Morales",
            "Castillo",
            "Núñez",
            "Ortega",
            "Rivera",
            "de la Cruz",
            "Vargas",
        ],
        women: &["María José", "Lucía", "Carmen", "Sofía", "Elena", "Guadalupe", "Inés"],
        men: &["José", "Carlos", "Miguel Ángel", "Andrés", "Luis", "Javier", "Rafael"],
    },
    People {
        families: &[
            "Washington",
            "Jefferson",
            "Coleman",
            "Booker",
            "Simmons",
            "Banks",
            "Ellis",
            "Dawson",
        ],
        women: &["Aaliyah", "Denise", "Keisha", "Monique", "Vanessa", "Renee"],
        men: &["Darnell", "Marcus", "Terrence", "Isaiah", "Andre", "Curtis"],
    },
    People {
        families: &[
            "Nguyen", "Tran", "Le", "Pham", "Wang", "Chen", "Zhang", "Kim", "Park", "Tanaka",
        ],
        women: &["Linh", "Mai", "Xiu Ying", "Mei", "Ji-woo", "Yuki", "Hana"],
        men: &["Minh", "Duc", "Wei", "Jun", "Hyun-woo", "Kenji", "Hao"],
    },
    People {
        families: &["Patel", "Sharma", "Singh", "Reddy", "Iyer", "Khan", "Chowdhury", "Banerjee"],
        women: &["Priya", "Anjali", "Lakshmi", "Fatima", "Meera", "Sunita"],
        men: &["Arjun", "Rahul", "Imran", "Vikram", "Sanjay", "Anil"],
    },
    People {
        families: &["Haddad", "Rahman", "Mansour", "Yilmaz", "Karimi", "Aziz", "Ben Youssef"],
        women: &["Layla", "Amira", "Zeynep", "Nasrin", "Samira", "Aisha"],
        men: &["Omar", "Yusuf", "Mehmet", "Reza", "Karim", "Hassan"],
    },
    People {
        families: &[
            "Kowalski",
            "Novák",
            "Müller",
            "Schneider",
            "Rossi",
            "Dubois",
            "Jørgensen",
            "Popescu",
            "Horvat",
            "Ivanova-Petrenko",
        ],
        women: &["Anna", "Zofia", "Ingrid", "Chiara", "Élodie", "Katarzyna", "Ilona"],
        men: &["Piotr", "Jakub", "Lars", "Matteo", "François", "Dmytro", "István"],
    },
    People {
        families: &["Okafor", "Mensah", "Diallo", "Abebe", "Mwangi", "Adeyemi", "N'Diaye"],
        women: &["Ngozi", "Abena", "Aminata", "Wanjiru", "Folake", "Hiwot"],
        men: &["Chinedu", "Kwame", "Mamadou", "Dawit", "Kamau", "Tunde"],
    },
];

/// Everybody who orders.
pub const PHYSICIANS: [&str; 14] = [
    "Alvarez, Teresa",
    "Becker, Jonas",
    "Chandra, Nikhil",
    "Douglas, Fiona",
    "Eze, Chidi",
    "Farouk, Salma",
    "Gallagher, Sean",
    "Hoang, Thi",
    "Ito, Makoto",
    "Jensen, Karin",
    "Kaplan, Miriam",
    "Lindqvist, Erik",
    "Moreau, Camille",
    "Nowak, Adam",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_number_is_always_the_same_person() {
        assert_eq!(Patient::new(5, 17), Patient::new(5, 17));
        assert_ne!(Patient::new(5, 17).name, Patient::new(6, 17).name);
    }

    #[test]
    fn record_numbers_never_meet() {
        let numbers: BTreeSet<String> = (0..50_000).map(|n| record_number(3, n)).collect();
        assert_eq!(numbers.len(), 50_000);
    }

    #[test]
    fn people_are_of_both_sexes_all_ages_and_all_wards() {
        let people: Vec<Patient> = (0..4000).map(|n| Patient::new(1, n)).collect();
        let share = |law: &dyn Fn(&Patient) -> bool| {
            people.iter().filter(|p| law(p)).count() as f64 / people.len() as f64
        };
        assert!((0.45..0.62).contains(&share(&|p| p.sex == Sex::Female)));
        assert!((0.03..0.12).contains(&share(&|p| p.age_years < 18.0)));
        assert!((0.10..0.45).contains(&share(&|p| p.age_years > 65.0)));
        for ward in WARDS {
            assert!(share(&|p| p.ward.name == ward.name) > 0.01, "{}", ward.name);
        }
        let names: BTreeSet<String> = people.iter().map(|p| p.name.to_string()).collect();
        assert!(names.len() > 1000, "{} names", names.len());
    }

    #[test]
    fn the_birth_date_gives_the_age() {
        let person = Patient::new(1, 2);
        let at = lab::value::Moment::from_micros(1_767_225_600_000_000); // 2026-01-01
        let years = person.birth_date.years_old(at).expect("born before");
        assert!((f64::from(years) - person.age_years.floor()).abs() <= 1.0);
    }
}
