//! The scope of a key needs a tenant, which only the database gives; so the outcomes of the store are tested here, and
//! the joint with a store where there is one.

use std::sync::{Mutex, PoisonError};

use actix_web::{body::to_bytes, http::header::HeaderValue, test::TestRequest};
use futures::FutureExt as _;
use serde_json::{Value, json};

use super::*;

#[derive(Debug, Clone, PartialEq)]
enum Settled {
    Kept(KeptAnswer),
    Freed,
}

#[derive(Debug, Clone, Default)]
struct Slot(Arc<Mutex<Vec<Settled>>>);

impl Slot {
    fn note(&self, settled: Settled) -> LocalBoxFuture<'static, Result<(), Problem>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(settled);
        std::future::ready(Ok(())).boxed_local()
    }

    fn settled(&self) -> Vec<Settled> {
        self.0.lock().unwrap().clone()
    }
}

impl IdempotencySlot for Slot {
    fn finish(self: Box<Self>, answer: KeptAnswer) -> LocalBoxFuture<'static, Result<(), Problem>> {
        self.note(Settled::Kept(answer))
    }

    fn abandon(self: Box<Self>) -> LocalBoxFuture<'static, Result<(), Problem>> {
        self.note(Settled::Freed)
    }
}

async fn work() -> Result<HttpResponse, Problem> {
    let mut response = HttpResponse::Created();
    response
        .insert_header(("location", "/keys/1"))
        .insert_header(("x-request-id", "r1"));
    Ok(response.json(json!({ "id": 1, "token": "secret" })))
}

async fn never() -> Result<HttpResponse, Problem> {
    unreachable!("the work was done a second time")
}

async fn body(response: HttpResponse) -> Value {
    serde_json::from_slice(&to_bytes(response.into_body()).await.unwrap()).unwrap()
}

#[actix_web::test]
async fn the_first_answer_is_given_again_without_its_secret() {
    let slot = Slot::default();
    let first = settle(Begun::Fresh(Box::new(slot.clone())), &["token"], work)
        .await
        .unwrap();
    assert_eq!(first.status().as_u16(), 201);
    assert!(!first.headers().contains_key("idempotent-replayed"));
    assert_eq!(body(first).await, json!({ "id": 1, "token": "secret" }));

    let [Settled::Kept(kept)] = &slot.settled()[..] else {
        panic!("nothing was kept")
    };
    let again = settle(Begun::Replay(kept.clone()), &["token"], never)
        .await
        .unwrap();
    assert_eq!(again.status().as_u16(), 201);
    assert_eq!(again.headers().get("idempotent-replayed").unwrap(), "true");
    assert_eq!(again.headers().get("location").unwrap(), "/keys/1");
    assert!(!again.headers().contains_key("x-request-id"));
    assert_eq!(body(again).await, json!({ "id": 1 }));
}

#[actix_web::test]
async fn a_refusal_frees_the_key() {
    let slot = Slot::default();
    let refused = settle(Begun::Fresh(Box::new(slot.clone())), &[], async || {
        Err(Problem::of("conflict"))
    })
    .await;
    assert_eq!(refused.unwrap_err().code(), "conflict");
    assert_eq!(slot.settled(), [Settled::Freed]);
}

#[actix_web::test]
async fn a_key_in_use_or_of_another_request_is_refused() {
    let running = settle(Begun::Running, &[], never).await.unwrap_err();
    assert_eq!(
        (running.code(), running.status().as_u16()),
        ("idempotency-key-in-use", 409)
    );
    let other = settle(Begun::OtherRequest, &[], never).await.unwrap_err();
    assert_eq!(
        (other.code(), other.status().as_u16()),
        ("idempotency-key-reused", 422)
    );
}

#[test]
fn a_key_is_visible_ascii_and_sent_once() {
    let read = |values: &[&'static str]| {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(HEADER, HeaderValue::from_static(value));
        }
        key(&headers).map_err(|problem| problem.code())
    };
    assert_eq!(read(&[]), Ok(None));
    assert_eq!(read(&["5f0c~!"]), Ok(Some("5f0c~!".to_owned())));
    for wrong in [&["a", "b"][..], &[""], &["a b"]] {
        assert_eq!(read(wrong), Err("invalid-idempotency-key"), "{wrong:?}");
    }
    let mut long = HeaderMap::new();
    long.insert(HEADER, HeaderValue::from_str(&"x".repeat(256)).unwrap());
    assert!(key(&long).is_err());
}

#[test]
fn the_same_key_on_another_thing_or_with_another_body_is_another_request() {
    let of = |uri: &str, body: Option<u8>| {
        let request = TestRequest::post().uri(uri).to_http_request();
        if let Some(byte) = body {
            request.extensions_mut().insert(BodyHash([byte; 32]));
        }
        hash(&request, None)
    };
    let first = of("/uploads/a/import", None);
    assert_eq!(first, of("/uploads/a/import", None));
    assert_ne!(first, of("/uploads/b/import", None));
    assert_ne!(first, of("/uploads/a/import", Some(1)));
    assert_ne!(of("/x", Some(1)), of("/x", Some(2)));
    let file = TestRequest::post().uri("/x").to_http_request();
    assert_eq!(hash(&file, Some([1; 32])), of("/x", Some(1)));
}

#[actix_web::test]
async fn a_key_without_a_store_is_a_mistake_of_ours_and_no_key_is_none() {
    let with = TestRequest::post()
        .insert_header(("idempotency-key", "k"))
        .to_http_request();
    assert_eq!(Idempotent::extract(&with).await.unwrap_err().code(), "internal");

    let without = Idempotent::extract(&TestRequest::post().to_http_request())
        .await
        .unwrap();
    assert_eq!(without.required().unwrap_err().code(), "idempotency-key-required");
}
