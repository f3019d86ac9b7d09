//! The answers a coded test gives: the words of the report, the words an instrument or a hasty hand
//! may use for them, and which of them are abnormal or critical.
//!
//! What must stay true: an answer is found by its own words or by one of its other words, in any
//! case, and never guessed; the words of one list are told apart.

/// One answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The words of the report.
    pub text: String,
    /// Other words for it, as instruments send and people type them.
    pub also: Vec<String>,
    /// True where it is not what the healthy have.
    pub abnormal: bool,
    /// True where somebody must be called.
    pub critical: bool,
}

impl Answer {
    /// The answer among these that the words mean; `None` where none is meant for certain.
    #[must_use]
    pub fn meant<'a>(answers: &'a [Answer], words: &str) -> Option<&'a Answer> {
        let plain =
            |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let words = plain(words);
        let says = |answer: &&Answer| {
            plain(&answer.text) == words || answer.also.iter().any(|also| plain(also) == words)
        };
        answers.iter().find(says)
    }
}

/// A list of answers that several tests give.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AnswerList {
    /// Its name.
    pub(super) name: String,
    /// The answers in the order in which they are chosen from.
    pub(super) answers: Vec<Answer>,
    /// The tests that give them.
    pub(super) tests: Vec<String>,
    /// Those of the tests whose abnormal answers are critical.
    pub(super) critical: Vec<String>,
}

impl AnswerList {
    /// The answers as one test gives them.
    pub(super) fn of(&self, code: &str) -> Vec<Answer> {
        let critical = self.critical.iter().any(|other| other == code);
        let one =
            |answer: &Answer| Answer { critical: critical && answer.abnormal, ..answer.clone() };
        self.answers.iter().map(one).collect()
    }
}
