//! Typed rows.

use jiff::civil::date;
use kale_domain::{attribute::AttributeValue, money::Money};

use super::*;
use crate::RejectedFile;

/// A mapping to every target and every type.
fn every_target() -> Mapping {
    let comma = |column: ColumnMapping| ColumnMapping {
        format: Some("1.234,56".to_owned()),
        ..column
    };
    mapping([
        ("id", column("external_id", None)),
        ("n", column("name", None)),
        ("mail", column("email", None)),
        ("site", column("domain", None)),
        ("bill", column("billing_id", None)),
        ("desk", column("ticketing_id", None)),
        ("plan", column("plan", None)),
        ("mrr", comma(money("amount"))),
        ("tier", column("tier", None)),
        (
            "num",
            comma(column("attributes.num", Some(AttributeType::Number))),
        ),
        (
            "int",
            comma(column("attributes.int", Some(AttributeType::Integer))),
        ),
        ("bool", column("attributes.bool", Some(AttributeType::Boolean))),
        ("day", dated("attributes.day", "dd.mm.yyyy")),
        ("fee", money("attributes.fee")),
        ("land", column("attributes.land", Some(AttributeType::Country))),
        ("note", column("attributes.note", Some(AttributeType::Text))),
    ])
}

#[tokio::test]
async fn every_kind_of_value_is_read() {
    let file = "id;n;mail;site;bill;desk;plan;mrr;tier;num;int;bool;day;fee;land;note\n\
                c1; Ada ;Ada@EX.com;EX.com;b1;t1;Pro;1.049,50;Gold;-1,50;1.000;TRUE;31.01.2024;5;de;\"a\nb\"\n";
    let plan = plan_of(file.as_bytes(), &every_target()).await;
    let row = &batch(&plan, file.as_bytes()).await.rows[0];
    let usd = |amount_minor| Money {
        amount_minor,
        currency: Currency::USD,
    };

    assert_eq!((row.line, row.number, row.external_id.as_str()), (2, 1, "c1"));
    assert_eq!(row.name.as_deref(), Some("Ada"));
    assert_eq!(row.email.as_ref().unwrap().as_str(), "Ada@ex.com");
    assert_eq!(row.domain.as_deref(), Some("ex.com"));
    assert_eq!(
        (row.billing_id.as_deref(), row.ticketing_id.as_deref()),
        (Some("b1"), Some("t1"))
    );
    assert_eq!(
        (row.plan.as_deref(), row.amount, row.tier.as_deref()),
        (Some("Pro"), Some(usd(104_950)), Some("Gold"))
    );
    let named: Vec<(&str, &AttributeValue)> = row
        .attributes
        .iter()
        .map(|(at, value)| (plan.attributes()[*at].key.as_str(), value))
        .collect();
    assert_eq!(
        named,
        [
            ("bool", &AttributeValue::Boolean(true)),
            ("day", &AttributeValue::Date(date(2024, 1, 31))),
            ("fee", &AttributeValue::Money(usd(500))),
            ("int", &AttributeValue::Integer(1_000)),
            ("land", &AttributeValue::Country("DE".to_owned())),
            ("note", &AttributeValue::Text("a\nb".to_owned())),
            ("num", &AttributeValue::Number("-1.5".parse().unwrap())),
        ]
    );
}

#[tokio::test]
async fn wrong_values_reject_their_row_and_no_other() {
    let file = "id,mail,site,mrr,num,int,bool,day,land\n\
                ok,,,,,,,,\n\
                k,mail,https://x.de/,1.005,x,1.5,yes,01/31/2024,UK\n\
                ,a@b.de,,,,,,,\n\
                short,row\n\
                last,,,1,2,3,1,2024-01-31,GB\n";
    let mapping = mapping([
        ("id", column("external_id", None)),
        ("mail", column("email", None)),
        ("site", column("domain", None)),
        ("mrr", money("amount")),
        ("num", column("attributes.num", Some(AttributeType::Number))),
        ("int", column("attributes.int", Some(AttributeType::Integer))),
        ("bool", column("attributes.bool", Some(AttributeType::Boolean))),
        ("day", column("attributes.day", Some(AttributeType::Date))),
        ("land", column("attributes.land", Some(AttributeType::Country))),
    ]);
    let batch = batch(&plan_of(file.as_bytes(), &mapping).await, file.as_bytes()).await;

    assert_eq!(
        batch
            .rows
            .iter()
            .map(|row| (row.line, row.number))
            .collect::<Vec<_>>(),
        [(2, 1), (6, 5)]
    );
    let errors: Vec<(u64, Option<&str>, &str)> = batch
        .rejected
        .iter()
        .flat_map(|row| &row.errors)
        .map(|error| (error.line, error.column.as_deref(), error.code.as_str()))
        .collect();
    assert_eq!(
        errors,
        [
            (3, Some("mail"), "not-an-email"),
            (3, Some("site"), "not-a-domain"),
            (3, Some("mrr"), "too-precise"),
            (3, Some("num"), "not-a-number"),
            (3, Some("int"), "not-an-integer"),
            (3, Some("bool"), "not-a-boolean"),
            (3, Some("day"), "not-a-date"),
            (3, Some("land"), "not-a-country"),
            (4, Some("id"), "missing-key"),
            (5, None, "wrong-field-count"),
        ]
    );
    assert_eq!(batch.rejected[2].raw, "short,row");
}

#[tokio::test]
async fn a_text_longer_than_we_keep_is_a_row_error_with_a_short_value() {
    let file = format!("a,b\n{},x\n", "k".repeat(201));
    let plan = plan_of(file.as_bytes(), &mapping([("a", column("external_id", None))])).await;
    let error = &batch(&plan, file.as_bytes()).await.rejected[0].errors;

    assert_eq!(error.len(), 1);
    assert_eq!(
        (error[0].code.as_str(), error[0].value.chars().count()),
        ("too-long", 80)
    );
}

#[tokio::test]
async fn without_a_key_column_the_row_number_is_the_key() {
    let file = b"a,b\nx,\n,\n\ny,\n";
    let plan = plan_of(file, &mapping([("a", column("name", None))])).await;
    let batch = batch(&plan, file).await;

    assert_eq!(
        batch
            .rows
            .iter()
            .map(|row| (row.line, row.external_id.as_str()))
            .collect::<Vec<_>>(),
        [(2, "1"), (5, "2")]
    );
}

#[tokio::test]
async fn batches_end_at_their_number_of_rows() {
    let file = b"id\n1\n2\n3\n4\n5\n";
    let plan = plan_of(file, &mapping([("id", column("external_id", None))])).await;
    let mut rows = plan.rows(file.as_slice(), &Limits::default()).await.unwrap();
    let mut sizes = Vec::new();
    while let Some(batch) = rows.next_batch(2).await.unwrap() {
        sizes.push(batch.rows.len());
    }

    assert_eq!((sizes, rows.read()), (vec![2, 2, 1], 5));
}

#[tokio::test]
async fn a_file_of_more_rows_than_we_remember_is_refused() {
    let file = b"id\n1\n2\n3\n4\n";
    let plan = plan_of(file, &mapping([("id", column("external_id", None))])).await;
    for (rows, refused) in [(4, None), (3, Some(("too-many-rows".to_owned(), Some(5))))] {
        let limits = Limits {
            rows,
            ..Limits::default()
        };
        let mut read = plan.rows(file.as_slice(), &limits).await.unwrap();
        let end = read.next_batch(10).await;
        assert_eq!(end.err().map(code), refused);
    }
}

#[tokio::test]
async fn long_rows_make_short_batches() {
    let field = "x".repeat(60_000);
    let file = "a,b\n".to_owned() + &format!("1,{field}\n").repeat(200);
    let plan = plan_of(file.as_bytes(), &mapping([("a", column("name", None))])).await;
    let mut rows = plan.rows(file.as_bytes(), &Limits::default()).await.unwrap();

    assert!(rows.next_batch(1_000).await.unwrap().unwrap().rows.len() < 80);
}

#[tokio::test]
async fn another_file_may_order_its_columns_differently_but_not_lack_one() {
    let mapping = mapping([
        ("id", column("external_id", None)),
        ("z", column("attributes.z", Some(AttributeType::Number))),
        ("a", column("attributes.a", Some(AttributeType::Text))),
    ]);
    let plan = plan_of(b"id,z,a\nk,1.50,x\n", &mapping).await;
    let one = batch(&plan, b"id,z,a\nk,1.50,x\n").await.rows.remove(0);
    let other = batch(&plan, b"a;id;more;z\nx;k;?;1.5\n").await.rows.remove(0);
    let changed = batch(&plan, b"id,z,a\nk,1.51,x\n").await.rows.remove(0);

    assert_eq!(one.hash(), other.hash());
    assert_ne!(one.hash(), changed.hash());
    assert_eq!(one.key(), changed.key());
    let Err(lacking) = plan.rows(b"id,z\nk,1\n".as_slice(), &Limits::default()).await else {
        panic!()
    };
    assert_eq!(code(lacking).0, "column-missing");
}

#[tokio::test]
async fn the_hash_of_a_row_never_changes() {
    let mapping = mapping([
        ("id", column("external_id", None)),
        ("mrr", money("amount")),
        ("n", column("attributes.n", Some(AttributeType::Number))),
    ]);
    let row = rows(b"id,mrr,n\nc1,19.99,1.50\n", &mapping).await.remove(0);

    // Stored hashes would no longer match if this changed: every row would be written again.
    assert_eq!(
        u128::from_be_bytes(row.hash()),
        28_736_525_780_877_976_317_507_927_731_954_918_485
    );
}

#[tokio::test]
async fn a_value_in_another_field_is_another_hash() {
    let file = b"id,a,b\nk,x,\nk,,x\n";
    let mapping = mapping([
        ("id", column("external_id", None)),
        ("a", column("name", None)),
        ("b", column("plan", None)),
    ]);
    let rows = rows(file, &mapping).await;

    assert_ne!(rows[0].hash(), rows[1].hash());
}

#[tokio::test]
async fn rejected_rows_go_back_with_their_reason_and_can_be_mended() {
    let file = b"id,n,rejected_line\nk,=1+1,7\n\"a,b\",x,8\n,,9\n";
    let mapping = mapping([
        ("id", column("external_id", None)),
        ("n", column("attributes.n", Some(AttributeType::Number))),
    ]);
    let plan = plan_of(file, &mapping).await;
    let mut rows = plan.rows(file.as_slice(), &Limits::default()).await.unwrap();
    let mut out = RejectedFile::new(rows.headers());
    while let Some(batch) = rows.next_batch(1).await.unwrap() {
        batch.rejected.iter().for_each(|row| out.row(row));
    }
    let text = String::from_utf8(out.take()).unwrap();

    assert_eq!(
        text,
        "rejected_line_2,rejected_reason,id,n,rejected_line\r\n\
         2,\"n: expected a number such as 1234.56, without a sign for thousands\",k,'=1+1,7\r\n\
         3,\"n: expected a number such as 1234.56, without a sign for thousands\",\"a,b\",x,8\r\n\
         4,id: the row has no key; every row needs one,,,9\r\n"
    );
    let mended = text
        .replace("'=1+1", "2")
        .replace(",x,8", ",3,8")
        .replace(",,,9", ",c,,9");
    assert_eq!(batch(&plan, mended.as_bytes()).await.rows.len(), 3);
}

#[test]
fn a_job_may_read_on_any_thread() {
    fn sent<T: Send>(_: T) {}
    let limits = Limits::default();
    sent(profile(tokio::io::empty(), &limits));
    sent(async {
        let mapping = mapping([("id", column("external_id", None))]);
        let mut rows = plan_of(b"id\n1\n", &mapping)
            .await
            .rows(tokio::io::empty(), &limits)
            .await
            .unwrap();
        rows.next_batch(1).await.unwrap()
    });
}
