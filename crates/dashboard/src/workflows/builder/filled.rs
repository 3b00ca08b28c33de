//! What stands in the fields of a form: what was typed, else what is kept.

use kale_application::workflows::{Locale, Text};

use crate::{
    frame::Form,
    view::{
        builder::Input,
        form::{Choice, Field, Problems, Select},
    },
};

/// A form as it is filled.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filled<'a> {
    /// What was sent and not kept.
    pub(super) typed: Option<&'a Form>,
    /// What was wrong with it.
    pub(super) problems: &'a Problems,
    /// The language that is written.
    pub(super) locale: &'a Locale,
}

impl Filled<'_> {
    pub(super) fn field(&self, name: &str, label: &str, kept: &str) -> Field {
        let value = self.typed.map_or(kept, |form| form.get(name));
        Field::new(name, label).value(value).error(self.problems.at(name))
    }

    pub(super) fn text(&self, name: &str, label: &str, kept: &Text) -> Field {
        self.field(name, label, kept.exactly(self.locale).unwrap_or_default())
    }

    pub(super) fn line(&self, name: &str, label: &str, kept: &Text) -> Input {
        Input::Line(self.text(name, label, kept))
    }

    pub(super) fn area(&self, name: &str, label: &str, kept: &Text) -> Input {
        Input::Area(self.text(name, label, kept))
    }

    pub(super) fn check(&self, name: &str, label: &str, kept: bool) -> Input {
        // A box that is off sends nothing.
        Input::Check(self.field(name, label, if kept { "true" } else { "" }))
    }

    pub(super) fn select(
        &self,
        name: &str,
        label: &str,
        kept: &str,
        choices: impl IntoIterator<Item = Choice>,
    ) -> Input {
        Input::Select(Select::new(self.field(name, label, kept), choices))
    }
}

/// A text with what a form says in one language.
pub(super) fn written(kept: &Text, form: &Form, name: &str, locale: &Locale) -> Text {
    kept.clone().with(locale.clone(), form.get(name).trim())
}
