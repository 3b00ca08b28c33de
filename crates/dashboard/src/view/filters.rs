//! The filters of the customer list: chips, their forms and the hidden state every form of the page carries along.

use askama::Template;

use super::form::{Choice, Select};

/// A hidden field that carries a part of the present address along.
#[derive(Debug, Clone)]
pub struct Hidden {
    /// The name of the parameter.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// What a value is typed into.
#[derive(Debug, Clone)]
pub enum ValueInput {
    /// One line; the string is the input's type: `text`, `number`, `date`.
    Line {
        /// The type of the input.
        kind: &'static str,
        /// What stands in it.
        value: String,
        /// What is counted in: `USD`, `days`; empty for none.
        unit: String,
        /// Values that occur, offered while typing.
        suggestions: Vec<String>,
    },
    /// Several of a short list, sent one by one.
    Several(Vec<Choice>),
    /// No value: the operator says it all.
    None,
}

/// Operator and value of one filter. Rendered inside a chip's popover, and alone when the field is chosen.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/filter_form.html")]
pub struct FilterForm {
    /// The id of the form, unique in the page.
    pub id: String,
    /// The name of the field as the API calls it: `mrr`, `attributes.contract`.
    pub field: String,
    /// The word for it.
    pub label: String,
    /// The parameter this filter stands under now, to be replaced; empty for a new one.
    pub replaces: String,
    /// The operators its type allows.
    pub operators: Vec<Choice>,
    /// Where the value goes.
    pub value: ValueInput,
}

/// A filter that is on.
#[derive(Debug, Clone)]
pub struct FilterChip {
    /// The word for the field.
    pub label: String,
    /// `is`, `at least`.
    pub operator: String,
    /// The value in words.
    pub value: String,
    /// The list without it.
    pub remove: String,
    /// How to change it.
    pub form: FilterForm,
}

/// Everything above the table.
#[derive(Debug, Clone)]
pub struct Filters {
    /// What was searched for.
    pub search: String,
    /// The present address without `q`, for the search form.
    pub keep_for_search: Vec<Hidden>,
    /// The present address, for the filter and column forms.
    pub keep: Vec<Hidden>,
    /// What is on.
    pub chips: Vec<FilterChip>,
    /// What can be added.
    pub fields: Select,
    /// Operator and value of the field that is chosen first.
    pub first: FilterForm,
    /// The list without any filter; empty where none is on.
    pub clear: String,
}
