//! A journey on paper: what is said, what is done, and the transcript of what came of it.
//!
//! A line that begins with `#` is prose. A line that begins with `>`, indented, is transcript. A
//! line indented deeper than that goes on with the one above. Every other line is one deed. What
//! must stay true: a journey is written back with nothing changed but its transcript.

/// One deed with where it stands.
pub struct Step {
    /// The line of the file it begins on, from 1.
    pub line: usize,
    /// The deed, its continuation lines joined.
    pub deed: String,
    /// What is written before the deed's transcript: prose, blank lines, the deed itself.
    written: Vec<String>,
}

/// A journey: its steps and what is written after the last.
pub struct Script {
    /// The steps, in order.
    pub steps: Vec<Step>,
    after: Vec<String>,
}

impl Script {
    /// Reads a journey; its transcript is left out.
    pub fn read(text: &str) -> Script {
        let mut steps: Vec<Step> = Vec::new();
        let mut waiting: Vec<String> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let trimmed = line.trim();
            if trimmed.starts_with('>') {
                continue;
            }
            let continues = line.starts_with("    ") && waiting.is_empty();
            match steps.last_mut() {
                Some(step) if continues && !trimmed.is_empty() => {
                    step.deed = format!("{} {trimmed}", step.deed);
                    step.written.push(line.to_owned());
                }
                _ if trimmed.is_empty() || trimmed.starts_with('#') => {
                    waiting.push(line.trim_end().to_owned());
                }
                _ => {
                    let mut written = std::mem::take(&mut waiting);
                    written.push(line.trim_end().to_owned());
                    steps.push(Step { line: index + 1, deed: trimmed.to_owned(), written });
                }
            }
        }
        Script { steps, after: waiting }
    }

    /// Writes the journey with the transcript of each step.
    pub fn with(&self, transcripts: &[Vec<String>]) -> String {
        let mut text = String::new();
        for (step, transcript) in self.steps.iter().zip(transcripts) {
            for line in &step.written {
                text.push_str(&format!("{line}\n"));
            }
            for line in transcript.iter().flat_map(|line| wrapped(line)) {
                text.push_str(format!("  > {line}").trim_end());
                text.push('\n');
            }
        }
        for line in &self.after {
            text.push_str(&format!("{line}\n"));
        }
        text
    }
}

/// The widest line of a transcript, without its mark.
const WIDTH: usize = 96;

/// A line broken between words where it is wider than a page; what follows is indented.
fn wrapped(line: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = line.to_owned();
    while let Some((end, _)) = rest.char_indices().nth(WIDTH) {
        let indent = rest.len() - rest.trim_start().len();
        let Some(at) = rest[..end].rfind(' ').filter(|at| *at > indent) else { break };
        let hanging = if lines.is_empty() { indent + 6 } else { indent };
        lines.push(rest[..at].trim_end().to_owned());
        rest = format!("{}{}", " ".repeat(hanging), rest[at..].trim_start());
    }
    lines.push(rest);
    lines
}

/// The first lines in which two texts differ, side by side; `None` where they are the same.
pub fn difference(expected: &str, found: &str) -> Option<String> {
    if expected == found {
        return None;
    }
    let (mut left, mut right) = (expected.lines(), found.lines());
    let mut line = 0;
    loop {
        line += 1;
        match (left.next(), right.next()) {
            (None, None) => return Some("they differ in the end of a line only".to_owned()),
            (Some(written), Some(happened)) if written == happened => {}
            (written, happened) => {
                let show = |text: Option<&str>| text.unwrap_or("(nothing more)").to_owned();
                return Some(format!(
                    "line {line}\n  the journey says  {}\n  what happened     {}",
                    show(written),
                    show(happened)
                ));
            }
        }
    }
}
