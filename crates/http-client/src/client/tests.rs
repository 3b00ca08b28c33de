use std::sync::atomic::{AtomicU32, Ordering};

use reqwest::{Method, Url};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use super::*;
use crate::{Steady, Unlimited};

/// A server that answers each connection with the next text, the last one for ever; an empty one closes it.
async fn server(answers: &'static [&'static str]) -> (Url, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "http://{}/in/secret-path?q=secret-query",
        listener.local_addr().unwrap()
    );
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let at = count.fetch_add(1, Ordering::SeqCst);
            let answer = answers
                .get(usize::try_from(at).unwrap())
                .or(answers.last())
                .unwrap();
            let mut buffer = [0; 4096];
            let _read = stream.read(&mut buffer).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    (url.parse().unwrap(), asked)
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
const BUSY: &str = "HTTP/1.1 503 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const LATER: &str = "HTTP/1.1 429 No\r\nretry-after: 60\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const ELSEWHERE: &str = "HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const LARGE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 8000000\r\nconnection: close\r\n\r\n";

fn client(destinations: Destinations) -> Client {
    Client::new(destinations, Arc::new(Unlimited)).unwrap()
}

fn here() -> Client {
    client(Destinations::PublicAndLoopback)
}

#[tokio::test]
async fn what_may_be_repeated_is_tried_again_and_the_last_answer_counts() {
    let (url, asked) = server(&["", BUSY, OK]).await;
    let answer = here().ask(&Request::get(url)).await.unwrap();
    assert_eq!((answer.status(), asked.load(Ordering::SeqCst)), (200, 3));

    let (url, asked) = server(&[BUSY]).await;
    let answer = here().ask(&Request::get(url)).await.unwrap();
    assert_eq!((answer.status(), asked.load(Ordering::SeqCst)), (503, 3));
}

#[tokio::test]
async fn what_may_not_be_repeated_is_tried_once() {
    let (url, asked) = server(&[BUSY, OK]).await;
    let answer = here().ask(&Request::new(Method::POST, url)).await.unwrap();
    assert_eq!((answer.status(), asked.load(Ordering::SeqCst)), (503, 1));

    let (url, asked) = server(&["", OK]).await;
    let error = here().ask(&Request::new(Method::POST, url)).await.unwrap_err();
    assert!(
        matches!(error, HttpError::Broken { .. }) && !error.is_surely_undone(),
        "{error:?}"
    );
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn who_asks_for_much_patience_is_not_waited_for() {
    let (url, asked) = server(&[LATER, OK]).await;
    let answer = here().ask(&Request::get(url)).await.unwrap();
    assert_eq!(answer.retry_after(), Some(Duration::from_mins(1)));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let (url, asked) = server(&[ELSEWHERE]).await;
    let answer = here().ask(&Request::get(url)).await.unwrap();
    assert_eq!((answer.status(), asked.load(Ordering::SeqCst)), (302, 1));
}

#[tokio::test]
async fn this_machine_is_asked_only_where_that_is_said() {
    let (url, asked) = server(&[OK]).await;
    let public = client(Destinations::Public);
    for host in ["127.0.0.1", "localhost"] {
        for scheme in ["http", "https"] {
            let at = format!("{scheme}://{host}:{}/", url.port().unwrap());
            let error = public.ask(&Request::get(at.parse().unwrap())).await.unwrap_err();
            assert!(matches!(error, HttpError::Forbidden { .. }), "{at}: {error:?}");
        }
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    // The same server answers whoever may ask it.
    assert_eq!(here().ask(&Request::get(url)).await.unwrap().status(), 200);
}

#[tokio::test]
async fn nobody_there_is_told_apart_from_a_broken_answer_and_no_secret_is_repeated() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    drop(listener);
    let url: Url = format!("http://{at}/in/secret-path?q=secret-query")
        .parse()
        .unwrap();
    let request = Request::new(Method::POST, url).bearer("secret-token");
    let error = here().ask(&request).await.unwrap_err();
    assert!(
        matches!(error, HttpError::Unreachable { .. }) && error.is_surely_undone(),
        "{error:?}"
    );
    assert!(!format!("{error:?} {error}").contains("secret"));

    let (url, _) = server(&[""]).await;
    let error = here().ask(&Request::new(Method::POST, url)).await.unwrap_err();
    assert!(!format!("{error:?} {error}").contains("secret"));
}

#[tokio::test]
async fn an_endless_answer_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("http://{}/", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 4096];
        let _read = stream.read(&mut buffer).await.unwrap();
        stream.write_all(LARGE.as_bytes()).await.unwrap();
        // Until the other side has had enough.
        while stream.write_all(&[b' '; 8_192]).await.is_ok() {}
    });
    let error = here().ask(&Request::get(url)).await.unwrap_err();
    assert!(matches!(error, HttpError::TooLarge { .. }), "{error:?}");
    serving.await.unwrap();
}

#[tokio::test]
async fn a_spent_budget_sends_nothing() {
    let (url, asked) = server(&[OK]).await;
    let one = std::num::NonZeroU32::new(1).unwrap();
    let client = Client::new(Destinations::PublicAndLoopback, Arc::new(Steady::per_second(one))).unwrap();
    assert_eq!(
        client.ask(&Request::get(url.clone())).await.unwrap().status(),
        200
    );
    let error = client.ask(&Request::get(url)).await.unwrap_err();
    assert!(matches!(error, HttpError::Spent { .. }), "{error:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_header_that_is_none_sends_nothing() {
    let (url, asked) = server(&[OK]).await;
    let error = here().ask(&Request::get(url).bearer("a\nb")).await.unwrap_err();
    assert!(matches!(error, HttpError::Unwritable { .. }), "{error:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}
