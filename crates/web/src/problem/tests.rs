use actix_web::body::to_bytes;
use serde_json::{Value, json};

use super::*;

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the name is taken")]
    Taken,
    #[error("no such thing as acme")]
    Missing,
    #[error("password hunter2 was wrong")]
    Broken(#[source] std::io::Error),
    #[error("slow down")]
    TooOften,
}

impl Classify for Failure {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Taken => ErrorKind::Conflict,
            Self::Missing => ErrorKind::NotFound,
            Self::Broken(_) => ErrorKind::Internal,
            Self::TooOften => ErrorKind::RateLimited,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Taken => "already-exists",
            Self::Missing => "not-found",
            Self::Broken(_) => "internal",
            Self::TooOften => "rate-limited",
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Taken => vec![FieldError::new("#/name", "taken", "choose another name")],
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        matches!(self, Self::TooOften).then_some(Duration::from_millis(1500))
    }
}

async fn sent(problem: Problem) -> (HttpResponse, Value) {
    let (response, body) = problem.error_response().into_parts();
    let body = serde_json::from_slice(&to_bytes(body).await.unwrap()).unwrap();
    (response.set_body(actix_web::body::BoxBody::new(())), body)
}

#[actix_web::test]
async fn an_error_of_a_use_case_becomes_a_problem_document() {
    let (response, body) = sent(Failure::Taken.into()).await;

    assert_eq!(
        response.headers().get("content-type").unwrap(),
        "application/problem+json"
    );
    assert_eq!(
        body,
        json!({
            "type": "/docs/errors#already-exists",
            "title": "It exists already",
            "status": 409,
            "detail": "the name is taken",
            "instance": "",
            "code": "already-exists",
            "request_id": "",
            "errors": [{ "pointer": "#/name", "code": "taken", "message": "choose another name" }],
        })
    );
}

#[actix_web::test]
async fn a_failure_of_ours_tells_nothing_of_its_cause() {
    let (_, body) = sent(Failure::Broken(std::io::Error::other("mongodb://anna:secret@host")).into()).await;

    assert_eq!(body["status"], 500);
    let text = body.to_string();
    assert!(
        !text.contains("hunter2") && !text.contains("mongodb") && body.get("detail").is_none(),
        "{text}"
    );
}

#[actix_web::test]
async fn whatever_is_not_found_gets_one_answer() {
    assert_eq!(
        sent(Failure::Missing.into()).await.1,
        sent(Problem::not_found()).await.1
    );
}

#[actix_web::test]
async fn a_wait_is_sent_as_whole_seconds_rounded_up() {
    let (response, _) = sent(Failure::TooOften.into()).await;
    assert_eq!(response.headers().get("retry-after").unwrap(), "2");
}

#[actix_web::test]
async fn a_refusal_for_want_of_a_credential_names_the_scheme() {
    let (response, _) = sent(Problem::unauthenticated()).await;
    assert_eq!(response.headers().get("www-authenticate").unwrap(), "Bearer");
}

#[test]
#[should_panic(expected = "missing in kale-web's catalogue")]
fn a_code_outside_the_catalogue_stops_a_debug_build() {
    drop(Problem::of("no-such-code"));
}
