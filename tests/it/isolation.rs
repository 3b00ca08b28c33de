//! A company can't find out that another one's things exist, whatever it asks: every operation × every parameter of
//! its path, generated from the OpenAPI document, and every list.

pub(crate) mod things;

use actix_web::http::Method;
use kale_domain::access::Role;
use kale_testkit::{Answer, Client, Operation, TestApp, TestCompany, document, operations};
use serde_json::{Value, json};

use self::things::{Things, fresh};
use crate::{
    permissions::table::{Cell, Who, expected},
    raw,
};

/// Parameters of paths that are words of the product, numbers, or secrets that open by themselves; not ids.
const WORDS: [&str; 5] = ["upload-templates", "templates", "versions", "diff", "invitations"];
/// A company's own name for a customer means its own customer: `PUT` makes one. A test of its own looks at it.
const OWN_NAMES: [&str; 1] = ["put_customer_by_external_id"];

/// Bodies that get as far as looking for the thing.
fn body(operation: &Operation) -> Option<Value> {
    let (media, example) = operation.body.as_ref()?;
    if media != "application/json" {
        return None;
    }
    Some(match operation.id.as_str() {
        "assign_persona" => json!({ "persona": null }),
        _ => example.clone(),
    })
}

async fn ask(client: &Client, operation: &Operation, path: &str) -> Answer {
    let mut headers = Vec::new();
    if operation.if_match {
        headers.push(("if-match", "\"v1\""));
    }
    match body(operation) {
        Some(body) => client.json(operation.method.clone(), path, &headers, &body).await,
        None => client.send(operation.method.clone(), path, &headers, "").await,
    }
}

/// The parameters of operations that no test knows an id for.
fn unknown(all: &[Operation], things: &Things) -> Vec<String> {
    let mut missing = Vec::new();
    for operation in all {
        for (behind, name) in operation.path_parameters() {
            if !WORDS.contains(&behind.as_str()) && !things.has(&behind) {
                missing.push(format!("{} {{{name}}}", operation.name()));
            }
        }
    }
    missing
}

/// The path with the stranger's id at one parameter and own ids at the others.
fn path(operation: &Operation, at: usize, id: &str, own: &Things) -> String {
    let mut path = operation.path.clone();
    for (index, (behind, name)) in operation.path_parameters().iter().enumerate() {
        let value = match behind.as_str() {
            "versions" | "diff" => "1",
            _ if index == at => id,
            behind => own.id(behind),
        };
        path = path.replacen(&format!("{{{name}}}"), value, 1);
    }
    path
}

/// A problem without what tells requests apart.
pub(crate) fn bare(answer: &Answer) -> (u16, Value) {
    let mut body = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    if let Some(fields) = body.as_object_mut() {
        let _id = fields.shift_remove("request_id");
        let _id = fields.shift_remove("instance");
    }
    (answer.code(), body)
}

/// Whether an answer holds anything of these, in whatever case.
pub(crate) fn leaks(answer: &Answer, needles: &[String]) -> bool {
    let headers = answer
        .headers
        .iter()
        .map(|(_, value)| String::from_utf8_lossy(value.as_bytes()).to_lowercase());
    let mut texts = headers.chain([answer.text().to_lowercase()]);
    texts.any(|text| needles.iter().any(|needle| text.contains(needle.as_str())))
}

pub(crate) fn callers(company: &TestCompany) -> [(Who, Client); 3] {
    let all = kale_domain::access::Permission::ALL.iter().copied();
    [
        (
            Who::Person {
                role: Role::RetentionAdmin,
                in_company: true,
            },
            company.owner.clone(),
        ),
        (
            Who::Person {
                role: Role::RetentionExpert,
                in_company: true,
            },
            company.expert.clone(),
        ),
        (
            Who::Key(all.filter(|one| one.grantable_to_keys()).collect()),
            company.program.clone(),
        ),
    ]
}

#[actix_web::test]
async fn the_things_of_another_company_do_not_exist_for_any_operation() {
    let app = TestApp::shared();
    let (quartz, globex) = (app.company("Quartz").await, app.company("Globex").await);
    let (theirs, own) = (
        Things::make(&quartz, "quartz").await,
        Things::make(&globex, "globex").await,
    );
    let before = theirs.state(&quartz).await;
    let all = operations(document());
    assert_eq!(
        unknown(&all, &theirs),
        Vec::<String>::new(),
        "no test knows an id for these"
    );

    let (mut wrong, mut not_found) = (Vec::new(), 0);
    for operation in all.iter().filter(|one| !OWN_NAMES.contains(&one.id.as_str())) {
        for (at, (behind, _)) in operation.path_parameters().iter().enumerate() {
            if WORDS.contains(&behind.as_str()) {
                continue;
            }
            for (who, client) in callers(&globex) {
                let theirs_id = theirs.id(behind);
                let asked = ask(&client, operation, &path(operation, at, theirs_id, &own)).await;
                let control = ask(&client, operation, &path(operation, at, &fresh(theirs_id), &own)).await;
                let reached = expected(operation, &who) == Cell::Allowed;
                not_found += usize::from(reached);
                // Leaving a company one is not in changes nothing, and only Kale admins may ask.
                let right = match expected(operation, &who) {
                    Cell::Allowed => 404,
                    Cell::Unauthenticated => 401,
                    _ => 403,
                } == asked.code();
                if !right || bare(&asked) != bare(&control) || leaks(&asked, &theirs.needles) {
                    wrong.push(format!(
                        "{} {who:?}: {} / {}",
                        operation.name(),
                        asked.text(),
                        control.text()
                    ));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(not_found >= 50, "only {not_found} cells");
    assert_eq!(theirs.state(&quartz).await, before);
    app.stop().await;
}

#[actix_web::test]
async fn a_route_that_the_test_knows_no_id_for_fails_it() {
    let app = TestApp::shared();
    let things = Things::make(&app.company("Quartz").await, "quartz").await;
    let mut document = document().clone();
    let get = document["paths"]["/api/v1/customers/{id}"].clone();
    document["paths"]["/api/v1/widgets/{id}"] = get.clone();
    document["paths"]["/api/v1/customers/{id}/notes/{note}"] = json!({ "get": get["get"] });

    let mut missing = unknown(&operations(&document), &things);
    missing.sort_unstable();

    assert_eq!(
        missing,
        [
            "GET /api/v1/customers/{id}/notes/{note} {note}",
            "GET /api/v1/widgets/{id} {id}",
            "PATCH /api/v1/widgets/{id} {id}",
        ]
    );
    app.stop().await;
}

/// What lists can be asked for, beside nothing.
fn queries(operation: &Operation, theirs: &Things) -> Vec<String> {
    let mut all = vec![operation.path.clone()];
    let more: &[&str] = match operation.id.as_str() {
        "list_customers" => &[
            "q=quartz",
            "filter[external_id]=quartz-1",
            "filter[tag]=quartz",
            "include=count",
        ],
        "list_jobs" => &["filter[subject]=UPLOAD"],
        _ => &[],
    };
    let with = |query: &&str| {
        format!(
            "{}?{}",
            operation.path,
            query.replace("UPLOAD", theirs.id("uploads"))
        )
    };
    all.extend(more.iter().map(with));
    all
}

fn lists() -> Vec<Operation> {
    let streams = |one: &Operation| one.answers.iter().any(|media| media == "text/event-stream");
    let reads = |one: &Operation| one.method == Method::GET && one.path.starts_with("/api/v1/");
    let mut all = operations(document());
    all.retain(|one| reads(one) && !streams(one) && one.path_parameters().is_empty());
    all
}

/// The lists in which one of these callers sees something of the other company.
async fn seen_in_lists(callers: &[(Who, Client)], theirs: &Things) -> Vec<String> {
    let mut seen = Vec::new();
    for operation in lists() {
        for path in queries(&operation, theirs) {
            for (who, client) in callers {
                if leaks(&client.get(&path).await, &theirs.needles) {
                    seen.push(format!("{path} {who:?}"));
                }
            }
        }
    }
    for format in ["csv", "ndjson"] {
        for (who, client) in callers {
            let file = client
                .post("/customers/export", &json!({ "format": format }))
                .await;
            if leaks(&file, &theirs.needles) {
                seen.push(format!("export {format} {who:?}"));
            }
        }
    }
    seen
}

#[actix_web::test]
async fn no_list_shows_anything_of_another_company_and_a_planted_leak_is_seen() {
    let app = TestApp::shared();
    let (quartz, globex) = (app.company("Quartz").await, app.company("Globex").await);
    let theirs = Things::make(&quartz, "quartz").await;
    drop(Things::make(&globex, "globex").await);

    assert_eq!(
        seen_in_lists(&callers(&globex), &theirs).await,
        Vec::<String>::new()
    );
    // The same lists show their own company all of it, so that nothing above is empty by mistake.
    let own = seen_in_lists(&callers(&quartz)[..1], &theirs).await;
    assert!(own.len() >= 12, "{own:#?}");

    raw::plant_customer(&app, quartz.id, globex.id).await;

    let planted = seen_in_lists(&callers(&globex)[..1], &theirs).await;
    for place in [
        "/api/v1/customers Person",
        "/api/v1/customers?q=quartz",
        "export csv",
        "export ndjson",
    ] {
        assert!(
            planted.iter().any(|one| one.starts_with(place)),
            "{place} in {planted:#?}"
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn ids_of_another_company_in_a_body_name_nothing() {
    let app = TestApp::shared();
    let (quartz, globex) = (app.company("Quartz").await, app.company("Globex").await);
    let (theirs, own) = (
        Things::make(&quartz, "quartz").await,
        Things::make(&globex, "globex").await,
    );
    let before = theirs.state(&quartz).await;
    let customer = theirs.id("customers");

    for client in [&globex.owner, &globex.program] {
        // Customers to be moved.
        let ids = |id: &str| json!({ "ids": [id], "persona": null });
        let moved = client.post("/customers/personas/reassign", &ids(customer)).await;
        let control = client
            .post("/customers/personas/reassign", &ids(&fresh(customer)))
            .await;
        assert_eq!(bare(&moved), bare(&control));
        assert_eq!(moved.code(), 404, "{}", moved.text());
        let hands = |id: &str| json!({ "ids": [id], "experts": [] });
        let handed = client.post("/customers/experts/assign", &hands(customer)).await;
        let control = client
            .post("/customers/experts/assign", &hands(&fresh(customer)))
            .await;
        assert_eq!(bare(&handed), bare(&control));
        assert_eq!(handed.code(), 404, "{}", handed.text());

        // Who is to look after them.
        let someone = theirs.id("users");
        let hands = |expert: &str| json!({ "filter": "", "experts": [expert] });
        let handed = client.post("/customers/experts/assign", &hands(someone)).await;
        let control = client
            .post("/customers/experts/assign", &hands(&fresh(someone)))
            .await;
        assert_eq!(bare(&handed), bare(&control));
        assert_eq!(handed.code(), 422, "{}", handed.text());

        // The persona to move to, by key and by id.
        for persona in [theirs.persona_key.as_str(), &theirs.persona] {
            let place = format!("/customers/{}/persona", own.id("customers"));
            for (path, put) in [(place.as_str(), true), ("/customers/personas/reassign", false)] {
                let body = |persona: &str| {
                    if put {
                        json!({ "persona": persona })
                    } else {
                        json!({ "filter": "", "persona": persona })
                    }
                };
                let strange = fresh(persona);
                let send = async |body: Value| {
                    if put {
                        client.put(path, &body).await
                    } else {
                        client.post(path, &body).await
                    }
                };
                let (asked, control) = (send(body(persona)).await, send(body(&strange)).await);
                let (status, said) = bare(&asked);
                assert_eq!(status, 422, "{said}");
                // It repeats the word that was sent, and says nothing else.
                let as_sent = said.to_string().replace(persona, &strange);
                assert_eq!(
                    (status, as_sent),
                    (bare(&control).0, bare(&control).1.to_string())
                );
            }
        }
    }
    // A workflow to begin as.
    let copy = |id: &str| json!({ "workflow": id });
    let workflow = theirs.id("workflows");
    let asked = globex.owner.post("/workflows", &copy(workflow)).await;
    let control = globex.owner.post("/workflows", &copy(&fresh(workflow))).await;
    assert_eq!(bare(&asked), bare(&control));
    assert_eq!(asked.code(), 422, "{}", asked.text());

    // An offer to put on a card: it is one that does not exist.
    let offered = async |offer: &str| offer_problems(&globex.owner, offer).await;
    let asked = offered(theirs.id("offers")).await;
    assert_eq!(asked, offered(&fresh(theirs.id("offers"))).await);
    assert_eq!(asked, ["unknown-offer"]);

    // A job to follow.
    let topic = |id: &str| format!("/api/v1/live?topics=jobs:{id}");
    let job = theirs.id("jobs");
    let asked = globex.owner.get(&topic(job)).await;
    assert_eq!(bare(&asked), bare(&globex.owner.get(&topic(&fresh(job))).await));
    assert_eq!(asked.code(), 404);

    assert_eq!(theirs.state(&quartz).await, before);
    app.stop().await;
}

/// What the checks say of an offer card with that offer.
async fn offer_problems(client: &Client, offer: &str) -> Vec<String> {
    let made = client
        .post("/workflows", &json!({ "name": "Offers" }))
        .await
        .expect(201);
    let place = format!("/workflows/{}", made.string("/id"));
    let card = json!({
        "id": "crd_01h455vb4pex5vsknk084sn02q", "kind": "offer", "title": { "en": "Stay" },
        "elements": [{ "id": "elm_01h455vb4pex5vsknk084sn02q", "kind": "offer",
            "config": { "kind": "pause", "offer": offer } }]
    });
    let op = json!({ "base": 0, "op": { "op": "add_card", "card": card, "at": { "index": 0 } } });
    drop(client.post(&format!("{place}/ops"), &op).await.expect(200));
    let found = client.get(&format!("{place}/problems")).await.expect(200).json();
    let all = found["problems"].as_array().unwrap().iter();
    all.map(|one| one["code"].as_str().unwrap().to_owned())
        .filter(|code| code.contains("offer-") || code.ends_with("-offer"))
        .collect()
}

#[actix_web::test]
async fn one_external_id_is_one_customer_in_each_company() {
    let app = TestApp::shared();
    let (quartz, globex) = (app.company("Quartz").await, app.company("Globex").await);
    let theirs = Things::make(&quartz, "quartz").await;
    let before = theirs.state(&quartz).await;
    let place = format!(
        "/customers-by-external-id/{}",
        theirs.id("customers-by-external-id")
    );

    let made = globex
        .program
        .put(&place, &json!({ "name": "Other" }))
        .await
        .expect(201);
    assert!(!leaks(&made, &[theirs.id("customers").to_owned()]));
    assert_eq!(
        globex.program.get(&place).await.expect(200).json()["name"],
        "Other"
    );
    assert_eq!(theirs.state(&quartz).await, before);

    let line = json!({ "external_id": theirs.id("customers-by-external-id"), "name": "Third" }).to_string();
    let kind = [("content-type", "application/x-ndjson")];
    let batch = globex
        .program
        .send(Method::POST, "/customers/batch", &kind, line)
        .await
        .expect(200);
    assert_eq!(
        batch.json()["summary"],
        json!({ "created": 0, "updated": 1, "rejected": 0 })
    );
    assert_eq!(theirs.state(&quartz).await, before);
    app.stop().await;
}
