use actix_web::test::TestRequest;

use super::*;

async fn read(request: TestRequest) -> Result<Rejected, &'static str> {
    let (request, mut payload) = request.to_http_parts();
    let read = IfSent::from_request(&request, &mut payload).await;
    read.map(|IfSent(body)| body.rejected)
        .map_err(|problem| problem.code())
}

#[actix_web::test]
async fn without_a_body_rejected_rows_stop_the_import() {
    assert_eq!(read(TestRequest::post()).await, Ok(Rejected::Stop));
    let empty = TestRequest::post()
        .insert_header(("Content-Length", "0"))
        .insert_header(("Content-Type", "application/json"));
    assert_eq!(read(empty).await, Ok(Rejected::Stop));
}

#[actix_web::test]
async fn a_body_says_what_to_do_and_nothing_else() {
    let json = |text: &'static str| {
        TestRequest::post()
            .insert_header(("Content-Type", "application/json"))
            .set_payload(text)
    };

    assert_eq!(read(json("{}")).await, Ok(Rejected::Stop));
    assert_eq!(read(json(r#"{"rejected":"skip"}"#)).await, Ok(Rejected::Skip));
    assert_eq!(read(json(r#"{"rejected":"drop"}"#)).await, Err("validation"));
    assert_eq!(read(json(r#"{"force":true}"#)).await, Err("validation"));
    assert_eq!(
        read(
            TestRequest::post()
                .insert_header(("Content-Type", "text/plain"))
                .set_payload("x")
        )
        .await,
        Err("unsupported-media-type")
    );
}
