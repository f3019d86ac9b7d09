//! Whether each mistake in a file of the catalog is told.
//!
//! What must stay true: every case changes what stands in a good file; every line that is told says
//! where, what, and how to mend it.

use std::fmt::Debug;

use lab::catalog::Mistake;

/// What stands in the file, what is written instead, and what is then told, from the line on.
pub type Case = (&'static str, &'static str, &'static str);

/// Writes each case into the good file of this name, and compares what is told when it is loaded.
pub fn each_with_its_line<T: Debug>(
    (name, good): (&str, &str),
    cases: &[Case],
    load: impl Fn(&str) -> Result<T, Vec<Mistake>>,
) {
    for (stands, bad, expected) in cases {
        assert!(good.contains(stands), "the file has no {stands:?}");
        let mistakes = load(&good.replacen(stands, bad, 1)).expect_err(expected);
        let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        let wanted = format!("{name}:{expected}");
        let told = lines.iter().any(|line| line.starts_with(&wanted));
        assert!(told, "{wanted}\n{}", lines.join("\n"));
        assert!(lines.iter().all(|line| line.contains("; mend: ") && !line.contains('\n')));
    }
}
