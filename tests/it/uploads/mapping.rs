//! A mapping that does not fit is refused as a whole, each mistake with its place.

use kale_testkit::{Client, TestApp};
use serde_json::{Value, json};

const FILE: &[u8] = b"id,name,a/b,score,fee\r\n1,Ada,x,3,1.50\r\n2,Grace,y,4,2.50\r\n";

/// Pointers and codes of the mistakes in a mapping, in order.
async fn mistakes(client: &Client, id: &str, columns: Value) -> Vec<(String, String)> {
    let mapping = json!({ "mode": "upsert", "columns": columns });
    let answer = client
        .put(&format!("/uploads/{id}/mapping"), &mapping)
        .await
        .expect(422);
    assert_eq!(answer.problem(), "validation");
    let errors = answer.json()["errors"].clone();
    let mut found: Vec<(String, String)> = errors
        .as_array()
        .unwrap()
        .iter()
        .map(|error| {
            assert!(!error["message"].as_str().unwrap().is_empty(), "{error}");
            let text = |name: &str| error[name].as_str().unwrap().to_owned();
            (text("pointer"), text("code"))
        })
        .collect();
    found.sort_unstable();
    found
}

fn found(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(at, code)| ((*at).to_owned(), (*code).to_owned()))
        .collect()
}

#[actix_web::test]
async fn every_mistake_of_a_mapping_is_told_with_its_place_and_changes_nothing() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let id = owner.file_profiled(FILE).await;

    let columns = json!({
        "id": { "to": "external_id" },
        "nobody": { "to": "plan" },
        "name": { "to": "name", "type": "integer" },
        "a/b": { "to": "attributes.a" },
        "score": { "to": "attributes.score", "type": "integer", "format": "dd/mm/yyyy" },
        "fee": { "to": "amount", "type": "money" },
    });
    assert_eq!(
        mistakes(owner, &id, columns).await,
        found(&[
            ("#/columns/a~1b/type", "type-missing"),
            ("#/columns/fee/currency", "currency-missing"),
            ("#/columns/name/type", "wrong-type"),
            ("#/columns/nobody", "unknown-column"),
            ("#/columns/score/format", "unknown-format"),
        ])
    );
    let twice = json!({ "id": { "to": "name" }, "name": { "to": "name" } });
    assert_eq!(
        mistakes(owner, &id, twice).await,
        found(&[
            ("#/columns", "key-missing"),
            ("#/columns/name/to", "target-twice")
        ])
    );

    let upload = owner.get(&format!("/uploads/{id}")).await.expect(200).json();
    assert_eq!(
        (&upload["status"], &upload["mapping"]),
        (&json!("awaiting_mapping"), &Value::Null)
    );
}

#[actix_web::test]
async fn an_attribute_keeps_the_type_of_its_first_import() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let as_type = |kind: &str| {
        json!({ "mode": "upsert", "columns": {
            "id": { "to": "external_id" }, "score": { "to": "attributes.score", "type": kind },
        } })
    };
    owner
        .file_imported(FILE, "upsert", Some(as_type("integer")))
        .await;
    let id = owner.file_profiled(FILE).await;

    assert_eq!(
        mistakes(owner, &id, as_type("text")["columns"].clone()).await,
        found(&[("#/columns/score/type", "attribute-type-conflict")])
    );
}

#[actix_web::test]
async fn an_unknown_field_or_target_of_a_mapping_is_refused() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let id = owner.file_profiled(FILE).await;
    let path = format!("/uploads/{id}/mapping");

    for wrong in [
        json!({ "mode": "upsert", "columns": {}, "surprise": 1 }),
        json!({ "mode": "merge", "columns": { "id": { "to": "external_id" } } }),
        json!({ "mode": "upsert", "columns": { "id": { "to": "attributes.$where", "type": "text" } } }),
        json!({ "mode": "upsert", "columns": { "id": { "to": "company_id" } } }),
    ] {
        let answer = owner.put(&path, &wrong).await;
        assert!(matches!(answer.code(), 400 | 422), "{wrong}: {}", answer.text());
        assert!(!answer.problem().is_empty());
    }
}
