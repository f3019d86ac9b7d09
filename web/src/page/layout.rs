//! Ways to set a screen out besides the grid: tabs, figures, facts, two columns, earlier and later.
//!
//! What must stay true: each is plain HTML in reading order, so that it reads the same aloud, in
//! print and on a narrow screen.

use maud::{Markup, html};

/// One tab: a link to the same screen seen otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Tab<'a> {
    /// Its name, with a number if that helps, such as "Chemistry 18".
    pub label: &'a str,
    /// Where it is.
    pub href: &'a str,
    /// True for the one shown.
    pub current: bool,
}

/// A line of tabs. `about` says to everyone what they choose, such as "Bench".
pub fn tabs(about: &str, list: &[Tab<'_>]) -> Markup {
    html! {
        nav aria-label=(about) {
            ul .tabs {
                @for tab in list {
                    li {
                        a href=(tab.href) aria-current=[tab.current.then_some("true")] {
                            (tab.label)
                        }
                    }
                }
            }
        }
    }
}

/// One figure of the shift board.
#[derive(Clone, Copy, Debug)]
pub struct Figure<'a> {
    /// What is counted.
    pub label: &'a str,
    /// The number as shown, with its unit.
    pub value: &'a str,
    /// What opens the number.
    pub href: Option<&'a str>,
}

/// A line of figures, each of which can be opened.
pub fn figures(list: &[Figure<'_>]) -> Markup {
    html! {
        dl .figures {
            @for figure in list {
                div {
                    dt { (figure.label) }
                    dd {
                        @match figure.href {
                            Some(href) => a href=(href) { (figure.value) },
                            None => (figure.value),
                        }
                    }
                }
            }
        }
    }
}

/// Facts about one thing, a line each.
pub fn facts(list: &[(&str, Markup)]) -> Markup {
    html! { dl .facts { @for (term, fact) in list { dt { (term) } dd { (fact) } } } }
}

/// The screen beside a column of 320 px that says what belongs to it.
pub fn beside(main: Markup, side: Markup) -> Markup {
    html! { div .side { section { (main) } aside { (side) } } }
}

/// Links to the rows before and after those shown, where there are any.
pub fn pages(before: Option<&str>, after: Option<&str>) -> Markup {
    html! {
        @if before.is_some() || after.is_some() {
            nav .send aria-label="Pages of this list" {
                @if let Some(href) = before { (super::open("Before", href, Some('['))) }
                @if let Some(href) = after { (super::open("After", href, Some(']'))) }
            }
        }
    }
}
