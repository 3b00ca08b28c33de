//! One of each kind of thing that a company owns.

use std::collections::BTreeMap;

use actix_web::http::Method;
use kale_testkit::TestCompany;
use serde_json::{Value, json};

/// One of each, by the segment of paths that its id stands behind.
pub(crate) struct Things {
    ids: BTreeMap<&'static str, String>,
    /// The id of a persona.
    pub(crate) persona: String,
    /// Its key.
    pub(crate) persona_key: String,
    /// What gives any of them away, in small letters.
    pub(crate) needles: Vec<String>,
}

/// Another id of the same kind, which nobody has.
pub(crate) fn fresh(id: &str) -> String {
    let (head, last) = id.split_at(id.len() - 1);
    format!("{head}{}", if last == "7" { "6" } else { "7" })
}

fn persona_key(word: &str) -> String {
    format!("{word}_fans")
}

/// Imports a file; its id.
async fn upload(company: &TestCompany, word: &str) -> String {
    let seats = format!("{word}_seats");
    let mapping = json!({
        "mode": "upsert",
        "columns": {
            "id": { "to": "external_id" }, "name": { "to": "name" },
            seats.clone(): { "to": format!("attributes.{seats}"), "type": "integer" }
        }
    });
    // One row is rejected, so that there is a file of those.
    let file = format!("id,name,{seats}\n{word}-2,{word} two,5\n{word}-3,{word} three,many\n");
    company.import(file.as_bytes(), Some(mapping)).await
}

/// Saves personas; the id of one.
async fn persona(company: &TestCompany, word: &str) -> String {
    let configuration = json!({
        "categories": [{ "key": "all", "name": format!("All {word}"), "description": "", "order": 1 }],
        "personas": [{
            "key": persona_key(word), "category": "all", "name": format!("Fans of {word}"), "description": "",
            "colour": "leaf", "priority": 1, "enabled": true,
            "rule": { "attribute": format!("{word}_seats"), "op": "gt", "value": 1 }
        }]
    });
    let none = [("if-match", "\"v0\"")];
    let saved = company
        .owner
        .json(Method::PUT, "/personas", &none, &configuration)
        .await
        .expect(200);
    company.owner.job_done(&saved.string("/job")).await;
    saved.string("/personas/0/id")
}

/// Creates a customer with a tag; its id.
async fn customer(company: &TestCompany, word: &str) -> String {
    let new = json!({
        "external_id": format!("{word}-1"), "name": format!("{word} one"), "email": format!("one@{word}.example"),
        "attributes": { format!("{word}_seats"): 45 }
    });
    let made = company.program.post("/customers", &new).await.expect(201);
    let path = format!("/customers/{}", made.string("/id"));
    let tag = company.owner.get(&path).await.header("etag").unwrap();
    let tags = json!({ "tags": [word] });
    let changed = company
        .owner
        .json(Method::PATCH, &path, &[("if-match", &tag)], &tags)
        .await;
    changed.expect(200).string("/id")
}

/// Adds a reason, makes an offer and a workflow; the key and the ids.
async fn flow(company: &TestCompany, word: &str) -> (String, String, String) {
    let owner = &company.owner;
    let reason = json!({
        "key": format!("{word}_far"), "category": "life", "title": format!("{word} is far"),
        "text": { "en": format!("{word} is too far away") }
    });
    let reason = owner.post("/reasons", &reason).await.expect(201).string("/key");
    let offer = json!({ "name": format!("{word} pause"), "kind": "pause", "params": { "months": 3 } });
    let offer = owner.post("/offers", &offer).await.expect(201).string("/id");
    let workflow = json!({ "name": format!("{word} flow"), "template": "cancel_direct" });
    let workflow = owner
        .post("/workflows", &workflow)
        .await
        .expect(201)
        .string("/id");
    let place = format!("/workflows/{workflow}");
    let published = owner
        .post(
            &format!("{place}/publish"),
            &json!({ "revision": 0, "note": word }),
        )
        .await;
    drop(published.expect(200));
    (reason, offer, workflow)
}

/// Begins a session of that customer; its id.
async fn session(company: &TestCompany, customer: &str) -> String {
    let wish = json!({ "customer": { "id": customer }, "trigger": "cancel_intent", "mode": "live" });
    let token = company.program.post("/viewer/tokens", &wish).await.expect(201);
    let subscriber = company.program.holding(&token.string("/token"));
    let begun = subscriber.post("/sessions", &json!({})).await.expect(201);
    begun.string("/session/id")
}

impl Things {
    /// Makes them; `word` stands in every name.
    pub(crate) async fn make(company: &TestCompany, word: &str) -> Self {
        let owner = &company.owner;
        let upload = upload(company, word).await;
        let persona = persona(company, word).await;
        let customer = customer(company, word).await;
        let view = json!({ "name": format!("{word} view"), "shared": true, "query": "sort=-mrr" });
        let view = owner.post("/saved-views", &view).await.expect(201).string("/id");
        let key = json!({ "name": format!("{word} key"), "permissions": ["customers.read"] });
        let key = owner
            .post("/api-keys", &key)
            .await
            .expect(201)
            .string("/api_key/id");
        let secret = json!({ "name": format!("{word} server") });
        let secret = owner.post("/viewer/secrets", &secret).await.expect(201);
        let secret = secret.string("/viewer_secret/id");
        let user = json!({
            "email": format!("invited@{word}.example"), "name": format!("{word} friend"), "role": "retention_expert"
        });
        let user = owner.post("/users", &user).await.expect(201).string("/id");
        let sign_in = owner.get("/me").await.string("/sign_in");
        let job = owner
            .get(&format!("/jobs?filter[subject]={upload}"))
            .await
            .expect(200)
            .string("/data/0/id");
        let (reason, offer, workflow) = flow(company, word).await;
        let session = session(company, &customer).await;
        let ids = BTreeMap::from([
            ("api-keys", key),
            ("companies", company.id.to_string()),
            ("customers", customer),
            ("customers-by-external-id", format!("{word}-1")),
            ("jobs", job),
            ("team", user.clone()),
            ("users", user),
            ("offers", offer),
            ("reasons", reason),
            ("personas", persona.clone()),
            ("saved-views", view),
            ("secrets", secret),
            ("sessions", session),
            ("sign-ins", sign_in),
            ("uploads", upload),
            ("workflows", workflow),
        ]);
        let mut needles: Vec<String> = ids
            .values()
            .cloned()
            .chain([persona.clone(), word.to_owned()])
            .collect();
        needles.dedup();
        Self {
            ids,
            persona,
            persona_key: persona_key(word),
            needles,
        }
    }

    /// Whether there is one behind that segment.
    pub(crate) fn has(&self, behind: &str) -> bool {
        self.ids.contains_key(behind)
    }

    /// The id of the one behind that segment.
    pub(crate) fn id(&self, behind: &str) -> &str {
        &self.ids[behind]
    }

    /// How they are now, as their owner sees them.
    pub(crate) async fn state(&self, company: &TestCompany) -> Vec<Value> {
        let of = |behind: &str| format!("/{behind}/{}", self.id(behind));
        let customer = of("customers");
        let paths = [
            customer.clone(),
            format!("{customer}/persona-history"),
            format!("{customer}/sources"),
            "/customers?include=count".to_owned(),
            of("jobs"),
            of("uploads"),
            of("companies"),
            "/api-keys".to_owned(),
            "/users".to_owned(),
            "/personas".to_owned(),
            "/saved-views".to_owned(),
            of("sessions"),
            format!("{}/replay", of("sessions")),
            "/viewer/secrets".to_owned(),
            "/viewer/settings".to_owned(),
            "/me/sign-ins".to_owned(),
            "/reasons".to_owned(),
            "/offers".to_owned(),
            of("workflows"),
            format!("{}/tree", of("workflows")),
            format!("{}/versions", of("workflows")),
        ];
        let mut all = Vec::new();
        for path in paths {
            all.push(company.owner.get(&path).await.expect(200).json());
        }
        all
    }
}
