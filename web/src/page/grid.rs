//! The worklist grid: rows one walks by key, one line of acts for the row one stands on.
//!
//! Each row carries its own number (`data-id`), the address it opens (`data-href`), and, where the
//! page has acts, a radio button; the acts are one plain form under the grid, so that the same
//! row and the same key work with and without the script.
//!
//! What must stay true: one row is picked at a time (never two patients in one form); a row keeps
//! its `data-id` for as long as it is the same thing, since live updates find it by that.

use maud::{Markup, html};

/// Head of one column.
#[derive(Clone, Debug)]
pub struct Column<'a> {
    label: &'a str,
    class: Option<&'static str>,
}

impl<'a> Column<'a> {
    /// A column of text or marks, as wide as it must be. An empty label is a column of marks.
    pub const fn text(label: &'a str) -> Self {
        Self { label, class: None }
    }

    /// A column of figures, set to the right.
    pub const fn number(label: &'a str) -> Self {
        Self { label, class: Some("num") }
    }

    /// A column shown only where there is room (1280 px and more).
    pub const fn wide(label: &'a str) -> Self {
        Self { label, class: Some("wide") }
    }

    /// The column that takes the room left over and cuts what is too long. At most one.
    pub const fn fill(label: &'a str) -> Self {
        Self { label, class: Some("fill") }
    }

    /// What a figure must carry beside it where the heads of the columns have no room.
    fn named(&self) -> Option<&'a str> {
        (self.class == Some("num") && !self.label.is_empty()).then_some(self.label)
    }
}

/// One row.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// Number of the thing in the row; unique in the grid and stable.
    pub id: &'a str,
    /// What Enter opens; the first cell links there too.
    pub href: Option<&'a str>,
    /// One per column.
    pub cells: Vec<Markup>,
}

/// Where a grid learns of changes.
#[derive(Clone, Copy, Debug)]
pub struct Live<'a> {
    /// Name of the event on `/live`.
    pub topic: &'a str,
    /// Address of a page or fragment with the same grid (same id); empty means this page.
    pub src: &'a str,
}

/// A grid.
#[derive(Clone, Debug)]
pub struct Grid<'a> {
    /// Its id in the page.
    pub id: &'a str,
    /// What it lists, said above it.
    pub caption: &'a str,
    /// Its columns.
    pub columns: &'a [Column<'a>],
    /// Its rows, in the order in which they want attention.
    pub rows: &'a [Row<'a>],
    /// True puts the cursor on its first row when the page opens.
    pub start: bool,
    /// True lets [`acts`] of the same id act on the row one stands on.
    pub pick: bool,
    /// Where it learns of changes, if it does.
    pub live: Option<Live<'a>>,
    /// The sentence that stands here when there is no row.
    pub empty: &'a str,
}

/// The grid as a table.
pub fn grid(grid: &Grid<'_>) -> Markup {
    html! {
        div .grid-of id=(grid.id) data-live=[grid.live.map(|live| live.topic)]
            data-src=[grid.live.map(|live| live.src).filter(|src| !src.is_empty())] {
            @if grid.rows.is_empty() {
                p .empty { (grid.empty) }
            } @else {
                table.fit[fits(grid)] data-grid data-start[grid.start] {
                    caption { (grid.caption) }
                    thead { tr {
                        @if grid.pick { th .pick { span .hide { "Pick" } } }
                        @for column in grid.columns { (column_head(column)) }
                    } }
                    tbody { @for row in grid.rows { (line(grid, row)) } }
                }
            }
        }
    }
}

/// True for a grid that is as wide as its content, since no column takes the room left over.
fn fits(grid: &Grid<'_>) -> bool {
    !grid.columns.iter().any(|column| column.class == Some("fill"))
}

fn column_head(column: &Column<'_>) -> Markup {
    html! {
        @if column.label.is_empty() {
            td class=[column.class] {}
        } @else {
            th scope="col" class=[column.class] { (column.label) }
        }
    }
}

fn line(grid: &Grid<'_>, row: &Row<'_>) -> Markup {
    let mut cells = row.cells.iter().zip(grid.columns);
    html! {
        tr data-row data-id=(row.id) data-href=[row.href] {
            @if grid.pick {
                td .pick {
                    input type="radio" name="row" value=(row.id) required
                        form={ (grid.id) "-acts" } aria-label="Pick this row";
                }
            }
            @if let Some((first, column)) = cells.next() {
                th scope="row" class=[column.class] {
                    @match row.href {
                        Some(href) => a href=(href) { (first) },
                        None => (first),
                    }
                }
            }
            @for (cell, column) in cells {
                td class=[column.class] data-th=[column.named()] { (cell) }
            }
        }
    }
}

/// One thing that can be done to the row one stands on, or to the page.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// The letter that does it.
    pub key: char,
    /// Its name, a verb.
    pub label: &'a str,
    /// Where it is sent. The row's number goes along as `row`.
    pub to: &'a str,
    /// True asks first on a page of its own (GET); false does it at once (POST).
    pub asks: bool,
    /// True for the one act that is meant most of the time.
    pub first: bool,
}

/// The line of acts of the grid of that id. `extra` are hidden fields sent with each.
pub fn acts(grid_id: &str, list: &[Act<'_>], extra: Markup) -> Markup {
    html! {
        form .acts id={ (grid_id) "-acts" } method="post" data-inplace {
            (extra)
            @for act in list {
                button class=[act.first.then_some("small first").or(Some("small"))]
                    formaction=(act.to) formmethod=[act.asks.then_some("get")]
                    data-key=(act.key) aria-keyshortcuts=(act.key) {
                    (act.label) kbd aria-hidden="true" { (act.key) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(rows: &[Row<'_>]) -> String {
        let columns = [Column::text("Accession"), Column::number("Age")];
        grid(&Grid {
            id: "pending",
            caption: "Pending",
            columns: &columns,
            rows,
            start: true,
            pick: true,
            live: Some(Live { topic: "pending", src: "" }),
            empty: "Nothing is pending.",
        })
        .into_string()
    }

    #[test]
    fn a_row_opens_by_link_and_by_key_and_is_picked_by_radio() {
        let cells = vec![html! { "26-0042" }, html! { "12 min" }];
        let page = sample(&[Row { id: "42", href: Some("/a/42"), cells }]);
        for part in [
            r#"<tr data-row data-id="42" data-href="/a/42">"#,
            r#"<a href="/a/42">26-0042</a>"#,
            r#"name="row" value="42" required form="pending-acts""#,
            r#"<td class="num" data-th="Age">12 min</td>"#,
            r#"data-live="pending""#,
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
    }

    #[test]
    fn an_empty_grid_says_so_and_still_listens() {
        let page = sample(&[]);
        assert!(page.contains("Nothing is pending.") && page.contains("data-live"));
        assert!(!page.contains("<table"));
    }
}
