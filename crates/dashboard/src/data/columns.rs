//! The mapping form, filled.

use kale_domain::{
    attribute::{AttributeDefinition, AttributeKey, AttributeType},
    error::FieldError,
    money::Currency,
    upload::{ColumnProfile, ImportMode, Profile, Target},
};

use super::mapping::{Chosen, ChosenColumn, mode_name};
use crate::view::{
    form::{Choice, Field, Problems, Select, Wrong},
    format,
    parts::Banner,
    upload::{ColumnRow, MapForm, TargetGroup},
};

/// The currencies that are offered before the company's own and those of the form.
const CURRENCIES: [&str; 12] = [
    "USD", "EUR", "GBP", "CHF", "CAD", "AUD", "JPY", "SEK", "NOK", "DKK", "PLN", "INR",
];

/// What the form is filled from.
pub(super) struct Filling<'a> {
    /// What the file is like.
    pub(super) profile: &'a Profile,
    /// What is chosen.
    pub(super) chosen: &'a Chosen,
    /// The attributes the company has.
    pub(super) existing: &'a [AttributeDefinition],
    /// The company's currency.
    pub(super) currency: Currency,
    /// Whether it is our suggestion, which nobody confirmed yet.
    pub(super) suggested: bool,
    /// What is wrong, by the place of the columns.
    pub(super) wrong: &'a [FieldError],
    /// A remark above the table.
    pub(super) banner: Option<Banner>,
    /// The version it was made from.
    pub(super) etag: String,
}

impl Filling<'_> {
    /// The form.
    pub(super) fn form(self) -> MapForm {
        let columns = self.chosen.columns.iter().enumerate();
        MapForm {
            problems: self.problems(),
            about: about(self.profile),
            columns: columns.map(|(index, column)| self.row(index, column)).collect(),
            mode: mode(&self.chosen.mode, self.error_at("#/mode")),
            row_number: self.chosen.row_number,
            currencies: self.currencies(),
            banner: self.banner,
            etag: self.etag,
        }
    }

    /// Each problem leads to a field of its row that can be reached.
    fn problems(&self) -> Problems {
        let wrong = |error: &FieldError| match self.column_of(error) {
            Some((index, column)) => Wrong {
                field: format!("columns.{index}.to"),
                message: format!("{}: {}", column.header, error.message),
            },
            None => Wrong {
                field: crate::view::form::field_name(&error.pointer),
                message: error.message.clone(),
            },
        };
        Problems {
            list: self.wrong.iter().map(wrong).collect(),
        }
    }

    fn column_of(&self, error: &FieldError) -> Option<(usize, &ChosenColumn)> {
        let rest = error.pointer.strip_prefix("#/columns/")?;
        let index: usize = rest.split('/').next()?.parse().ok()?;
        Some((index, self.chosen.columns.get(index)?))
    }

    fn error_at(&self, pointer: &str) -> String {
        let found = self.wrong.iter().find(|error| error.pointer == pointer);
        found.map_or_else(String::new, |error| error.message.clone())
    }

    fn row(&self, index: usize, column: &ChosenColumn) -> ColumnRow {
        let profile = self
            .profile
            .columns
            .iter()
            .find(|known| known.header == column.header);
        let error = self
            .wrong
            .iter()
            .find(|error| self.column_of(error).is_some_and(|(at, _)| at == index));
        let sensitive = profile.and_then(|profile| profile.sensitive.as_ref());
        ColumnRow {
            index,
            header: column.header.clone(),
            samples: profile
                .map(|profile| profile.samples.iter().take(3).cloned().collect())
                .unwrap_or_default(),
            profile: profile.map(described).unwrap_or_default(),
            targets: self.targets(column),
            types: types(column, profile),
            format: column.format.clone(),
            currency: column.currency.clone(),
            sensitive: sensitive
                .map(|what| format!("Tells {what}: no rule may use it."))
                .unwrap_or_default(),
            suggested: self.suggested,
            error: error.map_or_else(String::new, |error| error.message.clone()),
        }
    }

    fn targets(&self, column: &ChosenColumn) -> Vec<TargetGroup> {
        let fields = Target::FIELDS.map(|target| {
            let label = words(&target);
            Choice::new(String::from(target), label).chosen_if(&column.to)
        });
        let known = |key: &str| self.existing.iter().any(|known| known.key.as_str() == key);
        let own = AttributeKey::from_header(&column.header)
            .map(String::from)
            .filter(|key| !known(key));
        let chosen = column
            .to
            .strip_prefix("attributes.")
            .filter(|key| !known(key) && own.as_deref() != Some(*key));
        let new = own.iter().map(String::as_str).chain(chosen);
        let new = new.map(|key| (key.to_owned(), format!("{} (new)", key.replace('_', " "))));
        let existing = self
            .existing
            .iter()
            .map(|known| (known.key.to_string(), known.label.clone()));
        let attributes = new.chain(existing);
        vec![
            TargetGroup {
                label: "Customer".to_owned(),
                choices: fields.into(),
            },
            TargetGroup {
                label: "Attribute".to_owned(),
                choices: attributes
                    .map(|(key, label)| Choice::new(format!("attributes.{key}"), label).chosen_if(&column.to))
                    .collect(),
            },
        ]
    }

    fn currencies(&self) -> Vec<String> {
        let used = self.chosen.columns.iter().map(|column| column.currency.as_str());
        let mut all: Vec<String> = Vec::new();
        for code in std::iter::once(self.currency.code())
            .chain(used)
            .chain(CURRENCIES)
        {
            if !code.is_empty() && !all.iter().any(|known| known == code) {
                all.push(code.to_owned());
            }
        }
        all
    }
}

fn types(column: &ChosenColumn, profile: Option<&ColumnProfile>) -> Vec<Choice> {
    let fixed = Target::try_from(column.to.clone())
        .ok()
        .and_then(|target| target.fixed_type());
    let said = AttributeType::ALL
        .into_iter()
        .find(|kind| kind.name() == column.kind);
    let shown = fixed
        .or(said)
        .or(profile.map(|profile| profile.kind))
        .unwrap_or(AttributeType::Text);
    let choice = |kind: AttributeType| {
        let label = match kind {
            AttributeType::Text => "Text",
            AttributeType::Number => "Number",
            AttributeType::Integer => "Whole number",
            AttributeType::Boolean => "Yes or no",
            AttributeType::Date => "Date",
            AttributeType::Money => "Amount",
            AttributeType::Country => "Country",
        };
        Choice::new(kind.name(), label).chosen_if(shown.name())
    };
    AttributeType::ALL.map(choice).into()
}

fn mode(chosen: &str, error: String) -> Select {
    let chosen = if chosen.is_empty() {
        mode_name(ImportMode::Upsert)
    } else {
        chosen
    };
    Select::new(
        Field::new("mode", "Rows that exist already")
            .value(chosen)
            .error(error),
        [
            (ImportMode::Append, "Refuse them: the file has only new customers"),
            (
                ImportMode::Upsert,
                "Change the mapped columns, leave the others as they are",
            ),
            (
                ImportMode::Replace,
                "Change everything, and take out customers the file no longer has",
            ),
        ]
        .map(|(mode, label)| Choice::new(mode_name(mode), label)),
    )
}

/// The word for a target that is no attribute.
fn words(target: &Target) -> &'static str {
    match target {
        Target::ExternalId => "Key of the customer",
        Target::Name => "Name",
        Target::Email => "E-mail",
        Target::Domain => "Domain",
        Target::BillingId => "Id in billing",
        Target::TicketingId => "Id in the help desk",
        Target::Plan => "Plan",
        Target::Amount => "Amount per month (MRR)",
        Target::Tier => "Product tier",
        Target::Attribute(_) => "Attribute",
        Target::Ignore => "Nowhere",
    }
}

/// `UTF-8, comma, 7,043 rows, 20 columns`
fn about(profile: &Profile) -> String {
    let delimiter = match profile.delimiter {
        ',' => "comma".to_owned(),
        ';' => "semicolon".to_owned(),
        '\t' => "tab".to_owned(),
        '|' => "vertical bar".to_owned(),
        other => format!("separated by {other}"),
    };
    let rows = format::count(profile.rows, "row", "rows");
    let rows = if profile.complete {
        rows
    } else {
        format!("the first {rows}")
    };
    let columns = u64::try_from(profile.columns.len()).unwrap_or(u64::MAX);
    let columns = format::count(columns, "column", "columns");
    format!(
        "{}, {delimiter}, {rows}, {columns}",
        profile.encoding.to_uppercase()
    )
}

/// `11 empty, 72 different`
fn described(column: &ColumnProfile) -> String {
    let empty = match column.empty {
        0 => "none empty".to_owned(),
        some => format!("{} empty", format::number(some)),
    };
    if column.unique {
        return format!("{empty}, all different");
    }
    if column.distinct == 1 {
        return format!("{empty}, always the same");
    }
    let more = if column.distinct >= 1_000 { " or more" } else { "" };
    format!("{empty}, {}{more} different", format::number(column.distinct))
}
