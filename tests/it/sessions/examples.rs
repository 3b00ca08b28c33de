//! The examples of docs/viewer.md make tokens that begin sessions.

use std::process::Command;

use kale_testkit::TestApp;

use super::example::subscriber_token;
use crate::walking::{Walking, start};

const PAGE: &str = include_str!("../../../docs/viewer.md");
/// Noon of the first day of 2100, as the test's clock has it.
const NOW: &str = "4102488000";

/// The example in that language.
fn example(language: &str) -> &'static str {
    let (_, rest) = PAGE.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

/// What a program prints; `None` where this machine can't run it.
fn printed(program: &str, flag: &str, source: &str, company: &str, secret: &str) -> Option<String> {
    let run = Command::new(program)
        .args([flag, source])
        .env("KALE_COMPANY", company)
        .env("KALE_VIEWER_SECRET", secret)
        .output();
    let output = match run {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        run => run.unwrap(),
    };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program}: {said}");
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

#[actix_web::test]
async fn every_example_of_signing_a_token_makes_one_that_begins_a_session() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    walking.customer("7590-VHVEG").await;
    let (_, secret) = walking.secret().await;
    let company = walking.company.id.to_string();

    let rust = include_str!("example.rs").replace("pub(crate) fn", "fn");
    assert_eq!(example("rust"), rust);
    let now = NOW.parse().unwrap();
    let token = subscriber_token(
        &company,
        &secret,
        "7590-VHVEG",
        now,
        "0193a1b2-c3d4-7000-8000-000000000001",
    );
    let mut tokens = vec![token.unwrap()];
    let node = example("js").replace("Date.now() / 1000", NOW);
    tokens.extend(printed("node", "-e", &node, &company, &secret));
    let python = example("python").replace("time.time()", NOW);
    tokens.extend(printed("python3", "-c", &python, &company, &secret));

    for (index, token) in tokens.iter().enumerate() {
        let begun = start(&app.with_token(token)).await;
        let expected = if index == 0 { 201 } else { 200 };
        assert_eq!(
            begun.expect(expected).string("/session/state"),
            "in_progress",
            "{token}"
        );
    }
    app.stop().await;
}
