use actix_web::{
    App, HttpResponse,
    test::{self as web_test, TestRequest},
};
use futures::{FutureExt as _, future::LocalBoxFuture};
use kale_application::access::Who;
use kale_domain::id::CustomerId;
use secrecy::SecretString;
use serde_json::json;
use utoipa::openapi::{HttpMethod, OpenApi, PathItem, path::OperationBuilder};

use super::*;
use crate::{
    Allowed, Attempt, Authenticate, Begun, Csrf, Drain, Idempotent, IfMatch, Limits, ListParams, ListSpec,
    MetricsPage, Page, Path, Readiness, Valid, configure_health, configure_metrics,
    permission::{ReadCustomers, WriteCustomers},
    signing::tests::signer,
};

const LIST: ListSpec = ListSpec {
    route: "GET /things",
    sorts: &["name"],
    default_sort: "name",
    filters: &[],
    fields: &["id", "name"],
    includes: &[],
    search: false,
    others: &[],
};

#[derive(Debug, serde::Serialize)]
struct Thing {
    id: CustomerId,
    name: String,
}

#[derive(Debug, serde::Deserialize, garde::Validate)]
#[serde(deny_unknown_fields)]
struct Change {
    #[garde(length(chars, min = 1))]
    name: String,
}

async fn list(
    caller: Allowed<ReadCustomers>,
    request: HttpRequest,
    cursors: Data<Cursors>,
) -> Result<web::Json<Page<serde_json::Value>>, Problem> {
    let params: ListParams = LIST.read(&request)?;
    let after: Option<String> = cursors.decode(&params)?;
    let thing = Thing {
        id: CustomerId::from_uuid(caller.tenant().company().uuid()),
        name: after.unwrap_or_default(),
    };
    let next = cursors.encode(&params, &thing.name)?;
    Ok(web::Json(
        Page::new(vec![thing], Some(next)).project(&params.fields)?,
    ))
}

async fn change(
    caller: Allowed<WriteCustomers>,
    Path(id): Path<CustomerId>,
    IfMatch(version): IfMatch,
    once: Idempotent,
    Valid(change): Valid<Change>,
) -> Result<HttpResponse, Problem> {
    let work = async || Ok(HttpResponse::Ok().json((id, version, change.name)));
    once.run(&caller, work).await
}

/// Nobody gets in, and no key is ever asked for.
#[derive(Debug)]
struct Closed;

impl Authenticate for Closed {
    fn authenticate<'a>(&'a self, _: &'a str) -> LocalBoxFuture<'a, Result<Option<Who>, Problem>> {
        std::future::ready(Ok(None)).boxed_local()
    }
}

impl IdempotencyStore for Closed {
    fn begin<'a>(&'a self, _: Attempt<'a>) -> LocalBoxFuture<'a, Result<Begun, Problem>> {
        std::future::ready(Ok(Begun::Running)).boxed_local()
    }
}

fn deps() -> Deps {
    let base = "https://kale.example".parse().unwrap();
    Deps {
        gate: Gate::new(
            Arc::new(Closed),
            Csrf::new(signer()),
            Limits::new(std::num::NonZeroU32::MAX, Vec::new()),
            &base,
            true,
        ),
        cursors: Cursors::new(signer()),
        idempotency: Arc::new(Closed),
    }
}

#[actix_web::test]
async fn a_caller_is_asked_for_before_anything_else_is_told() {
    let app = App::new()
        .configure(configure(deps()))
        .route("/things", web::get().to(list))
        .route("/things/{id}", web::put().to(change));
    let app = web_test::init_service(app).await;
    let ask = async |request: TestRequest| {
        web_test::call_service(&app, request.to_request())
            .await
            .status()
            .as_u16()
    };

    assert_eq!(ask(TestRequest::get().uri("/things?strange=1")).await, 401);
    assert_eq!(
        ask(TestRequest::put().uri("/things/no-id").set_payload("no json")).await,
        401
    );
    let with_key = TestRequest::put()
        .uri("/things/x")
        .insert_header(("idempotency-key", "k"));
    assert_eq!(ask(with_key).await, 401);
}

#[actix_web::test]
async fn the_store_of_answers_is_found_by_its_trait() {
    let app = App::new().configure(configure(deps())).route(
        "/",
        web::post().to(|once: Idempotent| async move { once.required().map(|_| HttpResponse::NoContent()) }),
    );
    let app = web_test::init_service(app).await;
    let ask = async |request: TestRequest| {
        web_test::call_service(&app, request.to_request())
            .await
            .status()
            .as_u16()
    };

    assert_eq!(
        ask(TestRequest::post().insert_header(("idempotency-key", "k"))).await,
        204
    );
    assert_eq!(ask(TestRequest::post()).await, 400);
    assert_eq!(
        ask(TestRequest::post().insert_header(("idempotency-key", "k k"))).await,
        400
    );
}

#[actix_web::test]
async fn a_method_that_an_address_does_not_know_is_answered_with_those_it_knows() {
    let mut document = OpenApi::default();
    let item = PathItem::new(HttpMethod::Get, OperationBuilder::new().build());
    document.paths.paths.insert("/api/things/{id}".to_owned(), item);
    let app = App::new()
        .configure(configure_errors)
        .app_data(Data::new(Methods::of(&document)))
        .service(
            web::scope("/api").service(
                web::resource("/things/{id}")
                    .guard(actix_web::guard::Get())
                    .to(HttpResponse::Ok),
            ),
        );
    let app = web_test::init_service(app).await;
    let ask = async |request: TestRequest| web_test::call_service(&app, request.to_request()).await;

    let wrong = ask(TestRequest::delete().uri("/api/things/1")).await;
    assert_eq!(wrong.status().as_u16(), 405);
    assert_eq!(wrong.headers().get("allow").unwrap(), "GET");
    assert_eq!(
        ask(TestRequest::get().uri("/api/things/1"))
            .await
            .status()
            .as_u16(),
        200
    );
    assert_eq!(
        ask(TestRequest::delete().uri("/api/things"))
            .await
            .status()
            .as_u16(),
        404
    );
}

#[actix_web::test]
async fn a_process_is_ready_while_every_check_passes_and_it_stays() {
    async fn ask(readiness: Readiness, path: &str) -> (u16, serde_json::Value) {
        let app =
            web_test::init_service(App::new().configure(|config| configure_health(config, &readiness))).await;
        let response = web_test::call_service(&app, TestRequest::get().uri(path).to_request()).await;
        (
            response.status().as_u16(),
            web_test::read_body_json(response).await,
        )
    }
    let drain = Drain::default();
    let well = Readiness::new(drain.clone()).check("database", async || Ok(()));

    assert_eq!(
        ask(well.clone(), "/readyz").await,
        (200, json!({ "status": "ready", "checks": { "database": "ok" } }))
    );

    let ill = well.clone().check("migrations", async || {
        Err("0007 is missing on mongodb://host".to_owned())
    });
    let (status, body) = ask(ill, "/readyz").await;
    assert_eq!((status, &body["checks"]["migrations"]), (503, &json!("failed")));
    assert!(!body.to_string().contains("mongodb"));

    drain.begin();
    assert_eq!(ask(well.clone(), "/readyz").await.0, 503);
    assert_eq!(ask(well, "/healthz").await, (200, json!({ "status": "ok" })));
}

#[actix_web::test]
async fn guarded_metrics_want_their_token() {
    let ask = async |page: MetricsPage, header: Option<&str>| {
        let app =
            web_test::init_service(App::new().configure(|config| configure_metrics(config, &page))).await;
        let request = TestRequest::get().uri("/metrics");
        let request = header.iter().fold(request, |request, header| {
            request.insert_header(("authorization", *header))
        });
        web_test::call_service(&app, request.to_request())
            .await
            .status()
            .as_u16()
    };
    let guarded = || MetricsPage::guarded(|| "up 1".to_owned(), SecretString::from("t0ken"));

    assert_eq!(ask(guarded(), Some("Bearer t0ken")).await, 200);
    assert_eq!(ask(guarded(), Some("Bearer t0ke")).await, 401);
    assert_eq!(ask(guarded(), None).await, 401);
    assert_eq!(ask(MetricsPage::open(|| "up 1".to_owned()), None).await, 200);
}
