//! A real caller can't be made here: what it reaches comes from the database alone. So these routes are asked without
//! a credential or with one that opens nothing; the rule for real callers is tested by itself.

use std::sync::Arc;

use actix_web::{
    App, HttpResponse,
    http::{Method, StatusCode},
    middleware::from_fn,
    test::{self as web_test, TestRequest},
    web::{self, Data},
};
use futures::{FutureExt as _, future::LocalBoxFuture};
use kale_application::access::Who;
use kale_domain::{access::Permission, id::SignInId, secret::Token};
use uuid::Uuid;

use super::{caller::judge, *};
use crate::{Limits, Problem, permission::ReadCustomers, signing::tests::signer};

/// Knows nobody, and says which token it was asked about by failing on one of them.
#[derive(Debug)]
struct Nobody;

impl Authenticate for Nobody {
    fn authenticate<'a>(&'a self, token: &'a str) -> LocalBoxFuture<'a, Result<Option<Who>, Problem>> {
        let answer = if token == "cookie" {
            Err(Problem::of("database-unavailable"))
        } else {
            Ok(None)
        };
        std::future::ready(answer).boxed_local()
    }
}

fn limits() -> Limits {
    Limits::new(std::num::NonZeroU32::MAX, Vec::new())
}

fn gate(secure: bool) -> Gate {
    let base = "https://kale.example".parse().unwrap();
    Gate::new(Arc::new(Nobody), Csrf::new(signer()), limits(), &base, secure)
}

async fn allowed(_: Allowed<ReadCustomers>) -> HttpResponse {
    HttpResponse::Ok().finish()
}

async fn status(request: TestRequest) -> u16 {
    let app = App::new()
        .app_data(Data::new(gate(true)))
        .route("/", web::to(allowed))
        .route("/me", web::to(|_: Authenticated| async { "never" }))
        .route("/admin", web::to(|_: InstallationAdmin| async { "never" }));
    let app = web_test::init_service(app).await;
    web_test::call_service(&app, request.to_request())
        .await
        .status()
        .as_u16()
}

#[actix_web::test]
async fn without_a_credential_that_opens_something_nothing_is_answered() {
    for path in ["/", "/me", "/admin"] {
        assert_eq!(status(TestRequest::get().uri(path)).await, 401, "{path}");
        let wrong = TestRequest::get()
            .uri(path)
            .insert_header(("authorization", "Bearer wrong"));
        assert_eq!(status(wrong).await, 401, "{path}");
    }
}

#[actix_web::test]
async fn a_bearer_wins_over_the_cookie_and_a_wrong_scheme_is_no_way_round() {
    let cookie = || TestRequest::get().insert_header(("cookie", "__Host-kale=cookie"));

    assert_eq!(status(cookie()).await, 503);
    assert_eq!(
        status(cookie().insert_header(("authorization", "Bearer wrong"))).await,
        401
    );
    assert_eq!(
        status(cookie().insert_header(("authorization", "Basic eDp5"))).await,
        401
    );
    assert_eq!(
        status(cookie().insert_header(("authorization", "Bearer "))).await,
        401
    );
}

/// Takes its time, as a database does.
#[derive(Debug)]
struct Slow;

impl Authenticate for Slow {
    fn authenticate<'a>(&'a self, _: &'a str) -> LocalBoxFuture<'a, Result<Option<Who>, Problem>> {
        async {
            actix_web::rt::time::sleep(std::time::Duration::from_millis(5)).await;
            Ok(None)
        }
        .boxed_local()
    }
}

#[actix_web::test]
async fn a_stranger_is_refused_before_their_mistakes_are_explained() {
    async fn handler(_: Allowed<ReadCustomers>, _: crate::Path<u8>, _: crate::Json<u8>) -> &'static str {
        "never"
    }
    let base = "https://kale.example".parse().unwrap();
    let app = App::new()
        .app_data(Data::new(Gate::new(
            Arc::new(Slow),
            Csrf::new(signer()),
            limits(),
            &base,
            true,
        )))
        .route("/{n}", web::put().to(handler))
        .wrap(from_fn(know_caller));
    let app = web_test::init_service(app).await;
    let request = TestRequest::put()
        .uri("/x")
        .insert_header(("authorization", "Bearer wrong"))
        .set_payload("{");
    assert_eq!(
        web_test::call_service(&app, request.to_request())
            .await
            .status()
            .as_u16(),
        401
    );
}

#[actix_web::test]
async fn pages_of_the_origins_in_the_settings_read_the_api_and_no_other_part() {
    let open = gate(true).open_to(vec!["https://ops.example".parse().unwrap()]);
    let app = App::new()
        .app_data(Data::new(open))
        .route("/api/v1/customers", web::put().to(async || "changed"))
        .route("/customers", web::put().to(async || "a page"))
        .wrap(from_fn(answer_origins));
    let app = web_test::init_service(app).await;
    let told = async |request: TestRequest, origin: &'static str| {
        let request = request.insert_header(("origin", origin)).to_request();
        let answer = web_test::call_service(&app, request).await;
        let allowed = answer.headers().get("access-control-allow-origin").cloned();
        assert!(answer.headers().get("access-control-allow-credentials").is_none());
        (
            answer.status().as_u16(),
            allowed.is_some_and(|allowed| allowed == origin),
        )
    };
    let asks = |path| {
        let asks = ("access-control-request-method", "PUT");
        TestRequest::with_uri(path)
            .method(Method::OPTIONS)
            .insert_header(asks)
    };
    let put = |path| TestRequest::put().uri(path);
    let (open, other) = ("https://ops.example", "https://evil.example");
    assert_eq!(told(asks("/api/v1/customers"), open).await, (204, true));
    assert_eq!(told(put("/api/v1/customers"), open).await, (200, true));
    assert_eq!(told(put("/customers"), open).await, (200, false));
    assert_eq!(told(put("/api/v1/customers"), other).await, (200, false));
    assert!(!told(asks("/api/v1/customers"), other).await.1);
}

#[actix_web::test]
async fn only_the_cookie_of_this_installation_is_read() {
    assert_eq!(
        status(TestRequest::get().insert_header(("cookie", "kale=cookie"))).await,
        401
    );
}

#[test]
fn the_permission_is_judged_before_the_company() {
    let code = |may, reach: Option<()>| {
        judge(may, Permission::ReadCustomers, reach).map_err(|problem| problem.code())
    };

    assert_eq!(code(false, None), Err("forbidden"));
    assert_eq!(code(false, Some(())), Err("forbidden"));
    assert_eq!(code(true, None), Err("choose-a-company"));
    assert_eq!(code(true, Some(())), Ok(()));
}

#[test]
fn a_refusal_names_the_permission_that_is_missing() {
    let problem = judge::<()>(false, Permission::ReadCustomers, None).unwrap_err();
    assert_eq!(
        problem.explanation(),
        Some("this needs the permission `customers.read`")
    );
}

#[test]
fn a_csrf_token_belongs_to_one_sign_in() {
    let csrf = Csrf::new(signer());
    let [mine, other] = [1, 2].map(|n| SignInId::from_uuid(Uuid::from_u128(n)));
    let token = csrf.token_of(mine);

    assert!(csrf.is_token_of(mine, &token));
    assert!(!csrf.is_token_of(other, &token));
    assert!(!csrf.is_token_of(mine, ""));
    assert!(!csrf.is_token_of(mine, "not base64!"));
}

#[test]
fn the_cookie_can_be_read_by_no_script_and_set_by_no_other_host() {
    let cookie = gate(true).cookie(&Token::new("t".to_owned())).to_string();
    for part in [
        "__Host-kale=t",
        "HttpOnly",
        "Secure",
        "SameSite=Lax",
        "Path=/",
        "Max-Age=7776000",
    ] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.contains("Domain"));

    let plain = gate(false);
    assert_eq!(plain.cookie_name(), "kale");
    assert!(
        !plain
            .cookie(&Token::new("t".to_owned()))
            .to_string()
            .contains("Secure")
    );
    assert!(gate(true).removal_cookie().to_string().contains("Max-Age=0"));
}

#[actix_web::test]
async fn a_form_before_signing_in_has_to_come_from_here() {
    let ask = |request: TestRequest| gate(true).require_same_origin(&request.to_http_request()).is_ok();

    assert!(ask(TestRequest::get()));
    assert!(ask(
        TestRequest::post().insert_header(("origin", "https://kale.example"))
    ));
    assert!(!ask(
        TestRequest::post().insert_header(("origin", "https://evil.example"))
    ));
    assert!(!ask(TestRequest::post()));
}

#[actix_web::test]
async fn a_form_is_handed_on_as_it_came_after_its_token_was_read() {
    async fn echo(request: actix_web::HttpRequest, body: String) -> String {
        use actix_web::HttpMessage as _;
        let token = request
            .extensions()
            .get::<csrf::FormField>()
            .map(|field| field.0.clone());
        format!("{body} -> {token:?}")
    }
    let app = web_test::init_service(
        App::new()
            .route("/", web::post().to(echo))
            .wrap(from_fn(know_caller)),
    )
    .await;
    let form = || TestRequest::post().insert_header(("content-type", "application/x-www-form-urlencoded"));
    let post = |request: TestRequest| {
        web_test::call_and_read_body(&app, request.set_payload("a=1&csrf=t%2B1").to_request())
    };

    assert_eq!(post(form()).await, "a=1&csrf=t%2B1 -> Some(\"t+1\")");
    assert_eq!(
        post(form().insert_header(("origin", "https://kale.example"))).await,
        "a=1&csrf=t%2B1 -> None"
    );

    let large = form().set_payload(vec![b'a'; 300_000]).to_request();
    let error = web_test::try_call_service(&app, large).await.err().unwrap();
    assert_eq!(
        error.as_response_error().status_code(),
        StatusCode::PAYLOAD_TOO_LARGE
    );
}
