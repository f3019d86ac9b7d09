//! A reason chosen from the catalog's list, with words beside it where they are needed.
//!
//! What must stay true: what is kept is the list's own label, so that equal reasons are equal; a
//! list without entries leaves the words alone.

use lab::catalog::{Catalog, ReasonFor};
use maud::{Markup, html};

use crate::call::Pairs;
use crate::page::{Choice, Field};

/// The fields: the list, by first letter, and the words.
pub(crate) fn fields(sent: &Pairs, catalog: &Catalog, of: ReasonFor) -> Markup {
    let mut choices = vec![Choice { value: "", label: "" }];
    choices.extend(catalog.reasons(of).map(|one| Choice { value: &one.code, label: &one.label }));
    let words = Field::text("reason", "In words").value(sent.get("reason"));
    html! {
        (Field::text("code", "Reason").value(sent.get("code")).medium().starts().pick(&choices))
        (words.hint("Where the list does not say enough.").line())
    }
}

/// The reason that was given: the label of the one chosen, and what was written.
pub(crate) fn said(sent: &Pairs, catalog: &Catalog, of: ReasonFor) -> String {
    let label = catalog.reason(of, sent.get("code")).map(|one| one.label.as_str());
    let parts = [label.unwrap_or_default(), sent.get("reason")];
    let given: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    given.join(": ")
}
