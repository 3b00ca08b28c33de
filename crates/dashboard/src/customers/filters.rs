//! Search and filters above the list, as chips and forms.

use kale_application::customers::FilterTerm;

use super::{
    address::Address,
    kinds::{Kind, operator_word},
    personas::PersonaTags,
    subjects::Subjects,
};
use crate::view::{
    filters::{FilterChip, FilterForm, Filters, ValueInput},
    form::{Choice, Field, Select},
};

/// How many values a form offers to be ticked; more are suggested while typing.
const TICKED: usize = 12;

/// What forms are made from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a> {
    /// What can be filtered by.
    pub(super) subjects: &'a Subjects,
    /// The personas.
    pub(super) personas: &'a PersonaTags,
}

/// The parameter a filter stands under.
pub(super) fn parameter(name: &str, op: &str) -> String {
    if op == "eq" {
        format!("filter[{name}]")
    } else {
        format!("filter[{name}][{op}]")
    }
}

impl Words<'_> {
    /// Everything above the table.
    pub(super) fn filters(self, address: &Address, terms: &[FilterTerm]) -> Filters {
        let fields = self.subjects.all().iter().filter(|subject| subject.filter);
        let chosen = self
            .subjects
            .find(&address.add_field)
            .filter(|subject| subject.filter);
        let first = chosen.map_or("persona", |subject| subject.name.as_str());
        let choices = fields.map(|subject| Choice::new(&subject.name, &subject.label));
        Filters {
            search: address.search().to_owned(),
            keep_for_search: address.hidden(&["q"]),
            keep: address.hidden(&[]),
            chips: terms
                .iter()
                .enumerate()
                .map(|(nth, term)| self.chip(address, nth, term))
                .collect(),
            fields: Select::new(Field::new("add_field", "Filter by").value(first), choices),
            first: self.add_form(first, &[]),
            clear: if address.is_everybody() {
                String::new()
            } else {
                address.cleared().href()
            },
        }
    }

    fn chip(self, address: &Address, nth: usize, term: &FilterTerm) -> FilterChip {
        let kind = self.subjects.kind(&term.name);
        let parameter = parameter_in(address, term);
        let several = !matches!(term.op.as_str(), "contains" | "starts_with") && term.value.contains(',');
        FilterChip {
            label: self.subjects.label(&term.name),
            operator: operator_word(kind, &term.op, several).to_owned(),
            value: self
                .subjects
                .words(&term.name, &term.op, &term.value, self.personas),
            remove: address.with(&parameter, "").href(),
            form: self.form(&format!("filter-{nth}"), &term.name, Some(term), parameter, &[]),
        }
    }

    /// The form of a filter that is not on yet. `found` are values that occur.
    pub(super) fn add_form(self, name: &str, found: &[String]) -> FilterForm {
        self.form("add-filter", name, None, String::new(), found)
    }

    fn form(
        self,
        id: &str,
        name: &str,
        term: Option<&FilterTerm>,
        replaces: String,
        found: &[String],
    ) -> FilterForm {
        let kind = self.subjects.kind(name);
        let op = term.map_or_else(
            || kind.operators().first().map_or("eq", |(name, _)| *name),
            |term| term.op.as_str(),
        );
        let mut operators: Vec<Choice> = kind
            .operators()
            .into_iter()
            .map(|(name, word)| Choice::new(name, word).chosen_if(op))
            .collect();
        if !operators.iter().any(|choice| choice.selected) {
            // An operator that came by address stays, or applying the form would change what it does not show.
            operators.push(Choice::new(op, operator_word(kind, op, false)).chosen_if(op));
        }
        FilterForm {
            id: id.to_owned(),
            field: name.to_owned(),
            label: self.subjects.label(name),
            replaces,
            operators,
            value: self.input(kind, name, term.map_or("", |term| term.value.as_str()), found),
        }
    }

    fn input(self, kind: Kind, name: &str, value: &str, found: &[String]) -> ValueInput {
        let on: Vec<&str> = value.split(',').map(str::trim).collect();
        let tick = |choice: Choice| Choice {
            selected: on.contains(&choice.value.as_str()),
            ..choice
        };
        if let Some(values) = kind.values(self.personas, self.subjects.people()) {
            return ValueInput::Several(values.into_iter().map(tick).collect());
        }
        let few = (1..=TICKED).contains(&found.len()) && !found.iter().any(|value| value.contains(','));
        if kind == Kind::Text && few {
            return ValueInput::Several(
                found
                    .iter()
                    .map(|value| tick(Choice::new(value, capital(value))))
                    .collect(),
            );
        }
        let several: Vec<String> = on.iter().map(|one| self.subjects.typed(name, one)).collect();
        ValueInput::Line {
            kind: match kind {
                // A box for one number would not show several.
                Kind::Number | Kind::Money if several.len() == 1 => "number",
                _ => "text",
            },
            value: several.join(","),
            unit: match kind {
                Kind::Money => self.subjects.currency().code().to_owned(),
                Kind::Date => "the form 2026-11-22".to_owned(),
                _ => String::new(),
            },
            suggestions: found.to_vec(),
        }
    }
}

/// Values are counted in small letters, which read badly.
fn capital(value: &str) -> String {
    let mut letters = value.chars();
    let first = letters
        .next()
        .map(|first| first.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

/// The parameter the term came under: `eq` may be said or not.
fn parameter_in(address: &Address, term: &FilterTerm) -> String {
    let said = format!("filter[{}][{}]", term.name, term.op);
    if address.filters().iter().any(|(name, _)| *name == said) {
        said
    } else {
        parameter(&term.name, &term.op)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customers::{
        personas::tests::configuration,
        subjects::tests::{company, definitions},
    };

    fn read(query: &str) -> (Address, Vec<FilterTerm>) {
        let address = Address::read(query);
        let terms = address.request().unwrap().filters;
        (address, terms)
    }

    #[test]
    fn a_chip_shows_its_filter_and_takes_it_away() {
        let subjects = Subjects::of(&company(), &definitions());
        let personas = PersonaTags::of(&configuration());
        let words = Words {
            subjects: &subjects,
            personas: &personas,
        };
        let (address, terms) = read("filter[mrr][gte]=1990&filter[persona][eq]=slipping&sort=-mrr");

        let filters = words.filters(&address, &terms);

        let shown: Vec<_> = filters
            .chips
            .iter()
            .map(|c| format!("{} {} {}", c.label, c.operator, c.value))
            .collect();
        assert_eq!(shown, ["MRR is at least $19.90", "Persona is Slipping away"]);
        assert_eq!(
            filters.chips[0].remove,
            "/customers?filter%5Bpersona%5D%5Beq%5D=slipping&sort=-mrr"
        );
        assert_eq!(
            filters.chips[1].remove,
            "/customers?filter%5Bmrr%5D%5Bgte%5D=1990&sort=-mrr"
        );
        assert_eq!(filters.clear, "/customers?sort=-mrr");
        match &filters.chips[0].form.value {
            ValueInput::Line { value, unit, .. } => {
                assert_eq!((value.as_str(), unit.as_str()), ("19.9", "USD"));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn few_values_are_ticked_and_many_are_typed() {
        let subjects = Subjects::of(&company(), &definitions());
        let personas = PersonaTags::of(&configuration());
        let words = Words {
            subjects: &subjects,
            personas: &personas,
        };
        let found = |n: usize| (0..n).map(|nth| format!("v{nth}")).collect::<Vec<_>>();

        let value = |n| words.add_form("attributes.contract", &found(n)).value;
        assert!(matches!(value(3), ValueInput::Several(choices) if choices.len() == 3));
        assert!(matches!(value(40), ValueInput::Line { suggestions, .. } if suggestions.len() == 40));
    }
}
