//! What people change about themselves on their page, and how long their company lets them stay signed in.

use kale_dashboard::routes;
use kale_testkit::{Answer, TestApp};

use super::{
    browser::{Browser, Manner},
    name,
};
use crate::team::own_id;

async fn send(browser: &Browser, wanted: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let all = routes();
    let route = all.iter().find(|one| name(one) == wanted).unwrap();
    browser.ask(route, path, Manner::Page, fields).await
}

/// The version that stands in the forms of a page.
fn tag(page: &str) -> String {
    let tag = page.split("name=\"_etag\" value=\"").nth(1).unwrap();
    tag.split_once("\">").unwrap().0.replace("&#34;", "\"")
}

#[actix_web::test]
async fn somebody_changes_their_name_and_colours_by_the_forms_of_their_page() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let (outside, _) = app.kale_admin(&company).await;
    // An expert, an admin, and a Kale admin, who is in no company there.
    for client in [&company.expert, &company.owner, &outside] {
        let browser = Browser::of(client).await;
        let page = async || browser.get("/account", Manner::Page).await.expect(200).text();
        let first = tag(&page().await);

        let fields = [("_etag", first.as_str()), ("name", "Zoë Quist")];
        drop(
            send(&browser, "POST /account", "/account", &fields)
                .await
                .expect(303),
        );
        assert!(page().await.contains("value=\"Zoë Quist\""));
        let late = [("_etag", first.as_str()), ("name", "Somebody Else")];
        let late = send(&browser, "POST /account", "/account", &late)
            .await
            .expect(412);
        assert!(late.text().contains("Somebody Else") && late.text().contains("in between"));
        let second = tag(&page().await);
        let empty = [("_etag", second.as_str()), ("name", " ")];
        let wrong = send(&browser, "POST /account", "/account", &empty)
            .await
            .expect(422);
        assert!(wrong.text().contains("a name has 1 to 80 characters"));

        let path = "/account/preferences";
        let dark = [("_etag", second.as_str()), ("theme", "dark")];
        let kept = send(&browser, "POST /account/preferences", path, &dark)
            .await
            .expect(303);
        // What this device was told would go before it.
        assert!(kept.header("set-cookie").is_some());
        let shown = page().await;
        assert!(shown.contains("data-theme=\"dark\"") && shown.contains("value=\"dark\" selected"));
        let pink = [("_etag", second.as_str()), ("theme", "pink")];
        drop(
            send(&browser, "POST /account/preferences", path, &pink)
                .await
                .expect(422),
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_sign_in_elsewhere_is_ended_on_the_page_and_the_last_admin_is_told_why_they_stay() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let id = own_id(&company.owner).await.parse().unwrap();
    let lost = app.signed_in(id).await;
    let gone = lost.get("/me").await.string("/sign_in");
    let browser = Browser::of(&company.owner).await;
    let page = browser.get("/account", Manner::Page).await.expect(200).text();
    assert!(page.contains(&format!("/account/sign-ins/{gone}/end")) && page.contains("this one"));
    assert_eq!(page.matches("/account/sign-ins/sgn_").count(), 1);

    let path = format!("/account/sign-ins/{gone}/end");
    drop(
        send(&browser, "POST /account/sign-ins/{id}/end", &path, &[])
            .await
            .expect(303),
    );
    drop(lost.get("/me").await.expect(401));
    drop(
        send(&browser, "POST /account/leave", "/account/leave", &[])
            .await
            .expect(303),
    );
    let page = browser.get("/account", Manner::Page).await.expect(200).text();
    assert!(page.contains("Leave Globex"));
    assert!(!page.contains(&gone));
    app.stop().await;
}

fn limits<'a>(tag: &'a str, idle: &'a str, absolute: &'a str) -> [(&'static str, &'a str); 3] {
    [("_etag", tag), ("idle_hours", idle), ("absolute_hours", absolute)]
}

#[actix_web::test]
async fn how_long_people_stay_signed_in_is_set_on_a_page_of_the_settings() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let browser = Browser::of(&company.owner).await;
    let path = "/settings/security";
    let page = async || browser.get(path, Manner::Page).await.expect(200).text();
    let chosen = |page: &str, label: &str| page.contains(&format!(" selected>{label}</option>"));
    let first = page().await;
    assert!(chosen(&first, "14 days") && chosen(&first, "90 days"));
    let first = tag(&first);

    let saved = send(
        &browser,
        "POST /settings/security",
        path,
        &limits(&first, "8", "24"),
    )
    .await;
    drop(saved.expect(303));
    let now = page().await;
    assert!(chosen(&now, "8 hours") && chosen(&now, "1 day"));
    let late = send(
        &browser,
        "POST /settings/security",
        path,
        &limits(&first, "1", "8"),
    )
    .await;
    assert!(late.expect(412).text().contains("in between"));
    let tag = tag(&now);
    for (idle, absolute) in [("72", "24"), ("", "24"), ("8", "9999"), ("8", "-1")] {
        let wrong = limits(&tag, idle, absolute);
        drop(
            send(&browser, "POST /settings/security", path, &wrong)
                .await
                .expect(422),
        );
    }
    let now = page().await;
    assert!(chosen(&now, "8 hours") && chosen(&now, "1 day"));
    app.stop().await;
}
