//! The pages of sessions: the list, a walk again, and the customer's.

use jiff::SignedDuration;
use kale_testkit::{Client, TestApp};
use serde_json::json;

use crate::{
    dashboard::browser::{Browser, Manner},
    walking::{Walking, choice, go, price, start, words},
};

/// Walks to the offer, back, to it again, takes it; the session.
async fn walked(app: &TestApp, subscriber: &Client) -> String {
    let seen = start(subscriber).await.expect(201).json();
    let id = seen["session"]["id"].as_str().unwrap().to_owned();
    app.advance(SignedDuration::from_secs(20));
    let offer = go(
        subscriber,
        &seen,
        "next",
        json!({ choice(): price(), words(): "Too <b>dear</b>" }),
    )
    .await;
    app.advance(SignedDuration::from_secs(5));
    let again = go(subscriber, &offer, "back", json!({})).await;
    // Away for three hours.
    app.advance(SignedDuration::from_hours(3));
    let back = start(subscriber).await.expect(200).json();
    assert_eq!(back["card"]["id"], again["card"]["id"]);
    app.advance(SignedDuration::from_secs(2));
    let offer = go(subscriber, &back, "next", json!({ choice(): price() })).await;
    app.advance(SignedDuration::from_secs(7));
    drop(go(subscriber, &offer, "accept", json!({})).await);
    id
}

async fn page(browser: &Browser, path: &str) -> String {
    browser.get(path, Manner::Page).await.expect(200).text()
}

#[actix_web::test]
async fn a_walk_is_shown_again_step_by_step_and_listed_and_stands_on_the_customers_page() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let subscriber = walking.subscriber(&app).await;
    let id = walked(&app, &subscriber).await;
    let owner = Browser::of(&walking.company.owner).await;

    let list = page(&owner, "/sessions").await;
    let listed = format!("<a href=\"/sessions/{id}\"><b>Ada Okafor</b></a>");
    assert!(
        list.contains(&listed) && list.contains("version 1") && list.contains("Your own program"),
        "{list}"
    );
    let shown = page(&owner, &format!("/sessions/{id}")).await;
    let mut rest = shown.as_str();
    for words in [
        "Ended after 3 h 0 min: stayed.",
        "Why are you leaving, Ada?",
        "after 20 s, for 5 s",
        "Take a break",
        "We pause for 3 months, until 1 April 2100.",
        "Break (Pause)",
        "went back to it",
        "Why are you leaving, Ada?",
        "It costs too much</b><span class=\"vh\">, chosen",
        "Came back",
        "Take a break",
        "Accepted",
        "Receipt",
        "Promised",
        "Break",
        "What is recorded",
    ] {
        let (_, after) = rest
            .split_once(words)
            .unwrap_or_else(|| panic!("{words} in {shown}"));
        rest = after;
    }
    // An answer that was taken back by sending the card again without it is not shown, and nobody's words are markup.
    assert!(!shown.contains("<b>dear</b>"), "{shown}");

    let replay = walking
        .company
        .owner
        .get(&format!("/sessions/{id}/replay"))
        .await
        .json();
    let path = replay["path"].as_array().unwrap();
    let returned: Vec<bool> = path
        .iter()
        .map(|one| one["returned"].as_bool().unwrap())
        .collect();
    assert_eq!(returned, [false, false, true, false, false]);
    assert_eq!(path[0]["card"]["title"], "Why are you leaving, Ada?");

    let session = walking.company.owner.get(&format!("/sessions/{id}")).await.json();
    let customer = session["session"]["customer"].as_str().unwrap();
    let theirs = page(&owner, &format!("/customers/{customer}")).await;
    assert!(theirs.contains(&format!("/sessions/{id}")), "{theirs}");
    assert!(
        theirs.contains(&format!("/sessions?customer={customer}")),
        "{theirs}"
    );
    app.stop().await;
}

#[actix_web::test]
async fn the_list_is_narrowed_by_state_mode_workflow_and_customer() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    let subscriber = walking.subscriber(&app).await;
    let live = start(&subscriber).await.expect(201).json();
    let live = live["session"]["id"].as_str().unwrap();
    let tried = walking.minted("C-1", "test").await.string("/token");
    let tried = start(&app.with_token(&tried)).await.expect(201).json();
    let customer = tried["session"]["customer"].as_str().unwrap();
    let tried = tried["session"]["id"].as_str().unwrap();
    let owner = Browser::of(&walking.company.owner).await;
    let workflow = walking.place.trim_start_matches("/workflows/");

    let both = [
        format!("workflow={workflow}"),
        format!("customer={customer}"),
        "state=in_progress".to_owned(),
    ];
    for query in both {
        let list = page(&owner, &format!("/sessions?{query}")).await;
        assert!(list.contains(live) && list.contains(tried), "{query}");
    }
    let list = page(&owner, "/sessions?mode=test&state=&workflow=").await;
    assert!(!list.contains(live) && list.contains(tried) && list.contains(">Test</span>"));
    let none = page(&owner, "/sessions?state=completed").await;
    assert!(none.contains("No session is like that."));
    drop(owner.get("/sessions?state=over", Manner::Page).await.expect(400));

    // Experts see the sessions of the customers assigned to them: none.
    let expert = Browser::of(&walking.company.expert).await;
    assert!(page(&expert, "/sessions").await.contains("No sessions yet."));
    drop(
        expert
            .get(&format!("/sessions/{live}"), Manner::Page)
            .await
            .expect(404),
    );
    app.stop().await;
}
