//! Columns and rows of the list.

use jiff::tz::TimeZone;
use kale_domain::{
    attribute::{AttributeKey, AttributeValue},
    company::Company,
    customer::{Customer, Lifecycle},
    email::Email,
    metric::{Metric, MetricValue},
    money::Money,
};

use super::{
    address::Address,
    kinds::Kind,
    personas::PersonaTags,
    subjects::{Subject, Subjects, lifecycle_word},
};
use crate::view::{
    customers::{Cell, Column, ColumnChoice, Row, Sorted},
    format,
    parts::{Chip, Tone},
};

/// How many attributes are shown where nobody chose columns.
const USUAL_ATTRIBUTES: usize = 4;
/// How many decimal places a column is filled up to; a number with more keeps them.
const MOST_PLACES: u32 = 6;

/// What cells are written with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table<'a> {
    /// What can be shown.
    pub(super) subjects: &'a Subjects,
    /// The personas.
    pub(super) personas: &'a PersonaTags,
    /// The zone days are read in.
    pub(super) zone: &'a TimeZone,
    /// Whether anybody's monthly revenue is known.
    pub(super) has_mrr: bool,
}

impl<'a> Table<'a> {
    /// The columns that are shown: those that were chosen, as far as they exist, else the usual ones.
    pub(super) fn shown(self, address: &Address, company: &Company) -> Vec<&'a Subject> {
        let chosen: Vec<&Subject> = address
            .columns
            .iter()
            .filter_map(|name| self.subjects.find(name))
            .filter(|subject| subject.column)
            .collect();
        if chosen.is_empty() {
            self.usual(company)
        } else {
            chosen
        }
    }

    /// Persona, the attributes the list can be sorted by and the first others, MRR where anybody has one.
    fn usual(self, company: &Company) -> Vec<&'a Subject> {
        let is_attribute = |subject: &&Subject| subject.name.starts_with("attributes.");
        let attributes = || self.subjects.all().iter().filter(is_attribute);
        let sortable = company.sortable_attributes.len();
        let others = attributes().filter(|subject| subject.sort.is_none());
        let middle = attributes()
            .filter(|subject| subject.sort.is_some())
            .chain(others.take(USUAL_ATTRIBUTES.saturating_sub(sortable)));
        let (first, last) = (self.subjects.find("persona"), self.subjects.find("mrr"));
        let last = last.filter(|_| self.has_mrr);
        first.into_iter().chain(middle).chain(last).collect()
    }

    /// What may be shown.
    pub(super) fn choices(self, shown: &[&Subject]) -> Vec<ColumnChoice> {
        let choice = |subject: &Subject| ColumnChoice {
            key: subject.name.clone(),
            label: subject.label.clone(),
            shown: shown.iter().any(|one| one.name == subject.name),
        };
        self.subjects
            .all()
            .iter()
            .filter(|subject| subject.column)
            .map(choice)
            .collect()
    }

    /// The heads of the columns.
    pub(super) fn columns(address: &Address, shown: &[&Subject]) -> Vec<Column> {
        let column = |subject: &&Subject| Column {
            key: subject.name.clone(),
            label: subject.label.clone(),
            numeric: subject.kind.is_numeric(),
            sort: subject.sort.as_deref().map(|by| {
                sorted_by(
                    address,
                    by,
                    subject.kind.is_numeric() || subject.kind == Kind::Date,
                )
            }),
            sorted: subject
                .sort
                .as_deref()
                .map_or(Sorted::No, |by| sorted(address, by)),
        };
        shown.iter().map(column).collect()
    }

    /// A page of customers, each column with as many decimal places as its longest number.
    pub(super) fn rows(self, customers: &[Customer], shown: &[&Subject]) -> Vec<Row> {
        let places: Vec<u32> = shown.iter().map(|subject| places(customers, subject)).collect();
        customers
            .iter()
            .map(|customer| self.row(customer, shown, &places))
            .collect()
    }

    fn row(self, customer: &Customer, shown: &[&Subject], places: &[u32]) -> Row {
        let name = customer.label().to_owned();
        Row {
            id: customer.id.to_string(),
            detail: detail(customer),
            initials: format::initials(&name),
            mrr_minor: mrr(customer)
                .map(|mrr| mrr.amount_minor.to_string())
                .unwrap_or_default(),
            cells: shown
                .iter()
                .zip(places)
                .map(|(subject, places)| self.cell(customer, subject, *places))
                .collect(),
            name,
        }
    }

    fn cell(self, customer: &Customer, subject: &Subject, places: u32) -> Cell {
        match attribute(customer, subject) {
            Some(AttributeValue::Number(number)) => return Cell::Text(format::decimal_to(*number, places)),
            Some(value) => return Cell::Text(format::attribute(value)),
            None => {}
        }
        match subject.name.as_str() {
            "persona" => Cell::Persona(
                self.personas
                    .tag(customer.persona.persona, customer.persona.is_locked()),
            ),
            "mrr" => mrr(customer).map_or(Cell::Unknown, |mrr| Cell::Strong(format::money(mrr))),
            "lifecycle" => customer
                .lifecycle
                .map_or(Cell::Unknown, |lifecycle| Cell::Chip(chip(lifecycle))),
            "created_at" => Cell::Text(format::date(
                customer.created_at.to_zoned(self.zone.clone()).date(),
            )),
            "plan" => text(plan(customer)),
            "tier" => text(customer.tier.clone()),
            "email" => text(customer.email.as_ref().map(Email::to_string)),
            "domain" => text(customer.domain.clone()),
            "external_id" => text(customer.external_ids.first().cloned()),
            "expert" => text(Some(
                customer
                    .experts
                    .iter()
                    .map(|id| self.subjects.person(&id.to_string()))
                    .collect::<Vec<_>>()
                    .join(", "),
            )),
            "tag" => text(Some(customer.tags.join(", "))),
            _ => Cell::Unknown,
        }
    }
}

fn attribute<'a>(customer: &'a Customer, subject: &Subject) -> Option<&'a AttributeValue> {
    let key: AttributeKey = subject.name.strip_prefix("attributes.")?.parse().ok()?;
    customer.attributes.get(&key)
}

/// How many decimal places the numbers of a column need.
fn places(customers: &[Customer], subject: &Subject) -> u32 {
    let of = |customer| match attribute(customer, subject) {
        Some(AttributeValue::Number(number)) => number.normalize().scale(),
        _ => 0,
    };
    customers.iter().map(of).max().unwrap_or(0).min(MOST_PLACES)
}

fn text(value: Option<String>) -> Cell {
    value
        .filter(|text| !text.is_empty())
        .map_or(Cell::Unknown, Cell::Text)
}

/// The monthly revenue of a customer, where it is known.
pub(crate) fn mrr(customer: &Customer) -> Option<Money> {
    match customer.metrics.get(&Metric::Mrr) {
        Some(MetricValue::Money(mrr)) => Some(*mrr),
        _ => None,
    }
}

/// The plan of a customer, where it is known.
pub(super) fn plan(customer: &Customer) -> Option<String> {
    match customer.metrics.get(&Metric::Plan) {
        Some(MetricValue::Text(plan)) => Some(plan.clone()),
        _ => None,
    }
}

/// What stands under the name: e-mail, domain or external id, whichever the name does not say already.
pub(super) fn detail(customer: &Customer) -> String {
    let label = customer.label();
    let email = customer.email.as_ref().map(Email::as_str);
    let all = [
        email,
        customer.domain.as_deref(),
        customer.external_ids.first().map(String::as_str),
    ];
    all.into_iter()
        .flatten()
        .find(|text| *text != label)
        .unwrap_or_default()
        .to_owned()
}

fn chip(lifecycle: Lifecycle) -> Chip {
    let tone = match lifecycle {
        Lifecycle::Active => Tone::Leaf,
        Lifecycle::Trial | Lifecycle::Free => Tone::Sky,
        Lifecycle::PastDue | Lifecycle::Paused => Tone::Sun,
        Lifecycle::Cancelling | Lifecycle::Churned => Tone::Stem,
    };
    Chip {
        label: lifecycle_word(lifecycle.name()),
        tone,
    }
}

/// The list sorted by something; by what it is sorted by already, the other way round.
pub(super) fn sorted_by(address: &Address, by: &str, largest_first: bool) -> String {
    let descending = match sorted(address, by) {
        Sorted::No => largest_first,
        Sorted::Ascending => true,
        Sorted::Descending => false,
    };
    let sort = if descending {
        format!("-{by}")
    } else {
        by.to_owned()
    };
    address.with("sort", sort).href()
}

/// How the list is sorted by something.
pub(super) fn sorted(address: &Address, by: &str) -> Sorted {
    match address.sort().strip_prefix('-') {
        Some(name) if name == by => Sorted::Descending,
        None if address.sort() == by => Sorted::Ascending,
        _ => Sorted::No,
    }
}

#[cfg(test)]
mod tests {
    use kale_domain::attribute::{AttributeDefinition, AttributeType};

    use super::*;
    use crate::customers::{
        one::tests::ada,
        personas::tests::configuration,
        subjects::tests::{company, definitions},
    };

    #[test]
    fn a_row_has_a_cell_for_every_column() {
        let subjects = Subjects::of(&company(), &definitions());
        let personas = PersonaTags::of(&configuration());
        let table = Table {
            subjects: &subjects,
            personas: &personas,
            zone: &TimeZone::UTC,
            has_mrr: true,
        };
        let address = Address::read("sort=-mrr");

        let shown = table.shown(&address, &company());
        let names: Vec<_> = shown.iter().map(|subject| subject.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "persona",
                "attributes.tenure",
                "attributes.contract",
                "attributes.churn",
                "attributes.total",
                "mrr"
            ]
        );

        let row = table.rows(&[ada()], &shown).remove(0);
        assert_eq!(
            (row.name.as_str(), row.detail.as_str()),
            ("Ada Lovelace", "ada@example.com")
        );
        assert_eq!(row.mrr_minor, "2985");
        assert!(matches!(&row.cells[0], Cell::Persona(tag) if tag.name == "Slipping away" && !tag.locked));
        assert!(matches!(&row.cells[1], Cell::Text(tenure) if tenure == "1"));
        assert!(matches!(&row.cells[3], Cell::Unknown));
        assert!(matches!(&row.cells[5], Cell::Strong(mrr) if mrr == "$29.85"));
    }

    #[test]
    fn the_numbers_of_a_column_have_their_points_in_one_place() {
        let definitions = [AttributeDefinition {
            key: "charges".parse().unwrap(),
            label: "Charges".to_owned(),
            kind: AttributeType::Number,
        }];
        let subjects = Subjects::of(&company(), &definitions);
        let personas = PersonaTags::default();
        let table = Table {
            subjects: &subjects,
            personas: &personas,
            zone: &TimeZone::UTC,
            has_mrr: false,
        };
        let charged = |charges: &str| {
            let mut customer = ada();
            let charges = AttributeValue::Number(charges.parse().unwrap());
            customer.attributes.insert("charges".parse().unwrap(), charges);
            customer
        };
        let shown = [subjects.find("attributes.charges").unwrap()];

        let rows = table.rows(&[charged("29.85"), charged("1098.5"), charged("20.00")], &shown);

        let texts: Vec<&str> = rows
            .iter()
            .map(|row| match &row.cells[0] {
                Cell::Text(text) => text.as_str(),
                _ => panic!("no text"),
            })
            .collect();
        assert_eq!(texts, ["29.85", "1,098.50", "20.00"]);
    }

    #[test]
    fn a_second_click_turns_the_order_round() {
        let by = |query: &str, by, largest| sorted_by(&Address::read(query), by, largest);

        assert_eq!(by("", "mrr", true), "/customers?sort=-mrr");
        assert_eq!(by("sort=-mrr", "mrr", true), "/customers?sort=mrr");
        assert_eq!(by("", "name", false), "/customers?sort=-name");
        assert_eq!(
            by("sort=-name&cursor=x&page=2", "name", false),
            "/customers?sort=name"
        );
    }

    #[test]
    fn chosen_columns_that_do_not_exist_are_left_out() {
        let subjects = Subjects::of(&company(), &definitions());
        let personas = PersonaTags::default();
        let table = Table {
            subjects: &subjects,
            personas: &personas,
            zone: &TimeZone::UTC,
            has_mrr: true,
        };

        let shown = table.shown(
            &Address::read("columns=mrr,attributes.gone,name,plan"),
            &company(),
        );
        let names: Vec<_> = shown.iter().map(|subject| subject.name.as_str()).collect();
        assert_eq!(names, ["mrr", "plan"]);
    }
}
