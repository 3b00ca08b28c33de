//! The people of the company on their page.

use kale_dashboard::routes;
use kale_testkit::{Answer, TestApp};

use super::{
    browser::{Browser, Manner},
    name,
};
use crate::team::{joined, own_id};

#[actix_web::test]
async fn a_role_is_changed_by_the_form_as_the_page_shows_it_and_refusals_say_why() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let (id, _) = joined(&app, &company, "retention_expert").await;
    let owner = Browser::of(&company.owner).await;
    let page = async || owner.get("/settings/team", Manner::Page).await.expect(200).text();
    let send = async |what: &str, id: &str, fields: &[(&str, &str)]| -> Answer {
        let all = routes();
        let wanted = format!("POST /settings/team/{{id}}/{what}");
        let route = all.iter().find(|one| name(one) == wanted).unwrap();
        let path = format!("/settings/team/{id}/{what}");
        owner.ask(route, &path, Manner::Page, fields).await
    };
    // What stands in the form, as a browser sends it back.
    let shown = page().await;
    let form = shown.split(&format!("/settings/team/{id}/role")).nth(1).unwrap();
    let tag = form.split("name=\"_etag\" value=\"").nth(1).unwrap();
    let tag = tag
        .split_once("\">")
        .unwrap()
        .0
        .replace("&#34;", "\"")
        .replace("&quot;", "\"");
    let fields = [("_etag", tag.as_str()), ("role", "retention_admin")];
    drop(send("role", &id, &fields).await.expect(303));
    let role = async |id: &str| company.owner.get(&format!("/users/{id}")).await.string("/role");
    assert_eq!(role(&id).await, "retention_admin");

    // Of an older page, and the last admin: said on the page, and nothing is changed.
    let fields = [("_etag", tag.as_str()), ("role", "retention_expert")];
    let said = async |answer: Answer| {
        let cookie = answer.expect(303).header("set-cookie").unwrap_or_default();
        assert!(!cookie.is_empty(), "it says nothing");
        cookie
    };
    drop(said(send("role", &id, &fields).await).await);
    assert_eq!(role(&id).await, "retention_admin");
    drop(send("deactivate", &id, &[]).await.expect(303));
    let own = own_id(&company.owner).await;
    drop(said(send("deactivate", &own, &[]).await).await);
    assert_eq!(role(&own).await, "retention_admin");
    app.stop().await;
}
