//! The fault planted by hand: rows that were written, whose batch never went live.

use kale_testkit::{TestApp, fresh_database};
use mongodb::bson::{Document, doc};
use serde_json::json;

use crate::uploads::customer;

#[actix_web::test]
async fn rows_of_a_batch_that_never_went_live_are_nobodys() {
    let uri = fresh_database();
    let app = TestApp::start_on(&uri).await;
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let mapping = json!({ "columns": { "id": { "to": "external_id" }, "name": { "to": "name" } } });
    let import = async |file: &'static [u8], mode: &'static str| {
        owner.file_imported(file, mode, Some(mapping.clone())).await
    };
    import(b"id,name\r\na,Ada\r\nb,Grace\r\n", "upsert").await;
    let before = owner.exported().await;

    // What an import leaves that is killed before its last write.
    let client = mongodb::Client::with_uri_str(&uri).await.unwrap();
    let rows = client
        .default_database()
        .unwrap()
        .collection::<Document>("file_rows");
    let change = vec![doc! { "$set": { "prev": "$cur", "cur.b": 7_i64, "cur.v.name": "Mallory" } }];
    let planted = rows.update_one(doc! { "ext": "a" }, change).await.unwrap();
    assert_eq!(planted.modified_count, 1);
    let mut new = rows.find_one(doc! { "ext": "b" }).await.unwrap().unwrap();
    let mut id = new.get_binary_generic("_id").unwrap().clone();
    *id.last_mut().unwrap() ^= 1;
    let id = mongodb::bson::Binary {
        subtype: mongodb::bson::spec::BinarySubtype::Generic,
        bytes: id,
    };
    new.insert("_id", id);
    new.insert("ext", "m");
    new.get_document_mut("cur").unwrap().insert("b", 7_i64);
    rows.insert_one(new).await.unwrap();

    // Whatever brings customers up to their rows does not see them.
    let told = owner
        .put("/customers-by-external-id/a", &json!({ "tier": "Gold" }))
        .await;
    assert!(matches!(told.code(), 200 | 201), "{}", told.text());
    assert_eq!(customer(owner, "a").await["name"], "Ada");
    assert_eq!(owner.exported().await.len(), before.len());

    // The next import clears them away, and counts as if they had never been.
    let next = import(b"id,name\r\na,Ada\r\nc,Barbara\r\n", "upsert").await;
    assert_eq!(
        next["summary"],
        json!({ "added": 1, "changed": 0, "unchanged": 1, "skipped": 0, "removed": 0 })
    );
    assert_eq!(customer(owner, "a").await["name"], "Ada");
    assert_eq!(owner.exported().await.len(), 3);
    assert_eq!(rows.count_documents(doc! { "cur.b": 7_i64 }).await.unwrap(), 0);

    // The control of the control: with the pointer moved the same rows are seen.
    let change = vec![doc! { "$set": { "prev": "$cur", "cur.b": 90_i64, "cur.v.name": "Mallory" } }];
    rows.update_one(doc! { "ext": "b" }, change).await.unwrap();
    let pointers = client
        .default_database()
        .unwrap()
        .collection::<Document>("live_batches");
    pointers
        .update_many(doc! {}, doc! { "$set": { "live": 90_i64, "next": 90_i64 } })
        .await
        .unwrap();
    let told = owner
        .put("/customers-by-external-id/b", &json!({ "tier": "Gold" }))
        .await;
    assert!(matches!(told.code(), 200 | 201), "{}", told.text());
    assert_eq!(customer(owner, "b").await["name"], "Mallory");
    app.stop().await;
}
