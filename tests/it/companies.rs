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

fn new_company(slug: &str) -> Value {
    json!({
        "name": "Northwind Mobile", "slug": slug, "industry": "telecom", "time_zone": "America/New_York",
        "currency": "EUR", "admin": { "email": format!("maya@{slug}.example"), "name": "Maya Lind" }
    })
}

/// What the installation's log says was done to that company, newest first.
async fn told(admin: &kale_testkit::Client, company: &str) -> Vec<Value> {
    let path = format!("/installation/audit?filter[target]={company}");
    let log = admin.get(&path).await.expect(200).json();
    log["data"].as_array().unwrap().clone()
}

#[actix_web::test]
async fn a_company_is_made_with_somebody_who_is_invited_to_run_it() {
    let app = TestApp::shared();
    let globex = app.company("Globex").await;
    let (outside, inside) = app.kale_admin(&globex).await;
    let slug = format!("nw-{}", globex.id.to_string().split_off(20));

    let key = [("idempotency-key", "make-it")];
    let made = outside
        .json(Method::POST, "/companies", &key, &new_company(&slug))
        .await
        .expect(201);
    let again = outside
        .json(Method::POST, "/companies", &key, &new_company(&slug))
        .await
        .expect(201);

    assert_eq!(made.json(), again.json());
    let id = made.string("/id");
    assert_eq!(
        (made.string("/status"), made.string("/currency")),
        ("active".into(), "EUR".into())
    );
    let refused = outside.post("/companies", &new_company(&slug)).await.expect(409);
    assert_eq!(refused.problem(), "slug-taken");
    drop(
        inside
            .post(&format!("/companies/{id}/enter"), &json!({}))
            .await
            .expect(200),
    );
    let people = inside.get("/users").await.expect(200).json();
    let people = people["data"].as_array().unwrap();
    assert_eq!(people.len(), 1);
    assert_eq!(
        (&people[0]["name"], &people[0]["role"], &people[0]["status"]),
        (&json!("Maya Lind"), &json!("retention_admin"), &json!("invited"))
    );
    let told = told(&outside, &id).await;
    assert_eq!(
        (told.len(), &told[0]["action"]),
        (1, &json!("company_created")),
        "{told:?}"
    );
    // What is wrong is said all at once, and nothing is made.
    let mut wrong = new_company("Bad Slug");
    wrong["admin"]["email"] = json!("nobody");
    wrong["name"] = json!(" ");
    wrong["time_zone"] = json!("Mars/Olympus");
    wrong["admin"]["name"] = json!("");
    let refused = outside.post("/companies", &wrong).await.expect(422).json();
    let pointers: Vec<&Value> = refused["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["pointer"])
        .collect();
    assert_eq!(
        pointers,
        ["#/name", "#/time_zone", "#/slug", "#/admin/email", "#/admin/name"]
    );
    drop(
        outside
            .post("/companies", &new_company(&format!("{slug}-2")))
            .await
            .expect(201),
    );
    app.stop().await;
}

#[actix_web::test]
async fn of_a_suspended_company_nobody_gets_in_and_nothing_runs_until_it_is_resumed() {
    let app = TestApp::shared();
    let (globex, initech) = (app.company("Globex").await, app.company("Initech").await);
    let (outside, _) = app.kale_admin(&initech).await;
    let customer = json!({ "external_id": "C-1" });
    drop(globex.program.post("/customers", &customer).await.expect(201));
    let wish = json!({ "customer": customer, "trigger": "cancel_intent", "mode": "live" });
    let token = globex.program.post("/viewer/tokens", &wish).await.expect(201);
    let subscriber = app.with_token(&token.string("/token"));
    let walks = subscriber.post("/sessions", &json!({})).await.code();
    assert_ne!(walks, 401);
    let path = format!("/companies/{}", globex.id);

    let refused = outside
        .post(&format!("{path}/suspend"), &json!({ "reason": " " }))
        .await
        .expect(422)
        .json();
    assert_eq!(refused["errors"][0]["pointer"], "#/reason");
    let reason = json!({ "reason": "The contract ended" });
    for _ in 0..2 {
        let stopped = outside
            .post(&format!("{path}/suspend"), &reason)
            .await
            .expect(200);
        assert_eq!(stopped.string("/status"), "suspended");
    }

    for client in [&globex.owner, &globex.expert, &globex.program, &subscriber] {
        let refused = client.get("/me").await;
        assert_eq!(refused.code(), 401, "{}", refused.text());
    }
    drop(initech.owner.get("/me").await.expect(200));
    // A job that waits goes on waiting; those of others run meanwhile.
    let job = kale_persistence::jobs::NewJob::new("assign_personas", &json!({}))
        .unwrap()
        .of(globex.id);
    let tenant =
        kale_persistence::access::by_operator(app.store(), kale_persistence::access::operator(), globex.id);
    let tenant = tenant.await.unwrap().unwrap().tenant();
    app.store()
        .transaction::<_, kale_persistence::StoreError>(tenant, async |tx| {
            tx.enqueue(job.clone()).await.map(drop)
        })
        .await
        .unwrap();
    drop(initech.import(b"id,name\n1,Ada\n", None).await);
    let waits = mongodb::bson::doc! {
        "company_id": crate::raw::uuid(globex.id.uuid().as_bytes()), "state": "queued", "kind": "assign_personas"
    };
    let jobs = crate::raw::collection(&app, "jobs").await;
    assert_eq!(jobs.count_documents(waits.clone()).await.unwrap(), 1);

    let resumed = outside
        .post(&format!("{path}/resume"), &json!({}))
        .await
        .expect(200);
    assert_eq!(resumed.string("/status"), "active");
    drop(globex.owner.get("/me").await.expect(200));
    assert_eq!(subscriber.post("/sessions", &json!({})).await.code(), walks);
    for _ in 0..600 {
        if jobs.count_documents(waits.clone()).await.unwrap() == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(jobs.count_documents(waits).await.unwrap(), 0, "it runs now");
    let told = told(&outside, &globex.id.to_string()).await;
    let actions: Vec<&Value> = told.iter().map(|one| &one["action"]).collect();
    assert_eq!(
        actions,
        ["company_resumed", "company_suspended", "company_created"]
    );
    assert_eq!(told[1]["after"]["reason"], "The contract ended");
    app.stop().await;
}

#[actix_web::test]
async fn a_deleted_company_comes_back_until_its_day() {
    let app = TestApp::shared();
    let (globex, initech) = (app.company("Globex").await, app.company("Initech").await);
    let (outside, _) = app.kale_admin(&initech).await;
    let path = format!("/companies/{}", globex.id);
    let refused = outside
        .delete(&format!("{path}?keep_days=91"))
        .await
        .expect(400)
        .json();
    assert_eq!(refused["errors"][0]["pointer"], "?keep_days");

    let deleted = outside.delete(&path).await.expect(200);

    assert_eq!(
        (deleted.string("/status"), deleted.string("/purge_at")),
        ("deleted".into(), "2100-01-31T12:00:00Z".into())
    );
    drop(globex.owner.get("/me").await.expect(401));
    let refused = outside.delete(&format!("{path}?keep_days=1")).await.expect(409);
    assert_eq!(refused.problem(), "wrong-state");
    let refused = outside
        .post(&format!("{path}/suspend"), &json!({ "reason": "why" }))
        .await
        .expect(409);
    assert_eq!(refused.problem(), "wrong-state");
    let back = outside
        .post(&format!("{path}/resume"), &json!({}))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&back["status"], &back["purge_at"]),
        (&json!("active"), &Value::Null)
    );
    drop(globex.owner.get("/me").await.expect(200));
    app.stop().await;
}

/// Every document as bytes, with the name of its collection.
async fn documents(app: &TestApp) -> Vec<(String, Vec<u8>)> {
    let client = mongodb::Client::with_uri_str(app.mongodb_uri()).await.unwrap();
    let database = client.default_database().unwrap();
    let mut all = Vec::new();
    for name in database.list_collection_names().await.unwrap() {
        let mut found = database
            .collection::<mongodb::bson::RawDocumentBuf>(&name)
            .find(mongodb::bson::doc! {})
            .await
            .unwrap();
        while found.advance().await.unwrap() {
            all.push((name.clone(), found.current().as_bytes().to_vec()));
        }
    }
    all
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes
        .windows(needle.len())
        .any(|window| window.eq_ignore_ascii_case(needle))
}

#[actix_web::test]
async fn of_a_purged_company_nothing_is_left_but_its_receipt() {
    let app = TestApp::start().await;
    let (globex, initech) = (app.company("Globex").await, app.company("Initech").await);
    drop(crate::isolation::things::Things::make(&globex, "zebra").await);
    drop(crate::isolation::things::Things::make(&initech, "okapi").await);
    let (outside, _) = app.kale_admin(&initech).await;
    let id = globex.id.to_string();
    let owned = async |needle: &[u8]| {
        let all = documents(&app).await;
        let mut names: Vec<String> = all
            .into_iter()
            .filter(|(_, bytes)| holds(bytes, needle))
            .map(|(name, _)| name)
            .collect();
        names.dedup();
        names
    };
    // The control: there is much to find before.
    assert!(owned(globex.id.uuid().as_bytes()).await.len() > 15);
    assert!(owned(b"zebra").await.len() > 8);
    let others = owned(initech.id.uuid().as_bytes()).await;
    let files = || walk(app.data_dir());
    assert!(files().iter().any(|file| file.contains(&id)));

    drop(
        outside
            .delete(&format!("/companies/{id}?keep_days=0"))
            .await
            .expect(200),
    );
    for _ in 0..600 {
        if outside.get(&format!("/companies/{id}")).await.code() == 404 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }

    drop(outside.get(&format!("/companies/{id}")).await.expect(404));
    assert_eq!(owned(globex.id.uuid().as_bytes()).await, [""; 0]);
    assert_eq!(owned(b"zebra").await, [""; 0]);
    assert!(!files().iter().any(|file| file.contains(&id)));
    let now = owned(initech.id.uuid().as_bytes()).await;
    assert!(
        others.iter().all(|name| now.contains(name)),
        "the other company is untouched: {others:?} {now:?}"
    );
    drop(initech.owner.get("/customers").await.expect(200));
    let told = told(&outside, &id).await;
    let receipt = &told[0];
    assert_eq!(
        (&receipt["action"], &receipt["actor"]["kind"]),
        (&json!("company_purged"), &json!("system"))
    );
    let number = |at: &str| {
        receipt
            .pointer(at)
            .unwrap()
            .as_str()
            .unwrap()
            .parse::<u64>()
            .unwrap()
    };
    assert!(
        number("/after/documents") > 30 && number("/after/files") > 0,
        "{receipt}"
    );
    assert!(
        number("/before/customers") > 0 && number("/before/users") > 0,
        "{receipt}"
    );
    // Its short name is free again.
    let slug = told[0]["after"]["slug"].as_str().unwrap();
    drop(outside.post("/companies", &new_company(slug)).await.expect(201));
    app.stop().await;
}

/// Every path below a folder.
fn walk(folder: &std::path::Path) -> Vec<String> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(walk(&path));
        } else {
            all.push(path.display().to_string());
        }
    }
    all
}
