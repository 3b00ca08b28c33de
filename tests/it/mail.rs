//! Mail: what is asked for is sent, and nobody learns who exists.

use actix_web::http::Method;
use futures::TryStreamExt as _;
use kale_testkit::{Answer, TestApp};
use mongodb::bson::{Document, doc};
use serde_json::json;

pub(crate) const KEEP: [(&str, &str); 1] = [("KALE_MAIL", "keep")];

async fn database(app: &TestApp) -> mongodb::Database {
    let client = mongodb::Client::with_uri_str(app.mongodb_uri()).await.unwrap();
    client.default_database().unwrap()
}

async fn all(app: &TestApp, collection: &str) -> Vec<Document> {
    let found = database(app).await.collection(collection).find(doc! {}).await;
    found.unwrap().try_collect().await.unwrap()
}

/// Every mail job, once all have ended.
pub(crate) async fn mail_jobs_ended(app: &TestApp) -> Vec<Document> {
    let begun = std::time::Instant::now();
    loop {
        let mut jobs = all(app, "jobs").await;
        jobs.retain(|job| job.get_str("kind").unwrap() == "mail");
        let over = |job: &Document| matches!(job.get_str("state"), Ok("succeeded" | "dead"));
        if jobs.iter().all(over) {
            return jobs;
        }
        assert!(begun.elapsed().as_secs() < 60, "{jobs:?}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// Asks as a browser does; answers what it got.
pub(crate) async fn ask(app: &TestApp, email: &str) -> Answer {
    page(app, Method::POST, "/sign-in", "", &format!("email={email}")).await
}

pub(crate) async fn page(app: &TestApp, method: Method, path: &str, cookie: &str, form: &str) -> Answer {
    let http = awc::Client::builder().disable_redirects().finish();
    let mut response = http
        .request(method, format!("{}{path}", app.url()))
        .insert_header(("cookie", cookie))
        .insert_header(("accept", "text/html"))
        .insert_header(("origin", app.url()))
        .insert_header(("sec-fetch-site", "same-origin"))
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .send_body(form.to_owned())
        .await
        .unwrap();
    let body = response.body().await.unwrap();
    Answer {
        status: response.status(),
        headers: response.headers().clone(),
        body,
    }
}

/// The cookie of the browser that asked.
pub(crate) fn browser(asked: &Answer) -> String {
    let cookies = asked.headers.get_all("set-cookie");
    let cookies = cookies.map(|cookie| cookie.to_str().unwrap());
    let one = cookies
        .into_iter()
        .find(|cookie| cookie.starts_with("kale_browser="));
    one.unwrap().split(';').next().unwrap().to_owned()
}

/// The only mail of the mailbox, as it is shown.
pub(crate) async fn only_mail(app: &TestApp) -> String {
    let list = page(app, Method::GET, "/dev/mail", "", "").await;
    assert_eq!(list.code(), 200);
    let list = list.text();
    let links: Vec<&str> = list.split("href=\"/dev/mail/").skip(1).collect();
    assert_eq!(links.len(), 1, "{list}");
    let name = links[0].split('"').next().unwrap();
    page(app, Method::GET, &format!("/dev/mail/{name}"), "", "")
        .await
        .text()
}

/// The six digits in a mail.
pub(crate) fn code(text: &str) -> String {
    let rest = text.split("type this code there: ").nth(1).unwrap();
    let digits: String = rest.chars().filter(char::is_ascii_digit).take(6).collect();
    assert_eq!(digits.len(), 6, "{rest}");
    digits
}

/// The token of the link in a text.
fn token(text: &str) -> String {
    let rest = text.split("/sign-in/link/").nth(1).unwrap();
    rest.chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        .collect()
}

#[actix_web::test]
async fn the_link_of_the_mail_signs_in_in_the_browser_that_asked() {
    let app = TestApp::start_with(&KEEP).await;
    let _company = app.company("Globex").await;
    let asked = ask(&app, "ada@globex.example").await;
    assert_eq!(asked.code(), 303);
    mail_jobs_ended(&app).await;
    let here = browser(&asked);
    let token = token(&only_mail(&app).await);
    let form = format!("token={token}");

    let elsewhere = page(&app, Method::POST, "/sign-in/link", "", &form).await;
    assert_eq!(elsewhere.code(), 403);
    let other = "kale_browser=5b0c9f4d2f6a4f0c8a1d7e3b6c2f9a10";
    assert_eq!(
        page(&app, Method::POST, "/sign-in/link", other, &form)
            .await
            .code(),
        403
    );
    let signed_in = page(&app, Method::POST, "/sign-in/link", &here, &form).await;
    assert_eq!(signed_in.code(), 303);
    assert!(
        signed_in
            .headers
            .get_all("set-cookie")
            .any(|one| one.to_str().unwrap().starts_with("kale="))
    );
    app.stop().await;
}

#[actix_web::test]
async fn a_known_and_an_unknown_address_make_one_job_each_and_get_the_same_answer() {
    let app = TestApp::start_with(&KEEP).await;
    let _company = app.company("Globex").await;
    let (known, unknown) = (
        ask(&app, "ada@globex.example").await,
        ask(&app, "eve@globex.example").await,
    );
    assert_eq!((known.code(), known.text()), (unknown.code(), unknown.text()));
    assert_eq!(known.header("location"), unknown.header("location"));

    let jobs = mail_jobs_ended(&app).await;
    assert_eq!(jobs.len(), 2);
    for job in &jobs {
        assert_eq!(job.get_str("state").unwrap(), "succeeded", "{job}");
        assert!(
            job.get("company_id")
                .is_some_and(|company| company.as_null().is_some())
        );
    }
    // What was sealed is erased; one mail was for somebody.
    assert_eq!(all(&app, "outbox").await, Vec::<Document>::new());
    assert_eq!(all(&app, "kept_mails").await.len(), 1);
    app.stop().await;
}

#[actix_web::test]
async fn no_link_and_no_address_stands_open_in_the_store() {
    let app = TestApp::start_with(&KEEP).await;
    let _company = app.company("Globex").await;
    drop(ask(&app, "ada@globex.example").await);
    mail_jobs_ended(&app).await;
    let token = token(&only_mail(&app).await);
    for collection in ["jobs", "outbox", "kept_mails", "sign_in_links"] {
        let stored = format!("{:?}", all(&app, collection).await);
        assert!(!stored.contains(&token), "{collection}");
        assert!(!stored.contains("ada@globex"), "{collection}");
    }
    // Control: the search finds an address where one stands.
    assert!(format!("{:?}", all(&app, "users").await).contains("ada@globex"));
    app.stop().await;
}

#[actix_web::test]
async fn without_mail_nothing_is_enqueued_and_there_is_no_mailbox() {
    let app = TestApp::start().await;
    let _company = app.company("Globex").await;
    assert_eq!(ask(&app, "ada@globex.example").await.code(), 303);
    let asked = json!({ "email": "ada@globex.example" });
    drop(app.stranger().post("/auth/local/link", &asked).await.expect(202));
    assert_eq!(mail_jobs_ended(&app).await.len(), 0);
    assert_eq!(all(&app, "outbox").await.len(), 0);
    for path in ["/dev/mail", "/dev/mail/0", "/dev/mail/0/html"] {
        assert_eq!(page(&app, Method::GET, path, "", "").await.code(), 404, "{path}");
    }
    app.stop().await;
}
