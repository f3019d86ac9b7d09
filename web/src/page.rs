//! The page every screen stands in, and the parts a screen is made of.
//!
//! A page is the top (name, find, person, and the patient when one is on the page), the rail of
//! stations, the screen itself, and the line at the foot that says what was just done. The parts
//! are typed functions from plain text to markup, in one file each: [`grid`], [`outcome`],
//! [`field`], [`layout`], [`notice`], [`figure`], [`asset`].
//!
//! What must stay true: nothing here knows the store or the clock; every part works as plain HTML
//! without a script; no inline script or style, so that `script-src 'self'; style-src 'self'`
//! holds; two identifiers stand in the fixed top whenever a patient is on the page.

pub mod asset;
pub mod field;
pub mod figure;
pub mod grid;
pub mod layout;
pub mod notice;
pub mod outcome;

pub use field::{Choice, Field, Form, button, fields, form, hidden, open, send};
pub use figure::{mark, sparkline};
pub use grid::{Act, Column, Grid, Live, Row, acts, grid};
pub use layout::{Figure, Tab, beside, facts, figures, pages, tabs};
pub use notice::{
    Entry, Flash, FlashKind, Refused, TakeBack, empty, fault, head, journal, refusal,
};
pub use outcome::{
    Age, Flag, Outcome, Previous, Tone, age, chip, flag, interval, previous, stat, value,
};

use maud::{DOCTYPE, Markup, html};

/// Idle time after which the page signs its person out, seconds.
pub const IDLE_SECONDS: u32 = 900;
/// Where the page asks to be signed out (POST).
pub const SIGN_OUT: &str = "/sign-out";
/// Where a person signs in; the page adds `?next=`.
pub const SIGN_IN: &str = "/sign-in";
/// Where the page tells the server that its person is still working (POST, answer ignored).
pub const STAY: &str = "/stay";

/// Who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn<'a> {
    /// Sign-in name; keeps one person's unsent entries from the next person at the same bench.
    pub user: &'a str,
    /// Name as shown.
    pub name: &'a str,
    /// Role as shown, such as "General supervisor".
    pub role_title: &'a str,
}

/// One place in the rail.
#[derive(Clone, Debug)]
pub struct NavItem<'a> {
    /// Heading it stands under; printed where it changes.
    pub group: &'a str,
    /// The letter that opens it after `g`.
    pub key: char,
    /// Where it is.
    pub href: &'a str,
    /// Its name.
    pub label: &'a str,
    /// True on its own pages.
    pub current: bool,
    /// How many things wait there, if that is counted.
    pub count: Option<u64>,
}

/// The patient the page is about.
#[derive(Clone, Debug, Default)]
pub struct PatientBanner<'a> {
    /// Family and given names as the laboratory writes them.
    pub name: &'a str,
    /// Date of birth as shown.
    pub born: &'a str,
    /// Age as shown, such as "34 y".
    pub age: &'a str,
    /// Sex as shown.
    pub sex: &'a str,
    /// Record number, the second identifier.
    pub record: &'a str,
    /// Ward or sender, if known.
    pub place: Option<&'a str>,
    /// What must be seen before anything is done, such as "Anti-K, keep antigen-negative".
    pub note: Option<&'a str>,
    /// The patient's own page, if the name should open it.
    pub href: Option<&'a str>,
}

/// Everything around a screen.
#[derive(Clone, Debug, Default)]
pub struct Shell<'a> {
    /// Language of the page, BCP 47; empty means English.
    pub lang: &'a str,
    /// What the page is, for the title and the history.
    pub title: &'a str,
    /// The laboratory.
    pub lab_name: &'a str,
    /// Who is signed in; none before sign-in.
    pub signed_in: Option<SignedIn<'a>>,
    /// The rail.
    pub nav: &'a [NavItem<'a>],
    /// The patient, whenever a patient's facts are on the page.
    pub patient: Option<PatientBanner<'a>>,
    /// A sentence that stands on every page, such as that this is a demonstration.
    pub banner: Option<&'a str>,
    /// What was just done or refused.
    pub flash: Option<Flash<'a>>,
    /// The server's time when the page was made, RFC 3339; ages tick from it.
    pub now: &'a str,
    /// Release or version shown in the foot.
    pub release: &'a str,
}

/// The whole page around a screen.
pub fn page(shell: &Shell<'_>, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language(shell)) {
            (document_head(shell))
            body class=[body_class(shell)]
                data-now=(shell.now)
                data-user=[shell.signed_in.as_ref().map(|who| who.user)]
                data-idle=[shell.signed_in.as_ref().map(|_| IDLE_SECONDS)]
                data-sign-out=(SIGN_OUT) data-sign-in=(SIGN_IN) data-stay=(STAY) {
                a .skip href="#main" { "Skip to the page" }
                header .top {
                    (bar(shell))
                    @if let Some(banner) = shell.banner { p .demo-strip { (banner) } }
                    @if let Some(patient) = &shell.patient { (patient_line(patient)) }
                }
                div .frame {
                    (rail(shell.nav))
                    main #main tabindex="-1" { (body) }
                }
                (status_line(shell))
                (keys_dialog(shell.nav))
                @if shell.signed_in.is_some() { (idle_dialog()) }
            }
        }
    }
}

/// The page before sign-in: the form stands above the liquid. `body` is the form.
pub fn front(shell: &Shell<'_>, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language(shell)) {
            (document_head(shell))
            body .out data-now=(shell.now) {
                @if let Some(banner) = shell.banner { header { p .demo-strip { (banner) } } }
                main #main tabindex="-1" {
                    div .sign {
                        h1 { (mark()) "Meniscus" }
                        p { (shell.lab_name) }
                        (body)
                        div #flash role="status" {
                            @if let Some(said) = &shell.flash { (notice::flash(said)) }
                        }
                    }
                }
                footer .liquid { (figure::surface()) p { "Meniscus " (shell.release) } }
            }
        }
    }
}

fn language<'a>(shell: &Shell<'a>) -> &'a str {
    if shell.lang.is_empty() { "en" } else { shell.lang }
}

fn document_head(shell: &Shell<'_>) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (shell.title) " · Meniscus" }
            link rel="icon" type="image/svg+xml" href=(asset::address("mark.svg"));
            link rel="stylesheet" href=(asset::address("app.css"));
            // Not deferred: the chosen theme must hold before the first paint.
            script src=(asset::address("app.js")) {}
            script defer src=(asset::address("live.js")) {}
            script defer src=(asset::address("enter.js")) {}
        }
    }
}

fn body_class(shell: &Shell<'_>) -> Option<&'static str> {
    match (shell.banner.is_some(), shell.patient.is_some()) {
        (true, true) => Some("demo of-patient"),
        (true, false) => Some("demo"),
        (false, true) => Some("of-patient"),
        (false, false) => None,
    }
}

fn bar(shell: &Shell<'_>) -> Markup {
    html! {
        div .bar {
            a .brand href="/" aria-label="Meniscus, shift board" { (mark()) b { "Meniscus" } }
            span .lab { (shell.lab_name) }
            @if let Some(who) = &shell.signed_in {
                form .find action="/find" method="post" role="search" data-inplace {
                    input #find type="search" name="q" autocomplete="off" spellcheck="false"
                        aria-label="Find by any number or name" aria-keyshortcuts="/"
                        placeholder="Scan, or find any number or name";
                    kbd aria-hidden="true" { "/" }
                }
                div .who {
                    a href="/password" title="Change the password" { (who.name) }
                    span { (who.role_title) }
                }
            }
            div .tools {
                button .js-only type="button" data-keys aria-keyshortcuts="?" {
                    span .hide { "Keys" } kbd aria-hidden="true" { "?" }
                }
                button .js-only type="button" data-theme-toggle { "Theme" }
                @if shell.signed_in.is_some() {
                    form #sign-out method="post" action=(SIGN_OUT) {
                        button { "Sign out" }
                    }
                }
            }
        }
    }
}

fn patient_line(patient: &PatientBanner<'_>) -> Markup {
    html! {
        section .patient aria-label="Patient" {
            strong {
                @match patient.href {
                    Some(href) => a href=(href) { (patient.name) },
                    None => (patient.name),
                }
            }
            dl {
                div { dt { "Born" } dd { (patient.born) } dd { (patient.age) " " (patient.sex) } }
                div { dt { "Record" } dd { (patient.record) } }
                @if let Some(place) = patient.place { div { dt { "At" } dd { (place) } } }
            }
            @if let Some(note) = patient.note { span .note { (chip(Tone::Care, note)) } }
        }
    }
}

fn rail(nav: &[NavItem<'_>]) -> Markup {
    html! {
        nav .rail #stations aria-label="Stations" data-live="counts" {
            @for group in nav.chunk_by(|a, b| a.group == b.group) {
                @if let Some(first) = group.first() {
                    @if !first.group.is_empty() { h2 { (first.group) } }
                }
                ul { @for item in group { li { (nav_link(item)) } } }
            }
        }
    }
}

fn nav_link(item: &NavItem<'_>) -> Markup {
    html! {
        a href=(item.href) data-go=(item.key) aria-current=[item.current.then_some("page")] {
            span { (item.label) }
            @if let Some(count) = item.count {
                small .n { (count) span .hide { " waiting" } }
            }
            kbd aria-hidden="true" { (item.key) }
        }
    }
}

fn status_line(shell: &Shell<'_>) -> Markup {
    html! {
        footer .status {
            div #flash role="status" {
                @if let Some(said) = &shell.flash { (notice::flash(said)) }
            }
            div #say .hide role="status" {}
            p #link .js-only hidden {}
            p #version { "Meniscus " (shell.release) }
        }
    }
}

/// The keys that hold on every page, in the order one learns them.
const KEYS: [(&str, &str); 9] = [
    ("/", "Find by any number or name"),
    ("j k", "Next row, row before (arrows too)"),
    ("Enter", "Open the row"),
    ("0–9", "Type a result in the row"),
    ("u", "Bring in what arrived meanwhile"),
    ("g", "Go: then the letter of a station"),
    ("Esc", "Leave a field, close"),
    ("Ctrl Enter", "Send the form one is in"),
    ("?", "This list"),
];

fn keys_dialog(nav: &[NavItem<'_>]) -> Markup {
    html! {
        dialog #keys aria-labelledby="keys-title" {
            h2 #keys-title { "Keys" }
            dl .keys {
                @for (key, what) in KEYS {
                    div { dt { @for one in key.split(' ') { kbd { (one) } " " } } dd { (what) } }
                }
            }
            h3 { "On this page" }
            dl #keys-here .keys {}
            @if !nav.is_empty() {
                h3 { "Stations" }
                dl .keys {
                    @for item in nav {
                        div { dt { kbd { "g" } " " kbd { (item.key) } } dd { (item.label) } }
                    }
                }
            }
            form method="dialog" { button { "Close" } }
        }
    }
}

fn idle_dialog() -> Markup {
    html! {
        dialog #idle aria-labelledby="idle-title" {
            h2 #idle-title { "Still there?" }
            p { "You will be signed out in " b #idle-left { "60" } " s. What you typed is kept." }
            form method="dialog" { button .first autofocus { "Stay signed in" } }
        }
    }
}
