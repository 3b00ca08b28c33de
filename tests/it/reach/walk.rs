//! Every operation and every page that names one customer, reading and writing, asked by an expert for a customer who is
//! outside of their reach: that customer does not exist, or the expert may not ask at all, as the table says.

use kale_dashboard::{Route, routes};
use kale_domain::access::Permission;
use kale_testkit::{Answer, Client, Operation, TestApp, TestCompany, document, operations};
use mongodb::bson::{Document, doc};
use serde_json::{Value, json};

use super::{
    assign, customers, expert_of,
    table::{
        Meets::{self, Lacks, NotThere},
        TABLE, table,
    },
};
use crate::{
    dashboard::{
        browser::{Browser, Manner},
        filled, name,
    },
    isolation::{bare, things::fresh},
    raw,
};

/// One customer, as requests name it.
struct Named {
    id: String,
    external_id: String,
    etag: String,
}

impl Named {
    /// One of them, as it is.
    async fn of(company: &TestCompany, ids: &[String], at: usize) -> Self {
        let path = format!("/customers/{}", ids[at]);
        Self {
            id: ids[at].clone(),
            external_id: format!("c-{at}"),
            etag: company.owner.get(&path).await.header("etag").unwrap(),
        }
    }

    /// One who never was, of the same version.
    fn nobody(like: &Self) -> Self {
        Self {
            id: fresh(&like.id),
            external_id: "c-none".to_owned(),
            etag: like.etag.clone(),
        }
    }
}

/// Somebody who asks: with their token, and at their browser.
struct Asker {
    client: Client,
    browser: Browser,
}

impl Asker {
    async fn of(client: &Client) -> Self {
        Self {
            client: client.clone(),
            browser: Browser::of(client).await,
        }
    }

    /// Asks an operation of the API; whatever it takes is whole and of the present version.
    async fn operation(&self, operation: &Operation, customer: &Named) -> Answer {
        let path = operation
            .path
            .replace("{id}", &customer.id)
            .replace("{external_id}", &customer.external_id);
        let mut headers = Vec::new();
        if operation.if_match {
            headers.push(("if-match", customer.etag.as_str()));
        }
        let body = match operation.id.as_str() {
            "change_customer" => json!({ "tags": ["reached"] }),
            "assign_persona" => json!({ "persona": null, "reason": "reached" }),
            "put_customer_by_external_id" => json!({ "name": "Reached" }),
            "reassign_personas" => json!({ "ids": [customer.id], "persona": null }),
            "export_customers" => {
                json!({ "format": "csv", "filter": format!("filter[external_id]={}", customer.external_id) })
            }
            "put_customers" => {
                headers.push(("content-type", "application/x-ndjson"));
                let line = json!({ "external_id": customer.external_id, "name": "Reached" }).to_string();
                return self
                    .client
                    .send(operation.method.clone(), &path, &headers, line)
                    .await;
            }
            _ => {
                return self
                    .client
                    .send(operation.method.clone(), &path, &headers, "")
                    .await;
            }
        };
        self.client
            .json(operation.method.clone(), &path, &headers, &body)
            .await
    }

    /// Asks a page or sends a form.
    async fn page(&self, route: &Route, customer: &Named, manner: Manner) -> Answer {
        let path = filled(route, |_| customer.id.clone());
        let fields = [
            ("_etag", customer.etag.as_str()),
            ("id", customer.id.as_str()),
            ("tags", "reached"),
        ];
        self.browser.ask(route, &path, manner, &fields).await
    }

    /// Asks every row of the table.
    async fn walk(&self, customer: &Named) -> Vec<(&'static str, Option<Manner>, Answer)> {
        let (operations, routes) = (operations(document()), routes());
        let mut all = Vec::new();
        for (row, _) in TABLE {
            if let Some(operation) = operations.iter().find(|one| one.name() == row) {
                all.push((row, None, self.operation(operation, customer).await));
                continue;
            }
            let route = routes.iter().find(|one| name(one) == row).unwrap();
            for manner in Manner::ALL {
                all.push((row, Some(manner), self.page(route, customer, manner).await));
            }
        }
        all
    }
}

/// A cell as it was answered, for a customer and for one who never was.
struct Seen {
    row: &'static str,
    manner: Option<Manner>,
    answer: Answer,
    control: Answer,
}

/// The walk to a customer beside the walk to nobody. Nobody is asked for by the expert alone: others might make them.
async fn seen(asker: &Asker, expert: &Asker, customer: &Named) -> Vec<Seen> {
    let controls = expert.walk(&Named::nobody(customer)).await;
    let answers = asker.walk(customer).await;
    let both = answers.into_iter().zip(controls);
    both.map(|((row, manner, answer), (_, _, control))| Seen {
        row,
        manner,
        answer,
        control,
    })
    .collect()
}

/// Whether it is a refusal as the table says, and the same one as for nobody.
fn agrees(seen: &Seen, meets: Meets) -> bool {
    let code = match meets {
        NotThere => 404,
        Lacks(_) => 403,
    };
    let named = match meets {
        Lacks(permission) if matches!(seen.manner, None | Some(Manner::Json)) => {
            seen.answer.text().contains(&format!("`{}`", permission.name()))
        }
        _ => true,
    };
    let same = match bare(&seen.answer) {
        (_, Value::Null) => seen.answer.body == seen.control.body,
        json => json == bare(&seen.control),
    };
    seen.answer.code() == code && named && same
}

/// The cells that differ from a table.
fn disagreements(seen: &[Seen], table: impl Fn(&str) -> Meets) -> Vec<String> {
    let differing = seen.iter().filter(|one| !agrees(one, table(one.row)));
    let say = |one: &Seen| {
        let text: String = one.answer.text().trim_start().chars().take(200).collect();
        format!("{} {:?}: {} {text}", one.row, one.manner, one.answer.code())
    };
    differing.map(say).collect()
}

/// Everything the company keeps about its customers and what was done to them.
async fn kept(app: &TestApp, company: &TestCompany) -> Vec<(&'static str, Vec<Document>)> {
    let mut all = Vec::new();
    for name in [
        "customers",
        "removed_customers",
        "customer_links",
        "api_records",
        "persona_history",
        "persona_versions",
        "saved_views",
        "audit",
        "jobs",
    ] {
        let collection = raw::collection(app, name).await;
        let own = doc! { "$or": [
            { "company_id": raw::uuid(company.id.uuid().as_bytes()) },
            { "_id.company_id": raw::uuid(company.id.uuid().as_bytes()) },
        ] };
        let mut found = collection.find(own).sort(doc! { "_id": 1 }).await.unwrap();
        let mut documents = Vec::new();
        while found.advance().await.unwrap() {
            let mut document: Document = found.deserialize_current().unwrap();
            // The sealer numbers entries meanwhile.
            document.remove("seq");
            documents.push(document);
        }
        all.push((name, documents));
    }
    all
}

#[actix_web::test]
async fn a_customer_outside_of_reach_does_not_exist_for_any_operation_or_page() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let ids = customers(&company).await;
    assign(&app, &ids[0], expert_of(&company).await).await;
    let expert = Asker::of(&company.expert).await;
    let outside = Named::of(&company, &ids, 2).await;
    let before = kept(&app, &company).await;

    let seen = seen(&expert, &expert, &outside).await;

    assert_eq!(disagreements(&seen, table), Vec::<String>::new());
    assert_eq!(kept(&app, &company).await, before);
    // A table that is wrong in one row is seen in that row, once in each manner it is asked in.
    for (row, meets) in TABLE {
        let wrong = |asked: &str| match (asked == row, meets) {
            (false, _) => table(asked),
            (true, NotThere) => Lacks(Permission::WriteCustomers),
            (true, Lacks(_)) => NotThere,
        };
        let found = disagreements(&seen, wrong);
        let cells = seen.iter().filter(|one| one.row == row).count();
        assert_eq!(found.len(), cells, "{row}: {found:#?}");
        assert!(found.iter().all(|one| one.starts_with(row)), "{row}: {found:#?}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn the_same_walk_to_a_customer_within_reach_finds_them_wherever_an_expert_may_look() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let ids = customers(&company).await;
    assign(&app, &ids[0], expert_of(&company).await).await;
    let expert = Asker::of(&company.expert).await;
    let inside = Named::of(&company, &ids, 0).await;

    let seen = seen(&expert, &expert, &inside).await;

    for one in &seen {
        let code = if table(one.row) == NotThere { 200 } else { 403 };
        assert_eq!(one.answer.code(), code, "{} {:?}", one.row, one.manner);
    }
    let readable = seen.iter().filter(|one| table(one.row) == NotThere).count();
    assert_eq!(disagreements(&seen, table).len(), readable);
    app.stop().await;
}

#[actix_web::test]
async fn the_same_walk_by_the_owner_is_refused_nowhere_and_changes_the_customer() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let ids = customers(&company).await;
    let (owner, expert) = (Asker::of(&company.owner).await, Asker::of(&company.expert).await);
    let outside = Named::of(&company, &ids, 2).await;
    let before = kept(&app, &company).await;

    let seen = seen(&owner, &expert, &outside).await;

    assert_eq!(disagreements(&seen, table).len(), seen.len());
    let refused: Vec<&str> = seen
        .iter()
        .filter(|one| matches!(one.answer.code(), 401 | 403 | 404))
        .map(|one| one.row)
        .collect();
    assert_eq!(refused, Vec::<&str>::new());
    let after = kept(&app, &company).await;
    let changed: Vec<&str> = before
        .iter()
        .zip(&after)
        .filter(|(before, after)| before != after)
        .map(|((name, _), _)| *name)
        .collect();
    assert!(
        ["customers", "api_records", "persona_history", "audit", "jobs"]
            .iter()
            .all(|one| changed.contains(one)),
        "{changed:?}"
    );
    app.stop().await;
}
