//! What a configuration of personas is made of, and what is said about a wrong one.

use kale_testkit::TestApp;
use serde_json::{Value, json};

use super::{configuration, counts, save, telco};

#[actix_web::test]
async fn a_configuration_is_replaced_by_versions_and_says_what_is_wrong_with_it() {
    let app = TestApp::shared();
    let company = telco(&app).await;
    let first = save(&company, "\"v0\"", &configuration())
        .await
        .expect(200)
        .json();
    let mut second = configuration();
    second["personas"].as_array_mut().unwrap().truncate(2);
    second["note"] = json!("Two are enough");
    drop(save(&company, "\"v0\"", &second).await.expect(412));
    let saved = save(&company, "\"v1\"", &second).await.expect(200).json();
    assert_eq!(
        saved["personas"][0]["id"], first["personas"][0]["id"],
        "a key keeps its id"
    );
    assert_eq!(counts(&company).await.get("unassigned"), Some(&(1719 + 3822)));
    let versions = company.owner.get("/personas/versions").await.expect(200).json();
    let notes: Vec<(&Value, &Value)> = versions["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["version"], &one["note"]))
        .collect();
    assert_eq!(
        notes,
        [
            (&json!(2), &json!("Two are enough")),
            (&json!(1), &json!("The first ones"))
        ]
    );

    let mut wrong = configuration();
    wrong["personas"][0]["priority"] = json!(200);
    wrong["personas"][1]["category"] = json!("nobody");
    let broken = json!({ "all": [{ "attribute": "tenure", "op": "gte", "value": 24 }, { "attribute": "tenure", "op": "over", "value": 24 }] });
    let refused = save(&company, "\"v2\"", &wrong).await.expect(422).json();
    let pointers: Vec<&str> = refused["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["pointer"].as_str().unwrap())
        .collect();
    for pointer in ["#/personas/1/priority", "#/personas/1/category"] {
        assert!(pointers.contains(&pointer), "{pointer} in {refused}");
    }
    // Rules are read once the rest fits together.
    let mut wrong = configuration();
    wrong["personas"][2]["rule"] = broken;
    let refused = save(&company, "\"v2\"", &wrong).await.expect(422).json();
    assert_eq!(
        refused["errors"][0]["pointer"], "#/personas/2/rule/all/1/op",
        "{refused}"
    );
    assert_eq!(company.owner.get("/personas").await.json()["version"], 2);
    app.stop().await;
}

#[actix_web::test]
async fn a_rule_is_checked_before_it_is_saved() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let new = json!({ "external_id": "1", "attributes": { "contract": "Two year", "tenure": 3 } });
    drop(company.program.post("/customers", &new).await.expect(201));
    let check = async |rule: Value| company.owner.post("/rules/check", &json!({ "rule": rule })).await;

    // It would tell them where the percentiles of customers lie who are not theirs.
    let rule = json!({ "rule": { "attribute": "tenure", "op": "lt", "value": 6 } });
    drop(company.expert.post("/rules/check", &rule).await.expect(403));

    let good = check(json!({ "all": [
        { "attribute": "contract", "op": "eq", "value": "Two year" }, { "metric": "open_tickets", "op": "gt", "value": 2 }
    ] })).await.expect(200).json();
    assert_eq!(
        (&good["valid"], &good["waiting_for"]),
        (&json!(true), &json!(["open_tickets"]))
    );
    assert!(
        good["sentence"]
            .as_str()
            .unwrap()
            .starts_with("Contract is Two year, and open tickets is more than 2"),
        "{good}"
    );

    for (rule, pointer) in [
        (
            json!({ "attribute": "$tenure", "op": "lt", "value": 6 }),
            "#/rule/attribute",
        ),
        (
            json!({ "attribute": "tenure", "op": "below", "value": 6 }),
            "#/rule/op",
        ),
        (
            json!({ "attribute": "tenure", "op": "lt", "value": "six" }),
            "#/rule/value",
        ),
        (
            json!({ "any": [{ "all": [{ "attribute": "tenure", "op": "lt" }] }] }),
            "#/rule/any/0/all/0/value",
        ),
        (
            json!({ "metric": "mrrr", "op": "lt", "value": 6 }),
            "#/rule/metric",
        ),
        (
            json!({ "at_least": 3, "of": [{ "attribute": "tenure", "op": "lt", "value": 6 }] }),
            "#/rule/at_least",
        ),
        (json!(7), "#/rule"),
        (json!({}), "#/rule"),
    ] {
        let refused = check(rule.clone()).await.expect(422).json();
        let errors = refused["errors"].as_array().unwrap();
        assert!(
            errors.iter().any(|one| one["pointer"] == pointer),
            "{rule} {pointer}: {refused}"
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn personas_for_an_industry_are_drafts_that_can_be_saved_as_they_are() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let defaults = company
        .owner
        .get("/personas/industry-defaults")
        .await
        .expect(200)
        .json();
    let draft = json!({ "categories": defaults["categories"], "personas": defaults["personas"] });
    assert!(defaults["personas"].as_array().unwrap().len() >= 3, "{defaults}");
    let mut draft = draft;
    for persona in draft["personas"].as_array_mut().unwrap() {
        // What is told about a draft is no part of it.
        for told in ["sentence", "waiting_for"] {
            let _told = persona.as_object_mut().unwrap().shift_remove(told);
        }
    }
    drop(save(&company, "\"v0\"", &draft).await.expect(200));
    let categories = company.owner.get("/persona-categories").await.expect(200).json();
    assert_eq!(categories["data"], draft["categories"]);
    app.stop().await;
}

#[actix_web::test]
async fn the_catalogue_of_metrics_says_what_is_worked_out() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let list = company.expert.get("/api/v1/metrics").await.expect(200).json();
    let all = list["data"].as_array().unwrap();
    assert_eq!(all.len(), kale_domain::metric::Metric::ALL.len());
    let of = |name: &str| all.iter().find(|one| one["name"] == name).unwrap();
    assert_eq!(
        (&of("arr")["computed"], &of("open_tickets")["computed"]),
        (&json!(true), &json!(false))
    );
    for one in all {
        assert!(
            ["billing", "support", "usage", "retention"].contains(&one["source"].as_str().unwrap()),
            "{one}"
        );
        assert!(!one["formula"].as_str().unwrap().is_empty(), "{one}");
    }
    app.stop().await;
}
