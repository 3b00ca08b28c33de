//! A file becomes customers, and back.

use kale_testkit::{TELCO, TestApp};
use serde_json::json;

#[actix_web::test]
async fn the_telco_file_becomes_7043_customers() {
    let app = TestApp::start().await;
    let company = app.company("Globex").await;

    company.import(TELCO, None).await;

    let list = company
        .owner
        .get("/customers?limit=1&include=count")
        .await
        .expect(200)
        .json();
    assert_eq!(list["page"]["count"], json!({ "value": 7043, "capped": false }));
    app.stop().await;
}
