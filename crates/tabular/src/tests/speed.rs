//! How fast a million rows are; run with `cargo test --release -p kale-tabular -- --ignored --nocapture`.

use std::time::Instant;

use super::*;
use crate::CsvWriter;

#[tokio::test]
#[ignore = "a measurement, meaningful in release only"]
async fn a_million_rows_are_written_and_read_in_seconds() {
    let mut writer = CsvWriter::new();
    writer.record([
        "id", "name", "email", "plan", "mrr", "seats", "signed", "active", "score",
    ]);
    let fields: Vec<[String; 9]> = (0..1_000_u32)
        .map(|n| {
            [
                format!("C-{n}"),
                format!("Customer {n}"),
                format!("user{n}@example.com"),
                "Professional".to_owned(),
                format!("{n}.50"),
                n.to_string(),
                "2024-03-18".to_owned(),
                (n % 2).to_string(),
                format!("-{n}.25"),
            ]
        })
        .collect();
    let start = Instant::now();
    for n in 0..1_000_000 {
        writer.record(&fields[n % 1_000]);
    }
    let file = writer.take();
    let written = start.elapsed();
    let mapping = mapping([
        ("id", column("external_id", None)),
        ("name", column("name", None)),
        ("email", column("email", None)),
        ("plan", column("plan", None)),
        ("mrr", money("amount")),
        ("seats", column("attributes.seats", Some(AttributeType::Integer))),
        ("signed", column("attributes.signed", Some(AttributeType::Date))),
        (
            "active",
            column("attributes.active", Some(AttributeType::Boolean)),
        ),
        ("score", column("attributes.score", Some(AttributeType::Number))),
    ]);
    let start = Instant::now();
    let plan = plan_of(&file, &mapping).await;
    let profiled = start.elapsed();
    let start = Instant::now();
    let mut rows = plan.rows(file.as_slice(), &Limits::default()).await.unwrap();
    while let Some(batch) = rows.next_batch(1_000).await.unwrap() {
        assert!(batch.rejected.is_empty());
    }
    let read = start.elapsed();

    assert_eq!(rows.read(), 1_000_000);
    assert!(written.as_secs_f64() < 2.0, "written in {written:?}");
    assert!(
        read.as_secs_f64() < 1.5,
        "profiled in {profiled:?}, read in {read:?}, written in {written:?}"
    );
}
