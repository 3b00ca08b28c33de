//! The editor of a workflow, as its forms are sent.

use actix_web::http::Method;
use kale_dashboard::{Route, routes};
use kale_testkit::{Answer, TestApp, TestCompany};
use serde_json::{Value, json};

use super::{
    browser::{Browser, Manner},
    name,
};

fn route(wanted: &str) -> Route {
    routes().into_iter().find(|one| name(one) == wanted).unwrap()
}

/// A workflow of a company, at somebody's browser.
struct Desk<'a> {
    company: &'a TestCompany,
    browser: Browser,
    place: String,
}

impl<'a> Desk<'a> {
    async fn of(company: &'a TestCompany, template: &str) -> Self {
        let new = json!({ "name": "Ours", "template": template });
        let made = company.owner.post("/workflows", &new).await.expect(201);
        Self {
            company,
            browser: Browser::of(&company.owner).await,
            place: format!("/workflows/{}", made.string("/id")),
        }
    }

    async fn tree(&self) -> Value {
        let path = format!("{}/tree", self.place);
        self.company.owner.get(&path).await.expect(200).json()["tree"].clone()
    }

    async fn send(&self, form: &str, fields: &[(&str, &str)]) -> Answer {
        let route = route(&format!("POST /workflows/{{id}}/{form}"));
        let path = format!("{}/{form}", self.place);
        self.browser.ask(&route, &path, Manner::Page, fields).await
    }

    async fn edit(&self, etag: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![("_etag", etag)];
        all.extend_from_slice(fields);
        self.send("ops", &all).await
    }
}

fn first(tree: &Value) -> String {
    tree["cards"][0]["id"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn an_edit_leads_back_to_the_page_and_can_be_undone() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let desk = Desk::of(&company, "cancel_direct").await;
    let before = desk.tree().await;
    let edit = format!("card {}", first(&before));
    let back = format!("card={}&look=outline", first(&before));

    let fields = [("do", edit.as_str()), ("title", "Leaving?"), ("back", &back)];
    let answer = desk.edit("\"v0\"", &fields).await.expect(303);
    let place = format!("{}?{back}#panel", desk.place);
    assert_eq!(answer.header("location").as_deref(), Some(place.as_str()));
    assert_eq!(desk.tree().await["cards"][0]["title"]["en"], "Leaving?");

    drop(desk.send("undo", &[("back", &back)]).await.expect(303));
    assert_eq!(desk.tree().await["cards"], before["cards"]);
    drop(desk.send("redo", &[]).await.expect(303));
    assert_eq!(desk.tree().await["cards"][0]["title"]["en"], "Leaving?");
    app.stop().await;
}

#[actix_web::test]
async fn what_can_not_be_done_says_why_and_changes_nothing() {
    let app = TestApp::shared();
    let (company, others) = (app.company("Globex").await, app.company("Quartz").await);
    let desk = Desk::of(&company, "cancel_saas").await;
    let before = desk.tree().await;
    let card = first(&before);
    let offer = json!({ "name": "Theirs", "kind": "pause", "params": { "months": 3 } });
    let theirs = others
        .owner
        .post("/offers", &offer)
        .await
        .expect(201)
        .string("/id");
    let on_offer = &before["cards"][0]["branches"][0]["cards"][0];
    let mut elements = on_offer["elements"].as_array().unwrap().iter();
    let slot = elements.find(|element| element["kind"] == "offer").unwrap();
    let choose = format!("element {}", slot["id"].as_str().unwrap());
    let back = format!(
        "card={}&element={}",
        on_offer["id"].as_str().unwrap(),
        slot["id"].as_str().unwrap()
    );

    let fields = [
        ("do", choose.as_str()),
        ("e.offer", theirs.as_str()),
        ("back", back.as_str()),
    ];
    let refused = desk.edit("\"v0\"", &fields).await.expect(422).text();
    assert!(refused.contains("Choose one of your offers."), "{refused}");
    let into_itself = format!("move {card}");
    let lane = before["cards"][0]["branches"][0]["id"].as_str().unwrap();
    let spot = format!("{lane} 0");
    let fields = [("do", into_itself.as_str()), ("to-place", &spot)];
    let refused = desk.edit("\"v0\"", &fields).await.expect(422).text();
    assert!(refused.contains("into a lane below itself"), "{refused}");
    for (etag, fields, code) in [
        ("\"v0\"", vec![("do", "dance crd_1")], 400),
        ("\"v0\"", vec![], 400),
        ("", vec![("do", "delete crd_1")], 428),
        (
            "\"v0\"",
            vec![("do", "delete crd_01h455vb4pex5vsknk084sn02q")],
            412,
        ),
    ] {
        assert_eq!(desk.edit(etag, &fields).await.code(), code, "{fields:?}");
    }
    assert_eq!(desk.tree().await, before);
    app.stop().await;
}

#[actix_web::test]
async fn publishing_is_refused_with_every_problem_and_a_newer_draft_is_looked_at_first() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let desk = Desk::of(&company, "cancel_saas").await;
    let refused = desk.send("publish", &[("_etag", "\"v0\"")]).await.expect(422);
    assert!(refused.text().contains("Choose which pause is offered here."));

    let direct = Desk::of(&company, "cancel_direct").await;
    let card = first(&direct.tree().await);
    let twice = format!("duplicate {card}");
    drop(direct.edit("\"v0\"", &[("do", &twice)]).await.expect(303));
    let refused = direct.send("publish", &[("_etag", "\"v0\"")]).await.expect(412);
    assert!(refused.text().contains("Nothing was published."));
    drop(direct.send("undo", &[]).await.expect(303));
    drop(direct.send("publish", &[("_etag", "\"v2\"")]).await.expect(303));
    let versions = format!("{}/versions", direct.place);
    let listed = company.owner.get(&versions).await.expect(200).json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    app.stop().await;
}

#[actix_web::test]
async fn the_picture_of_a_card_stands_in_our_frames_only_and_nobody_walks() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let desk = Desk::of(&company, "cancel_saas").await;
    let (tree, mut shown) = (desk.tree().await, 0);
    let mut waiting: Vec<Value> = tree["cards"].as_array().unwrap().clone();
    while let Some(card) = waiting.pop() {
        let lanes = card["branches"].as_array().unwrap().iter();
        waiting.extend(lanes.flat_map(|lane| lane["cards"].as_array().unwrap().clone()));
        let path = format!("{}/preview?card={}", desk.place, card["id"].as_str().unwrap());
        let picture = desk
            .browser
            .send(Method::GET, &path, &[("accept", "text/html")], Vec::new())
            .await;
        if card["kind"] == "jump" {
            assert_eq!(picture.code(), 404, "nobody sees a jump");
            continue;
        }
        let picture = picture.expect(200);
        let policy = picture.header("content-security-policy").unwrap();
        assert!(policy.ends_with("frame-ancestors 'self'; sandbox"), "{policy}");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(!picture.text().contains("<script"));
        shown += 1;
    }
    assert!(shown > 8);
    let sessions = company.owner.get("/sessions").await.expect(200).json();
    assert_eq!(sessions["data"], json!([]));
    app.stop().await;
}

#[actix_web::test]
async fn what_people_write_is_text_wherever_the_editor_shows_it() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let desk = Desk::of(&company, "cancel_saas").await;
    let tree = desk.tree().await;
    let hostile = "\"><script>alert(1)</script>";
    let edit = format!("card {}", first(&tree));
    let fields = [("do", edit.as_str()), ("title", hostile)];
    drop(desk.edit("\"v0\"", &fields).await.expect(303));

    let element = tree["cards"][0]["elements"][0]["id"].as_str().unwrap();
    let open = format!("{}?card={}&element={element}", desk.place, first(&tree));
    for path in [
        open.as_str(),
        &desk.place,
        &format!("{}?add=root%200", desk.place),
        &format!("{}/preview", desk.place),
    ] {
        for manner in [Manner::Page, Manner::Part] {
            let shown = desk.browser.get(path, manner).await.expect(200).text();
            assert!(!shown.contains("<script>alert"), "{path} {manner:?}");
            assert!(
                shown.contains("&lt;script&gt;alert") || shown.contains("&#60;script&#62;alert"),
                "{path}"
            );
        }
    }
    app.stop().await;
}

#[actix_web::test]
async fn settings_versions_and_copies_have_their_forms() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let desk = Desk::of(&company, "cancel_direct").await;
    let change = [
        ("_etag", "\"v1\""),
        ("name", "Renamed"),
        ("trigger", "cancel_intent"),
        ("default_locale", "en"),
        ("locales", "de, fr"),
        ("exit_profiles", "de"),
    ];
    let mut wrong = change;
    wrong[4] = ("locales", "German");
    let refused = desk.send("settings", &wrong).await.expect(422).text();
    assert!(
        refused.contains("value=\"German\""),
        "what was typed is still there"
    );
    drop(desk.send("settings", &change).await.expect(303));
    let stale = desk.send("settings", &change).await.expect(412).text();
    assert!(stale.contains("Somebody changed these settings in between."));
    let now = company.owner.get(&desk.place).await.expect(200).json();
    assert_eq!(
        (&now["name"], &now["exit_profiles"]),
        (&json!("Renamed"), &json!(["de"]))
    );

    drop(desk.send("publish", &[("_etag", "\"v0\"")]).await.expect(303));
    // What is live is not published once more; what is asked of its cards by now makes another version of them.
    drop(desk.send("rollback", &[("to", "1")]).await.expect(303));
    let now = company.owner.get(&desk.place).await.expect(200).json();
    assert_eq!(now["latest"], 1);
    let etag = company.owner.get(&desk.place).await.header("etag").unwrap();
    let more = json!({ "locales": ["en", "de"] });
    let known = [("if-match", etag.as_str())];
    let changed = company.owner.json(Method::PATCH, &desk.place, &known, &more);
    drop(changed.await.expect(200));
    drop(desk.send("rollback", &[("to", "1")]).await.expect(303));
    let versions = company
        .owner
        .get(&format!("{}/versions", desk.place))
        .await
        .json();
    assert_eq!(versions["data"][0]["number"], 2);
    let copied = desk.send("duplicate", &[]).await.expect(303);
    let copy = copied.header("location").unwrap();
    assert_ne!(copy, desk.place);
    assert_eq!(
        company.owner.get(&copy).await.expect(200).string("/name"),
        "Copy of Renamed"
    );
    drop(desk.send("archive", &[]).await.expect(303));
    let over = desk
        .browser
        .get(&desk.place, Manner::Page)
        .await
        .expect(200)
        .text();
    assert!(over.contains("Archived") && !over.contains("kale-builder"));
    app.stop().await;
}
