//! The public telco file, as a company would upload it.

use AttributeType::{Boolean, Integer, Number, Text};

use super::*;
use crate::suggest;

fn file() -> Vec<u8> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/data/telco_customers.csv"
    );
    std::fs::read(path).unwrap()
}

#[tokio::test]
async fn the_columns_of_the_telco_file_are_what_they_are() {
    let profile = profile_of(&file()).await.unwrap();
    let columns: Vec<(&str, AttributeType)> = profile
        .columns
        .iter()
        .map(|column| (column.header.as_str(), column.kind))
        .collect();

    assert_eq!((profile.rows, profile.complete), (7_043, true));
    assert_eq!((profile.encoding.as_str(), profile.delimiter), ("utf-8", ','));
    assert_eq!(
        columns,
        [
            ("churn", Text),
            ("female", Boolean),
            ("senior_citizen", Boolean),
            ("partner", Boolean),
            ("dependents", Boolean),
            ("tenure", Integer),
            ("phone_service", Boolean),
            ("multiple_lines", Text),
            ("internet_service", Text),
            ("online_security", Text),
            ("online_backup", Text),
            ("device_protection", Text),
            ("tech_support", Text),
            ("streaming_tv", Text),
            ("streaming_movies", Text),
            ("contract", Text),
            ("paperless_billing", Boolean),
            ("payment_method", Text),
            ("monthly_charges", Number),
            ("total_charges", Number),
        ]
    );
    let total = &profile.columns[19];
    assert_eq!((total.empty, total.distinct), (11, 1_000));
    assert!(profile.columns[..19].iter().all(|column| column.empty == 0));
}

#[tokio::test]
async fn the_telco_file_is_read_as_suggested() {
    let file = file();
    let profile = profile_of(&file).await.unwrap();
    let mapping = suggest(&profile, &[], Currency::USD);
    for (header, mapped) in &mapping.columns {
        let expected = match header.as_str() {
            "female" | "senior_citizen" | "partner" | "dependents" => Target::Ignore,
            name => Target::Attribute(key(name)),
        };
        assert_eq!(mapped.to, expected, "{header}");
    }
    assert_eq!(mapping.row_number_as, Some(RowNumberAs::ExternalId));

    let plan = check_mapping(&mapping, &profile, &[]).unwrap();
    let batch = batch(&plan, &file).await;
    let total = plan
        .attributes()
        .iter()
        .position(|attribute| attribute.key == key("total_charges"))
        .unwrap();
    let without_total = batch
        .rows
        .iter()
        .filter(|row| row.attributes.iter().all(|(position, _)| *position != total))
        .count();

    assert_eq!(
        (batch.rows.len(), batch.rejected.len(), plan.attributes().len()),
        (7_043, 0, 16)
    );
    assert_eq!(without_total, 11);
    assert_eq!(
        (batch.rows[7_042].external_id.as_str(), batch.rows[7_042].line),
        ("7043", 7_044)
    );
}
