//! What one request is: who asks, when, and what was sent along.
//!
//! What must stay true: what was sent is text until a screen reads it; a request without a
//! person never acts as anybody.

use lab::people::{Actor, Ask, may};
use lab::refusal::Refusal;
use lab::value::Moment;

use crate::answer::Trouble;
use crate::app::App;
use crate::session::Who;

/// Names and values, as sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pairs(pub(crate) Vec<(String, String)>);

impl Pairs {
    /// The first value of a name, trimmed; empty where there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    /// True where the name was sent, even with nothing in it.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// Every value of a name.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.trim()).collect()
    }

    /// Every name that begins so, without its beginning, with its value.
    pub(crate) fn beginning<'a>(
        &'a self,
        with: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let pairs = self.0.iter();
        pairs.filter_map(move |(name, value)| Some((name.strip_prefix(with)?, value.trim())))
    }
}

/// One request.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) app: App,
    /// When it came.
    pub(crate) now: Moment,
    /// The route that serves it.
    pub(crate) route: &'static str,
    /// Its address, with its question.
    pub(crate) here: String,
    /// True where an open page asks by itself for what changed.
    pub(crate) live: bool,
    /// Where it came from, as wrong passwords are counted.
    pub(crate) place: String,
    /// Who asks, if anybody is signed in.
    pub(crate) who: Option<Who>,
    /// What the route's own places hold.
    pub(crate) path: Pairs,
    /// What stands behind the question mark.
    pub(crate) query: Pairs,
    /// The form.
    pub(crate) form: Pairs,
}

impl Call {
    /// Who asks.
    pub(crate) fn who(&self) -> Result<&Who, Trouble> {
        let nobody = || Refusal::NotPermitted { ask: "anything before sign-in".into() };
        self.who.as_ref().ok_or_else(|| nobody().into())
    }

    /// Who asks, as the door and the journal know it.
    pub(crate) fn actor(&self) -> Result<Actor, Trouble> {
        self.who().map(|who| Actor::Person(who.person.id, who.person.role))
    }

    /// Whether whoever asks may ask this.
    pub(crate) fn may(&self, ask: Ask) -> bool {
        self.actor().is_ok_and(|actor| may(actor, ask))
    }

    /// The name of the session in the record; empty where nobody is signed in.
    pub(crate) fn session(&self) -> &str {
        self.who.as_ref().map_or("", |who| who.session.as_str())
    }

    /// The request number of the form that was sent, or a new one for a page that gets a form.
    pub(crate) fn request(&self) -> String {
        match self.form.get("request") {
            "" => crate::session::token().unwrap_or_default(),
            sent => sent.to_owned(),
        }
    }
}
