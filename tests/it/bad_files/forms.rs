//! Forms that do not hold one file.

use actix_web::http::Method;
use kale_testkit::{Answer, Client, TestApp, multipart};

use super::nothing_is_left;

const FILE: &str = "id,name\r\n1,Ada\r\n";

fn part(name: &str, file: &str) -> String {
    format!(
        "--b\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"x.csv\"\r\n\
         content-type: text/csv\r\n\r\n{file}\r\n"
    )
}

async fn send(client: &Client, headers: &[(&str, &str)], body: String) -> Answer {
    client
        .send(Method::POST, "/uploads/customer-data", headers, body)
        .await
}

async fn send_form(client: &Client, body: String) -> Answer {
    send(
        client,
        &[("content-type", "multipart/form-data; boundary=b")],
        body,
    )
    .await
}

#[actix_web::test]
async fn a_form_holds_one_file_and_nothing_else() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let owner = &company.owner;

    for (body, code, pointer) in [
        ("--b--\r\n".to_owned(), "missing", "#/file"),
        (
            format!("{}--b--\r\n", part("data", FILE)),
            "unknown-field",
            "#/data",
        ),
        (
            format!("{}{}--b--\r\n", part("file", FILE), part("file", FILE)),
            "duplicate",
            "#/file",
        ),
        (
            format!("{}{}--b--\r\n", part("file", FILE), part("mode", "replace")),
            "unknown-field",
            "#/mode",
        ),
    ] {
        let answer = send_form(owner, body).await;
        assert_eq!(answer.code(), 422, "{}", answer.text());
        assert_eq!(answer.problem(), "validation");
        let error = answer.json()["errors"][0].clone();
        assert_eq!(
            (error["code"].as_str(), error["pointer"].as_str()),
            (Some(code), Some(pointer))
        );
        nothing_is_left(&app, &company).await;
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_form_that_breaks_off_is_malformed() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;

    for body in [part("file", FILE), "no form at all".to_owned(), String::new()] {
        let answer = send_form(&company.owner, body).await;
        assert!(matches!(answer.code(), 400 | 422), "{}", answer.text());
        assert!(!answer.problem().is_empty());
        nothing_is_left(&app, &company).await;
    }
    app.stop().await;
}

#[actix_web::test]
async fn other_media_and_packed_bodies_are_refused_unread() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let owner = &company.owner;

    for content in [
        "text/csv",
        "application/json",
        "application/x-www-form-urlencoded",
    ] {
        let answer = send(owner, &[("content-type", content)], FILE.to_owned()).await;
        assert_eq!(
            answer.expect(415).problem(),
            "unsupported-media-type",
            "{content}"
        );
    }
    let untyped = send(owner, &[], FILE.to_owned()).await;
    assert_eq!(untyped.expect(415).problem(), "unsupported-media-type");

    let (content, body) = multipart("customers.csv", FILE.as_bytes());
    for coding in ["gzip", "br", "deflate", "zstd"] {
        let headers = [("content-type", content.as_str()), ("content-encoding", coding)];
        let answer = owner
            .send(Method::POST, "/uploads/customer-data", &headers, body.clone())
            .await;
        assert_eq!(answer.expect(415).problem(), "unsupported-media-type", "{coding}");
    }
    nothing_is_left(&app, &company).await;
    app.stop().await;
}
