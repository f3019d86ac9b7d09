//! What somebody else did to a test while a person looked at it.
//!
//! What must stay true: nothing is decided about a test in a state that was not on the screen; who
//! is refused learns who was first, when, and how the test stands now.

use crate::accession::{Looked, Test};
use crate::command::{Look, Setting};
use crate::people::Actor;
use crate::refusal::Refusal;

/// The refusal where a test is not as it was looked at; `None` where it is.
///
/// # Errors
/// The world failed while looking for the name of who was first.
pub fn meanwhile<L: Look>(
    look: &L,
    test: &Test,
    looked_at: Looked,
    setting: &Setting<'_>,
) -> Result<Option<Refusal>, L::Fault> {
    if Looked::at(test) == looked_at {
        return Ok(None);
    }
    let code = test.code.0.clone();
    let Some(touched) = test.touched else { return Ok(Some(Refusal::Changed { code })) };
    Ok(Some(Refusal::ChangedMeanwhile {
        code,
        state: test.state.word().into(),
        who: named(look, touched.by)?,
        at: touched.at,
        minutes: setting.now.minutes_since(touched.at),
    }))
}

fn named<L: Look>(look: &L, actor: Actor) -> Result<String, L::Fault> {
    Ok(match actor {
        Actor::Person(id, role) => {
            let person = look.person(id)?;
            let name = person.map_or_else(|| "Somebody".to_owned(), |person| person.shown);
            format!("{name} ({})", role.title())
        }
        Actor::Instrument(id) => {
            let instrument = look.instrument(id)?;
            instrument.map_or_else(|| "An instrument".to_owned(), |known| known.name)
        }
        Actor::System => "Meniscus".into(),
    })
}
