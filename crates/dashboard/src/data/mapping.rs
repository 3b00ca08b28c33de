//! The mapping as the form holds it: texts, right or wrong, by the place of their column.

use kale_domain::{
    attribute::AttributeType,
    error::FieldError,
    money::Currency,
    upload::{ColumnMapping, ImportMode, MAX_COLUMNS, Mapping, Profile, RowNumberAs, Target},
};

use crate::frame::Form;

/// What was chosen for one column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ChosenColumn {
    /// Its header.
    pub(super) header: String,
    /// Where it goes: `attributes.tenure`.
    pub(super) to: String,
    /// What it holds; empty for what its target or the profile says.
    pub(super) kind: String,
    /// How it is written; empty for the usual way.
    pub(super) format: String,
    /// The currency of its amounts; empty for the company's.
    pub(super) currency: String,
}

/// What was chosen for a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    /// What happens to rows that exist.
    pub(super) mode: String,
    /// Whether the row number is the key.
    pub(super) row_number: bool,
    /// One a column, in the order of the file.
    pub(super) columns: Vec<ChosenColumn>,
}

impl Chosen {
    /// What a mapping says about the columns of a file; without one everything goes nowhere.
    pub(super) fn of(mapping: Option<&Mapping>, profile: &Profile) -> Self {
        let column = |header: &str| {
            let known = mapping.and_then(|mapping| mapping.columns.get(header));
            let known = known.map(|column| ChosenColumn {
                header: header.to_owned(),
                to: String::from(column.to.clone()),
                kind: column.kind.map_or("", AttributeType::name).to_owned(),
                format: column.format.clone().unwrap_or_default(),
                currency: column.currency.map_or("", Currency::code).to_owned(),
            });
            known.unwrap_or_else(|| ChosenColumn {
                header: header.to_owned(),
                to: String::from(Target::Ignore),
                ..ChosenColumn::default()
            })
        };
        Self {
            mode: mode_name(mapping.map_or(ImportMode::Upsert, |mapping| mapping.mode)).to_owned(),
            row_number: mapping.is_some_and(|mapping| mapping.row_number_as.is_some()),
            columns: profile
                .columns
                .iter()
                .map(|known| column(&known.header))
                .collect(),
        }
    }

    /// What a form says.
    pub(super) fn read(form: &Form) -> Self {
        let columns = (0..MAX_COLUMNS).map_while(|index| {
            let field = |name: &str| {
                form.all(&format!("columns.{index}.{name}"))
                    .next()
                    .map(str::to_owned)
            };
            let text = |name: &str| field(name).map(|text| text.trim().to_owned()).unwrap_or_default();
            Some(ChosenColumn {
                header: field("header")?,
                to: text("to"),
                kind: text("type"),
                format: text("format"),
                currency: text("currency"),
            })
        });
        Self {
            mode: form.get("mode").to_owned(),
            row_number: form.get("row_number_as") == "external_id",
            columns: columns.collect(),
        }
    }

    /// As the use case takes it. Pointers name columns by their place: `#/columns/7/to`.
    pub(super) fn mapping(&self, currency: Currency) -> Result<Mapping, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let mut mapping = Mapping {
            mode: ImportMode::Upsert,
            columns: std::collections::BTreeMap::new(),
            row_number_as: self.row_number.then_some(RowNumberAs::ExternalId),
        };
        match mode(&self.mode) {
            Some(mode) => mapping.mode = mode,
            None => wrong.push(FieldError::new(
                "#/mode",
                "unknown-value",
                "Choose what happens to rows that exist.",
            )),
        }
        for (index, column) in self.columns.iter().enumerate() {
            match column.read(index, currency) {
                Ok(read) => drop(mapping.columns.insert(column.header.clone(), read)),
                Err(error) => wrong.push(error),
            }
        }
        if wrong.is_empty() { Ok(mapping) } else { Err(wrong) }
    }

    /// Errors of the use case, which name columns by their header, with pointers by place.
    pub(super) fn by_place(&self, errors: Vec<FieldError>) -> Vec<FieldError> {
        let place = |error: FieldError| {
            let Some(rest) = error.pointer.strip_prefix("#/columns/") else {
                return error;
            };
            let (header, field) = rest.split_once('/').unwrap_or((rest, "to"));
            let header = header.replace("~1", "/").replace("~0", "~");
            match self.columns.iter().position(|column| column.header == header) {
                Some(index) => FieldError {
                    pointer: format!("#/columns/{index}/{field}"),
                    ..error
                },
                None => error,
            }
        };
        errors.into_iter().map(place).collect()
    }
}

impl ChosenColumn {
    fn read(&self, index: usize, company: Currency) -> Result<ColumnMapping, FieldError> {
        let wrong = |field: &str, code: &'static str, message: String| {
            FieldError::new(format!("#/columns/{index}/{field}"), code, message)
        };
        let to = Target::try_from(self.to.clone())
            .map_err(|error| wrong("to", "unknown-value", format!("{error}")))?;
        if to == Target::Ignore {
            return Ok(ColumnMapping {
                to,
                kind: None,
                format: None,
                currency: None,
            });
        }
        let kind = match to.fixed_type() {
            // The list of types can't say "as its target says": what it shows then does not count.
            Some(fixed) => fixed,
            None => kind(&self.kind)
                .ok_or_else(|| wrong("type", "unknown-value", "Choose what it holds.".to_owned()))?,
        };
        let currency = match self.currency.as_str() {
            _ if kind != AttributeType::Money => None,
            "" => Some(company),
            code => Some(
                code.parse()
                    .map_err(|error| wrong("currency", "unknown-value", format!("{error}")))?,
            ),
        };
        Ok(ColumnMapping {
            to,
            kind: Some(kind),
            format: Some(self.format.clone()).filter(|format| !format.is_empty()),
            currency,
        })
    }
}

fn kind(name: &str) -> Option<AttributeType> {
    AttributeType::ALL.into_iter().find(|kind| kind.name() == name)
}

fn mode(name: &str) -> Option<ImportMode> {
    let all = [ImportMode::Append, ImportMode::Upsert, ImportMode::Replace];
    all.into_iter().find(|mode| mode_name(*mode) == name)
}

/// The name of a mode in the form.
pub(super) const fn mode_name(mode: ImportMode) -> &'static str {
    match mode {
        ImportMode::Append => "append",
        ImportMode::Upsert => "upsert",
        ImportMode::Replace => "replace",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> Form {
        Form::of(
            fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    fn chosen() -> Chosen {
        Chosen::read(&form(&[
            ("csrf", "t"),
            ("mode", "upsert"),
            ("row_number_as", "external_id"),
            ("columns.0.header", "tenure"),
            ("columns.0.to", "attributes.tenure"),
            ("columns.0.type", "integer"),
            ("columns.0.format", ""),
            ("columns.0.currency", ""),
            ("columns.1.header", "a/b"),
            ("columns.1.to", "amount"),
            ("columns.1.type", "text"),
            ("columns.1.format", "1.234,56"),
            ("columns.1.currency", ""),
            ("columns.2.header", "female"),
            ("columns.2.to", "ignore"),
            ("columns.2.type", "boolean"),
            ("columns.2.format", "x"),
            ("columns.2.currency", "EUR"),
        ]))
    }

    #[test]
    fn a_form_is_the_mapping_that_its_columns_say() {
        let mapping = chosen().mapping(Currency::USD).unwrap();

        assert_eq!(mapping.row_number_as, Some(RowNumberAs::ExternalId));
        let amount = &mapping.columns["a/b"];
        assert_eq!(
            (amount.kind, amount.currency),
            (Some(AttributeType::Money), Some(Currency::USD))
        );
        assert_eq!(amount.format.as_deref(), Some("1.234,56"));
        assert_eq!(mapping.columns["tenure"].kind, Some(AttributeType::Integer));
        let ignored = &mapping.columns["female"];
        assert_eq!(
            (ignored.kind, &ignored.format, ignored.currency),
            (None, &None, None)
        );
    }

    #[test]
    fn what_was_saved_comes_back_into_the_form() {
        let mapping = chosen().mapping(Currency::USD).unwrap();
        let profile = Profile {
            encoding: "utf-8".to_owned(),
            delimiter: ',',
            rows: 0,
            complete: true,
            columns: Vec::new(),
        };
        let again = Chosen::of(Some(&mapping), &profile);

        assert_eq!(
            (again.mode.as_str(), again.row_number, again.columns.len()),
            ("upsert", true, 0)
        );
    }

    #[test]
    fn what_is_wrong_is_named_by_the_place_of_its_column() {
        let mut wrong = chosen();
        wrong.mode = "merge".to_owned();
        wrong.columns[0].to = "nowhere".to_owned();
        let errors = wrong.mapping(Currency::USD).unwrap_err();
        let pointers: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["#/mode", "#/columns/0/to"]);

        let of_use_case = vec![
            FieldError::new("#/columns/a~1b/format", "unknown-format", "no"),
            FieldError::new("#/columns", "key-missing", "no"),
        ];
        let placed = chosen().by_place(of_use_case);
        assert_eq!(
            (placed[0].pointer.as_str(), placed[1].pointer.as_str()),
            ("#/columns/1/format", "#/columns")
        );
    }
}
