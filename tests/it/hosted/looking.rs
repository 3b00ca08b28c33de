//! Opening a link changes nothing; the session begins with the first step that its page posts.

use actix_web::http::Method;
use futures::future::join_all;
use jiff::SignedDuration;
use kale_application::sessions::sweep;
use kale_persistence::access;
use kale_testkit::TestApp;
use serde_json::{Value, json};

use super::{Browser, PAGE, checked, filled, hidden, minted};
use crate::walking::Walking;

/// What staff and figures know: the sessions, the events, whether anything waits to be counted.
async fn known(walking: &Walking) -> (Vec<Value>, Vec<Value>, bool) {
    let owner = &walking.company.owner;
    let list = async |path: &str| {
        owner.get(path).await.expect(200).json()["data"]
            .as_array()
            .unwrap()
            .clone()
    };
    let counting = owner.get("/analytics/counting").await.expect(200).json();
    let is_pending = counting["pending"] == json!(true);
    (list("/sessions").await, list("/events").await, is_pending)
}

#[actix_web::test]
async fn whoever_opens_a_link_begins_nothing_and_shows_up_nowhere() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let browser = minted(&walking, &app).await;
    let page = browser.page().await;
    for agent in ["SafeLinks", "facebookexternalhit/1.1", "Mozilla/5.0"] {
        let scanned = browser
            .http
            .send(Method::GET, &browser.place, &[PAGE, ("user-agent", agent)], "")
            .await
            .expect(200);
        assert_eq!(scanned.text(), page, "every look shows the same page");
    }
    assert_eq!(known(&walking).await, (Vec::new(), Vec::new(), false));
    app.advance(SignedDuration::from_hours(2));
    assert_eq!(sweep(app.store(), access::operator()).await.unwrap().written, 0);
    assert_eq!(known(&walking).await, (Vec::new(), Vec::new(), false));
    app.stop().await;
}

#[actix_web::test]
async fn the_first_step_begins_one_session_whatever_is_clicked_twice_and_in_how_many_tabs() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let browser = minted(&walking, &app).await;
    let (page, tab) = (browser.page().await, browser.page().await);
    let posts = [&page, &tab, &page, &tab].map(|page| browser.post(filled(page, "next", &[])));
    for answer in join_all(posts).await {
        drop(answer.expect(303));
    }
    let (sessions, events, pending) = known(&walking).await;
    assert_eq!((sessions.len(), pending), (1, true), "{sessions:#?}");
    assert_eq!(sessions[0]["id"], hidden(&page, "session"));
    assert_eq!(
        (&sessions[0]["state"], &sessions[0]["step"]),
        (&json!("in_progress"), &json!(2))
    );
    let named = |name: &str| events.iter().filter(|event| event["name"] == name).count();
    assert_eq!(
        (named("session.started"), named("card.viewed")),
        (1, 2),
        "{events:#?}"
    );
    assert!(browser.page().await.contains("One more thing"));
    app.stop().await;
}

#[actix_web::test]
async fn a_refused_first_step_begins_nothing_and_leaving_at_once_is_one_session_that_is_cancelled() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let browser = minted(&walking, &app).await;
    let page = browser.page().await;
    let wrong = format!("o:{}", crate::walking::choice());
    let wrong = [(wrong.as_str(), "opt_01h455vb4pex5vsknk084sn02q")];
    let told = browser.post(filled(&page, "next", &wrong)).await.expect(422);
    assert!(known(&walking).await.0.is_empty());
    let confirm = browser.press(&told.text(), "cancel", &[]).await;
    let ended = browser.press(&confirm, "cancel", &[]).await;
    assert!(ended.contains("Your cancellation is recorded."), "{ended}");
    let (sessions, _, _) = known(&walking).await;
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0]["outcome"], "cancelled");
    app.stop().await;
}

#[actix_web::test]
async fn whoever_was_shown_the_page_in_time_has_a_day_for_the_first_step() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    walking.customer("C-2").await;
    let slow = minted(&walking, &app).await;
    let slower = Browser::at(&app, &walking.minted("C-2", "live").await.string("/url"));
    let (page, late) = (slow.page().await, slower.page().await);
    app.advance(SignedDuration::from_mins(20));
    // The link itself opens nothing any more; the page that was shown does.
    checked(&slow.look().await.expect(401));
    let next = slow.press(&page, "next", &[]).await;
    assert!(next.contains("One more thing"), "{next}");
    app.advance(SignedDuration::from_hours(24));
    let refused = slower.post(filled(&late, "next", &[])).await.expect(401);
    assert!(
        refused.text().contains("Begin again from your account."),
        "{}",
        refused.text()
    );
    assert_eq!(known(&walking).await.0.len(), 1);
    app.stop().await;
}

#[actix_web::test]
async fn a_version_published_since_the_page_was_opened_shows_its_first_card_again() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let browser = minted(&walking, &app).await;
    let page = browser.page().await;
    walking.renewed().await;
    let told = browser.post(filled(&page, "next", &[])).await.expect(409);
    checked(&told);
    let text = told.text();
    assert!(
        text.contains("This page has changed since you opened it.") && text.contains("What is wrong?"),
        "{text}"
    );
    assert!(known(&walking).await.0.is_empty());
    let next = browser.press(&text, "next", &[]).await;
    assert!(next.contains("One more thing"), "{next}");
    assert_eq!(known(&walking).await.0[0]["version"], 2);
    app.stop().await;
}

#[actix_web::test]
async fn a_workflow_paused_since_the_page_was_opened_says_whom_to_ask() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let browser = minted(&walking, &app).await;
    let page = browser.page().await;
    let pause = format!("{}/pause", walking.place);
    drop(walking.company.owner.post(&pause, &json!({})).await.expect(200));
    let told = browser.post(filled(&page, "next", &[])).await.expect(200);
    assert!(
        told.text().contains("Please ask Globex directly."),
        "{}",
        told.text()
    );
    assert!(known(&walking).await.0.is_empty());
    app.stop().await;
}

#[actix_web::test]
async fn looking_does_not_take_an_abandonment_back_and_the_next_step_does() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let browser = minted(&walking, &app).await;
    let first = browser.page().await;
    let message = browser.press(&first, "skip", &[]).await;
    app.advance(SignedDuration::from_hours(1));
    assert_eq!(sweep(app.store(), access::operator()).await.unwrap().written, 1);
    let other = minted(&walking, &app).await;
    let state = async || known(&walking).await.0[0]["state"].clone();
    for one in [&browser, &other] {
        let page = one.page().await;
        assert_eq!(hidden(&page, "session"), hidden(&message, "session"));
        assert!(page.contains("One more thing"), "{page}");
    }
    assert_eq!(state().await, "abandoned");
    let page = other.page().await;
    let confirm = other.press(&page, "cancel", &[]).await;
    assert!(confirm.contains("<h1>Cancel your subscription</h1>"), "{confirm}");
    assert_eq!(state().await, "in_progress");
    assert!(browser.page().await.contains("<h1>Cancel your subscription</h1>"));
    app.stop().await;
}

#[actix_web::test]
async fn a_page_left_open_leads_to_where_the_subscriber_went_on() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let (desk, phone) = (minted(&walking, &app).await, minted(&walking, &app).await);
    let (left, page) = (desk.page().await, phone.page().await);
    drop(phone.press(&page, "skip", &[]).await);
    let told = desk.post(filled(&left, "next", &[])).await.expect(409);
    let text = told.text();
    assert!(
        text.contains("You went on in another window.") && text.contains("One more thing"),
        "{text}"
    );
    // From there it goes on, at the address of either.
    let confirm = desk.press(&text, "cancel", &[]).await;
    let ended = desk.press(&confirm, "cancel", &[]).await;
    assert!(ended.contains("Your cancellation is recorded."), "{ended}");
    let (sessions, _, _) = known(&walking).await;
    assert_eq!(sessions.len(), 1);
    app.stop().await;
}
