//! Whether a mapping can be carried out, all errors at once.

use std::collections::BTreeMap;

use kale_domain::{
    attribute::{AttributeDefinition, AttributeType},
    error::FieldError,
    upload::{ColumnMapping, Mapping, Profile, Target},
};

use crate::{
    plan::{CellType, Column, Plan, ReadPlan, Slot},
    value::{DateFormat, NumberFormat},
};

/// Checks a mapping against the file it is for and the attributes the company has, and makes the plan to read by.
///
/// The pointers of the errors lead into the mapping: `#/columns/<header>/type`. `unknown-column`, `key-missing`,
/// `key-twice`, `target-twice`, `wrong-type`, `type-missing`, `attribute-type-conflict`, `unknown-format`,
/// `currency-missing` and `currency-not-allowed` are the codes.
pub fn check_mapping(
    mapping: &Mapping,
    profile: &Profile,
    existing: &[AttributeDefinition],
) -> Result<ReadPlan, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut first: BTreeMap<&Target, &str> = BTreeMap::new();
    let mut columns = Vec::new();
    let mut attributes = Vec::new();
    for (header, column) in &mapping.columns {
        let at = Pointer(header);
        if !profile.columns.iter().any(|known| known.header == *header) {
            errors.push(at.unknown(profile));
        }
        if column.to == Target::Ignore {
            continue;
        }
        if let Some(other) = first.insert(&column.to, header) {
            let message = format!(
                "`{other}` goes to {} already; ignore one of them",
                String::from(column.to.clone())
            );
            errors.push(at.error("/to", "target-twice", message));
            continue;
        }
        let Some(kind) = kind(column, existing, &at, &mut errors) else {
            continue;
        };
        let Some(cell) = cell_type(column, kind, &at, &mut errors) else {
            continue;
        };
        if let Target::Attribute(key) = &column.to {
            attributes.push(AttributeDefinition {
                key: key.clone(),
                label: label(header),
                kind,
            });
        }
        columns.push((header.clone(), column.to.clone(), cell));
    }
    check_key(mapping, &mut errors);
    if !errors.is_empty() {
        return Err(errors);
    }
    // By name, so that equal rows are equal whatever order the columns of a file have.
    attributes.sort_by(|a, b| a.key.cmp(&b.key));
    let columns = columns
        .into_iter()
        .filter_map(|(header, to, cell)| {
            Some(Column {
                header,
                slot: Slot::of(&to, &attributes)?,
                cell,
            })
        })
        .collect();
    Ok(ReadPlan::new(Plan {
        columns,
        attributes,
        row_number_is_key: mapping.row_number_as.is_some(),
    }))
}

/// Exactly one thing is the key of a row.
fn check_key(mapping: &Mapping, errors: &mut Vec<FieldError>) {
    let column = mapping
        .columns
        .iter()
        .find(|(_, column)| column.to == Target::ExternalId);
    match (column, mapping.row_number_as) {
        (None, None) => errors.push(FieldError::new(
            "#/columns",
            "key-missing",
            "nothing is the key of a row: map one column to external_id, or set `row_number_as` to external_id",
        )),
        (Some((header, _)), Some(_)) => errors.push(FieldError::new(
            "#/row_number_as",
            "key-twice",
            format!("`{header}` is the key of a row already; leave `row_number_as` out, or map the column elsewhere"),
        )),
        _ => {}
    }
}

/// The type of a column: fixed by its target, said in the mapping, or known from before.
fn kind(
    column: &ColumnMapping,
    existing: &[AttributeDefinition],
    at: &Pointer<'_>,
    errors: &mut Vec<FieldError>,
) -> Option<AttributeType> {
    let said = column.kind;
    if let Some(fixed) = column.to.fixed_type() {
        if said.is_some_and(|said| said != fixed) {
            let message = format!("{} is always {}", String::from(column.to.clone()), fixed.name());
            errors.push(at.error("/type", "wrong-type", message));
        }
        return Some(fixed);
    }
    let known = existing
        .iter()
        .find(|known| matches!(&column.to, Target::Attribute(key) if *key == known.key));
    match (known, said) {
        (Some(known), Some(said)) if known.kind != said => {
            let message = format!(
                "the attribute {} holds {} since an earlier import and can't hold {}; read the column as {1}, or choose another name",
                known.key,
                known.kind.name(),
                said.name()
            );
            errors.push(at.error("/type", "attribute-type-conflict", message));
            None
        }
        (Some(known), _) => Some(known.kind),
        (None, Some(said)) => Some(said),
        (None, None) => {
            let names = AttributeType::ALL.map(AttributeType::name).join(", ");
            errors.push(at.error(
                "/type",
                "type-missing",
                format!("say what the column holds: {names}"),
            ));
            None
        }
    }
}

/// How the cells of a column are read.
fn cell_type(
    column: &ColumnMapping,
    kind: AttributeType,
    at: &Pointer<'_>,
    errors: &mut Vec<FieldError>,
) -> Option<CellType> {
    let before = errors.len();
    let format = column.format.as_deref();
    if let Some(format) = format.filter(|format| !takes_format(kind, format)) {
        let allowed = formats(kind);
        let message = if allowed.is_empty() {
            format!("{} has no format; leave it out", kind.name())
        } else {
            format!(
                "`{format}` is no format of {}; expected {}",
                kind.name(),
                allowed.join(" or ")
            )
        };
        errors.push(at.error("/format", "unknown-format", message));
    }
    match (kind, column.currency) {
        (AttributeType::Money, None) => {
            let message = "say in which currency the amounts are: an ISO 4217 code such as USD, EUR or JPY";
            errors.push(at.error("/currency", "currency-missing", message));
        }
        (AttributeType::Money, Some(_)) | (_, None) => {}
        (_, Some(_)) => {
            let message = format!(
                "{} has no currency; leave it out, or choose the type money",
                kind.name()
            );
            errors.push(at.error("/currency", "currency-not-allowed", message));
        }
    }
    if errors.len() > before {
        return None;
    }
    let number = format
        .and_then(NumberFormat::from_name)
        .unwrap_or(NumberFormat::Point);
    let date = format.and_then(DateFormat::from_name).unwrap_or(DateFormat::Iso);
    Some(match kind {
        AttributeType::Text => CellType::Text,
        AttributeType::Number => CellType::Number(number),
        AttributeType::Integer => CellType::Integer(number),
        AttributeType::Boolean => CellType::Boolean,
        AttributeType::Date => CellType::Date(date),
        AttributeType::Money => CellType::Money(number, column.currency?),
        AttributeType::Country => CellType::Country,
    })
}

/// The formats a type can be written in, the usual one first.
const fn formats(kind: AttributeType) -> &'static [&'static str] {
    match kind {
        AttributeType::Number | AttributeType::Integer | AttributeType::Money => &NumberFormat::NAMES,
        AttributeType::Date => &DateFormat::NAMES,
        AttributeType::Text | AttributeType::Boolean | AttributeType::Country => &[],
    }
}

/// Whether that is a format of the type.
pub(crate) fn takes_format(kind: AttributeType, format: &str) -> bool {
    formats(kind).contains(&format)
}

/// Where a column stands in the mapping.
struct Pointer<'a>(&'a str);

impl Pointer<'_> {
    fn unknown(&self, profile: &Profile) -> FieldError {
        let known: Vec<&str> = profile
            .columns
            .iter()
            .map(|known| known.header.as_str())
            .take(20)
            .collect();
        let message = format!("the file has no column `{}`; it has {}", self.0, known.join(", "));
        self.error("", "unknown-column", message)
    }

    fn error(&self, rest: &str, code: &'static str, message: impl Into<String>) -> FieldError {
        let header = self.0.replace('~', "~0").replace('/', "~1");
        FieldError::new(format!("#/columns/{header}{rest}"), code, message)
    }
}

/// A header in words: `monthly_charges` gives `Monthly charges`; one that has words already stays as it is.
fn label(header: &str) -> String {
    let header = header.trim();
    if header.contains(' ') || header.chars().any(char::is_uppercase) {
        return header.to_owned();
    }
    let words = header.replace(['_', '-'], " ");
    let mut chars = words.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
