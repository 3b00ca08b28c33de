//! Forms: what stands in a field, what is wrong with it and what may be chosen.

use kale_domain::error::FieldError;

/// One field of a form, with what the person typed.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// The name it is sent under, also its id in the page.
    pub name: String,
    /// The words above it.
    pub label: String,
    /// What stands in it.
    pub value: String,
    /// What helps to fill it; empty for none.
    pub hint: String,
    /// What is wrong with it; empty for nothing.
    pub error: String,
}

impl Field {
    /// An empty field.
    pub fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            ..Self::default()
        }
    }

    /// With what stands in it.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// With what helps to fill it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// With what is wrong with it.
    #[must_use]
    pub fn error(mut self, error: impl Into<String>) -> Self {
        self.error = error.into();
        self
    }

    /// The ids that describe it, for `aria-describedby`.
    #[must_use]
    pub fn described_by(&self) -> String {
        match (self.hint.is_empty(), self.error.is_empty()) {
            (true, true) => String::new(),
            (false, true) => format!("{}-hint", self.name),
            (true, false) => format!("{}-error", self.name),
            (false, false) => format!("{0}-hint {0}-error", self.name),
        }
    }
}

/// Something that may be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is chosen.
    pub selected: bool,
}

impl Choice {
    /// A choice that is not chosen.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            selected: false,
        }
    }

    /// Chosen, if its value is that one.
    #[must_use]
    pub fn chosen_if(mut self, value: &str) -> Self {
        self.selected = self.value == value;
        self
    }
}

/// A field with a list of choices.
#[derive(Debug, Clone, Default)]
pub struct Select {
    /// The field; its value is that of the chosen choice.
    pub field: Field,
    /// What may be chosen.
    pub choices: Vec<Choice>,
}

impl Select {
    /// From a field and its choices; the one with the field's value is chosen.
    #[must_use]
    pub fn new(field: Field, choices: impl IntoIterator<Item = Choice>) -> Self {
        let choices = choices
            .into_iter()
            .map(|choice| choice.chosen_if(&field.value))
            .collect();
        Self { field, choices }
    }
}

/// A problem as the summary above a form lists it.
#[derive(Debug, Clone)]
pub struct Wrong {
    /// The id of the field it is about; empty for the whole form.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// What was wrong with a form that was sent.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    /// One line each, in the order of the form.
    pub list: Vec<Wrong>,
}

impl Problems {
    /// From the problems the application names; a pointer `#/offer/coupon` is the field `offer.coupon`.
    #[must_use]
    pub fn of(errors: &[FieldError]) -> Self {
        let list = errors
            .iter()
            .map(|error| Wrong {
                field: field_name(&error.pointer),
                message: error.message.clone(),
            })
            .collect();
        Self { list }
    }

    /// What is wrong with that field; empty for nothing.
    #[must_use]
    pub fn at(&self, name: &str) -> String {
        self.list
            .iter()
            .find(|wrong| wrong.field == name)
            .map_or_else(String::new, |wrong| wrong.message.clone())
    }
}

/// The form field a pointer into a body or a parameter means.
#[must_use]
pub fn field_name(pointer: &str) -> String {
    match pointer.strip_prefix("#/") {
        Some(path) => path.replace('/', "."),
        None => pointer.trim_start_matches(['#', '?']).to_owned(),
    }
}

/// Somebody else changed the thing in between. The page carries the new version in `_etag`, so that saving again wins.
#[derive(Debug, Clone)]
pub struct Stale {
    /// Who and when: `Maya changed this 2 min ago.`
    pub text: String,
    /// The page with their version.
    pub theirs: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_names_its_form_field() {
        assert_eq!(field_name("#/columns/tenure/to"), "columns.tenure.to");
        assert_eq!(field_name("?cursor"), "cursor");
        assert_eq!(field_name("#"), "");
    }

    #[test]
    fn a_problem_is_found_at_its_field() {
        let problems = Problems::of(&[FieldError::new(
            "#/name",
            "too-long",
            "Use at most 80 characters.",
        )]);
        assert_eq!(problems.at("name"), "Use at most 80 characters.");
        assert_eq!(problems.at("zone"), "");
    }
}
