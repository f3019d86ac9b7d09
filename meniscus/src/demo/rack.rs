//! The rack: whatever specimen is received in the laboratory, by whoever, is loaded on the
//! instrument that can measure it.
//!
//! What must stay true: a tube of the planned day holds what the plan says; a tube that a person
//! at the screen ordered holds believable values for that patient, the same whenever it is run.

use std::collections::{HashMap, HashSet};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lab::accession::{Accession, Part, Specimen, Test, TestState};
use lab::command::Look;
use lab::patient::Patient;
use lab::value::{AccessionId, BirthDate, Label, Sex};
use simlab::analyzer::{Analyzer, Running, Settings, Tube, chemistry, sysmex};
use simlab::chance::Chance;
use simlab::day::{Bench, PlannedTube};
use simlab::physiology::{self, Condition, Draw};
use store::cell::Cell;
use store::fault::Fault;
use store::{DatabaseLook, Store, table};

use super::Simulation;
use crate::Ended;
use crate::serve::Addresses;

/// How long an instrument takes for a tube at real speed: an XN about 36 s from aspiration to
/// result, chemistry about 10 min.
const XN_SECONDS: f64 = 36.0;
const CHEMISTRY_SECONDS: f64 = 600.0;

/// However fast the day runs, a tube takes a moment, so that one can see it happen.
const SHORTEST: Duration = Duration::from_millis(800);

/// Single tests of a hundred thousand that give no value.
const FAILURE_RATE: f64 = 0.002;

/// What the planned day knows of tubes that will be received.
pub type Planned = Arc<Mutex<HashMap<Label, PlannedTube>>>;

/// The instruments and what is to be loaded on them.
pub struct Rack {
    /// Tubes of the planned day, by label.
    pub planned: Planned,
}

struct Loader {
    simulation: Simulation,
    planned: Planned,
    xn: Running,
    chemistry: Running,
    loaded: HashSet<Label>,
}

impl Rack {
    /// Starts the instruments, connected to the laboratory's ports.
    pub fn start(simulation: &Simulation, addresses: &Addresses) -> Result<Rack, Ended> {
        let port = |address: Option<std::net::SocketAddr>| {
            address.ok_or_else(|| Ended::Fault("a port for instruments is not open".into()))
        };
        let settings = |address, sender: &str, seconds: f64| Settings {
            tube_time: Duration::from_secs_f64(seconds / simulation.speed).max(SHORTEST),
            failure_rate: FAILURE_RATE,
            seed: simulation.seed,
            ..Settings::new(address, sender)
        };
        let planned = Planned::default();
        let mut loader = Loader {
            simulation: simulation.clone(),
            planned: Arc::clone(&planned),
            xn: Analyzer::Sysmex.start(settings(port(addresses.astm)?, sysmex::SENDER, XN_SECONDS)),
            chemistry: Analyzer::Chemistry.start(settings(
                port(addresses.mllp)?,
                chemistry::SENDER,
                CHEMISTRY_SECONDS / 20.0,
            )),
            loaded: HashSet::new(),
        };
        let (sender, news) = channel();
        simulation.store.listen(Box::new(move |told| {
            const LOADS: [&str; 5] =
                ["ReceiveSpecimen", "SpinSpecimens", "MakeAliquot", "AddTests", "RequestRerun"];
            const AGAIN: [&str; 2] = ["AddTests", "RequestRerun"];
            for told in told.iter().filter(|told| LOADS.contains(&told.command.as_str())) {
                let again = AGAIN.contains(&told.command.as_str());
                let _ = sender.send((again, told.about.clone()));
            }
        }));
        std::thread::Builder::new().name("rack".into()).spawn(move || loader.work(&news))?;
        Ok(Rack { planned })
    }
}

impl Loader {
    fn work(&mut self, news: &Receiver<(bool, Vec<i64>)>) {
        while !self.simulation.stopped() {
            match news.recv_timeout(Duration::from_millis(300)) {
                Ok((rerun, about)) => {
                    for accession in about {
                        if let Err(fault) = self.load(AccessionId(accession), rerun) {
                            tracing::warn!(%fault, "a tube could not be loaded");
                        }
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn load(&mut self, accession: AccessionId, rerun: bool) -> Result<(), Fault> {
        let Some((accession, patient, specimens, tests)) = read(&self.simulation.store, accession)?
        else {
            return Ok(());
        };
        let ready = specimens.iter().filter(|s| s.can_be_measured() && !self.waits(s));
        for specimen in ready.collect::<Vec<_>>() {
            let open: Vec<&Test> = tests
                .iter()
                .filter(|test| test.specimen == specimen.id)
                .filter(|test| matches!(test.state, TestState::Awaiting | TestState::Rerun))
                .collect();
            let first = self.loaded.insert(specimen.label.clone());
            if !open.is_empty() && (first || rerun) {
                let planned = self.planned(specimen, &specimens);
                self.load_one((&accession, &patient), (specimen, planned), &open);
            }
        }
        Ok(())
    }

    /// Serum of the planned day waits until it is spun; a slide is for the microscope. What a
    /// person at the screen ordered is spun by the line that measures it.
    fn waits(&self, specimen: &Specimen) -> bool {
        let part = specimen.handling.made_from.as_ref().map(|origin| origin.part);
        let serum = specimen.container == Bench::Chemistry.container();
        part == Some(Part::Slide)
            || serum && specimen.handling.spun.is_none() && self.has_planned(&specimen.label)
    }

    fn has_planned(&self, label: &Label) -> bool {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner).contains_key(label)
    }

    /// What the plan says is in a tube; in a part is what was in the tube it was made from.
    fn planned(&self, specimen: &Specimen, beside: &[Specimen]) -> Option<PlannedTube> {
        let made_from = specimen.handling.made_from.as_ref().map(|origin| origin.specimen);
        let whole = beside.iter().find(|other| Some(other.id) == made_from).unwrap_or(specimen);
        let planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        planned.get(&whole.label).cloned()
    }

    fn load_one(
        &self,
        (accession, patient): (&Accession, &Patient),
        (specimen, planned): (&Specimen, Option<PlannedTube>),
        open: &[&Test],
    ) {
        let (bench, instrument) = match specimen.drawn_into() {
            "EDTA_LAV" => (Bench::Hematology, &self.xn),
            "SST_GOLD" => (Bench::Chemistry, &self.chemistry),
            _ => return,
        };
        let (values, fault) = match planned {
            Some(tube) => (tube.values, tube.fault),
            None => (self.believable(patient, accession), None),
        };
        instrument.load(Tube {
            label: specimen.label.to_string(),
            values,
            tests: match bench {
                Bench::Hematology => Vec::new(),
                Bench::Chemistry => open.iter().map(|test| test.code.clone()).collect(),
            },
            fault,
        });
    }

    /// Values for a patient somebody typed in.
    fn believable(&self, patient: &Patient, accession: &Accession) -> physiology::Values {
        let seed = self.simulation.seed;
        let number = patient.id.0.unsigned_abs();
        let mut person = simlab::patient::Patient::new(seed, number);
        person.sex = match patient.sex {
            Sex::Unknown => Sex::Female,
            known => known,
        };
        if let Some(born) = patient.birth_date {
            person.birth_date = born;
            person.age_years =
                f64::from(BirthDate::days_old(born, accession.ordered_at).unwrap_or(0)) / 365.25;
        }
        person.condition = Condition::Well;
        let draw = accession.id.0.unsigned_abs();
        let blood = physiology::blood(seed, &person, Draw { number: draw, hours: 0.0 });
        physiology::measure(&blood, &mut Chance::of(seed, "measurement", draw))
    }
}

type Tubes = (Accession, Patient, Vec<Specimen>, Vec<Test>);

fn read(store: &Store, id: AccessionId) -> Result<Option<Tubes>, Fault> {
    store.read(|sql| {
        let look = DatabaseLook(sql);
        let Some(accession) = look.accession(id)? else { return Ok(None) };
        let Some(patient) = look.patient(accession.patient)? else { return Ok(None) };
        let specimens = table::find(sql, "accession=?2", &[Cell::Int(id.0)])?;
        Ok(Some((accession, patient, specimens, look.tests_of(id)?)))
    })
}
