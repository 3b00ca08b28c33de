//! The customer list.

use askama::Template;

use super::{
    filters::{Filters, Hidden},
    form::Choice,
    parts::{Band, Chip, Empty, Pager, PersonaTag},
    shell::Shell,
};

/// A tab: everybody, or a saved view.
#[derive(Debug)]
pub struct ViewTab {
    /// Its name.
    pub name: String,
    /// How many customers, where that is known cheaply; empty else.
    pub count: String,
    /// Where it leads.
    pub href: String,
    /// Whether it is shown.
    pub current: bool,
    /// What its owner may do with it.
    pub own: Option<OwnView>,
}

/// A saved view this person may change.
#[derive(Debug)]
pub struct OwnView {
    /// Its id: `viw_…`.
    pub id: String,
    /// Its version, for `_etag`.
    pub etag: String,
    /// Whether the company sees it.
    pub shared: bool,
    /// Whether filters, sort or columns differ from what is kept.
    pub changed: bool,
}

/// A column that may be shown.
#[derive(Debug)]
pub struct ColumnChoice {
    /// The name: `mrr`, `attributes.contract`.
    pub key: String,
    /// The word for it.
    pub label: String,
    /// Whether it is shown.
    pub shown: bool,
}

/// How a column is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sorted {
    /// Not by it.
    No,
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// A column of the table, after the name.
#[derive(Debug)]
pub struct Column {
    /// The name: `mrr`.
    pub key: String,
    /// The word above it.
    pub label: String,
    /// Whether its cells are numbers, set to the right.
    pub numeric: bool,
    /// The list sorted by it; `None` where it can't be.
    pub sort: Option<String>,
    /// How it is sorted now.
    pub sorted: Sorted,
}

/// What stands in a cell.
#[derive(Debug)]
pub enum Cell {
    /// A text or number; unknown values are a dash.
    Text(String),
    /// The number that matters most, bold.
    Strong(String),
    /// A persona.
    Persona(PersonaTag),
    /// A state.
    Chip(Chip),
    /// Nothing is known.
    Unknown,
}

/// One customer.
#[derive(Debug)]
pub struct Row {
    /// The id: `cus_…`.
    pub id: String,
    /// What to call it.
    pub name: String,
    /// What stands under the name: e-mail, domain or external id.
    pub detail: String,
    /// Two letters for it.
    pub initials: String,
    /// Monthly revenue in minor units, for the sum of the selection; empty where unknown.
    pub mrr_minor: String,
    /// The cells, in the order of the columns.
    pub cells: Vec<Cell>,
}

/// What the selection can be turned into.
#[derive(Debug)]
pub struct Bulk {
    /// How many match the filter: `7,043`.
    pub matching: String,
    /// The same as a plain number, `7043`; empty where it is not known exactly.
    pub matching_exact: String,
    /// The query string of the present list without cursor, limit, sort and columns, sent with `scope=filter`.
    pub query: String,
    /// The ISO code of the company's currency, for the sum.
    pub currency: String,
    /// How many decimal places its minor unit has.
    pub exponent: u32,
    /// Whether this person may have rules applied again.
    pub may_reassign: bool,
    /// Whether this person may export.
    pub may_export: bool,
    /// Whom the selection can be put into the hands of, by id; empty where this person may not.
    pub experts: Vec<Choice>,
}

/// The customer list. The block `results` is everything that follows from the address.
#[derive(Debug, Template)]
#[template(path = "customers.html", blocks = ["results"])]
pub struct CustomersPage {
    /// What stands around it.
    pub shell: Shell,
    /// Customers by persona; `None` while there are no customers at all.
    pub band: Option<Band>,
    /// The tabs.
    pub views: Vec<ViewTab>,
    /// Whether the present filters can be kept as a new view.
    pub may_save_view: bool,
    /// Search and filters.
    pub filters: Filters,
    /// What may be shown.
    pub column_choices: Vec<ColumnChoice>,
    /// What is shown after the name.
    pub columns: Vec<Column>,
    /// The list sorted by name.
    pub sort_by_name: String,
    /// How the name is sorted.
    pub name_sorted: Sorted,
    /// What the table shows, for screen readers: `50 customers sorted by MRR, highest first`.
    pub caption: String,
    /// The customers.
    pub rows: Vec<Row>,
    /// What stands in place of rows.
    pub empty: Empty,
    /// Where the list stands.
    pub pager: Pager,
    /// What the selection can be turned into.
    pub bulk: Bulk,
    /// The address of the export of the present list as a file, for a plain link.
    pub export: String,
    /// The present address in hidden fields, for the form that keeps a view.
    pub keep: Vec<Hidden>,
}

impl CustomersPage {
    /// Whether the cells of that column are numbers.
    #[must_use]
    pub fn is_numeric(&self, column: &usize) -> bool {
        self.columns.get(*column).is_some_and(|column| column.numeric)
    }
}
