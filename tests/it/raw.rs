//! The database behind the product's back: for planting faults that no route can make.

use kale_testkit::TestApp;
use mongodb::{
    Collection,
    bson::{Document, Uuid},
};

/// A collection of the application's database.
pub(crate) async fn collection(app: &TestApp, name: &str) -> Collection<Document> {
    let client = mongodb::Client::with_uri_str(app.mongodb_uri()).await.unwrap();
    client.default_database().unwrap().collection(name)
}

/// An id as the database keeps it, from its bytes.
pub(crate) const fn uuid(bytes: &[u8; 16]) -> Uuid {
    Uuid::from_bytes(*bytes)
}
