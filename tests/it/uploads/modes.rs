//! `append`, `upsert` and `replace`, empty cells, missing columns, files that say nothing new.

use kale_testkit::{Client, TestApp};
use serde_json::{Value, json};

use super::customer;

const FIRST: &[u8] = b"id,name,plan,seats\r\na,Ada,Team,1\r\nb,Grace,Team,2\r\nc,Edsger,Solo,3\r\n";

async fn first(client: &Client) -> Value {
    client.file_imported(FIRST, "upsert", None).await
}

async fn names(client: &Client) -> Vec<(String, Value)> {
    let mut all: Vec<(String, Value)> = client
        .exported()
        .await
        .iter()
        .map(|line| {
            let customer: Value = serde_json::from_str(line).unwrap();
            let id = customer["external_ids"][0].as_str().unwrap().to_owned();
            (id, customer["name"].clone())
        })
        .collect();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}

fn counts(added: u64, changed: u64, unchanged: u64, skipped: u64, removed: u64) -> Value {
    json!({
        "added": added, "changed": changed, "unchanged": unchanged, "skipped": skipped, "removed": removed
    })
}

#[actix_web::test]
async fn append_takes_new_keys_and_refuses_the_others() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    first(owner).await;

    let file = b"id,name\r\nb,Someone else\r\nd,Barbara\r\n";
    let upload = owner.file_imported(file, "append", None).await;
    assert_eq!(
        (&upload["report"]["known"], &upload["report"]["taken_out"]),
        (&json!(0), &json!(0))
    );

    assert_eq!(upload["report"]["errors"][0]["code"], "duplicate-key");
    assert_eq!(upload["report"]["errors"][0]["line"], 2);
    assert_eq!(upload["summary"], counts(1, 0, 0, 1, 0));
    assert_eq!(customer(owner, "b").await["name"], "Grace");
    assert_eq!(customer(owner, "d").await["name"], "Barbara");
}

#[actix_web::test]
async fn upsert_changes_the_columns_of_the_file_and_leaves_the_others() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    first(owner).await;

    // `plan` is not in the file and stays; the empty cell of `seats` takes the value away.
    let file = b"id,name,seats\r\na,Ada Lovelace,\r\nb,Grace,2\r\nd,Barbara,4\r\n";
    let upload = owner.file_imported(file, "upsert", None).await;

    assert_eq!(
        upload["report"]["known"], 2,
        "two of three change customers that exist"
    );
    assert_eq!(upload["summary"], counts(1, 1, 1, 0, 0));
    let a = customer(owner, "a").await;
    assert_eq!(
        (&a["name"], &a["plan"], &a["attributes"]),
        (&json!("Ada Lovelace"), &json!("Team"), &json!({}))
    );
    let c = customer(owner, "c").await;
    assert_eq!(
        (&c["name"], &c["attributes"]),
        (&json!("Edsger"), &json!({ "seats": 3 }))
    );
    assert_eq!(customer(owner, "d").await["plan"], Value::Null);
}

#[actix_web::test]
async fn replace_takes_out_what_the_file_does_not_have() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    first(owner).await;

    let file = b"id,name\r\nb,Grace\r\nd,Barbara\r\n";
    let upload = owner.file_imported(file, "replace", None).await;

    assert_eq!(
        (&upload["report"]["known"], &upload["report"]["taken_out"]),
        (&json!(1), &json!(2)),
        "told before it was asked for"
    );
    assert_eq!(upload["summary"], counts(1, 1, 0, 0, 2));
    assert_eq!(
        names(owner).await,
        [
            ("b".to_owned(), json!("Grace")),
            ("d".to_owned(), json!("Barbara"))
        ]
    );
    // The file is the whole truth: what it has no column for is gone.
    let b = customer(owner, "b").await;
    assert_eq!((&b["plan"], &b["attributes"]), (&Value::Null, &json!({})));
    let gone = owner.get("/customers-by-external-id/a").await.expect(404);
    assert_eq!(gone.problem(), "not-found");
}

#[actix_web::test]
async fn replace_keeps_the_row_of_a_key_whose_new_row_is_wrong() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    first(owner).await;

    let file = b"id,name,plan,seats\r\na,Ada,Team,many\r\nb,Grace,Team,2\r\n";
    let mapping = json!({ "columns": {
        "id": { "to": "external_id" }, "name": { "to": "name" }, "plan": { "to": "plan" },
        "seats": { "to": "attributes.seats", "type": "integer" },
    } });
    let upload = owner.file_imported(file, "replace", Some(mapping)).await;

    // The file has the key `a`: only `c` is absent from it.
    assert_eq!(upload["report"]["taken_out"], 1);
    assert_eq!(upload["summary"], counts(0, 0, 1, 1, 1));
    assert_eq!(customer(owner, "a").await["attributes"]["seats"], 1);
}

#[actix_web::test]
async fn the_same_file_again_changes_nothing() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    first(owner).await;
    let before = owner.get("/customers?limit=100").await.expect(200).json()["data"].clone();

    for mode in ["upsert", "replace"] {
        let again = owner.file_imported(FIRST, mode, None).await;
        assert_eq!(again["summary"], counts(0, 0, 3, 0, 0), "{mode}");
    }
    // The same rows in another order of rows and columns, under another delimiter.
    let other = b"seats;id;plan;name\n3;c;Solo;Edsger\n1;a;Team;Ada\n2;b;Team;Grace\n";
    let again = owner.file_imported(other, "upsert", None).await;
    assert_eq!(again["summary"], counts(0, 0, 3, 0, 0));

    let after = owner.get("/customers?limit=100").await.expect(200).json()["data"].clone();
    assert_eq!(before, after, "versions and dates stay");
}

#[actix_web::test]
async fn a_file_without_a_key_is_numbered() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;

    let upload = owner
        .file_imported(b"city,score\r\nKoeln,1\r\nBonn,2\r\n", "upsert", None)
        .await;

    assert_eq!(upload["mapping"]["row_number_as"], "external_id");
    assert_eq!(
        customer(owner, "2").await["attributes"],
        json!({ "city": "Bonn", "score": 2 })
    );
}
