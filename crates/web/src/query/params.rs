//! What a list takes, and what a request asked of it.

use std::collections::BTreeMap;

use super::Fields;

/// How a filter compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Op {
    /// Is that value, or with several values one of them.
    Eq,
    /// Is none of these values.
    Ne,
    /// Is greater.
    Gt,
    /// Is greater or the same.
    Gte,
    /// Is less.
    Lt,
    /// Is less or the same.
    Lte,
    /// Has that text in it.
    Contains,
    /// Is there (`true`) or is not (`false`).
    Exists,
}

impl Op {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Eq,
        Self::Ne,
        Self::Gt,
        Self::Gte,
        Self::Lt,
        Self::Lte,
        Self::Contains,
        Self::Exists,
    ];

    /// The word between the brackets.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Contains => "contains",
            Self::Exists => "exists",
        }
    }

    /// The operator of that word; `in` is another word for `eq` with several values.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        if word == "in" {
            return Some(Self::Eq);
        }
        Self::ALL.into_iter().find(|op| op.name() == word)
    }

    /// Whether it takes several values, separated by commas.
    #[must_use]
    pub const fn takes_several(self) -> bool {
        matches!(self, Self::Eq | Self::Ne)
    }
}

/// What a list takes. A name that ends with `.*` stands for every name that begins so, such as `attributes.*`.
#[derive(Debug, Clone, Copy)]
pub struct ListSpec {
    /// Method and path pattern: a cursor works with its own route only.
    pub route: &'static str,
    /// What it can be sorted by.
    pub sorts: &'static [&'static str],
    /// The sorting where none is asked for, such as `-created_at`.
    pub default_sort: &'static str,
    /// The filters and their operators.
    pub filters: &'static [(&'static str, &'static [Op])],
    /// The fields of one thing, for `fields`; empty where it takes no projection. `id` is always answered.
    pub fields: &'static [&'static str],
    /// What can be added to the answer, such as `count`.
    pub includes: &'static [&'static str],
    /// Whether it takes `q`, words to search for.
    pub search: bool,
    /// Parameters of this route alone.
    pub others: &'static [&'static str],
}

impl ListSpec {
    /// The number of things on a page where none is asked for.
    pub const DEFAULT_LIMIT: u16 = 50;
    /// The largest page.
    pub const MAX_LIMIT: u16 = 200;
}

/// The order of a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sort {
    /// By what.
    pub field: String,
    /// The largest first.
    pub descending: bool,
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Of what.
    pub name: String,
    /// How it compares.
    pub op: Op,
    /// With what: texts, never operators. At least one; exactly one unless the operator takes several.
    pub values: Vec<String>,
}

/// What a request asked of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListParams {
    /// How many things on a page, 1 to 200.
    pub limit: u16,
    /// Where to go on, as it was sent; [`Cursors`](crate::Cursors) read it.
    pub cursor: Option<String>,
    /// The order.
    pub sort: Sort,
    /// The fields to answer.
    pub fields: Fields,
    /// What to add.
    pub includes: Vec<String>,
    /// Words to search for; trimmed, never empty.
    pub q: Option<String>,
    /// The conditions, by name and operator.
    pub filters: Vec<Filter>,
    pub(super) others: BTreeMap<String, String>,
    pub(super) route: &'static str,
}

impl ListParams {
    /// Whether that was asked to be added.
    #[must_use]
    pub fn includes(&self, what: &str) -> bool {
        self.includes.iter().any(|asked| asked == what)
    }

    /// A parameter of this route alone.
    #[must_use]
    pub fn other(&self, name: &str) -> Option<&str> {
        self.others.get(name).map(String::as_str)
    }

    /// What makes two requests walk the same list: route, order, filters, search, parameters of the route.
    pub(crate) fn walk(&self) -> impl serde::Serialize + '_ {
        let filters: Vec<_> = self
            .filters
            .iter()
            .map(|filter| (&filter.name, filter.op.name(), &filter.values))
            .collect();
        (
            self.route,
            &self.sort.field,
            self.sort.descending,
            filters,
            &self.q,
            &self.others,
        )
    }
}
