//! The page of the list, from what was found.

use kale_application::customers::FilterTerm;
use kale_domain::{
    access::Permission, attribute::AttributeDefinition, company::Company, customer::Customer,
    saved_view::SavedView,
};
use kale_web::{etag::etag, permission::ReadCustomers};

use super::{
    address::{Address, PAGE},
    filters::Words,
    personas::{PersonaTags, Share},
    subjects::Subjects,
    table::{Table, sorted, sorted_by},
};
use crate::{
    frame::Here,
    people::People,
    view::{
        customers::{Bulk, CustomersPage, OwnView, Sorted, ViewTab},
        format,
        parts::{Band, Empty, Link, Pager},
        shell::Section,
    },
};

/// What was found for an address.
#[derive(Debug)]
pub(super) struct Found {
    /// The customers of this page.
    pub(super) customers: Vec<Customer>,
    /// Where the next page begins.
    pub(super) next: Option<String>,
    /// How many there are on all pages, and whether there are more than that.
    pub(super) count: Option<(u64, bool)>,
    /// How many have which persona, whatever persona is filtered by.
    pub(super) shares: Vec<Share>,
    /// The company's attributes.
    pub(super) definitions: Vec<AttributeDefinition>,
    /// The company's personas.
    pub(super) personas: PersonaTags,
    /// Who works here, for those who may see that.
    pub(super) people: Option<People>,
    /// The saved views.
    pub(super) views: Vec<SavedView>,
    /// The filters that are on.
    pub(super) terms: Vec<FilterTerm>,
}

/// The page.
pub(super) fn page(
    here: &Here<ReadCustomers>,
    company: &Company,
    address: &Address,
    found: Found,
) -> CustomersPage {
    let subjects = Subjects::of(company, &found.definitions).with_people(found.people.as_ref());
    let zone = here.zone();
    let table = Table {
        subjects: &subjects,
        personas: &found.personas,
        zone: &zone,
        has_mrr: found.shares.iter().any(|share| share.mrr_minor.is_some()),
    };
    let shown = table.shown(address, company);
    let total: u64 = found.shares.iter().map(|share| share.customers).sum();
    let may_keep = here.may(Permission::UseSavedViews) && here.caller().user().is_some();
    let differs = !address.is_everybody() || !address.columns.is_empty() || address.sort() != "name";
    let rows = table.rows(&found.customers, &shown);
    let everybody = total == 0 && address.is_everybody();
    CustomersPage {
        shell: here.shell(Section::Customers, "Customers"),
        band: (!everybody).then(|| band(company, address, &found)),
        views: tabs(here, address, &found.views),
        may_save_view: may_keep && differs,
        filters: Words {
            subjects: &subjects,
            personas: &found.personas,
        }
        .filters(address, &found.terms),
        column_choices: table.choices(&shown),
        columns: Table::columns(address, &shown),
        sort_by_name: sorted_by(address, "name", false),
        name_sorted: sorted(address, "name"),
        caption: caption(&subjects, address, rows.len()),
        empty: if everybody {
            nobody_yet(here)
        } else {
            nobody_matches(address)
        },
        pager: pager(address, rows.len(), found.count, found.next),
        bulk: bulk(here, company, address, (found.count, found.people.as_ref())),
        export: format!("/customers/export.csv?{}", address.query()),
        keep: address.hidden(&[]),
        rows,
    }
}

fn band(company: &Company, address: &Address, found: &Found) -> Band {
    let parameter = "filter[persona]";
    let on: Vec<&str> = found
        .terms
        .iter()
        .filter(|term| term.name == "persona")
        .flat_map(|term| term.value.split(',').map(str::trim))
        .collect();
    // However the filter was written, the band writes it its own way.
    let elsewhere = address
        .with("filter[persona][eq]", "")
        .with("filter[persona][in]", "");
    let href = |key: &str| {
        let key = if on.as_slice() == [key] { "" } else { key };
        elsewhere.with(parameter, key).href()
    };
    found
        .personas
        .band(&found.shares, company.currency, href, |key| on.contains(&key))
}

fn tabs(here: &Here<ReadCustomers>, address: &Address, views: &[SavedView]) -> Vec<ViewTab> {
    let all = ViewTab {
        name: "All".to_owned(),
        count: String::new(),
        href: Address::default().href(),
        current: address.view.is_empty() && address.is_everybody(),
        own: None,
    };
    let tab = |view: &SavedView| ViewTab {
        name: view.name.clone(),
        count: String::new(),
        href: Address::of_view(view).href(),
        current: address.view == view.id.to_string(),
        own: here
            .caller()
            .user()
            .filter(|user| *user == view.owner)
            .map(|_| OwnView {
                id: view.id.to_string(),
                etag: etag(view.version),
                shared: view.shared,
                changed: !address.is_kept_by(view),
            }),
    };
    std::iter::once(all).chain(views.iter().map(tab)).collect()
}

fn caption(subjects: &Subjects, address: &Address, rows: usize) -> String {
    let by = address.sort().trim_start_matches('-');
    let named = subjects
        .all()
        .iter()
        .find(|subject| subject.sort.as_deref() == Some(by));
    let word = named.map_or_else(|| "name".to_owned(), |subject| subject.label.clone());
    let order = match sorted(address, by) {
        Sorted::Descending => "highest first",
        _ => "lowest first",
    };
    let rows = u64::try_from(rows).unwrap_or(u64::MAX);
    format!(
        "{} sorted by {word}, {order}",
        format::count(rows, "customer", "customers")
    )
}

fn nobody_yet(here: &Here<ReadCustomers>) -> Empty {
    if here.may(Permission::ManageUploads) {
        return Empty {
            icon: "users",
            text: "No customers yet. They appear here once a file is imported, or a program sends them."
                .to_owned(),
            action: Some(Link::new("Upload customer data", "/data")),
            other: Some(Link::new("Send them through the API", "/docs")),
        };
    }
    Empty {
        icon: "users",
        text: "No customers are assigned to you yet.".to_owned(),
        action: None,
        other: None,
    }
}

fn nobody_matches(address: &Address) -> Empty {
    let filters = address.filters().len() + usize::from(!address.search().is_empty());
    let text = match filters {
        0 => "There are no more customers on this list.".to_owned(),
        1 => "No customer matches this filter.".to_owned(),
        many => format!("No customer matches these {many} filters."),
    };
    let action = Link::new("Clear filters", address.cleared().href());
    Empty {
        icon: "funnel",
        text,
        action: Some(action),
        other: None,
    }
}

fn pager(address: &Address, rows: usize, count: Option<(u64, bool)>, next: Option<String>) -> Pager {
    let first = (address.page - 1).saturating_mul(PAGE) + 1;
    let last = first + u64::try_from(rows).unwrap_or(0).saturating_sub(1);
    let of = match count {
        Some((all, true)) => format!(" of more than {}", format::number(all)),
        Some((all, false)) => format!(" of {}", format::number(all)),
        None => String::new(),
    };
    Pager {
        summary: format!(
            "Showing {} to {}{of}",
            format::number(first),
            format::number(last)
        ),
        previous: address.previous().map(|address| address.href()),
        restarts: address.restarts(),
        next: next.map(|cursor| address.next(cursor).href()),
    }
}

fn bulk(
    here: &Here<ReadCustomers>,
    company: &Company,
    address: &Address,
    (count, people): (Option<(u64, bool)>, Option<&People>),
) -> Bulk {
    let (matching, exact) = match count {
        Some((all, true)) => (format!("{}+", format::number(all)), String::new()),
        Some((all, false)) => (format::number(all), all.to_string()),
        None => (String::new(), String::new()),
    };
    Bulk {
        matching,
        matching_exact: exact,
        query: address.who(),
        currency: company.currency.code().to_owned(),
        exponent: company.currency.exponent(),
        may_reassign: here.may(Permission::AssignPersonas),
        may_export: here.may(Permission::ExportCustomers),
        experts: people
            .filter(|_| here.may(Permission::AssignExperts))
            .map(People::choices)
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pager_says_where_the_list_stands() {
        let first = Address::read("sort=-mrr");
        let shown = pager(&first, 50, Some((7_043, false)), Some("abc".to_owned()));
        assert_eq!(shown.summary, "Showing 1 to 50 of 7,043");
        assert_eq!(
            shown.next.as_deref(),
            Some("/customers?sort=-mrr&cursor=abc&page=2")
        );
        assert!(shown.previous.is_none());

        let second = first.next("abc".to_owned());
        let shown = pager(&second, 12, Some((10_000, true)), None);
        assert_eq!(shown.summary, "Showing 51 to 62 of more than 10,000");
        assert_eq!(shown.previous.as_deref(), Some("/customers?sort=-mrr"));
    }

    #[test]
    fn a_list_without_matches_says_how_many_filters_there_are() {
        let empty = nobody_matches(&Address::read("q=ada&filter[mrr]=1&sort=mrr"));
        assert_eq!(empty.text, "No customer matches these 2 filters.");
        assert_eq!(empty.action.unwrap().href, "/customers?sort=mrr");
    }
}
