//! Personas and their rules, on the telecom file.

mod rules;

use std::collections::BTreeMap;

use actix_web::http::Method;
use kale_testkit::{Answer, TELCO, TestApp, TestCompany};
use serde_json::{Value, json};

/// The rules of the demo.
fn configuration() -> Value {
    let service = |name: &str| json!({ "attribute": name, "op": "eq", "value": "Yes" });
    let services = [
        "online_security",
        "online_backup",
        "device_protection",
        "tech_support",
        "streaming_tv",
        "streaming_movies",
    ]
    .map(service);
    json!({
        "categories": [
            { "key": "new", "name": "New", "description": "", "order": 1 },
            { "key": "fit", "name": "Fit", "description": "", "order": 2 },
            { "key": "steady", "name": "Steady", "description": "", "order": 3 }
        ],
        "personas": [
            { "key": "new_monthly", "category": "new", "name": "New on a monthly plan", "colour": "stem", "priority": 300,
              "rule": { "all": [
                { "attribute": "contract", "op": "eq", "value": "Month-to-month" },
                { "attribute": "tenure", "op": "lt", "value": 6 }
              ] } },
            { "key": "high_bill", "category": "fit", "name": "Bill higher than the use", "colour": "sun", "priority": 200,
              "rule": { "all": [
                { "attribute": "monthly_charges", "op": "gte", "value": 89.85 },
                { "not": { "at_least": 3, "of": services } }
              ] } },
            { "key": "settled", "category": "steady", "name": "Settled", "colour": "leaf", "priority": 100,
              "rule": { "attribute": "tenure", "op": "gte", "value": 24 } }
        ],
        "note": "The first ones"
    })
}

async fn save(company: &TestCompany, tag: &str, body: &Value) -> Answer {
    let answer = company
        .owner
        .json(Method::PUT, "/personas", &[("if-match", tag)], body)
        .await;
    if answer.code() == 200 {
        company.owner.job_done(&answer.string("/job")).await;
    }
    answer
}

/// How many customers each persona has, by key, and how many have none.
async fn counts(company: &TestCompany) -> BTreeMap<String, u64> {
    let now = company.owner.get("/personas").await.expect(200).json();
    let each = now["personas"].as_array().unwrap().iter();
    let mut counts: BTreeMap<String, u64> = each
        .map(|one| {
            (
                one["key"].as_str().unwrap().to_owned(),
                one["customers"].as_u64().unwrap(),
            )
        })
        .collect();
    counts.insert("unassigned".to_owned(), now["unassigned"].as_u64().unwrap());
    counts
}

fn expected(new_monthly: u64, high_bill: u64, settled: u64, unassigned: u64) -> BTreeMap<String, u64> {
    [
        ("new_monthly", new_monthly),
        ("high_bill", high_bill),
        ("settled", settled),
        ("unassigned", unassigned),
    ]
    .map(|(key, count)| (key.to_owned(), count))
    .into()
}

async fn telco(app: &TestApp) -> TestCompany {
    let company = app.company("Harbour").await;
    let _upload = company.import(TELCO, None).await;
    company
}

#[actix_web::test]
async fn the_telecom_customers_fall_into_personas_as_counted_by_hand() {
    let app = TestApp::shared();
    let company = telco(&app).await;

    let preview = company
        .owner
        .post("/personas/preview", &configuration())
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&preview["customers"], &preview["locked"], &preview["moves"]),
        (&json!(7043), &json!(0), &json!(5324))
    );
    let after: Vec<u64> = preview["personas"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["after"].as_u64().unwrap())
        .collect();
    assert_eq!(after, [1318, 184, 3822, 1719]);
    assert_eq!(
        counts(&company).await,
        BTreeMap::from([("unassigned".to_owned(), 7043)]),
        "a preview changes nothing"
    );

    let saved = save(&company, "\"v0\"", &configuration()).await.expect(200);
    assert_eq!(saved.header("etag").as_deref(), Some("\"v1\""));
    assert_eq!(counts(&company).await, expected(1318, 184, 3822, 1719));
    // The list counts the same.
    for (key, count) in expected(1318, 184, 3822, 1719) {
        let list = company
            .owner
            .get(&format!("/customers?limit=1&include=count&filter[persona]={key}"))
            .await
            .expect(200)
            .json();
        assert_eq!(list["page"]["count"]["value"], count, "{key}");
    }
    let all = company
        .owner
        .get("/customers?limit=1&include=count")
        .await
        .expect(200)
        .json();
    assert_eq!(all["page"]["count"], json!({ "value": 7043, "capped": false }));
    let breakdown = company
        .owner
        .get("/personas/breakdown?attribute=contract")
        .await
        .expect(200)
        .json();
    let new = breakdown["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["persona"]["key"] == "new_monthly")
        .unwrap();
    assert_eq!(
        new["values"],
        json!([{ "value": "Month-to-month", "customers": 1318 }])
    );

    // Again is the same.
    let job = company
        .owner
        .post("/personas/recompute", &json!({}))
        .await
        .expect(202)
        .string("/job");
    company.owner.job_done(&job).await;
    assert_eq!(counts(&company).await, expected(1318, 184, 3822, 1719));
    app.stop().await;
}

#[actix_web::test]
async fn a_decision_by_hand_is_locked_and_can_be_taken_back() {
    let app = TestApp::shared();
    let company = telco(&app).await;
    drop(save(&company, "\"v0\"", &configuration()).await.expect(200));
    let id = company
        .owner
        .get("/customers?limit=1&filter[persona]=new_monthly")
        .await
        .string("/data/0/id");
    let persona = format!("/customers/{id}/persona");

    let put = company
        .owner
        .put(
            &persona,
            &json!({ "persona": "settled", "reason": " agreed on the phone " }),
        )
        .await
        .expect(200)
        .json();
    assert_eq!(
        (
            &put["persona"]["key"],
            &put["persona"]["by"],
            &put["persona"]["locked"],
            &put["persona"]["reason"]
        ),
        (
            &json!("settled"),
            &json!("manual"),
            &json!(true),
            &json!("agreed on the phone")
        )
    );
    assert_eq!(counts(&company).await, expected(1317, 184, 3823, 1719));
    let job = company
        .owner
        .post("/personas/recompute", &json!({}))
        .await
        .expect(202)
        .string("/job");
    company.owner.job_done(&job).await;
    assert_eq!(
        counts(&company).await,
        expected(1317, 184, 3823, 1719),
        "rules move it no more"
    );
    let preview = company
        .owner
        .post("/personas/preview", &configuration())
        .await
        .expect(200)
        .json();
    assert_eq!((&preview["locked"], &preview["moves"]), (&json!(1), &json!(0)));

    let explained = company
        .owner
        .get(&format!("/customers/{id}/explain"))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&explained["persona"]["key"], &explained["by_rule"]["key"]),
        (&json!("settled"), &json!("new_monthly"))
    );
    assert_eq!(
        (
            &explained["personas"][0]["matches"],
            &explained["personas"][0]["trace"]["truth"]
        ),
        (&json!(true), &json!("true"))
    );

    let back = company.owner.delete(&persona).await.expect(200).json();
    assert_eq!(
        (
            &back["persona"]["key"],
            &back["persona"]["by"],
            &back["persona"]["locked"]
        ),
        (&json!("new_monthly"), &json!("rule"), &json!(false))
    );
    assert_eq!(counts(&company).await, expected(1318, 184, 3822, 1719));
    let history = company
        .owner
        .get(&format!("/customers/{id}/persona-history"))
        .await
        .expect(200)
        .json();
    let moves: Vec<(&Value, &Value, &Value)> = history["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["from"]["key"], &one["to"]["key"], &one["by"]))
        .collect();
    let (new, settled, rule, manual) = (
        &json!("new_monthly"),
        &json!("settled"),
        &json!("rule"),
        &json!("manual"),
    );
    assert_eq!(
        moves,
        [
            (settled, new, rule),
            (new, settled, manual),
            (&Value::Null, new, rule)
        ]
    );

    drop(
        company
            .owner
            .put(&persona, &json!({ "persona": "nobody" }))
            .await
            .expect(422),
    );
    drop(
        company
            .owner
            .put(&persona, &json!({ "persona": null, "reason": "x".repeat(501) }))
            .await
            .expect(422),
    );
    let none = company
        .owner
        .put(&persona, &json!({ "persona": null }))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&none["persona"], &none["unassigned"]["locked"]),
        (&Value::Null, &json!(true))
    );
    app.stop().await;
}

#[actix_web::test]
async fn many_are_moved_by_hand_and_rules_decide_about_the_others() {
    let app = TestApp::shared();
    let company = telco(&app).await;
    drop(save(&company, "\"v0\"", &configuration()).await.expect(200));
    let reassign = async |body: Value| company.owner.post("/customers/personas/reassign", &body).await;

    let filter = "filter[persona]=high_bill";
    let moved = reassign(json!({ "filter": filter, "persona": "settled" }))
        .await
        .expect(200)
        .json();
    assert_eq!(moved, json!({ "moved": 184, "job": null }));
    assert_eq!(counts(&company).await, expected(1318, 0, 4006, 1719));
    let list = company
        .owner
        .get("/customers?limit=3&filter[persona]=new_monthly&fields=id")
        .await
        .json();
    let ids: Vec<&Value> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["id"])
        .collect();
    assert_eq!(
        reassign(json!({ "ids": ids, "persona": null }))
            .await
            .expect(200)
            .json()["moved"],
        3
    );
    assert_eq!(counts(&company).await, expected(1315, 0, 4006, 1722));

    let by_rules = reassign(json!({ "by": "rules" })).await.expect(202);
    company.owner.job_done(&by_rules.string("/job")).await;
    assert_eq!(
        counts(&company).await,
        expected(1315, 0, 4006, 1722),
        "who is locked stays"
    );

    for (body, pointer) in [
        (json!({}), "#/persona"),
        (json!({ "persona": null }), "#/ids"),
        (json!({ "persona": null, "ids": [], "filter": "" }), "#/filter"),
        (json!({ "by": "rules", "persona": null }), "#/persona"),
        (json!({ "by": "chance" }), "#/by"),
        (
            json!({ "persona": null, "ids": ["upl_01h455vb4pex5vsknk084sn02q"] }),
            "#/ids/0",
        ),
        (
            json!({ "persona": null, "ids": vec!["cus_01h455vb4pex5vsknk084sn02q"; 1001] }),
            "#/ids",
        ),
        (
            json!({ "persona": null, "filter": "filter[nobody]=1" }),
            "#/filter",
        ),
    ] {
        let refused = reassign(body).await.expect(422).json();
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
    app.stop().await;
}
