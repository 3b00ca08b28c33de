//! How every route behaves whatever it is about: what it refuses and how it says so, pages, versions, repeats, browsers.

mod bodies;
mod browsers;
mod hostile;
mod limits;
mod pages;
mod repeats;
mod routes;
mod versions;

use kale_testkit::{Answer, Client, Operation, TestApp, TestCompany};
use kale_web::permission::SUBSCRIBER;
use serde_json::json;

/// Ids that nobody has, at the place of every parameter.
pub(crate) fn path(operation: &Operation) -> String {
    let mut path = operation.path.clone();
    for (behind, name) in operation.path_parameters() {
        let id = match behind.as_str() {
            "api-keys" => "key_01h455vb4pex5vsknk084sn02q",
            "companies" => "cmp_01h455vb4pex5vsknk084sn02q",
            "customers" => "cus_01h455vb4pex5vsknk084sn02q",
            "jobs" => "job_01h455vb4pex5vsknk084sn02q",
            "offers" => "ofr_01h455vb4pex5vsknk084sn02q",
            "reasons" | "templates" => "nobodys",
            "saved-views" => "viw_01h455vb4pex5vsknk084sn02q",
            "secrets" => "vsc_01h455vb4pex5vsknk084sn02q",
            "sessions" => "ses_01h455vb4pex5vsknk084sn02q",
            "sign-ins" => "sgn_01h455vb4pex5vsknk084sn02q",
            "users" => "usr_01h455vb4pex5vsknk084sn02q",
            "uploads" => "upl_01h455vb4pex5vsknk084sn02q",
            "workflows" => "wfl_01h455vb4pex5vsknk084sn02q",
            "versions" | "diff" => "1",
            _ => "customer-data",
        };
        path = path.replace(&format!("{{{name}}}"), id);
    }
    path
}

/// Whoever may ask everything: company people in their company, and a Kale admin for what belongs to none.
struct Askers {
    company: TestCompany,
    admin: Client,
    subscriber: Client,
}

impl Askers {
    async fn new(app: &TestApp) -> Self {
        let company = app.company("Globex").await;
        let (_, admin) = app.kale_admin(&company).await;
        let customer = json!({ "external_id": "C-1" });
        drop(company.program.post("/customers", &customer).await.expect(201));
        let wish = json!({ "customer": customer, "trigger": "cancel_intent", "mode": "test" });
        let token = company.program.post("/viewer/tokens", &wish).await.expect(201);
        Self {
            subscriber: app.with_token(&token.string("/token")),
            company,
            admin,
        }
    }

    fn of(&self, operation: &Operation) -> &Client {
        match operation.permission.as_deref() {
            Some("installation.manage") => &self.admin,
            Some(SUBSCRIBER) => &self.subscriber,
            _ => &self.company.owner,
        }
    }

    /// Sends a body of that type, with the precondition that the operation may want.
    async fn send(
        &self,
        operation: &Operation,
        query: &str,
        media: &str,
        body: impl Into<Vec<u8>>,
    ) -> Answer {
        let mut headers = Vec::new();
        if operation.if_match {
            headers.push(("if-match", "\"v1\""));
        }
        if !media.is_empty() {
            headers.push(("content-type", media));
        }
        let path = format!("{}{query}", path(operation));
        self.of(operation)
            .send(operation.method.clone(), &path, &headers, body.into())
            .await
    }
}
