//! Whole files through the public functions.

mod bad_files;
mod cells;
mod duplicate_keys;
mod mapping;
mod profiles;
mod reading;
mod telco;
mod writing;

use kale_domain::{
    attribute::{AttributeKey, AttributeType},
    money::Currency,
    upload::{ColumnMapping, ImportMode, Mapping, Profile, RowNumberAs, Target},
};

use crate::{Batch, Limits, ReadPlan, Row, TabularError, check_mapping, profile};

/// The profile of a file.
async fn profile_of(file: &[u8]) -> Result<Profile, TabularError> {
    profile(file, &Limits::default()).await
}

/// Why a file is refused: code and line.
async fn refusal(file: &[u8]) -> (String, Option<u64>) {
    code(profile_of(file).await.unwrap_err())
}

fn code(error: TabularError) -> (String, Option<u64>) {
    match error {
        TabularError::Unreadable(why) => (why.code, why.line),
        TabularError::Io(error) => panic!("{error}"),
    }
}

/// A column of a mapping.
fn column(to: &str, kind: Option<AttributeType>) -> ColumnMapping {
    ColumnMapping {
        to: Target::try_from(to.to_owned()).unwrap(),
        kind,
        format: None,
        currency: None,
    }
}

fn money(to: &str) -> ColumnMapping {
    ColumnMapping {
        currency: Some(Currency::USD),
        ..column(to, Some(AttributeType::Money))
    }
}

fn dated(to: &str, format: &str) -> ColumnMapping {
    ColumnMapping {
        format: Some(format.to_owned()),
        ..column(to, Some(AttributeType::Date))
    }
}

/// A mapping by column; the row number is the key where no column is.
fn mapping<const N: usize>(columns: [(&str, ColumnMapping); N]) -> Mapping {
    let keyed = columns.iter().any(|(_, column)| column.to == Target::ExternalId);
    Mapping {
        mode: ImportMode::Upsert,
        columns: columns
            .into_iter()
            .map(|(header, column)| (header.to_owned(), column))
            .collect(),
        row_number_as: (!keyed).then_some(RowNumberAs::ExternalId),
    }
}

/// The plan for a file.
async fn plan_of(file: &[u8], mapping: &Mapping) -> ReadPlan {
    check_mapping(mapping, &profile_of(file).await.unwrap(), &[]).unwrap()
}

/// All rows of a file, put together to one batch.
async fn batch(plan: &ReadPlan, file: &[u8]) -> Batch {
    let mut rows = plan.rows(file, &Limits::default()).await.unwrap();
    let mut all = Batch::default();
    while let Some(mut batch) = rows.next_batch(1_000).await.unwrap() {
        all.rows.append(&mut batch.rows);
        all.rejected.append(&mut batch.rejected);
    }
    all
}

/// Rows that are all right.
async fn rows(file: &[u8], mapping: &Mapping) -> Vec<Row> {
    let batch = batch(&plan_of(file, mapping).await, file).await;
    assert_eq!(batch.rejected, []);
    batch.rows
}

fn key(name: &str) -> AttributeKey {
    name.parse().unwrap()
}
