//! The pages around the cancel flow: reasons, offers, how subscribers see it and who signs their tokens.

use kale_dashboard::routes;
use kale_testkit::{Answer, TestApp, TestCompany};

use super::{
    browser::{Browser, Manner},
    name,
};

/// A browser of the owner of a company, with forms by the name of their route.
struct Owner {
    browser: Browser,
    company: TestCompany,
}

impl Owner {
    async fn new(app: &TestApp) -> Self {
        let company = app.company("Globex").await;
        Self {
            browser: Browser::of(&company.owner).await,
            company,
        }
    }

    async fn page(&self, path: &str) -> String {
        self.browser.get(path, Manner::Page).await.expect(200).text()
    }

    async fn post(&self, route: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let all = routes();
        let route = all.iter().find(|one| name(one) == route).unwrap();
        self.browser.ask(route, path, Manner::Page, fields).await
    }
}

#[actix_web::test]
async fn reasons_are_added_changed_and_archived_and_nobody_overwrites_anothers_change() {
    let app = TestApp::shared();
    let owner = Owner::new(&app).await;
    let list = owner.page("/reasons").await;
    assert!(list.contains("price_too_high") && list.contains("<h2 id=\"category-price\">Price</h2>"));

    let add = async |fields: &[(&str, &str)]| owner.post("POST /reasons", "/reasons", fields).await;
    let fields = [
        ("key", "moved_abroad"),
        ("title", "Moved abroad"),
        ("category", "life"),
        ("texts.0.locale", "en"),
        ("texts.0.text", "I am moving <abroad>"),
        ("texts.1.locale", "de"),
        ("texts.1.text", "Ich ziehe ins Ausland"),
        ("codes.stripe", "moved, other"),
    ];
    let mut wrong = fields;
    wrong[0].1 = "Moved abroad";
    let refused = add(&wrong).await.expect(422).text();
    assert!(refused.contains("id=\"key-error\"") && refused.contains("Ich ziehe ins Ausland"));
    drop(add(&fields).await.expect(303));
    let again = add(&fields).await.expect(422).text();
    assert!(again.contains("keys are never used twice"), "{again}");

    let list = owner.page("/reasons").await;
    assert!(
        list.contains("I am moving &#60;abroad&#62;") && list.contains("stripe: moved, other"),
        "{list}"
    );
    let save = async |etag: &str, title: &str| {
        let mut fields = fields.to_vec();
        fields[1].1 = title;
        fields.push(("_etag", etag));
        owner
            .post("POST /reasons/{key}", "/reasons/moved_abroad", &fields)
            .await
    };
    drop(save("\"v1\"", "Left the country").await.expect(303));
    let stale = save("\"v1\"", "Emigrated").await.expect(412).text();
    assert!(
        stale.contains("Somebody changed this reason")
            && stale.contains("Emigrated")
            && stale.contains("&#34;v2&#34;")
    );
    drop(save("\"v2\"", "").await.expect(422));

    let archive = async |etag: &str, archived: &str| {
        let fields = [("_etag", etag), ("archived", archived)];
        owner
            .post(
                "POST /reasons/{key}/archive",
                "/reasons/moved_abroad/archive",
                &fields,
            )
            .await
    };
    drop(archive("\"v2\"", "true").await.expect(303));
    assert!(owner.page("/reasons/moved_abroad").await.contains("Bring back"));
    drop(archive("\"v3\"", "").await.expect(303));
    let reason = owner.company.owner.get("/reasons").await.json();
    let all = reason["data"].as_array().unwrap();
    let reason = all.iter().find(|one| one["key"] == "moved_abroad").unwrap();
    assert_eq!(
        (&reason["title"], &reason["archived"]),
        (&"Left the country".into(), &false.into())
    );
    // The one language that was left empty is none.
    assert_eq!(reason["text"].as_object().unwrap().len(), 2);

    let expert = Browser::of(&owner.company.expert).await;
    let read = expert.get("/reasons", Manner::Page).await.expect(200).text();
    assert!(read.contains("Left the country") && !read.contains("href=\"/reasons/moved_abroad\""));
    app.stop().await;
}

#[actix_web::test]
async fn offers_are_made_by_kind_changed_and_archived() {
    let app = TestApp::shared();
    let owner = Owner::new(&app).await;
    assert!(owner.page("/offers").await.contains("No offers yet."));
    assert!(
        owner
            .page("/offers/new")
            .await
            .contains("/offers/new?kind=apply_discount")
    );
    let blank = owner.page("/offers/new?kind=change_plan").await;
    assert!(
        blank.contains("name=\"params.plan\"") && blank.contains("Price, in "),
        "{blank}"
    );
    drop(
        owner
            .browser
            .get("/offers/new?kind=gift", Manner::Page)
            .await
            .expect(400),
    );

    let make = async |percent: &str| {
        let fields = [
            ("kind", "apply_discount"),
            ("name", "Spring"),
            ("params.percent", percent),
            ("params.months", "3"),
        ];
        owner.post("POST /offers", "/offers", &fields).await
    };
    for (percent, said) in [
        ("a lot", "Expected a whole number."),
        ("120", "Expected 1 to 100, not 120."),
    ] {
        let refused = make(percent).await.expect(422).text();
        assert!(
            refused.contains(said) && refused.contains(&format!("value=\"{percent}\"")),
            "{refused}"
        );
        assert!(refused.contains("id=\"params.percent-error\""), "{refused}");
    }
    drop(make("20").await.expect(303));
    let offer = owner.company.owner.get("/offers").await.json();
    let (id, terms) = (
        offer["data"][0]["id"].as_str().unwrap(),
        &offer["data"][0]["params"],
    );
    assert_eq!(*terms, serde_json::json!({ "percent": 20, "months": 3 }));
    assert!(owner.page("/offers").await.contains("Percent: 20 · Months: 3"));

    let path = format!("/offers/{id}");
    let save = async |etag: &str, months: &str| {
        let fields = [
            ("_etag", etag),
            ("name", "Spring"),
            ("params.percent", "20"),
            ("params.months", months),
        ];
        owner.post("POST /offers/{id}", &path, &fields).await
    };
    drop(save("\"v1\"", "6").await.expect(303));
    let stale = save("\"v1\"", "9").await.expect(412).text();
    assert!(stale.contains("Somebody changed this offer") && stale.contains("value=\"9\""));
    let fields = [("_etag", "\"v2\""), ("archived", "true")];
    let archived = owner
        .post("POST /offers/{id}/archive", &format!("{path}/archive"), &fields)
        .await;
    drop(archived.expect(303));
    assert!(owner.page("/offers").await.contains("Archived"));
    app.stop().await;
}

#[actix_web::test]
async fn a_colour_that_nobody_can_read_is_refused_and_a_secret_is_shown_once() {
    let app = TestApp::shared();
    let owner = Owner::new(&app).await;
    let save = async |etag: &str, colour: &str, urls: &str| {
        let fields = [
            ("_etag", etag),
            ("brand_colour", colour),
            ("locale", "de"),
            ("return_urls", urls),
            (
                "origins",
                "https://globex.example\r\nhttps://shop.globex.example/",
            ),
        ];
        owner
            .post("POST /settings/viewer", "/settings/viewer", &fields)
            .await
    };
    assert!(owner.page("/settings/viewer").await.contains("&#34;v0&#34;"));
    let refused = save(
        "\"v0\"",
        "#ffcc00",
        "https://globex.example/account\r\nhttp://globex.example",
    )
    .await;
    let refused = refused.expect(422).text();
    assert!(
        refused.contains("contrast of")
            && refused.contains("value=\"#ffcc00\"")
            && refused.contains("Line 2:"),
        "{refused}"
    );
    drop(
        save("\"v0\"", "#24589f", "https://globex.example/account\r\n\r\n")
            .await
            .expect(303),
    );
    drop(save("\"v0\"", "#0e6a4d", "").await.expect(412));
    let settings = owner.company.owner.get("/viewer/settings").await.json();
    assert_eq!(settings["brand_colour"], "#24589f");
    assert_eq!(
        settings["return_urls"],
        serde_json::json!(["https://globex.example/account"])
    );
    assert_eq!(
        settings["origins"],
        serde_json::json!(["https://globex.example", "https://shop.globex.example"])
    );

    let place = "/settings/viewer/secrets";
    let made = owner
        .post(
            "POST /settings/viewer/secrets",
            place,
            &[("name", "Account server")],
        )
        .await;
    let made = made.expect(200).text();
    assert!(made.contains("It is not shown again.") && made.contains("<code data-copy-text>kale_vsc_"));
    let page = owner.page("/settings/viewer").await;
    assert!(page.contains("Account server") && !page.contains("data-copy-text"));
    drop(
        owner
            .post("POST /settings/viewer/secrets", place, &[("name", " ")])
            .await
            .expect(422),
    );

    let secrets = owner.company.owner.get("/viewer/secrets").await.json();
    let id = secrets["data"][0]["id"].as_str().unwrap();
    let path = format!("{place}/{id}/revoke");
    drop(
        owner
            .post("POST /settings/viewer/secrets/{id}/revoke", &path, &[])
            .await
            .expect(303),
    );
    assert!(owner.page("/settings/viewer").await.contains(">Revoked</span>"));
    app.stop().await;
}
