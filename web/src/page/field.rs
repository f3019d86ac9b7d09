//! Forms: one line a field, label on the left, hint and error said to everyone.
//!
//! What must stay true: a form sends the same with and without the script; an error names its
//! field by `aria-describedby`; passwords are never kept in the browser's own storage.

use maud::{Markup, html};

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Figures,
    Date,
    Time,
    Moment,
    Password,
    Scan,
    Scans,
    Prose,
}

/// One field of a form.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    name: &'a str,
    label: &'a str,
    kind: Kind,
    value: &'a str,
    hint: Option<&'a str>,
    error: Option<&'a str>,
    class: Option<&'static str>,
    complete: Option<&'a str>,
    suggests: Option<&'a str>,
    required: bool,
    starts: bool,
}

impl<'a> Field<'a> {
    const fn new(name: &'a str, label: &'a str, kind: Kind) -> Self {
        Self {
            name,
            label,
            kind,
            value: "",
            hint: None,
            error: None,
            class: None,
            complete: None,
            suggests: None,
            required: false,
            starts: false,
        }
    }

    /// A line of text.
    pub const fn text(name: &'a str, label: &'a str) -> Self {
        Self::new(name, label, Kind::Text)
    }

    /// A number, typed as text so that comparators and decimals stay as typed.
    pub const fn figures(name: &'a str, label: &'a str) -> Self {
        Self::new(name, label, Kind::Figures).short()
    }

    /// A day.
    pub const fn date(name: &'a str, label: &'a str) -> Self {
        Self::new(name, label, Kind::Date).short()
    }

    /// A time of day.
    pub const fn time(name: &'a str, label: &'a str) -> Self {
        Self::new(name, label, Kind::Time).short()
    }

    /// A day and a time.
    pub const fn moment(name: &'a str, label: &'a str) -> Self {
        Self::new(name, label, Kind::Moment).medium()
    }

    /// A password.
    pub const fn password(name: &'a str, label: &'a str) -> Self {
        Self::new(name, label, Kind::Password)
    }

    /// A barcode: in a form that takes scans, a scan anywhere on the page lands here.
    pub const fn scan(name: &'a str, label: &'a str) -> Self {
        Self::new(name, label, Kind::Scan).medium()
    }

    /// Many barcodes, one a line: each scan on the page adds one, and nothing is sent yet.
    pub const fn scans(name: &'a str, label: &'a str) -> Self {
        Self::new(name, label, Kind::Scans)
    }

    /// Several lines of text.
    pub const fn prose(name: &'a str, label: &'a str) -> Self {
        Self::new(name, label, Kind::Prose)
    }

    /// What it holds now.
    pub const fn value(mut self, value: &'a str) -> Self {
        self.value = value;
        self
    }

    /// How to fill it.
    pub const fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// What is wrong with it and what to do.
    pub const fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    /// It must be filled.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The page opens with the cursor in it. At most one on a page.
    pub const fn starts(mut self) -> Self {
        self.starts = true;
        self
    }

    /// As wide as a number.
    pub const fn short(mut self) -> Self {
        self.class = Some("short");
        self
    }

    /// As wide as a name.
    pub const fn medium(mut self) -> Self {
        self.class = Some("medium");
        self
    }

    /// What the browser may fill in (the HTML `autocomplete` token); off unless said.
    pub const fn complete(mut self, token: &'a str) -> Self {
        self.complete = Some(token);
        self
    }

    /// It offers what stands in the list `NAME-list` of the page; while one types, parts of the
    /// page are brought in from this address, which is given what was typed.
    pub const fn suggests(mut self, address: &'a str) -> Self {
        self.suggests = Some(address);
        self
    }

    /// The field as a line of the form.
    pub fn line(&self) -> Markup {
        let lines = matches!(self.kind, Kind::Scans | Kind::Prose);
        let input = if lines { self.textarea() } else { self.input() };
        self.wrap(input)
    }

    /// The field as one choice of a list.
    pub fn pick(&self, choices: &[Choice<'_>]) -> Markup {
        self.wrap(html! {
            select id=(self.name) name=(self.name) class=[self.class] required[self.required]
                aria-invalid=[self.invalid()] aria-describedby=[self.described()]
                autofocus[self.starts] {
                @for choice in choices {
                    option value=(choice.value) selected[choice.value == self.value] {
                        (choice.label)
                    }
                }
            }
        })
    }

    /// The field as one choice of a few, all in sight.
    pub fn radios(&self, choices: &[Choice<'_>]) -> Markup {
        html! {
            div .field.need[self.required] role="radiogroup"
                aria-labelledby={ (self.name) "-label" }
                aria-describedby=[self.described()] {
                span .label id={ (self.name) "-label" } { (self.label) }
                div {
                    @for choice in choices {
                        label .tick {
                            input type="radio" name=(self.name) value=(choice.value)
                                required[self.required] checked[choice.value == self.value];
                            (choice.label)
                        }
                    }
                    (self.below())
                }
            }
        }
    }

    /// The field as a tick; its value is sent when ticked ("yes" if empty).
    pub fn tick(&self, ticked: bool) -> Markup {
        let value = if self.value.is_empty() { "yes" } else { self.value };
        html! {
            div .field { span .label {} div {
                label .tick {
                    input type="checkbox" id=(self.name) name=(self.name) value=(value)
                        checked[ticked] aria-describedby=[self.described()];
                    (self.label)
                }
                (self.below())
            } }
        }
    }

    /// The bare input for a cell of a grid: digits typed on the row land in it.
    pub fn entry(&self) -> Markup {
        html! {
            input name=(self.name) value=(self.value) aria-label=(self.label) data-entry
                autocomplete="off" inputmode="decimal" aria-invalid=[self.invalid()];
        }
    }

    fn wrap(&self, input: Markup) -> Markup {
        html! {
            div .field.need[self.required] {
                label for=(self.name) { (self.label) }
                div { (input) (self.below()) }
            }
        }
    }

    fn below(&self) -> Markup {
        html! {
            @if let Some(error) = self.error { p .error id={ (self.name) "-error" } { (error) } }
            @if let Some(hint) = self.hint { p id={ (self.name) "-hint" } { (hint) } }
        }
    }

    fn invalid(&self) -> Option<&'static str> {
        self.error.map(|_| "true")
    }

    fn described(&self) -> Option<String> {
        let (name, error, hint) = (self.name, self.error.is_some(), self.hint.is_some());
        match (error, hint) {
            (true, true) => Some(format!("{name}-error {name}-hint")),
            (true, false) => Some(format!("{name}-error")),
            (false, true) => Some(format!("{name}-hint")),
            (false, false) => None,
        }
    }

    fn textarea(&self) -> Markup {
        html! {
            textarea id=(self.name) name=(self.name) required[self.required]
                data-scan-input[self.kind == Kind::Scans]
                aria-invalid=[self.invalid()] aria-describedby=[self.described()]
                autofocus[self.starts] { (self.value) }
        }
    }

    fn input(&self) -> Markup {
        let (kind, mode) = match self.kind {
            Kind::Figures => ("text", Some("decimal")),
            Kind::Date => ("date", None),
            Kind::Time => ("time", None),
            Kind::Moment => ("datetime-local", None),
            Kind::Password => ("password", None),
            Kind::Text | Kind::Scan | Kind::Scans | Kind::Prose => ("text", None),
        };
        html! {
            input id=(self.name) name=(self.name) type=(kind) inputmode=[mode] value=(self.value)
                class=[self.class] autocomplete=(self.complete.unwrap_or("off"))
                required[self.required] data-scan-input[self.kind == Kind::Scan]
                aria-invalid=[self.invalid()] aria-describedby=[self.described()]
                list=[self.suggests.map(|_| format!("{}-list", self.name))]
                data-ask=[self.suggests] autofocus[self.starts];
        }
    }
}

/// One choice of a list.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    /// What is sent.
    pub value: &'a str,
    /// What is shown.
    pub label: &'a str,
}

/// A form.
#[derive(Clone, Copy, Debug, Default)]
pub struct Form<'a> {
    /// Its id; names its unsent entries.
    pub id: &'a str,
    /// Where it is sent.
    pub action: &'a str,
    /// True keeps what is typed through a reload and a time-out.
    pub keeps: bool,
    /// True takes every scan on the page: into its scan fields one after another, sent with the
    /// last; many on one list are sent by hand.
    pub scans: bool,
    /// True lets the browser load the answer as a page, for downloads.
    pub whole: bool,
    /// True sends files too (`multipart/form-data`), never in place.
    pub files: bool,
    /// True lets a form be sent half filled: the answer says what is missing.
    pub lenient: bool,
}

/// The form around its fields.
pub fn form(form: &Form<'_>, body: Markup) -> Markup {
    html! {
        form .form id=(form.id) method="post" action=(form.action) data-draft[form.keeps]
            data-scan[form.scans] data-inplace[!form.whole && !form.files] novalidate[form.lenient]
            enctype=[form.files.then_some("multipart/form-data")] { (body) }
    }
}

/// Fields that belong together, under a heading.
pub fn fields(heading: &str, body: Markup) -> Markup {
    html! { fieldset { legend { (heading) } (body) } }
}

/// A field that is sent and not shown.
pub fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// The line of buttons at the end of a form.
pub fn send(body: Markup) -> Markup {
    html! { div .send { (body) } }
}

/// A button that sends its form, with its key. `first` marks the one meant most of the time.
pub fn button(label: &str, key: Option<char>, first: bool) -> Markup {
    html! {
        button class=[first.then_some("first")] data-key=[key] aria-keyshortcuts=[key] {
            (label) @if let Some(key) = key { kbd aria-hidden="true" { (key) } }
        }
    }
}

/// A link that looks like a button, with its key.
pub fn open(label: &str, href: &str, key: Option<char>) -> Markup {
    html! {
        a .button href=(href) data-key=[key] aria-keyshortcuts=[key] {
            (label) @if let Some(key) = key { kbd aria-hidden="true" { (key) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_tied_to_its_field() {
        let line = Field::text("born", "Born").error(Some("Not a day.")).hint("Day first.").line();
        let text = line.into_string();
        assert!(text.contains(r#"aria-describedby="born-error born-hint""#), "{text}");
        assert!(text.contains(r#"<p class="error" id="born-error">Not a day.</p>"#), "{text}");
    }

    #[test]
    fn the_chosen_is_selected() {
        let choices = [Choice { value: "f", label: "F" }, Choice { value: "m", label: "M" }];
        let text = Field::text("sex", "Sex").value("m").pick(&choices).into_string();
        assert!(text.contains(r#"<option value="m" selected>M"#), "{text}");
        assert!(!text.contains(r#"<option value="f" selected"#), "{text}");
    }
}
