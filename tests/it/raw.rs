//! The database behind the product's back: for planting faults that no route can make.

use kale_domain::id::CompanyId;
use kale_testkit::TestApp;
use mongodb::{
    Collection,
    bson::{Document, Uuid, doc},
};

/// A collection of the application's database.
pub(crate) async fn collection(app: &TestApp, name: &str) -> Collection<Document> {
    let client = mongodb::Client::with_uri_str(app.mongodb_uri()).await.unwrap();
    client.default_database().unwrap().collection(name)
}

/// An unscoped write: a customer of one company stands among those of another.
pub(crate) async fn plant_customer(app: &TestApp, of: CompanyId, among: CompanyId) {
    let customers = collection(app, "customers").await;
    let theirs = doc! { "company_id": uuid(of.uuid().as_bytes()) };
    let mut copy = customers.find_one(theirs).await.unwrap().unwrap();
    // An id that nobody has: that of the company it is planted in.
    copy.insert("_id", uuid(among.uuid().as_bytes()));
    copy.insert("company_id", uuid(among.uuid().as_bytes()));
    drop(customers.insert_one(copy).await.unwrap());
}

/// An id as the database keeps it, from its bytes.
pub(crate) const fn uuid(bytes: &[u8; 16]) -> Uuid {
    Uuid::from_bytes(*bytes)
}

/// Every document of every collection, as text: for looking whether a secret stands in one.
pub(crate) async fn dump(app: &TestApp) -> Vec<String> {
    let client = mongodb::Client::with_uri_str(app.mongodb_uri()).await.unwrap();
    let database = client.default_database().unwrap();
    let mut all = Vec::new();
    for name in database.list_collection_names().await.unwrap() {
        let mut documents = database
            .collection::<Document>(&name)
            .find(Document::new())
            .await
            .unwrap();
        while documents.advance().await.unwrap() {
            all.push(format!("{:?}", documents.deserialize_current().unwrap()));
        }
    }
    all
}
