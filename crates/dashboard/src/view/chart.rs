//! Charts, drawn on the server as SVG without text in it: words stand beside, in the size they are read in. Behind each
//! is a table with the same figures.

use super::format;

/// The height of a drawing, in its own units.
const HEIGHT: u64 = 1_000;
/// The width of one column, and of what it fills of it.
const STEP: u64 = 100;
const FILLED: u64 = 78;

/// What a part of a chart stands for, as a colour. Never the only sign: the legend and the table name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shade {
    /// Ended without a cancellation, nothing changed.
    Stayed,
    /// Stayed, but smaller.
    Smaller,
    /// Stayed for now: somebody will be in touch.
    Waiting,
    /// Ended in a cancellation.
    Cancelled,
    /// Closed without an answer.
    Undecided,
    /// Neither one nor the other.
    Other,
}

impl Shade {
    /// The CSS classes.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Stayed => "p-leaf shade-0",
            Self::Smaller => "p-leaf shade-1",
            Self::Waiting => "p-sun shade-0",
            Self::Cancelled => "p-stem shade-0",
            Self::Undecided => "p-none shade-0",
            Self::Other => "p-sky shade-0",
        }
    }
}

/// A table of figures. The first cell of a row is its heading.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// The headings.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these headings.
    pub fn new<const N: usize>(head: [&str; N]) -> Self {
        Self {
            head: head.map(str::to_owned).into(),
            rows: Vec::new(),
        }
    }
}

/// One colour of a legend.
#[derive(Debug, Clone)]
pub struct Key {
    /// What it stands for.
    pub label: String,
    /// Its colour.
    pub shade: Shade,
    /// How many; empty where nothing is to be said.
    pub value: String,
}

/// A rectangle of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its colour.
    pub shade: Shade,
    /// Where it begins, from above.
    pub y: u64,
    /// How high it is.
    pub height: u64,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Where it begins, from the left.
    pub x: u64,
    /// What the pointer tells over it.
    pub title: String,
    /// From the bottom up.
    pub parts: Vec<Part>,
}

/// Columns over time, each a whole in parts.
#[derive(Debug, Clone)]
pub struct Columns {
    /// What it shows, in one sentence.
    pub summary: String,
    /// The columns, left to right.
    pub columns: Vec<Column>,
    /// The highest figure.
    pub top: String,
    /// Under the first column.
    pub first: String,
    /// Under the last one.
    pub last: String,
}

/// A column as it is counted.
#[derive(Debug, Clone)]
pub struct Counted {
    /// The day or the week.
    pub label: String,
    /// From the bottom up: colour, word, how many.
    pub parts: Vec<(Shade, String, u64)>,
}

impl Columns {
    /// Draws what was counted.
    #[must_use]
    pub fn of(summary: String, counted: &[Counted]) -> Self {
        let whole = |one: &Counted| one.parts.iter().map(|(_, _, n)| n).sum::<u64>();
        let most = counted.iter().map(whole).max().unwrap_or(0);
        let columns = (0_u64..).zip(counted).map(|(nth, one)| Column {
            x: nth * STEP + (STEP - FILLED) / 2,
            title: title(one),
            parts: parts(one, most),
        });
        let label = |one: Option<&Counted>| one.map(|one| one.label.clone()).unwrap_or_default();
        Self {
            summary,
            columns: columns.collect(),
            top: format::number(most),
            first: label(counted.first()),
            last: label(counted.last()),
        }
    }

    /// The `viewBox`.
    #[must_use]
    pub fn view_box(&self) -> String {
        let columns = u64::try_from(self.columns.len()).unwrap_or(1).max(1);
        format!("0 0 {} {HEIGHT}", columns * STEP)
    }

    /// How wide a column is.
    #[must_use]
    pub const fn filled(&self) -> u64 {
        FILLED
    }
}

fn title(one: &Counted) -> String {
    let parts: Vec<String> = one
        .parts
        .iter()
        .filter(|(_, _, n)| *n > 0)
        .map(|(_, word, n)| format!("{} {word}", format::number(*n)))
        .collect();
    if parts.is_empty() {
        format!("{}: none", one.label)
    } else {
        format!("{}: {}", one.label, parts.join(", "))
    }
}

fn parts(one: &Counted, most: u64) -> Vec<Part> {
    let mut below = 0;
    let height = |n: u64| (n * HEIGHT).checked_div(most).unwrap_or(0);
    let mut drawn = Vec::new();
    for (shade, _, n) in &one.parts {
        let (bottom, top) = (height(below), height(below + n));
        below += n;
        if top > bottom {
            drawn.push(Part {
                shade: *shade,
                y: HEIGHT - top,
                height: top - bottom,
            });
        }
    }
    drawn
}

/// One bar that lies, a part of a whole that is the longest one's length.
#[derive(Debug, Clone)]
pub struct Bar {
    /// What it is of.
    pub label: String,
    /// The figure at its end.
    pub value: String,
    /// What follows the figure, quieter.
    pub note: String,
    /// Its parts: colour and length as a CSS width.
    pub parts: Vec<(Shade, String)>,
}

impl Bar {
    /// A bar of these parts, against the longest one.
    pub fn new(label: impl Into<String>, parts: &[(Shade, u64)], longest: u64) -> Self {
        let whole = parts.iter().map(|(_, n)| n).sum();
        Self {
            label: label.into(),
            value: format::number(whole),
            note: String::new(),
            parts: parts
                .iter()
                .filter(|(_, n)| *n > 0)
                .map(|(shade, n)| (*shade, format::width(*n, longest)))
                .collect(),
        }
    }
}

/// A share with the interval it lies in, drawn on a line from nothing to all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interval {
    /// `44.9 %`
    pub share: String,
    /// `38.3 % to 51.6 %`
    pub between: String,
    /// Its lower end, in tenths of a percent.
    pub low: u64,
    /// The share.
    pub at: u64,
    /// Its upper end.
    pub high: u64,
}

/// A share, where there are enough to tell one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Share {
    /// There are.
    Told(Interval),
    /// There are not: so many of those needed.
    TooFew(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_on_the_ground_and_their_parts_on_each_other() {
        let day = |label: &str, stayed, left| Counted {
            label: label.to_owned(),
            parts: vec![
                (Shade::Stayed, "stayed".to_owned(), stayed),
                (Shade::Cancelled, "cancelled".to_owned(), left),
            ],
        };
        let drawn = Columns::of(
            String::new(),
            &[day("1 Nov", 1, 3), day("2 Nov", 0, 0), day("3 Nov", 2, 0)],
        );
        let rectangles = |nth: usize| -> Vec<(u64, u64)> {
            drawn.columns[nth]
                .parts
                .iter()
                .map(|part| (part.y, part.height))
                .collect()
        };
        assert_eq!(rectangles(0), [(750, 250), (0, 750)]);
        assert_eq!(rectangles(1), []);
        assert_eq!(rectangles(2), [(500, 500)]);
        assert_eq!(drawn.columns[0].title, "1 Nov: 1 stayed, 3 cancelled");
        assert_eq!(drawn.columns[1].title, "2 Nov: none");
        assert_eq!((drawn.top.as_str(), drawn.last.as_str()), ("4", "3 Nov"));
        assert_eq!(drawn.view_box(), "0 0 300 1000");
        assert!(
            Columns::of(String::new(), &[day("1 Nov", 0, 0)]).columns[0]
                .parts
                .is_empty()
        );
    }

    #[test]
    fn a_bar_is_as_long_as_its_share_of_the_longest() {
        let bar = Bar::new(
            "Price",
            &[(Shade::Stayed, 1), (Shade::Cancelled, 0), (Shade::Undecided, 2)],
            4,
        );
        assert_eq!(bar.value, "3");
        assert_eq!(
            bar.parts,
            [
                (Shade::Stayed, "25%".to_owned()),
                (Shade::Undecided, "50%".to_owned())
            ]
        );
    }
}
