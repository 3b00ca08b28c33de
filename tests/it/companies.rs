//! Companies, their settings, and Kale admins inside and outside of them.

use actix_web::http::Method;
use kale_testkit::TestApp;
use serde_json::{Value, json};

#[actix_web::test]
async fn a_kale_admin_acts_in_a_company_only_after_entering_it_and_the_company_sees_that() {
    let app = TestApp::shared();
    let (globex, initech) = (app.company("Globex").await, app.company("Initech").await);
    drop(
        globex
            .program
            .post("/customers", &json!({ "external_id": "g-1" }))
            .await
            .expect(201),
    );
    let (outside, inside) = app.kale_admin(&globex).await;

    assert_eq!(
        outside.get("/customers").await.expect(403).problem(),
        "choose-a-company"
    );
    let me = outside.get("/me").await.expect(200).json();
    assert_eq!((&me["acting"], &me["company"]), (&json!(false), &json!(null)));
    let count = async || {
        inside.get("/customers?include=count").await.expect(200).json()["page"]["count"]["value"].clone()
    };
    assert_eq!(count().await, 1);
    let me = inside.get("/me").await.expect(200).json();
    assert_eq!(
        (&me["acting"], &me["company"]["name"]),
        (&json!(true), &json!("Globex"))
    );
    let log = globex.owner.get("/audit").await.expect(200).json();
    assert_eq!(
        (&log["data"][0]["action"], &log["data"][0]["actor"]["id"]),
        (&json!("company_entered"), &me["user"]["id"])
    );

    // Into another one, and out.
    drop(
        inside
            .post(&format!("/companies/{}/enter", initech.id), &json!({}))
            .await
            .expect(200),
    );
    assert_eq!(count().await, 0);
    drop(
        inside
            .post(&format!("/companies/{}/leave", globex.id), &json!({}))
            .await
            .expect(204),
    );
    assert_eq!(count().await, 0, "they had left that one already");
    drop(
        inside
            .post(&format!("/companies/{}/leave", initech.id), &json!({}))
            .await
            .expect(204),
    );
    assert_eq!(
        inside.get("/customers").await.expect(403).problem(),
        "choose-a-company"
    );
    for company in [&globex, &initech] {
        let log = company.owner.get("/audit").await.expect(200).json();
        assert_eq!(
            (&log["data"][0]["action"], &log["data"][0]["target"]),
            (&json!("company_left"), &json!(company.id)),
            "{log}"
        );
    }
    drop(
        inside
            .post("/companies/cmp_01h455vb4pex5vsknk084sn02q/enter", &json!({}))
            .await
            .expect(404),
    );
    app.stop().await;
}

#[actix_web::test]
async fn companies_are_listed_for_kale_admins_only() {
    let app = TestApp::start().await;
    let (globex, _initech) = (app.company("Globex").await, app.company("Initech").await);
    let (outside, _) = app.kale_admin(&globex).await;

    let list = outside.get("/companies?fields=name").await.expect(200).json();
    let names: Vec<&Value> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, ["Initech", "Globex"]);
    drop(globex.owner.get("/companies").await.expect(403));
    drop(
        outside
            .get(&format!("/companies/{}", globex.id))
            .await
            .expect(200),
    );
    app.stop().await;
}

#[actix_web::test]
async fn settings_are_changed_with_their_reasons_for_a_refusal() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let path = format!("/companies/{}", company.id);
    let change = async |body: Value| {
        company
            .owner
            .json(Method::PATCH, &path, &[("if-match", "\"v1\"")], &body)
            .await
    };
    for (body, pointer) in [
        (json!({ "name": " " }), "#/name"),
        (json!({ "time_zone": "Mars/Olympus" }), "#/time_zone"),
        (json!({ "currency": "XYZZ" }), "#/currency"),
        (json!({ "industry": "mining" }), "#/industry"),
        (
            json!({ "sortable_attributes": ["nobody_has_it"] }),
            "#/sortable_attributes/0",
        ),
        (json!({ "status": "suspended" }), "#/status"),
        (json!({ "slug": "other" }), "#/slug"),
    ] {
        let refused = change(body).await.expect(422).json();
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
    let changed = change(json!({ "time_zone": "Europe/Berlin", "name": " Globex AG " }))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&changed["name"], &changed["time_zone"], &changed["currency"]),
        (&json!("Globex AG"), &json!("Europe/Berlin"), &json!("USD"))
    );
    let log = company.owner.get("/audit").await.expect(200).json();
    let entry = &log["data"][0];
    assert_eq!(entry["action"], "company_changed");
    assert_eq!(entry["before"], json!({ "name": "Globex", "time_zone": "UTC" }));
    assert_eq!(
        entry["after"],
        json!({ "name": "Globex AG", "time_zone": "Europe/Berlin" })
    );
    drop(
        company
            .expert
            .json(
                Method::PATCH,
                &path,
                &[("if-match", "\"v2\"")],
                &json!({ "name": "x" }),
            )
            .await
            .expect(403),
    );
    app.stop().await;
}
