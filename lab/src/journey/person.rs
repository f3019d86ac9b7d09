//! Looking after people: a one-time password, one's own password, another role, and whether
//! somebody may sign in at all.
//!
//! What must stay true: whoever gives a password never knows the one that stays; somebody who may
//! give passwords is always left; a name is never removed, since the journal tells of it.

use super::written::filled;
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{Event, PeopleEvent};
use crate::people::{Actor, Ask, Person, Role, Standing, may};
use crate::refusal::{HouseRefusal, Refusal};
use crate::value::PersonId;

/// Give somebody a password that is good once: it lets in only to choose another.
#[derive(Clone)]
pub struct ResetPassword {
    /// Whose.
    pub person: PersonId,
    /// SHA-256 of the digest, hexadecimal.
    pub seal: String,
    /// The digest (PHC string); kept by the store, never in an event.
    pub digest: String,
}

impl std::fmt::Debug for ResetPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResetPassword").field("person", &self.person).finish_non_exhaustive()
    }
}

impl Decide for ResetPassword {
    type Sees = Option<Person>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        look.person(self.person)
    }

    fn decide(&self, seen: Self::Sees, _: &Setting<'_>) -> Decision {
        let person = known(seen, self.person)?.id;
        let seal = self.seal.clone();
        Ok(vec![Event::People(PeopleEvent::OneTimePasswordSet { person, seal })])
    }
}

/// Choose one's own password.
#[derive(Clone)]
pub struct ChooseOwnPassword {
    /// Whose: whoever asks.
    pub person: PersonId,
    /// SHA-256 of the digest, hexadecimal.
    pub seal: String,
    /// The digest (PHC string); kept by the store, never in an event.
    pub digest: String,
}

impl std::fmt::Debug for ChooseOwnPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChooseOwnPassword").field("person", &self.person).finish_non_exhaustive()
    }
}

impl Decide for ChooseOwnPassword {
    type Sees = Option<Person>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        look.person(self.person)
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let person = known(seen, self.person)?.id;
        if setting.actor.person() != Some(person) {
            return Err(HouseRefusal::NotYourPassword.into());
        }
        let seal = self.seal.clone();
        Ok(vec![Event::People(PeopleEvent::PasswordChosen { person, seal })])
    }
}

/// Give somebody another role, with the reason.
#[derive(Clone, Debug)]
pub struct SetRole {
    /// Who.
    pub person: PersonId,
    /// The role from now on.
    pub role: Role,
    /// Why.
    pub reason: String,
}

impl Decide for SetRole {
    type Sees = Vec<Person>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        look.people()
    }

    fn decide(&self, seen: Self::Sees, _: &Setting<'_>) -> Decision {
        let person = known(of(&seen, self.person), self.person)?;
        if person.role == self.role {
            return Err(HouseRefusal::AlreadySo { what: self.role.title().into() }.into());
        }
        let reason = filled("Reason", &self.reason)?;
        let changed = Person { role: self.role, ..person };
        somebody_left(&seen, &changed)?;
        let (person, role) = (changed.id, self.role);
        Ok(vec![Event::People(PeopleEvent::RoleSet { person, role, reason })])
    }
}

/// Suspend somebody, say that somebody left, or let somebody in again, with the reason. To let in
/// again somebody whose name is locked ends the lock.
#[derive(Clone, Debug)]
pub struct SetStanding {
    /// Who.
    pub person: PersonId,
    /// How the person stands from now on.
    pub standing: Standing,
    /// Why.
    pub reason: String,
}

impl Decide for SetStanding {
    type Sees = Vec<Person>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        look.people()
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let person = known(of(&seen, self.person), self.person)?;
        let locked = person.locked_until.is_some_and(|until| until > setting.now);
        if person.standing == self.standing && !locked {
            return Err(HouseRefusal::AlreadySo { what: self.standing.word().into() }.into());
        }
        let reason = filled("Reason", &self.reason)?;
        let changed = Person { standing: self.standing, ..person };
        somebody_left(&seen, &changed)?;
        let (person, standing) = (changed.id, self.standing);
        Ok(vec![Event::People(PeopleEvent::StandingSet { person, standing, reason })])
    }
}

fn of(all: &[Person], id: PersonId) -> Option<Person> {
    all.iter().find(|person| person.id == id).cloned()
}

fn known(seen: Option<Person>, id: PersonId) -> Result<Person, Refusal> {
    seen.ok_or_else(|| Refusal::NoSuch { what: "person".into(), name: id.to_string() })
}

/// After the change somebody who works here may still look after people.
fn somebody_left(all: &[Person], changed: &Person) -> Result<(), Refusal> {
    let may_look_after = |person: &Person| {
        person.works_here() && may(Actor::Person(person.id, person.role), Ask::SetStanding)
    };
    let others = all.iter().filter(|person| person.id != changed.id);
    let left = others.chain([changed]).any(may_look_after);
    let was = all.iter().any(may_look_after);
    if was && !left { Err(HouseRefusal::NobodyLeft.into()) } else { Ok(()) }
}
