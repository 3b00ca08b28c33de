//! What columns hold.

use std::fmt::Write as _;

use AttributeType::{Boolean, Country, Date, Integer, Number, Text};

use super::*;

/// The type and format of the column `header` with those values.
async fn kind(header: &str, delimiter: char, values: &[&str]) -> (AttributeType, Option<String>) {
    let mut file = format!("{header}{delimiter}other\n");
    for value in values {
        writeln!(file, "\"{value}\"{delimiter}x").unwrap();
    }
    let profile = profile_of(file.as_bytes()).await.unwrap();
    assert_eq!(profile.delimiter, delimiter);
    let column = &profile.columns[0];
    (column.kind, column.format.clone())
}

#[tokio::test]
async fn the_narrowest_type_that_reads_every_value_is_taken() {
    for (values, expected) in [
        (["0", "1", ""], Boolean),
        (["true", "FALSE", ""], Boolean),
        (["1", "1", ""], Integer),
        (["0", "0", "2"], Integer),
        (["Yes", "No", ""], Text),
        (["yes", "no", "no"], Text),
        (["-1", "20", "300"], Integer),
        (["1", "2.5", "-3"], Number),
        (["007", "12", "13"], Text),
        (["+49301234", "+49301235", ""], Text),
        (["123456789012345678901", "1", "2"], Text),
        (["2024-01-31", "2024-02-01", ""], Date),
        (["2024-01-31", "2024-02-30", ""], Text),
        (["1,234.56", "1", "2"], Text),
        (["1e5", "1", "2"], Text),
        (["", "", ""], Text),
    ] {
        assert_eq!(kind("h", ',', &values).await, (expected, None), "{values:?}");
    }
}

#[tokio::test]
async fn a_rare_word_among_figures_leaves_them_figures() {
    for (figure, other, others, expected) in [
        ("12", "n/a", 4, Integer),
        ("12", "n/a", 5, Text),
        ("1.5", "free", 1, Number),
        ("2024-01-31", "never", 1, Date),
        // A code with a zero in front would lose it.
        ("12", "007", 1, Text),
        ("12", "12 or so", 1, Text),
        ("1", "Yes", 1, Integer),
        ("Yes", "12", 1, Text),
    ] {
        let mut values = vec![figure; 40 - others];
        values.extend(vec![other; others]);
        assert_eq!(
            kind("h", ',', &values).await.0,
            expected,
            "{figure} {other} {others}"
        );
    }
}

#[tokio::test]
async fn a_day_that_is_no_month_tells_which_way_round_a_date_is() {
    let dated = |format: &str| (Date, Some(format.to_owned()));

    assert_eq!(
        kind("d", ',', &["01/02/2024", "31/01/2024"]).await,
        dated("dd/mm/yyyy")
    );
    assert_eq!(
        kind("d", ',', &["01/02/2024", "01/31/2024"]).await,
        dated("mm/dd/yyyy")
    );
    assert_eq!(kind("d", ',', &["01/02/2024", "03/04/2024"]).await, (Text, None));
    assert_eq!(kind("d", ',', &["31/01/2024", "01/31/2024"]).await, (Text, None));
    assert_eq!(
        kind("d", ',', &["01.02.2024", "3.4.2024"]).await,
        dated("dd.mm.yyyy")
    );
}

#[tokio::test]
async fn a_decimal_comma_is_found_where_the_comma_is_no_delimiter() {
    let comma = Some("1.234,56".to_owned());

    assert_eq!(
        kind("n", ';', &["1.234,56", "12", "0,5"]).await,
        (Number, comma.clone())
    );
    assert_eq!(kind("n", ';', &["1.234.567", "12"]).await, (Integer, comma));
    assert_eq!(kind("n", ';', &["1.5", "12"]).await, (Number, None));
    assert_eq!(kind("n", ',', &["1,5", "12"]).await, (Text, None));
}

#[tokio::test]
async fn two_letters_are_a_country_only_where_the_header_says_so() {
    assert_eq!(kind("Billing country", ',', &["DE", "us"]).await, (Country, None));
    assert_eq!(kind("language", ',', &["DE", "us"]).await, (Text, None));
    assert_eq!(kind("country", ',', &["DE", "ZZ"]).await, (Text, None));
}

#[tokio::test]
async fn empties_and_different_values_are_counted() {
    let mut file = "id,plan\n".to_owned();
    for n in 0..3_000 {
        writeln!(file, "{n},{}", ["Team", "Pro", " "][n % 3]).unwrap();
    }
    let profile = profile_of(file.as_bytes()).await.unwrap();
    let [id, plan] = profile.columns.as_slice() else {
        panic!()
    };

    assert_eq!((profile.rows, profile.complete), (3_000, true));
    assert_eq!((id.distinct, id.unique, id.empty), (1_000, true, 0));
    assert_eq!(id.samples, ["0", "1", "2", "3", "4"]);
    assert_eq!((plan.distinct, plan.unique, plan.empty), (2, false, 1_000));
    assert_eq!((id.repeated, plan.repeated), (0, 1_998));
    assert_eq!(plan.samples, ["Team", "Pro"]);
}

#[tokio::test]
async fn a_value_that_comes_twice_late_is_seen() {
    let mut file = "id\n".to_owned();
    (0..5_000).for_each(|n| writeln!(file, "{n}").unwrap());
    file.push_str("4321\n");

    assert!(!profile_of(file.as_bytes()).await.unwrap().columns[0].unique);
}

#[tokio::test]
async fn a_profile_ends_at_its_number_of_rows() {
    let file = "a,b\n".to_owned() + &"1,2\n".repeat(10);
    let of = async |profile_rows| {
        let profile = profile(
            file.as_bytes(),
            &Limits {
                profile_rows,
                ..Limits::default()
            },
        )
        .await
        .unwrap();
        (profile.rows, profile.complete)
    };

    assert_eq!(of(4).await, (4, false));
    assert_eq!(of(10).await, (10, true));
    assert_eq!(of(11).await, (10, true));
}

#[tokio::test]
async fn the_delimiter_is_the_one_that_divides_lines_evenly() {
    for (file, delimiter) in [
        ("a,b,c\n1,2,3\n", ','),
        ("a;b\n1,5;2,5\n", ';'),
        ("a;b\n1;2,5\n2;3\n", ';'),
        ("a\tb\nx, y\tz\n", '\t'),
        ("a|b\n1|2\n", '|'),
        ("\"a;b;c\",d\n1,2\n", ','),
        ("single\n1\n", ','),
        ("sep=|\na|b,c\n1|2,3\n", '|'),
    ] {
        let profile = profile_of(file.as_bytes()).await.unwrap();
        assert_eq!(
            (profile.delimiter, profile.rows),
            (delimiter, profile.rows),
            "{file}"
        );
        assert_ne!(profile.columns[0].header, "sep=|");
    }
}
