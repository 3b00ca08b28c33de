//! Written files, read back.

use proptest::prelude::*;

use super::*;
use crate::{CsvWriter, header::Table, unescape};

#[test]
fn only_fields_that_need_it_are_quoted() {
    let mut writer = CsvWriter::with_byte_order_mark();
    writer.record([
        "plain",
        "with space",
        "a,b",
        "say \"hi\"",
        "two\nlines",
        "",
        "=1,2",
        "-5",
    ]);
    writer.record([""]);
    let empty: [&str; 0] = [];
    writer.record(empty);

    assert_eq!(
        String::from_utf8(writer.take()).unwrap(),
        "\u{feff}plain,with space,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",,\"'=1,2\",-5\r\n\"\"\r\n\"\"\r\n"
    );
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

/// All records of a file below its header.
async fn records(file: &[u8]) -> Vec<Vec<String>> {
    let mut table = Table::open(file, Limits::default()).await.unwrap();
    let mut all = Vec::new();
    while let Some(record) = table.records.next().await.unwrap() {
        all.push(record.fields().map(|field| unescape(field).to_owned()).collect());
    }
    all
}

proptest! {
    #[test]
    fn a_table_that_is_written_is_read_back_exactly(
        table in prop::collection::vec(prop::collection::vec("[a-z\"',;=+@\r\n\t é€|-]{0,6}", 3), 0..30),
        marked in any::<bool>(),
    ) {
        let mut writer = if marked { CsvWriter::with_byte_order_mark() } else { CsvWriter::new() };
        // A header wide enough to say which delimiter it is.
        writer.record(["first, column", "second", "third"]);
        for record in &table {
            writer.record(record);
        }
        let written = writer.take();
        prop_assert_eq!(run(records(&written)), table);
    }

    #[test]
    fn import_export_import_gives_the_same_rows(values in prop::collection::vec("[ '=+@\"\n,a-]{0,5}", 1..20)) {
        let mut file = CsvWriter::new();
        file.record(["id", "note"]);
        (1..).zip(&values).for_each(|(number, value): (u32, _)| file.record([number.to_string().as_str(), value]));
        let file = file.take();
        let mapping = mapping([
            ("id", column("external_id", None)),
            ("note", column("attributes.note", Some(AttributeType::Text))),
        ]);
        let first = run(rows(&file, &mapping));
        let mut export = CsvWriter::new();
        export.record(["id", "note"]);
        for row in &first {
            let note = row.attributes.first().map(|(_, value)| value.to_string()).unwrap_or_default();
            export.record([&row.external_id, &note]);
        }
        let second = run(rows(&export.take(), &mapping));
        prop_assert_eq!(
            first.iter().map(Row::hash).collect::<Vec<_>>(),
            second.iter().map(Row::hash).collect::<Vec<_>>()
        );
    }
}
