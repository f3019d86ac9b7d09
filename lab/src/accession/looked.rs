//! What somebody had on the screen when deciding about a test.
//!
//! What must stay true: it differs as soon as anybody or anything has done something to the test,
//! so that nothing is overwritten that was not seen.

use serde::{Deserialize, Serialize};

use super::{ResultVersion, Test, TestState};
use crate::people::Actor;
use crate::value::{Moment, ResultId};

/// The last thing that was done to a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: Actor,
}

/// The states, by their number in a form.
const STATES: [TestState; 7] = [
    TestState::Awaiting,
    TestState::Review,
    TestState::Held,
    TestState::Rerun,
    TestState::Verified,
    TestState::Corrected,
    TestState::Cancelled,
];

/// A test as somebody looked at it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// How it stood.
    pub state: TestState,
    /// Its newest version then; `None` if there was none.
    pub result: Option<ResultId>,
    /// When it was last touched, as far as known then.
    pub touched: Option<Moment>,
    /// The later reading that waited beside a released value.
    pub candidate: Option<ResultId>,
}

impl Looked {
    /// A test as it is now.
    #[must_use]
    pub fn at(test: &Test) -> Looked {
        Looked {
            state: test.state,
            result: test.result,
            touched: test.touched.map(|touched| touched.at),
            candidate: test.candidate,
        }
    }

    /// A test as it is right after this version was filed.
    #[must_use]
    pub fn filed(version: &ResultVersion) -> Looked {
        Looked {
            state: version.waits(),
            result: Some(version.id),
            touched: Some(version.filed_at),
            candidate: None,
        }
    }

    /// In one word of a form: `1.1234.1795510800000000.`, and back with [`Looked::read`].
    #[must_use]
    pub fn written(self) -> String {
        let part = |part: Option<i64>| part.map(|one| one.to_string()).unwrap_or_default();
        let result = part(self.result.map(|id| id.0));
        let touched = part(self.touched.map(Moment::micros));
        let state = STATES.iter().position(|state| *state == self.state).unwrap_or_default();
        format!("{state}.{result}.{touched}.{}", part(self.candidate.map(|id| id.0)))
    }

    /// Reads what [`Looked::written`] wrote; `None` for anything else.
    #[must_use]
    pub fn read(text: &str) -> Option<Looked> {
        let mut parts = text.split('.').map(|part| match part {
            "" => Some(None),
            figures => figures.parse::<i64>().ok().map(Some),
        });
        let state = usize::try_from(parts.next()???).ok()?;
        let looked = Looked {
            state: *STATES.get(state)?,
            result: parts.next()??.map(ResultId),
            touched: parts.next()??.map(Moment::from_micros),
            candidate: parts.next()??.map(ResultId),
        };
        parts.next().is_none().then_some(looked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_at_is_read_as_it_was_written() {
        let all = Looked {
            state: TestState::Corrected,
            result: Some(ResultId(7)),
            touched: Some(Moment::from_micros(12)),
            candidate: Some(ResultId(9)),
        };
        for looked in [all, Looked { candidate: None, ..all }, Looked::default()] {
            assert_eq!(Looked::read(&looked.written()), Some(looked));
        }
        for text in ["", "7", "1.7.12", "1.7.12.9.1", "x.1.12.", "9.7.12."] {
            assert_eq!(Looked::read(text), None, "{text}");
        }
    }
}
