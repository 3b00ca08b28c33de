//! The address of the customer list: everything the page shows follows from it.

use kale_application::customers::{CustomerError, ListRequest};
use kale_domain::saved_view::SavedView;

use crate::{frame::Query, view::filters::Hidden};

/// Where the list lives.
pub(super) const PATH: &str = "/customers";
/// How many customers stand on a page.
pub(super) const PAGE: u64 = 50;
/// How many pages back an address remembers; past that *Previous* leads to the first page.
const STEPS: usize = 30;
/// More columns than a table can show.
const COLUMNS: usize = 40;

/// The address of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Address {
    /// What is looked for, filtered and sorted by: `q`, `sort`, `filter[…]`.
    list: Query,
    /// The columns that were chosen; empty for the usual ones.
    pub(super) columns: Vec<String>,
    /// The saved view that is shown; empty for none.
    pub(super) view: String,
    /// Where this page begins; empty for the first.
    pub(super) cursor: String,
    /// Where the pages before this one began, the second page first.
    back: Vec<String>,
    /// Which page this is, from 1.
    pub(super) page: u64,
    /// The field that was chosen to be filtered by, where no script replaces the form.
    pub(super) add_field: String,
}

impl Address {
    /// Reads a query string. What it does not know is left out.
    pub(super) fn read(text: &str) -> Self {
        Self::of(&Query::read(text))
    }

    /// Reads parameters, such as the hidden fields of a form.
    pub(super) fn of(query: &Query) -> Self {
        let list = query.clone().only(is_of_list);
        let cursor = query.get("cursor").to_owned();
        let back: Vec<String> = query
            .get("back")
            .split('~')
            .filter(|step| !step.is_empty())
            .map(str::to_owned)
            .collect();
        let page = query
            .get("page")
            .parse()
            .ok()
            .filter(|page| *page > 1 && !cursor.is_empty());
        Self {
            columns: names(query.get("columns")),
            view: query.get("view").to_owned(),
            page: page.unwrap_or(1),
            add_field: query.get("add_field").to_owned(),
            list: without_empty(list),
            cursor,
            back,
        }
    }

    /// The address that shows a saved view.
    pub(super) fn of_view(view: &SavedView) -> Self {
        let mut address = Self::read(&view.query);
        address.columns.clone_from(&view.columns);
        address.view = view.id.to_string();
        address.first()
    }

    /// What the use case is asked for.
    pub(super) fn request(&self) -> Result<ListRequest, CustomerError> {
        ListRequest::parse_only(&self.list.text())
    }

    /// The words that are looked for.
    pub(super) fn search(&self) -> &str {
        self.list.get("q")
    }

    /// How the list is sorted.
    pub(super) fn sort(&self) -> &str {
        Some(self.list.get("sort"))
            .filter(|sort| !sort.is_empty())
            .unwrap_or("name")
    }

    /// The filters that are on, as name and value of their parameters.
    pub(super) fn filters(&self) -> Vec<(&str, &str)> {
        let filters = self
            .list
            .pairs()
            .iter()
            .filter(|(name, _)| name.starts_with("filter["));
        filters
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    /// Whether everybody is shown.
    pub(super) fn is_everybody(&self) -> bool {
        self.search().is_empty() && self.filters().is_empty()
    }

    /// With that parameter of the list, on its first page.
    #[must_use]
    pub(super) fn with(&self, parameter: &str, value: impl Into<String>) -> Self {
        Self {
            list: self.list.clone().with(parameter, value),
            ..self.clone().first()
        }
    }

    /// Without search and filters, on its first page.
    #[must_use]
    pub(super) fn cleared(&self) -> Self {
        Self {
            list: self.list.clone().only(|name| name == "sort"),
            ..self.clone().first()
        }
    }

    /// Its first page.
    #[must_use]
    pub(super) fn first(self) -> Self {
        Self {
            cursor: String::new(),
            back: Vec::new(),
            page: 1,
            add_field: String::new(),
            ..self
        }
    }

    /// The page after this one.
    #[must_use]
    pub(super) fn next(&self, cursor: String) -> Self {
        let mut back = self.back.clone();
        if !self.cursor.is_empty() {
            back.push(self.cursor.clone());
        }
        let drop = back.len().saturating_sub(STEPS);
        back.drain(..drop);
        Self {
            cursor,
            back,
            page: self.page + 1,
            add_field: String::new(),
            ..self.clone()
        }
    }

    /// The page before this one; `None` on the first.
    pub(super) fn previous(&self) -> Option<Self> {
        if self.cursor.is_empty() {
            return None;
        }
        let mut back = self.back.clone();
        match back.pop() {
            None => Some(self.clone().first()),
            Some(cursor) => Some(Self {
                cursor,
                back,
                page: self.page.saturating_sub(1).max(2),
                ..self.clone()
            }),
        }
    }

    /// Whether the page before is not known any more, so that [`Self::previous`] goes to the first.
    pub(super) fn restarts(&self) -> bool {
        self.back.is_empty() && self.page > 2
    }

    /// The address itself.
    pub(super) fn href(&self) -> String {
        let page = if self.cursor.is_empty() {
            String::new()
        } else {
            self.page.to_string()
        };
        self.kept()
            .with("cursor", self.cursor.as_str())
            .with("back", self.back.join("~"))
            .with("page", page)
            .at(PATH)
    }

    /// The address that also shows the form of that field.
    pub(super) fn href_with_form(&self, field: &str) -> String {
        self.kept().with("add_field", field).at(PATH)
    }

    /// The parameters that forms carry along: all but the place in the list.
    fn kept(&self) -> Query {
        self.list
            .clone()
            .with("columns", self.columns.join(","))
            .with("view", self.view.as_str())
    }

    /// The same as hidden fields, without those that `leave_out` names.
    pub(super) fn hidden(&self, leave_out: &[&str]) -> Vec<Hidden> {
        let kept = self.kept();
        let fields = kept
            .pairs()
            .iter()
            .filter(|(name, _)| !leave_out.contains(&name.as_str()));
        fields
            .map(|(name, value)| Hidden {
                name: name.clone(),
                value: value.clone(),
            })
            .collect()
    }

    /// The query string of the list alone: what a saved view keeps.
    pub(super) fn query(&self) -> String {
        self.list.text()
    }

    /// The query string of who is shown, in whatever order: what an action on all of them is given.
    pub(super) fn who(&self) -> String {
        self.list.clone().without("sort").text()
    }

    /// Whether a saved view keeps exactly this.
    pub(super) fn is_kept_by(&self, view: &SavedView) -> bool {
        let sorted = |query: &Query| {
            let mut pairs = query.pairs().to_vec();
            pairs.sort();
            pairs
        };
        let kept = Self::read(&view.query);
        sorted(&self.list) == sorted(&kept.list) && self.columns == view.columns
    }
}

fn is_of_list(name: &str) -> bool {
    matches!(name, "q" | "sort") || name.starts_with("filter[")
}

/// A search form that is sent empty looks for nothing; only presence has no value.
fn without_empty(query: Query) -> Query {
    let empty: Vec<String> = query
        .pairs()
        .iter()
        .filter(|(name, value)| value.trim().is_empty() && !name.ends_with("_set]"))
        .map(|(name, _)| name.clone())
        .collect();
    empty.iter().fold(query, |query, name| query.without(name))
}

fn names(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in text
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .take(COLUMNS)
    {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_leads_on_and_back_again() {
        let first = Address::read("q=ada&sort=-mrr&columns=mrr,plan,mrr&x=1");
        assert_eq!(first.previous(), None);
        assert!(!first.restarts());
        assert_eq!(first.href(), "/customers?q=ada&sort=-mrr&columns=mrr%2Cplan");

        let second = first.next("two".to_owned());
        let third = Address::read(second.next("three".to_owned()).href().split_once('?').unwrap().1);
        assert_eq!((third.cursor.as_str(), third.page), ("three", 3));
        assert_eq!(third.previous().unwrap(), second);
        assert_eq!(second.previous().unwrap(), first);
        assert!(!second.restarts() && !third.restarts());
    }

    #[test]
    fn an_address_does_not_grow_for_ever() {
        let far = (0..100).fold(Address::default(), |page, nth| page.next(format!("c{nth}")));
        assert!(far.href().len() < 400, "{}", far.href());

        let mut back = far;
        while let Some(previous) = back.previous() {
            back = previous;
        }
        assert_eq!(back.href(), "/customers");
    }

    #[test]
    fn a_changed_filter_begins_anew() {
        let address = Address::read("filter%5Bmrr%5D%5Bgte%5D=10&q=&cursor=abc&page=2&view=viw_1");

        assert_eq!(
            address.with("sort", "-mrr").href(),
            "/customers?filter%5Bmrr%5D%5Bgte%5D=10&sort=-mrr&view=viw_1"
        );
        assert_eq!(address.cleared().href(), "/customers?view=viw_1");
        assert_eq!(address.filters(), [("filter[mrr][gte]", "10")]);
        assert_eq!(address.request().unwrap().filters.len(), 1);
    }
}
