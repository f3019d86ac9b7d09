//! What somebody else did to a test while a person looked at it.
//!
//! What must stay true: nothing is decided about a test in a state that was not on the screen; who
//! is refused learns who was first, when, and how the test stands now.

use crate::accession::{Looked, Test};
use crate::command::{Look, Setting};
use crate::people::Actor;
use crate::refusal::Refusal;
use crate::value::TestId;

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

/// A test, and what somebody else did to it meanwhile; `None` where there is no such test.
pub(super) type Found = Option<(Test, Option<Refusal>)>;

/// Looks at a test that somebody looked at before.
///
/// # Errors
/// The world failed.
pub(super) fn looked<L: Look>(
    look: &L,
    (test, looked_at): (TestId, Looked),
    setting: &Setting<'_>,
) -> Result<Found, L::Fault> {
    let Some(test) = look.test(test)? else { return Ok(None) };
    let refused = meanwhile(look, &test, looked_at, setting)?;
    Ok(Some((test, refused)))
}

/// The test, where it is as it was looked at.
///
/// # Errors
/// There is no such test, or somebody was first.
pub(super) fn unchanged(seen: Found, id: TestId) -> Result<Test, Refusal> {
    let none = || Refusal::NoSuch { what: "test".into(), name: id.to_string() };
    match seen.ok_or_else(none)? {
        (_, Some(refused)) => Err(refused),
        (test, None) => Ok(test),
    }
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
        Actor::Rule(release) => Actor::rule_words(release),
    })
}
